import TwinGraph
import TwinValues

/// Judges a batch's operations against the policies, each on the state it meets.
///
/// What the writer can't see is not there for it either: errors are those of a world without it. What exists without
/// being seen can't be made anew; that is refused in the same words as making what one would not see.
struct WriteJudge {
  private let principal: Principal
  private let read: Judge?
  private let ruling: Ruling?

  /// A judge; `nil` when no policy concerns the writer. Called holding the world's lock.
  init?(_ world: World, _ principal: Principal) {
    let policies = world.access.policies
    if policies.policies.isEmpty || principal.isOwner { return nil }
    read = Judge(world, principal, isPast: false)
    ruling = policies.ruling(principal, world.name, .write)
    if read == nil, ruling == nil { return nil }
    self.principal = principal
  }

  // MARK: Decisions

  private func sees(_ id: String, _ path: String?, _ graph: Graph) -> Bool {
    read?.sees(id, path, in: graph) ?? (graph.twin(id) != nil)
  }

  /// Whether a path of a twin there is, or the whole twin, may be written: what one may not read one may not write.
  private func may(_ id: String, _ path: String?, _ graph: Graph) -> Bool {
    guard let twin = graph.twin(id), sees(id, path, graph) else { return false }
    return ruling?.rules.decision(twin, path: path, in: graph).allows ?? true
  }

  /// The same of a twin there is not yet.
  private func mayMake(_ id: String, _ path: String?, _ model: String, _ graph: Graph) -> Bool {
    let isSeen = read?.sees(id, path, model: model, near: graph, .unborn) ?? true
    return isSeen
      && (ruling?.rules.decision(id, model: model, path: path, in: graph, .unborn).allows ?? true)
  }

  private func refusal(_ what: String) -> NuriError {
    NuriError(
      .forbidden, "A policy does not let \"\(principal.id)\" write \(what).",
      advice: "An admin can say why: nuri policy test")
  }

  private func require(_ id: String, _ path: String?, _ graph: Graph) throws(NuriError) {
    // A twin that is not there is the graph's to refuse.
    if graph.twin(id) == nil || may(id, path, graph) { return }
    throw refusal(path.map { "\"\($0)\" of twin \"\(id)\"" } ?? "twin \"\(id)\"")
  }

  private func missing(_ id: String) -> NuriError { NuriError(.twinNotFound, "There is no twin \"\(id)\".") }

  // MARK: Before preconditions and patches are looked at

  /// - Throws: `NuriError` with code `forbidden`, `twinNotFound`, `relationshipNotFound`, or `preconditionFailed`
  ///   where that is what a world without what is hidden would say.
  func admit(_ operation: Operation, to graph: Graph) throws(NuriError) {
    guard let error = objection(operation, graph) else {
      guard case .patchTwin(let id, let steps) = operation.kind, let twin = graph.twin(id) else { return }
      for step in steps { try admit(step, id, graph.layout(of: twin), graph) }
      return
    }
    // Preconditions come first, and of what is not there they say so.
    var nothing = Graph()
    _ = try nothing.resolve(operation)
    throw error
  }

  /// What is said of an operation on something that is there without being seen.
  private func objection(_ operation: Operation, _ graph: Graph) -> NuriError? {
    func unseen(_ id: String) -> NuriError? {
      graph.twin(id) != nil && !sees(id, nil, graph) ? missing(id) : nil
    }
    func unseen(_ source: String, _ id: String) -> NuriError? {
      if let error = unseen(source) { return error }
      return hides(source, id, graph)
        ? NuriError(.relationshipNotFound, "The twin \"\(source)\" has no relationship \"\(id)\".") : nil
    }
    switch operation.kind {
    case .patchTwin(let id, _): return unseen(id)
    case .patchRelationship(let source, let id, _): return unseen(source, id)
    case .change(let change):
      switch change {
      case .putTwin(let id, _, _): return unseen(id) == nil ? nil : refusal("a twin \"\(id)\"")
      case .patchTwin(let id, _), .deleteTwin(let id), .telemetry(let id, _, _): return unseen(id)
      case .putRelationship(let source, let id, _, _, _):
        if let error = unseen(source) { return error }
        return hides(source, id, graph) ? refusal("a relationship \"\(id)\" of twin \"\(source)\"") : nil
      case .deleteRelationship(let source, let id): return unseen(source, id)
      case .addModels, .decommissionModel, .deleteModel, .putWorld, .discardWorld, .putEventRoute,
        .deleteEventRoute, .putRecord, .deleteRecord:
        return nil
      }
    }
  }

