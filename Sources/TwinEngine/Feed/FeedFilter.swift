public import TwinGraph
public import TwinQuery
import TwinValues

/// Kinds of changes by the names they have in feeds and histories.
public enum FeedKind: String, Hashable, Sendable, CaseIterable {
  /// A twin was created or replaced.
  case putTwin
  /// Some of a twin's properties changed.
  case patchTwin
  /// A twin was deleted.
  case deleteTwin
  /// A relationship was created or replaced.
  case putRelationship
  /// A relationship was deleted.
  case deleteRelationship
  /// A twin told something that is no state.
  case telemetry
  /// Models came.
  case addModels
  /// A model was taken out of use or back into it.
  case decommissionModel
  /// A model was deleted.
  case deleteModel
  /// A fork was made, or its label or expiry changed.
  case putWorld
  /// A fork was discarded.
  case discardWorld
  /// An event route was made or replaced.
  case putEventRoute
  /// An event route was deleted.
  case deleteEventRoute
}

extension Change {
  /// The kind's name in feeds; `nil` for what feeds don't tell: keys, policies and jobs.
  public var feedKind: FeedKind? {
    switch self {
    case .putTwin: .putTwin
    case .patchTwin: .patchTwin
    case .deleteTwin: .deleteTwin
    case .putRelationship: .putRelationship
    case .deleteRelationship: .deleteRelationship
    case .telemetry: .telemetry
    case .addModels: .addModels
    case .decommissionModel: .decommissionModel
    case .deleteModel: .deleteModel
    case .putWorld: .putWorld
    case .discardWorld: .discardWorld
    case .putEventRoute: .putEventRoute
    case .deleteEventRoute: .deleteEventRoute
    case .putRecord, .deleteRecord: nil
    }
  }

  /// Whether it says what a twin's state is.
  var isOfTwinState: Bool {
    switch self {
    case .putTwin, .patchTwin, .deleteTwin: true
    default: false
    }
  }
}

/// Which changes a reader of a feed wants. All conditions must hold; an empty one holds for everything.
public struct FeedFilter: Hashable, Sendable {
  /// Only changes of twins whose id fits one of these: `*` stands for any text, `?` for one character.
  public var twins: [String]
  /// Only changes of twins whose model is one of these or extends one.
  public var models: [String]
  /// Only changes that touch one of these properties (`property`, `component.property`) or, by a component's name, any
  /// of the component's. A twin that is put or deleted touches them all. With a query this narrows updates only:
  /// that a twin comes into the result or leaves it is always told.
  public var paths: [String]
  /// Only these kinds.
  public var kinds: Set<FeedKind>
  /// Only twins in the result of this query; changes of anything but twins don't pass then.
  public var query: Query?

  /// Makes a filter; without arguments everything passes.
  public init(
    twins: [String] = [], models: [String] = [], paths: [String] = [], kinds: Set<FeedKind> = [],
    query: Query? = nil
  ) {
    self.twins = twins
    self.models = models
    self.paths = paths
    self.kinds = kinds
    self.query = query
  }

  /// Whether the filter can't be answered from the changes alone.
  public var needsState: Bool { !models.isEmpty || query != nil }

  /// Whether the change passes what can be said without the state around it.
  func passes(_ change: Change) -> Bool {
    guard let kind = change.feedKind else { return false }
    if !kinds.isEmpty, !kinds.contains(kind) { return false }
    if query == nil, !touches(change) { return false }
    if twins.isEmpty { return true }
    guard let id = change.twin else { return false }
    return twins.contains { Wildcard.fits(id, $0) }
  }

  /// Whether a change touches one of the wanted properties.
  func touches(_ change: Change) -> Bool {
    if paths.isEmpty { return true }
    switch change {
    case .putTwin, .deleteTwin: return true
    case .patchTwin(_, let edits):
      return edits.contains { edit in
        paths.contains { edit.path == $0 || edit.path.hasPrefix($0 + ".") }
      }
    default: return false
    }
  }
}

/// Texts with `*` and `?`.
enum Wildcard {
  /// Whether a text fits a pattern, byte by byte but for `?`, which is one character.
  static func fits(_ text: String, _ pattern: String) -> Bool {
    let text = Array(text.unicodeScalars)
    let pattern = Array(pattern.unicodeScalars)
    var at = 0
    var wanted = 0
    var star: (pattern: Int, text: Int)?
    while at < text.count {
      if wanted < pattern.count, pattern[wanted] == "*" {
        star = (wanted, at)
        wanted += 1
      } else if wanted < pattern.count, pattern[wanted] == "?" || pattern[wanted] == text[at] {
        wanted += 1
        at += 1
      } else if let last = star {
        wanted = last.pattern + 1
        at = last.text + 1
        star = (last.pattern, at)
      } else {
        return false
      }
    }
    return pattern[wanted...].allSatisfy { $0 == "*" }
  }
}
