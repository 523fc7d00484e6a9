import TwinGraph
import TwinValues

/// Decides about single twins and paths for one principal in one world, where a lens over the whole state would be
/// too much: writes, changes, history.
struct Judge {
  private let ruling: Ruling?
  private let bounds: [(world: World, graph: Graph, ruling: Ruling)]

  /// Who reads; `nil` when nothing is hidden from it.
  init?(_ world: World, _ principal: Principal, isPast: Bool) {
    let policies = world.access.policies
    if policies.policies.isEmpty || principal.isOwner { return nil }
    ruling = policies.ruling(principal, world.name, .read)
    bounds = world.bounds(principal, policies, ruling, isPast: isPast)
    if ruling == nil, bounds.isEmpty { return nil }
  }

  /// Whether the rules ask where a twin stood, so that a state of the time is needed to judge it.
  var asksForPlace: Bool { ruling?.rules.hasNeighbourhoods ?? false }
  /// Whether the rules ask for models.
  var asksForModel: Bool { ruling?.rules.hasModels ?? false }

  /// Whether a twin that exists in `graph` is seen there, and, given a path, that path of it.
  func sees(_ id: String, _ path: String? = nil, in graph: Graph) -> Bool {
    guard let twin = graph.twin(id) else { return false }
    return allows(id, nil) { $0.decision(twin, in: graph) }
      && (path == nil || allows(id, path) { $0.decision(twin, path: path, in: graph) })
  }

  /// Whether a twin that does not exist in `graph`, and had or would have a model, is seen.
  func sees(
    _ id: String, _ path: String? = nil, model: String, near graph: Graph, _ absence: SightRules.Absence
  ) -> Bool {
    allows(id, nil) { $0.decision(id, model: model, in: graph, absence) }
      && (path == nil || allows(id, path) { $0.decision(id, model: model, path: path, in: graph, absence) })
  }

  private func allows(_ id: String, _ path: String?, _ own: (SightRules) -> SightDecision) -> Bool {
    if let ruling, !own(ruling.rules).allows { return false }
    return bounds.allSatisfy { bound in
      guard let twin = bound.graph.twin(id) else { return true }
      return bound.ruling.rules.decision(twin, path: path, in: bound.graph).allows
    }
  }

  /// Whether a relationship of `graph` is seen.
  func sees(_ relationship: Difference.Relationship, in graph: Graph) -> Bool {
    sees(relationship.source, relationship.name, in: graph) && sees(relationship.target, in: graph)
  }
}

extension Judge {
  /// What is seen of a change, judged by the states before and after its batch.
  func seen(_ change: Change, before: Graph?, after: Graph) -> Change? {
    switch change {
    case .putTwin(let id, let model, let properties):
      guard let view = view(of: id, model: model, before, after), view(nil) else { return nil }
      return .putTwin(id: id, model: model, properties: properties.filter { view($0.path) })
    case .patchTwin(let id, let edits):
      guard let view = view(of: id, model: nil, before, after), view(nil) else { return nil }
      let shown = edits.filter { view($0.path) }
      return shown.isEmpty && !edits.isEmpty ? nil : .patchTwin(id: id, edits: shown)
    case .deleteTwin(let id):
      return view(of: id, model: nil, nil, before ?? after)?(nil) ?? false ? change : nil
    case .putRelationship(let source, _, let name, let target, _):
      let isSeen = view(of: source, model: nil, before, after)?(name) ?? false
      return isSeen && view(of: target, model: nil, before, after)?(nil) ?? false ? change : nil
    case .deleteRelationship(let source, let id):
      guard let before, let twin = before.twin(source), let relationship = before.relationship(twin, id)
      else { return nil }
      let was = before.describe(relationship)
      let isSeen =
        sees(was, in: before) && (after.twin(source) == nil || sees(source, was.name, in: after))
        && (after.twin(was.target) == nil || sees(was.target, in: after))
      return isSeen ? change : nil
    case .telemetry(let twin, let component, _):
      return view(of: twin, model: nil, before, after)?(component) ?? false ? change : nil
    case .addModels, .decommissionModel, .deleteModel, .putEventRoute, .deleteEventRoute, .putWorld,
      .discardWorld, .putRecord, .deleteRecord:
      return change
    }
  }

  /// A question about a twin and its paths, where the twin was after a batch, or else before it, or, being in
  /// neither, by what is still known of it.
  private func view(
    of id: String, model: String?, _ before: Graph?, _ after: Graph
  ) -> ((String?) -> Bool)? {
    for graph in [after, before].compactMap(\.self) where graph.twin(id) != nil {
      return { path in sees(id, path, in: graph) }
    }
    guard let last = model ?? after.lastModel(ofTwin: id) else { return nil }
    return { path in sees(id, path, model: last, near: after, .gone) }
  }
}

extension Graph {
  /// The model of a twin, or the one it had when it was deleted.
  func lastModel(ofTwin id: String) -> String? { twinEver(id).map { model(of: $0) } }
}
