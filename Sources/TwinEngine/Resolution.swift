import TwinGraph
import TwinModels
import TwinValues

/// Settles what an operation asks for against the graph it meets: preconditions and patches become a change.
extension Graph {
  mutating func resolve(_ operation: Operation) throws(NuriError) -> Change {
    switch operation.kind {
    case .change(let change):
      if operation.precondition != .none { try check(operation.precondition, change) }
      return change
    case .patchTwin(let id, let steps):
      try check(operation.precondition, .patchTwin(id: id, edits: []))
      do {
        return try resolvePatch(id, steps)
      } catch {
        throw error.inside("twin \(id)")
      }
    case .patchRelationship(let source, let id, let steps):
      try check(operation.precondition, .deleteRelationship(source: source, id: id))
      return try resolvePatch(source, id, steps)
    }
  }

  private func check(_ precondition: Precondition, _ change: Change) throws(NuriError) {
    if precondition == .none { return }
    let what: String
    let sequence: UInt64?
    switch change {
    case .putTwin(let id, _, _), .patchTwin(let id, _), .deleteTwin(let id):
      what = "twin \"\(id)\""
      sequence = twin(id).map { self.sequence(of: $0) }
    case .putRelationship(let source, let id, _, _, _), .deleteRelationship(let source, let id):
      what = "relationship \"\(id)\" of twin \"\(source)\""
      sequence = twin(source).flatMap { relationship($0, id) }.map { self.sequence(of: $0) }
    case .addModels, .decommissionModel, .deleteModel, .telemetry, .putWorld, .discardWorld, .putEventRoute,
      .deleteEventRoute, .putRecord, .deleteRecord:
      return
    }
    switch precondition {
    case .none: return
    case .mustNotExist:
      if sequence != nil { throw NuriError(.preconditionFailed, "The \(what) exists already.") }
    case .mustExist:
      if sequence == nil { throw NuriError(.preconditionFailed, "The \(what) does not exist.") }
    case .match(let expected):
      if sequence != expected {
        throw NuriError(
          .preconditionFailed,
          "The \(what) is at \(sequence.map(ETag.text) ?? "nothing"), not at \(ETag.text(expected)).",
          advice: "Read it again and decide anew.")
      }
    }
  }

  // MARK: Twins

  private mutating func resolvePatch(_ id: String, _ steps: [PatchStep]) throws(NuriError) -> Change {
    guard let twin = twin(id) else { throw NuriError(.twinNotFound, "There is no twin \"\(id)\".") }
    var model = model(of: twin)
    var layout = layout(of: twin)
    let isOrphaned = layout.isOrphaned
    var isMoved = false
    var edits: [PropertyEdit] = []
    for step in steps {
      let names = try JSONEdit.names(ofPointer: step.path)
      if names == ["$metadata", "$model"] {
        model = try modelName(step)
        layout = try self.layout(ofModel: model)
        // A twin whose model was deleted moves to a model of the same id too.
        isMoved = isOrphaned || model != self.model(of: twin)
        continue
      }
      try resolve(step, names, layout, twin, &edits)
    }
    guard isMoved else { return .patchTwin(id: id, edits: edits) }
    let kept = layout.fields.compactMap { field in
      edits.contains { $0.path == field.path }
        ? nil : value(twin, field.path).map { PropertyEdit(field.path, $0) }
    }
    return .putTwin(id: id, model: model, properties: kept + edits.filter { $0.value != nil })
  }

  private func modelName(_ step: PatchStep) throws(NuriError) -> String {
    guard step.action != .remove, let value = step.value, let name = try JSONDocument(value).root.string
    else {
      throw NuriError(.invalidPatch, "A twin's model can be replaced by another, not taken away.")
    }
    return name
  }