  private func hides(_ source: String, _ id: String, _ graph: Graph) -> Bool {
    guard let read, let twin = graph.twin(source), let relationship = graph.relationship(twin, id)
    else { return false }
    return !read.sees(graph.describe(relationship), in: graph)
  }

  /// A step is refused whether or not what it is about has a value.
  private func admit(
    _ step: PatchStep, _ id: String, _ layout: TableLayout, _ graph: Graph
  ) throws(NuriError) {
    let names = try JSONEdit.names(ofPointer: step.path)
    guard let first = names.first, !first.hasPrefix("$") else { return }
    guard layout.components.contains(first) else { return try require(id, first, graph) }
    if names.count > 1 { return try require(id, "\(first).\(names[1])", graph) }
    for field in layout.fields where field.component == first { try require(id, field.path, graph) }
  }

  // MARK: What came out

  /// - Throws: `NuriError` with code `forbidden`.
  func check(_ change: Change, on graph: Graph) throws(NuriError) {
    switch change {
    case .putTwin(let id, let model, let properties): try checkPut(id, model, properties, graph)
    case .patchTwin(let id, let edits):
      for edit in edits { try require(id, edit.path, graph) }
      if edits.isEmpty { try require(id, nil, graph) }
    case .deleteTwin(let id):
      try require(id, nil, graph)
      try requireValues(of: id, graph)
    case .putRelationship(let source, let id, let name, let target, _):
      // Nobody gets near to what he can't see by connecting to it.
      if graph.twin(source) != nil, graph.twin(target) != nil, !sees(target, nil, graph) {
        throw missing(target)
      }
      try require(source, name, graph)
      guard let twin = graph.twin(source), let old = graph.relationship(twin, id) else { return }
      try require(source, graph.name(of: old), graph)
    case .deleteRelationship(let source, let id):
      guard let twin = graph.twin(source), let old = graph.relationship(twin, id) else { return }
      try require(source, graph.name(of: old), graph)
    case .telemetry(let twin, let component, _): try require(twin, component, graph)
    case .addModels, .decommissionModel, .deleteModel, .putWorld, .discardWorld, .putEventRoute,
      .deleteEventRoute, .putRecord, .deleteRecord:
      return
    }
  }

  private func checkPut(
    _ id: String, _ model: String, _ properties: [PropertyEdit], _ graph: Graph
  ) throws(NuriError) {
    guard let twin = graph.twin(id) else {
      guard mayMake(id, nil, model, graph) else { throw refusal("a twin \"\(id)\"") }
      for edit in properties where !mayMake(id, edit.path, model, graph) {
        throw refusal("\"\(edit.path)\" of twin \"\(id)\"")
      }
      return
    }
    try require(id, nil, graph)
    try requireValues(of: id, graph)
    for edit in properties { try require(id, edit.path, graph) }
    guard graph.model(of: twin) != model else { return }
    guard mayMake(id, nil, model, graph) else { throw refusal("twin \"\(id)\" as a \(model)") }
    for edit in properties where !mayMake(id, edit.path, model, graph) {
      throw refusal("\"\(edit.path)\" of twin \"\(id)\"")
    }
  }

  /// Whoever replaces or deletes a twin writes everything that has a value.
  private func requireValues(of id: String, _ graph: Graph) throws(NuriError) {
    guard let twin = graph.twin(id) else { return }
    for (column, field) in graph.layout(of: twin).fields.enumerated()
    where graph.value(twin, column: column) != nil && !may(id, field.path, graph) {
      // Its name would tell that it has a value.
      throw refusal("all of twin \"\(id)\"")
    }
  }

  // MARK: Errors

  /// An error of the graph in words that don't count what is hidden.
  func veiled(_ error: NuriError) -> NuriError {
    switch error.code {
    case .relationshipsNotDeleted:
      NuriError(error.code, "The twin still has relationships.", at: error.place, advice: error.advice)
    default: error
    }
  }
}
