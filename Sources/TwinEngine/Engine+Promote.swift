public import TwinGraph
import TwinModels
public import TwinValues

/// What to do where a fork and its parent changed the same thing differently.
public enum ConflictRule: String, Hashable, Sendable {
  /// Promote nothing.
  case refuse
  /// The fork's value wins.
  case mine
  /// The parent's value stays.
  case theirs
}

/// Something a fork and its parent both changed since the fork point, to different ends.
public struct Conflict: Hashable, Sendable {
  /// The twin, or `source/relationship`.
  public let id: String
  /// The property; `nil` when it is about the whole twin or relationship.
  public let path: String?
  /// The value at the fork point.
  public let base: Value?
  /// The fork's value.
  public let mine: Value?
  /// The parent's value.
  public let theirs: Value?
  /// What happened on both sides, in words.
  public let text: String
}

/// What promoting a fork does, or did.
public struct Promotion: Sendable {
  /// The world the changes go to.
  public let target: String
  /// The changes, in the order they are applied.
  public let changes: [Change]
  /// Where both sides changed the same thing.
  public let conflicts: [Conflict]
  /// The batch that was written; `nil` for a preview or when there was nothing to do.
  public let receipt: Receipt?
}

extension Engine {
  /// Brings what a fork changed into its parent as one atomic batch: field by field against the state at the
  /// fork point, so that what only one side changed is kept from both.
  ///
  /// - Parameter preview: whether to say what would happen, and do nothing.
  /// - Throws: `NuriError` with code `conflict` when there are conflicts and the rule is `refuse`;
  ///   `preconditionFailed` when the parent changes while this runs (try again).
  public func promote(
    _ name: String, preview: Bool, rule: ConflictRule = .refuse, cause: Cause
  ) throws(NuriError) -> Promotion {
    try promote(name, preview: preview, rule: rule, cause: cause, writer: nil)
  }

  /// - Parameter writer: whom policies judge.
  func promote(
    _ name: String, preview: Bool, rule: ConflictRule, cause: Cause, writer: Principal?
  ) throws(NuriError) -> Promotion {
    let fork = try world(name)
    guard let parent = fork.parent else {
      throw NuriError(.worldNotFound, "The live world is nobody's fork; there is nothing to promote it to.")
    }
    let base = try fork.materialise(fork.forkPoint)
    let mine = try fork.snapshot()
    let theirs = try parent.snapshot()
    var merge = ThreeWayMerge(base: base.graph, theirs: theirs.graph, rule: rule)
    Graph.differences(from: base.graph, to: mine.graph, sharedThrough: fork.forkPoint) {
      merge.take($0)
      return true
    }
    let changes = try merge.changes(mine: mine.graph)
    if preview || changes.isEmpty || (rule == .refuse && !merge.conflicts.isEmpty) {
      if !preview, rule == .refuse, let first = merge.conflicts.first {
        throw NuriError(
          .conflict,
          "\(merge.conflicts.count) things were changed in \"\(name)\" and in \"\(parent.name)\" since they parted; the first is \(first.id)\(first.path.map { ", \($0)" } ?? ""): \(first.text).",
          advice: "Look at all of them with a preview, then choose which side wins.")
      }
      return Promotion(target: parent.name, changes: changes, conflicts: merge.conflicts, receipt: nil)
    }
    let operations = changes.map { Operation($0, if: merge.precondition(of: $0)) }
    let why = Cause(
      actor: cause.actor, reason: "promote \(name)" + (cause.reason.isEmpty ? "" : ": \(cause.reason)"),
      origin: mine.sequence)
    var batch = Batch(cause: why, operations: operations)
    batch.writer = writer
    let receipt = try parent.write(batch)
    return Promotion(target: parent.name, changes: changes, conflicts: merge.conflicts, receipt: receipt)
  }
}

/// Decides, difference by difference, what a fork's changes mean for its parent as it is now.
struct ThreeWayMerge {
  private let base: Graph
  private let theirs: Graph
  private let rule: ConflictRule
  private(set) var conflicts: [Conflict] = []
  private var models: [String] = []
  private var puts: [Change] = []
  private var patches: [Change] = []
  private var links: [Change] = []
  private var unlinks: [Change] = []
  private var deletions: [Change] = []
  private var routes: [Change] = []

  init(base: Graph, theirs: Graph, rule: ConflictRule) {
    self.base = base
    self.theirs = theirs
    self.rule = rule
  }

  /// The changes in an order in which they apply.
  func changes(mine: Graph) throws(NuriError) -> [Change] {
    var documents: [[UInt8]] = []
    for id in models { documents.append(try mine.interface(id).source) }
    return (documents.isEmpty ? [] : [.addModels(documents)]) + unlinks + puts + patches + links + deletions
      + routes
  }

  /// What must hold for a change so that nothing written in between is overrun.
  func precondition(of change: Change) -> Precondition {
    switch change {
    case .patchTwin(let id, _), .deleteTwin(let id), .putTwin(let id, _, _):
      theirs.twin(id).map { .match(theirs.sequence(of: $0)) } ?? .mustNotExist
    case .putRelationship(let source, let id, _, _, _), .deleteRelationship(let source, let id):
      theirs.twin(source).flatMap { theirs.relationship($0, id) }.map { .match(theirs.sequence(of: $0)) }
        ?? .mustNotExist
    default: .none
    }
  }

