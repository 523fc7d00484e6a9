public import TwinGraph
import TwinLog
public import TwinValues

/// A twin as it was at one time.
public struct PastTwin: Hashable, Sendable {
  /// Its model.
  public let model: String
  /// The values its properties had.
  public let properties: [PropertyEdit]
  /// The last change it had seen: its ETag then.
  public let sequence: UInt64
}

extension World {
  /// One twin as of a point in time, without building the whole world of that time.
  ///
  /// Its changes are walked back until every property it has is known; when many came since, from the first checkpoint
  /// at or after that time. When that comes to more than building the whole world would, the whole world it is.
  ///
  /// Returns `nil` when the twin did not exist then.
  /// - Throws: `NuriError` with code `outOfRange` for a sequence that has not been reached, or why the log can't be
  ///   read.
  public func twin(_ id: String, at point: AsOf) throws(NuriError) -> PastTwin? {
    let newest = try snapshot()
    let asked: UInt64
    switch point {
    case .now: return newest.graph.past(id)
    case .sequence(let sequence): asked = sequence
    case .instant(let instant):
      asked = instant >= newest.recorded ? newest.sequence : try lastSequence(at: instant)
    }
    if isTracking || asked >= newest.sequence { return try snapshot(at: point).graph.past(id) }
    if asked <= forkPoint, let parent { return try parent.twin(id, at: .sequence(asked)) }
    if let kept = kept(asked) { return kept.graph.past(id) }
    guard asked > 0, let twin = newest.graph.twinEver(id) else { return nil }
    let end = try lastWhole(notAfter: asked)
    var walk = TwinWalk(last: end.sequence, graph: newest.graph, twin: id, recorded: end.recorded)
    let limit = stepsWorthTaking(in: newest.graph, to: end.sequence)
    var upcoming = newest.graph.sequence(of: twin)
    var isFar = true
    while upcoming > 0, !walk.isDone {
      if walk.steps > limit { return try snapshot(at: .sequence(asked)).graph.past(id) }
      if isFar, upcoming > end.sequence, walk.steps >= Self.stepsBeforeCheckpoint {
        isFar = false
        upcoming = min(upcoming, try checkpointed(twin, id, notBefore: end.sequence) ?? upcoming)
        continue
      }
      upcoming = try walkBack(from: upcoming) { walk.take($0) }
    }
    return walk.found
  }

  /// Changes walked in less time than a checkpoint takes to open: most twins have fewer since.
  private static var stepsBeforeCheckpoint: Int { 16 }

  /// How many of a twin's changes may be read before building the whole graph as of `last` would have been less work.
  private func stepsWorthTaking(in graph: Graph, to last: UInt64) -> Int {
    let replayed = min(last - forkPoint, options.changesPerCheckpoint)
    let whole = graph.twinCount + graph.relationshipCount + Int(clamping: replayed)
    return min(EngineLimits.walkedChanges, max(64, whole / EngineLimits.recordsPerWalkedChange))
  }

  /// A twin's last change as of this world's first checkpoint at or after a sequence; `nil` when there is no such
  /// checkpoint, or it is damaged, or the twin's record in it is not the twin's.
  private func checkpointed(
    _ twin: TwinRef, _ id: String, notBefore last: UInt64
  ) throws(NuriError) -> UInt64? {
    guard let reader = try checkpoints.openOldest(notBefore: last) else { return nil }
    let found: UInt64
    do throws(NuriError) {
      found = try GraphArchive.lastSequence(of: twin) { (section, offset, buffer) throws(NuriError) in
        try reader.read(section, at: offset, into: buffer)
      }
    } catch {
      // The log says the same, if more slowly.
      return nil
    }
    guard found > 0, found <= reader.summary.sequence else { return found == 0 ? 0 : nil }
    var isTwins = false
    _ = try walkBack(from: found) { (record) in
      isTwins = record.change.twin == id && !record.change.isRelationship
      return false
    }
    return isTwins ? found : nil
  }

  /// The last change at or before a sequence that ends a batch, and a time before which nothing after it was recorded.
  private func lastWhole(notAfter last: UInt64) throws(NuriError) -> (sequence: UInt64, recorded: Instant) {
    try log.frame(containing: last) { (frame) throws(NuriError) in
      let recorded = Instant(microseconds: frame.recorded)
      if frame.lastSequence == last { return (last, recorded) }
      var reader = FrameReader(
        payload: frame.payload, firstSequence: frame.firstSequence, recordedMicros: frame.recorded)
      return (try reader.lastBatchEnd(notAfter: last) ?? frame.firstSequence - 1, recorded)
    }
  }
}

/// What walking back through a twin's changes has brought so far.
private struct TwinWalk {
  /// The last change that was there at the time asked for.
  let last: UInt64
  /// Changes read, later ones than `last` among them.
  private(set) var steps = 0
  private(set) var isDone = false
  /// The twin, once done; `nil` when it did not exist.
  private(set) var found: PastTwin?
  private var effective: UInt64 = 0
  private var edits: [String: PropertyEdit] = [:]
  /// The twin's model, when it can't have changed since.
  private var model: String?
  /// With `model`: properties that are not known yet.
  private var missing: Set<String> = []

  /// A property that was last written before `recorded` has the value now that it had then. And since putting a twin
  /// writes or clears all its properties, a twin with such a property was not put since and has the model it had.
  init(last: UInt64, graph: Graph, twin id: String, recorded: Instant) {
    self.last = last
    guard let twin = graph.twin(id) else { return }
    let layout = graph.layout(of: twin)
    for (column, field) in layout.fields.enumerated() {
      if let updated = graph.updated(twin, column: column), updated < recorded {
        edits[field.path] = PropertyEdit(field.path, graph.value(twin, column: column))
        model = layout.model
      } else {
        missing.insert(field.path)
      }
    }
  }

  /// Takes the next earlier change; `false` when no more are needed.
  mutating func take(_ record: ChangeRecord) -> Bool {
    steps += 1
    guard record.sequence <= last else { return true }
    effective = max(effective, record.sequence)
    switch record.change {
    case .putTwin(_, let model, let properties):
      add(properties)
      finish(model)
    case .patchTwin(_, let properties):
      add(properties)
      if let model, missing.isEmpty { finish(model) }
    default: isDone = true
    }
    return !isDone
  }

  private mutating func add(_ older: [PropertyEdit]) {
    for edit in older.reversed() where edits[edit.path] == nil {
      edits[edit.path] = edit
      missing.remove(edit.path)
    }
  }

  private mutating func finish(_ model: String) {
    isDone = true
    let properties = edits.values.filter { $0.value != nil }.sorted { $0.path < $1.path }
    found = PastTwin(model: model, properties: properties, sequence: effective)
  }
}

extension Graph {
  /// A twin as it stands, with its values.
  fileprivate func past(_ id: String) -> PastTwin? {
    guard let twin = twin(id) else { return nil }
    return PastTwin(model: model(of: twin), properties: edits(twin), sequence: sequence(of: twin))
  }
}
