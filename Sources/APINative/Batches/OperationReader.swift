import TwinEngine
import TwinGraph
import TwinValues

/// Reads operations of a batch.
///
/// Values are checked against the models of the graph at hand, so that the only thread that writes has less to do;
/// what that graph does not know yet (a twin made earlier in the same batch) is left to it.
struct OperationReader {
  /// What an operation does.
  enum Kind: String, CaseIterable {
    case putTwin, patchTwin, deleteTwin, putRelationship, patchRelationship, deleteRelationship, addModels
    case decommissionModel, deleteModel, telemetry
  }

  var graph: Graph
  /// The observed time of operations that have none of their own.
  let observed: Instant?

  /// The members of an operation, as they stand.
  private struct Parts {
    var op: JSONNode?
    var id: JSONNode?
    var source: JSONNode?
    var content: JSONNode?
    var set: JSONNode?
    var patch: JSONNode?
    var component: JSONNode?
    var flag: JSONNode?
    var observed: JSONNode?
    var ifMatch: JSONNode?
    var ifNoneMatch: JSONNode?
  }

  /// Reads one operation.
  /// - Throws: `NuriError` that names the member.
  mutating func operation(_ node: JSONNode) throws(NuriError) -> Operation {
    let parts = try Self.parts(node)
    guard let name = parts.op?.string, let kind = Kind(rawValue: name) else {
      throw NuriError(
        .invalidBody,
        "An operation's \"op\" is one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
        at: node.place, advice: parts.op?.string.flatMap { Nearest.advice($0, Kind.allCases.map(\.rawValue)) }
      )
    }
    var time = observed
    if let given = parts.observed { time = try Instant(given.string ?? "") }
    return Operation(try self.kind(kind, parts, node), if: try requirement(parts), observed: time)
  }

  private static func parts(_ node: JSONNode) throws(NuriError) -> Parts {
    guard node.kind == .object else {
      throw NuriError(.invalidBody, "An operation is a JSON object.", at: node.place)
    }
    var parts = Parts()
    for (key, value) in node.memberNodes {
      switch key.string ?? "" {
      case "op": parts.op = value
      case "id": parts.id = value
      case "set": parts.set = value
      case "source": parts.source = value
      case "twin", "relationship", "models", "payload": parts.content = value
      case "patch": parts.patch = value
      case "component": parts.component = value
      case "decommissioned": parts.flag = value
      case "observed": parts.observed = value
      case "ifMatch": parts.ifMatch = value
      case "ifNoneMatch": parts.ifNoneMatch = value
      case let other:
        throw NuriError(
          .invalidBody, "An operation has no member \"\(other.prefix(100))\".", at: key.place,
          advice: Nearest.advice(other, names))
      }
    }
    return parts
  }

  private static let names = [
    "op", "id", "set", "source", "twin", "relationship", "models", "payload", "patch", "component",
    "decommissioned", "observed", "ifMatch", "ifNoneMatch",
  ]

  private func requirement(_ parts: Parts) throws(NuriError) -> Precondition {
    if let none = parts.ifNoneMatch {
      guard none.isText("*") else {
        throw NuriError(.invalidBody, "\"ifNoneMatch\" can only be *.", at: none.place)
      }
      return .mustNotExist
    }
    guard let match = parts.ifMatch else { return .none }
    guard let list = match.string.flatMap({ ETagList($0) }) else {
      throw NuriError(.invalidBody, "\"ifMatch\" is * or an ETag such as W/\"1f\".", at: match.place)
    }
    if list.isAny { return .mustExist }
    guard list.sequences.count == 1 else {
      throw NuriError(.invalidBody, "\"ifMatch\" names one ETag.", at: match.place)
    }
    return .match(list.sequences[0])
  }