  mutating func take(_ difference: Difference) {
    switch difference {
    case .modelAdded(let id): if theirs.models.ids.allSatisfy({ $0.text != id }) { models.append(id) }
    case .modelRemoved: break
    case .twinAdded(let id, let model, let properties): added(id, model, properties)
    case .twinRemoved(let id, _, _): removed(id)
    case .twinChanged(let id, let oldModel, let newModel, let properties):
      changed(id, oldModel, newModel, properties)
    case .relationshipAdded(let new): linked(nil, new)
    case .relationshipChanged(let old, let new): linked(old, new)
    case .relationshipRemoved(let old): unlinked(old)
    case .eventRouteAdded(let new): routed(new.id, nil, new)
    case .eventRouteChanged(let old, let new): routed(new.id, old, new)
    case .eventRouteRemoved(let old): routed(old.id, old, nil)
    }
  }

  /// Notes a conflict; `true` when the fork's side wins all the same.
  private mutating func conflict(
    _ id: String, _ path: String? = nil, _ base: Value? = nil, _ mine: Value? = nil, _ theirs: Value? = nil,
    _ text: String
  ) -> Bool {
    conflicts.append(Conflict(id: id, path: path, base: base, mine: mine, theirs: theirs, text: text))
    return rule == .mine
  }

  // MARK: Twins

  private mutating func added(_ id: String, _ model: String, _ properties: [Difference.Property]) {
    let edits = properties.map { PropertyEdit($0.path, $0.new) }
    if let twin = theirs.twin(id) {
      if theirs.model(of: twin) == model, theirs.edits(twin) == edits { return }
      guard conflict(id, nil, nil, nil, nil, "both added a twin of this id, differently") else { return }
    }
    puts.append(.putTwin(id: id, model: model, properties: edits))
  }

  private mutating func removed(_ id: String) {
    guard let now = theirs.twin(id), let was = base.twin(id) else { return }
    if theirs.sequence(of: now) != base.sequence(of: was) {
      guard conflict(id, nil, nil, nil, nil, "the fork deleted the twin and the parent changed it") else {
        return
      }
    }
    for relationship in [theirs.outgoing(now), theirs.incoming(now)].joined() {
      let link = theirs.describe(relationship)
      let isKnown = unlinks.contains(.deleteRelationship(source: link.source, id: link.id))
      if isKnown { continue }
      let stillStood = base.twin(link.source).flatMap { base.relationship($0, link.id) } != nil
      if !stillStood {
        guard
          conflict(
            id, nil, nil, nil, nil,
            "the fork deleted the twin and the parent linked it by \(link.source)/\(link.id)")
        else { return }
      }
      unlinks.append(.deleteRelationship(source: link.source, id: link.id))
    }
    deletions.append(.deleteTwin(id: id))
  }

  private mutating func changed(
    _ id: String, _ oldModel: String, _ newModel: String, _ properties: [Difference.Property]
  ) {
    guard let now = theirs.twin(id) else {
      _ = conflict(id, nil, nil, nil, nil, "the fork changed the twin and the parent deleted it")
      return
    }
    let theirModel = theirs.model(of: now)
    var edits: [PropertyEdit] = []
    for property in properties {
      let value = theirs.value(now, property.path)
      if value == property.new { continue }
      if value != property.old {
        guard conflict(id, property.path, property.old, property.new, value, "both changed the property")
        else { continue }
      }
      edits.append(PropertyEdit(property.path, property.new))
    }
    if newModel != oldModel, theirModel != newModel {
      if theirModel != oldModel {
        guard
          conflict(
            id, "$model", .string(oldModel), .string(newModel), .string(theirModel), "both changed the model")
        else { return }
      }
      let kept = theirs.edits(now).filter { kept in !properties.contains { $0.path == kept.path } }
      puts.append(.putTwin(id: id, model: newModel, properties: kept + edits.filter { $0.value != nil }))
    } else if !edits.isEmpty {
      patches.append(.patchTwin(id: id, edits: edits))
    }
  }

  // MARK: Relationships

  private func standing(_ source: String, _ id: String) -> Difference.Relationship? {
    theirs.twin(source).flatMap { theirs.relationship($0, id) }.map { theirs.describe($0) }
  }

  private mutating func linked(_ old: Difference.Relationship?, _ new: Difference.Relationship) {
    let now = standing(new.source, new.id)
    if now == new { return }
    if now != old {
      guard
        conflict("\(new.source)/\(new.id)", nil, nil, nil, nil, "both changed the relationship")
      else { return }
    }
    links.append(
      .putRelationship(
        source: new.source, id: new.id, name: new.name, target: new.target, properties: new.properties))
  }

  private mutating func unlinked(_ old: Difference.Relationship) {
    guard let now = standing(old.source, old.id) else { return }
    if now != old {
      guard
        conflict(
          "\(old.source)/\(old.id)", nil, nil, nil, nil,
          "the fork deleted the relationship and the parent changed it")
      else { return }
    }
    let change = Change.deleteRelationship(source: old.source, id: old.id)
    if !unlinks.contains(change) { unlinks.append(change) }
  }

  // MARK: Event routes

  private mutating func routed(_ id: String, _ old: EventRoute?, _ new: EventRoute?) {
    let now = theirs.eventRoute(id)
    if now == new { return }
    if now != old {
      guard conflict("event route \(id)", nil, nil, nil, nil, "both changed the event route") else { return }
    }
    routes.append(new.map { .putEventRoute($0) } ?? .deleteEventRoute(id: id))
  }
}

extension Graph {
  /// A twin's values as edits that would set them.
  func edits(_ twin: TwinRef) -> [PropertyEdit] {
    layout(of: twin).fields.enumerated().compactMap { column, field in
      value(twin, column: column).map { PropertyEdit(field.path, $0) }
    }
  }
}