  private func resolve(
    _ step: PatchStep, _ names: [String], _ layout: TableLayout, _ twin: TwinRef,
    _ edits: inout [PropertyEdit]
  ) throws(NuriError) {
    if let component = names.first, layout.components.contains(component) {
      if names.count == 1 { return try resolveComponent(step, component, layout, &edits) }
      return try resolveProperty(step, "\(component).\(names[1])", names.dropFirst(2), layout, twin, &edits)
    }
    // A column's path parts component and property by a dot; in a patch they are two names.
    guard !names[0].contains(".") else { throw layout.undeclared(names[0], in: step) }
    try resolveProperty(step, names[0], names.dropFirst(), layout, twin, &edits)
  }

  private func resolveComponent(
    _ step: PatchStep, _ component: String, _ layout: TableLayout, _ edits: inout [PropertyEdit]
  ) throws(NuriError) {
    guard step.action != .remove, let value = step.value else {
      throw NuriError(.invalidPatch, "The component \"\(component)\" can't be taken away.")
    }
    let document = try JSONDocument(value)
    guard document.root.kind == .object else {
      throw NuriError(.invalidPatch, "The component \"\(component)\" is a JSON object.")
    }
    for field in layout.fields where field.component == component {
      edits.removeAll { $0.path == field.path }
      edits.append(PropertyEdit(field.path, nil))
    }
    for (key, member) in document.root.members where !key.hasPrefix("$") {
      let edit = try layout.edit("\(component).\(key)", member)
      edits.removeAll { $0.path == edit.path }
      edits.append(edit)
    }
  }

  private func resolveProperty(
    _ step: PatchStep, _ path: String, _ inside: ArraySlice<String>, _ layout: TableLayout, _ twin: TwinRef,
    _ edits: inout [PropertyEdit]
  ) throws(NuriError) {
    guard layout.column(path) != nil else { throw layout.undeclared(path, in: step) }
    let earlier = edits.last { $0.path == path }
    let current = earlier.map { $0.value } ?? value(twin, path)
    if step.action != .add, current == nil {
      throw NuriError(.invalidPatch, "The property \"\(path)\" has no value to \(step.action.rawValue).")
    }
    var new: Value?
    if !inside.isEmpty {
      guard case .json(let json)? = current else {
        throw NuriError(.invalidPatch, "The property \"\(path)\" holds no object to look into.")
      }
      let edited = try JSONEdit.applying(step.action, at: inside, value: step.value, to: json)
      let document = try JSONDocument(edited)
      new = try layout.edit(path, document.root).value
    } else if step.action != .remove {
      guard let value = step.value else {
        throw NuriError(.invalidPatch, "The step at \"\(step.path)\" has no value.")
      }
      new = try layout.edit(path, try JSONDocument(value).root).value
    }
    edits.removeAll { $0.path == path }
    edits.append(PropertyEdit(path, new))
  }

  // MARK: Relationships

  private func resolvePatch(_ source: String, _ id: String, _ steps: [PatchStep]) throws(NuriError) -> Change
  {
    guard let twin = twin(source), let relationship = relationship(twin, id) else {
      throw NuriError(.relationshipNotFound, "The twin \"\(source)\" has no relationship \"\(id)\".")
    }
    let now = describe(relationship)
    var json = now.properties.isEmpty ? Array("{}".utf8) : now.properties
    for step in steps {
      let names = try JSONEdit.names(ofPointer: step.path)
      json = try JSONEdit.applying(step.action, at: names[...], value: step.value, to: json)
    }
    return .putRelationship(
      source: source, id: id, name: now.name, target: now.target, properties: json.count > 2 ? json : [])
  }
}

extension TableLayout {
  /// The error of a step on a property there is not: adding it breaks the model, while replacing or removing it
  /// breaks the patch, whose place must exist (RFC 6902, §4.2 and §4.3).
  fileprivate func undeclared(_ path: String, in step: PatchStep) -> NuriError {
    NuriError(
      step.action == .add ? .propertyNotDeclared : .invalidPatch,
      "The model \(model) declares no property \"\(path)\".")
  }
}
