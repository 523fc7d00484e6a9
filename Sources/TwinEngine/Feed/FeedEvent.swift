public import TwinGraph
import TwinModels
import TwinQuery
public import TwinValues

/// One change as a reader of a feed hears of it.
public struct FeedEvent: Sendable {
  /// What a change did to a twin's place in a query's result.
  public enum Passage: String, Sendable {
    /// It came into the result.
    case entered
    /// It was in the result and still is.
    case updated
    /// It left the result.
    case left
  }

  /// The change.
  public let record: ChangeRecord
  /// The twin's model after the change, or before it when the twin was deleted; `nil` for what is about no twin.
  public let model: String?
  /// With a query: what became of the twin's place in its result.
  public let passage: Passage?
  /// With a query: the twin's row after the change, as SELECT has it; `nil` once it has left.
  public let row: [UInt8]?
}

/// Lets the events through that fit a filter.
///
/// What needs no state around a change is asked by `event(of:newest:)`; with `needsState` it is asked before and after
/// each change, by `FeedState.pass`. One thread at a time.
///
/// `@unchecked Sendable`: handed from one owner to the next, never used by two.
public final class FeedSieve: @unchecked Sendable {
  /// What is wanted.
  public let filter: FeedFilter
  private let condition: TwinCondition?
  private let session: WorldSession?
  private var wasIn = false
  private var modelBefore: String?
  /// What may be seen of a deletion, judged before it: `nil` for a change that is none.
  private var deletion: ChangeRecord??

  /// Whether changes have to be judged with the state around them: the filter asks for it, or a policy binds the
  /// reader, and what is deleted can be judged by nothing else. Policies are those in force at the call.
  public var needsState: Bool {
    filter.needsState || session.map { $0.isBound && !$0.isTracking } ?? false
  }

  /// Makes a sieve. With a session nothing passes that its principal may not see.
  /// - Throws: `NuriError` with code `invalidQuery` for a query that can't be asked of one twin alone.
  public init(_ filter: FeedFilter, as session: WorldSession? = nil) throws(NuriError) {
    self.filter = filter
    self.session = session
    if let query = filter.query { condition = try TwinCondition(query) } else { condition = nil }
  }

  /// The event of a change, for a filter that needs no state around it.
  /// - Parameter newest: the world's newest state, which tells the twin's model.
  public func event(of record: ChangeRecord, newest: FeedState) -> FeedEvent? {
    let newest = newest.graph
    guard filter.passes(record.change), let record = seen(record, after: newest) else { return nil }
    return plain(record, in: newest)
  }

  /// The event of a change as far as it is seen, for a filter that needs no state.
  private func plain(_ record: ChangeRecord, in newest: Graph) -> FeedEvent? {
    guard filter.passes(record.change) else { return nil }
    var name: String?
    if case .putTwin(_, let put, _) = record.change {
      name = put
    } else if let id = record.change.twin {
      name = newest.modelEver(ofTwin: id)
    }
    return FeedEvent(record: record, model: name, passage: nil, row: nil)
  }

  /// Takes note of how things are before a change.
  func look(at record: ChangeRecord, before graph: Graph) {
    wasIn = false
    modelBefore = nil
    deletion = nil
    guard filter.passes(record.change) else { return }
    // What is deleted can't be judged once it is gone.
    switch record.change {
    case .deleteTwin, .deleteRelationship:
      deletion = .some(session.map { $0.seen(record, before: graph, after: graph) } ?? record)
    default: break
    }
    guard filter.needsState, let id = record.change.twin else { return }
    let graph = session?.seen(graph, after: record.sequence - 1) ?? graph
    guard let twin = graph.twin(id) else { return }
    modelBefore = graph.model(of: twin)
    wasIn = fits(modelBefore, graph) && condition?.holds(twin, in: graph) ?? true
  }

  /// The event of the change looked at last, now that it was applied.
  func event(of record: ChangeRecord, after graph: Graph) -> FeedEvent? {
    switch record.change {
    case .addModels, .deleteModel: condition?.rebind()
    default: break
    }
    guard filter.passes(record.change), let record = deletion ?? seen(record, after: graph) else {
      return nil
    }
    guard filter.needsState else { return plain(record, in: graph) }
    guard let id = record.change.twin else { return nil }
    let graph = session?.seen(graph, after: record.sequence) ?? graph
    let twin = graph.twin(id)
    let model = twin.map { graph.model(of: $0) } ?? modelBefore
    guard let condition else {
      guard wasIn || fits(model, graph) else { return nil }
      return FeedEvent(record: record, model: model, passage: nil, row: nil)
    }
    if case .telemetry = record.change {
      return wasIn ? FeedEvent(record: record, model: model, passage: nil, row: nil) : nil
    }
    guard record.change.isOfTwinState else { return nil }
    let row = twin.flatMap { fits(model, graph) ? condition.row($0, in: graph) : nil }
    let passage: FeedEvent.Passage
    switch (wasIn, row != nil) {
    case (false, false): return nil
    case (false, true): passage = .entered
    case (true, false): passage = .left
    case (true, true):
      passage = .updated
      if !filter.touches(record.change) { return nil }
    }
    return FeedEvent(record: record, model: model, passage: passage, row: row)
  }

  /// A twin as the filter shows it to begin with: its row when a query was given, else the whole twin; `nil` when the
  /// filter does not let it through.
  public func row(of twin: TwinRef, in graph: Graph) -> [UInt8]? {
    if !filter.twins.isEmpty {
      let id = graph.id(of: twin)
      guard filter.twins.contains(where: { Wildcard.fits(id, $0) }) else { return nil }
    }
    guard fits(graph.model(of: twin), graph) else { return nil }
    if let condition { return condition.row(twin, in: graph) }
    var writer = JSONWriter()
    graph.writeTwin(twin, into: &writer)
    return writer.bytes
  }

  /// What the principal may see of a change.
  private func seen(_ record: ChangeRecord, after graph: Graph) -> ChangeRecord? {
    guard let session else { return record }
    return session.seen(record, before: nil, after: graph)
  }

  private func fits(_ model: String?, _ graph: Graph) -> Bool {
    if filter.models.isEmpty { return true }
    guard let model, let id = try? DTMI(model) else { return false }
    return filter.models.contains { wanted in
      if wanted == model { return true }
      guard let wanted = try? DTMI(wanted) else { return false }
      return graph.models.isSubtype(id, of: wanted)
    }
  }
}