  private mutating func kind(_ kind: Kind, _ parts: Parts, _ node: JSONNode) throws(NuriError)
    -> Operation.Kind
  {
    switch kind {
    case .patchTwin:
      let id = try text(parts.id, "id", node)
      if let set = parts.set { return try patch(id, set) }
      guard let patch = parts.patch else { throw Self.lacks("\"set\" or \"patch\"", node) }
      return .patchTwin(id: id, try PatchReader.steps(patch))
    case .putTwin:
      let twin = try content(parts, "twin", node)
      return .change(try graph.twinChange(from: twin, id: parts.id?.string))
    case .deleteTwin: return .change(.deleteTwin(id: try text(parts.id, "id", node)))
    case .putRelationship:
      let content = try content(parts, "relationship", node)
      return .change(
        try graph.relationshipChange(from: content, source: parts.source?.string, id: parts.id?.string))
    case .patchRelationship:
      guard let patch = parts.patch else { throw Self.lacks("\"patch\"", node) }
      return .patchRelationship(
        source: try text(parts.source, "source", node), id: try text(parts.id, "id", node),
        try PatchReader.steps(patch))
    case .deleteRelationship:
      return .change(
        .deleteRelationship(
          source: try text(parts.source, "source", node), id: try text(parts.id, "id", node)))
    case .addModels: return .change(.addModels(try models(content(parts, "models", node))))
    case .decommissionModel:
      return .change(
        .decommissionModel(id: try text(parts.id, "id", node), parts.flag?.bool ?? true))
    case .deleteModel: return .change(.deleteModel(id: try text(parts.id, "id", node)))
    case .telemetry:
      var writer = JSONWriter()
      writer.node(try content(parts, "payload", node))
      return .change(
        .telemetry(
          twin: try text(parts.id, "id", node), component: parts.component?.string, payload: writer.bytes))
    }
  }

  private mutating func models(_ node: JSONNode) throws(NuriError) -> [[UInt8]] {
    let documents = node.elements.map { Array($0.sourceText.utf8) }
    guard node.kind == .array, !documents.isEmpty, documents.count <= NativeLimits.modelsPerRequest else {
      throw NuriError(
        .invalidBody, "\"models\" is an array of 1 to \(NativeLimits.modelsPerRequest) models.",
        at: node.place)
    }
    // Operations that follow may make twins of them.
    try graph.apply(.addModels(documents), Stamp(sequence: 0, milliseconds: 0))
    return documents
  }

  /// Values by path: as edits when the twin is known, else as steps for whoever writes them.
  private func patch(_ id: String, _ set: JSONNode) throws(NuriError) -> Operation.Kind {
    guard set.kind == .object, set.count > 0 else {
      throw NuriError(.invalidBody, "\"set\" is an object of values by property.", at: set.place)
    }
    guard let twin = graph.twin(id) else { return .patchTwin(id: id, Self.steps(set)) }
    let layout = graph.layout(of: twin)
    var edits: [PropertyEdit] = []
    edits.reserveCapacity(set.count)
    do throws(NuriError) {
      for (key, value) in set.memberNodes { edits.append(try layout.edit(key.string ?? "", value)) }
    } catch {
      throw error.inside("twin \(id)")
    }
    return .change(.patchTwin(id: id, edits: edits))
  }

  private static func steps(_ set: JSONNode) -> [PatchStep] {
    set.members.map { key, value in
      let names = key.split(separator: ".", omittingEmptySubsequences: false).map {
        PatchReader.escaped(String($0))
      }
      let path = "/" + names.joined(separator: "/")
      return value.isNull
        ? PatchStep(.remove, path) : PatchStep(.add, path, Array(value.sourceText.utf8))
    }
  }

  private func text(_ node: JSONNode?, _ name: String, _ whole: JSONNode) throws(NuriError) -> String {
    guard let text = node?.string, !text.isEmpty else { throw Self.lacks("\"\(name)\"", whole) }
    return text
  }

  private func content(_ parts: Parts, _ name: String, _ whole: JSONNode) throws(NuriError) -> JSONNode {
    guard let content = parts.content else { throw Self.lacks("\"\(name)\"", whole) }
    return content
  }

  private static func lacks(_ what: String, _ node: JSONNode) -> NuriError {
    NuriError(.invalidBody, "The operation lacks \(what).", at: node.place)
  }
}
