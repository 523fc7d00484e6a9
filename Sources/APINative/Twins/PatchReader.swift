import TwinEngine
import TwinGraph
import TwinValues

/// Reads patches of a twin or of one of its components against the state they meet.
struct PatchReader {
  /// What a patch comes to.
  struct Patch {
    let kind: Operation.Kind
    /// Whether it holds for this state of the twin only.
    let dependsOnState: Bool
  }

  let graph: Graph
  let twin: TwinRef
  /// The component that is patched; `nil` for the whole twin.
  let component: String?

  /// A JSON Patch (RFC 6902) of `add`, `replace` and `remove`; `nil` when it has no steps.
  /// - Throws: `NuriError` with code `invalidPatch`.
  func steps(_ root: JSONNode) throws(NuriError) -> Patch? {
    let steps = try PatchReader.steps(root, inside: component.map { "/\(PatchReader.escaped($0))" } ?? "")
    return steps.isEmpty
      ? nil : Patch(kind: .patchTwin(id: graph.id(of: twin), steps), dependsOnState: false)
  }

  /// The steps of a JSON Patch, their paths behind a prefix.
  /// - Throws: `NuriError` with code `invalidPatch` or `limitExceeded`.
  static func steps(_ root: JSONNode, inside prefix: String = "") throws(NuriError) -> [PatchStep] {
    guard root.kind == .array else { throw NuriError(.invalidPatch, "A JSON Patch is an array of steps.") }
    guard root.count <= NativeLimits.patchSteps else {
      throw NuriError(.limitExceeded, "A JSON Patch has at most \(NativeLimits.patchSteps) steps.")
    }
    var steps: [PatchStep] = []
    for (index, node) in root.elements.enumerated() {
      func fault(_ text: String) -> NuriError {
        NuriError(.invalidPatch, "Step \(index) \(text).", at: node.place)
      }
      guard let op = node["op"]?.string else { throw fault("does not say its op") }
      guard let action = PatchStep.Action(rawValue: op) else {
        throw fault("has the op \"\(op.prefix(40))\"; there are add, replace and remove")
      }
      guard let path = node["path"]?.string, path.hasPrefix("/"), path.utf8.count > 1 else {
        throw fault("needs a path, a slash and a name")
      }
      if action == .remove {
        steps.append(PatchStep(.remove, prefix + path))
      } else {
        guard let value = node["value"] else { throw fault("has no value") }
        steps.append(PatchStep(action, prefix + path, Array(value.sourceText.utf8)))
      }
    }
    return steps
  }

  /// A JSON merge patch (RFC 7396); `nil` when it asks for nothing.
  /// - Throws: `NuriError` that names the property.
  func merge(_ root: JSONNode) throws(NuriError) -> Patch? {
    guard root.kind == .object else {
      throw NuriError(.invalidPatch, "A merge patch is a JSON object.", at: root.place)
    }
    if component == nil, let model = root["$metadata"]?["$model"], !model.isText(graph.model(of: twin)) {
      return Patch(kind: .patchTwin(id: graph.id(of: twin), remodel(root, model)), dependsOnState: true)
    }
    let layout = graph.layout(of: twin)
    var edits: [PropertyEdit] = []
    var isNested = false
    for (key, value) in root.members where !key.hasPrefix("$") {
      if component == nil, layout.components.contains(key) {
        guard value.kind == .object else {
          throw NuriError(.invalidPatch, "The component \"\(key)\" is a JSON object.", at: value.place)
        }
        for (inner, each) in value.members where !inner.hasPrefix("$") {
          edits.append(try edit("\(key).\(inner)", each, layout, &isNested))
        }
      } else {
        edits.append(try edit(component.map { "\($0).\(key)" } ?? key, value, layout, &isNested))
      }
    }
    return edits.isEmpty
      ? nil : Patch(kind: .change(.patchTwin(id: graph.id(of: twin), edits: edits)), dependsOnState: isNested)
  }

  private func edit(
    _ path: String, _ node: JSONNode, _ layout: TableLayout, _ isNested: inout Bool
  ) throws(NuriError) -> PropertyEdit {
    guard node.kind == .object, case .json(let now)? = graph.value(twin, path) else {
      return try layout.edit(path, node)
    }
    isNested = true
    var writer = JSONWriter(reserving: now.count + 256)
    PatchReader.merge(node, into: try JSONDocument(now).root, &writer)
    return try layout.edit(path, try JSONDocument(writer.bytes).root)
  }

  /// Writes what a value becomes under a merge patch.
  static func merge(_ patch: JSONNode, into current: JSONNode?, _ writer: inout JSONWriter) {
    guard patch.kind == .object else { return writer.node(patch) }
    writer.beginObject()
    if let current { kept(current, patch, &writer) }
    for (key, value) in patch.members where !value.isNull && current?[key] == nil {
      writer.key(key)
      merge(value, into: nil, &writer)
    }
    writer.endObject()
  }

  /// The members that were there already, as the patch leaves them.
  private static func kept(_ current: JSONNode, _ patch: JSONNode, _ writer: inout JSONWriter) {
    for (key, value) in current.members {
      guard let change = patch[key] else {
        writer.key(key)
        writer.node(value)
        continue
      }
      if change.isNull { continue }
      writer.key(key)
      merge(change, into: value.kind == .object ? value : nil, &writer)
    }
  }

  /// The steps of a merge that also changes the model.
  private func remodel(_ root: JSONNode, _ model: JSONNode) -> [PatchStep] {
    var steps = [PatchStep(.replace, "/$metadata/$model", Array(model.sourceText.utf8))]
    for (key, value) in root.members where !key.hasPrefix("$") {
      let path = "/\(PatchReader.escaped(key))"
      if !value.isNull {
        steps.append(PatchStep(.add, path, Array(value.sourceText.utf8)))
      } else if graph.value(twin, key) != nil {
        steps.append(PatchStep(.remove, path))
      }
    }
    return steps
  }

  /// A name as part of a JSON Pointer (RFC 6901).
  static func escaped(_ name: String) -> String {
    name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
      .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
  }
}
