import TwinGraph
import TwinValues

/// The JSON Patch that an update's event carries: what was there before decides between `add` and `replace`.
struct EventPatch {
  private var writer = JSONWriter()
  private var isEmpty = true

  private init() { writer.beginArray() }

  /// Of a twin's edits.
  init(of twin: TwinRef, in graph: Graph, _ edits: [PropertyEdit]) {
    self.init()
    let layout = graph.layout(of: twin)
    for edit in edits {
      guard let column = layout.column(edit.path) else { continue }
      let field = layout.fields[column]
      step([field.component, field.name], graph.value(twin, column: column), edit.value)
    }
  }

  /// Of a twin that was put in the place of an older one.
  init(replacing twin: TwinRef, in graph: Graph, by properties: [PropertyEdit], _ model: String) {
    self.init()
    let old = graph.model(of: twin)
    if old != model { step(["$metadata", "$model"], .string(old), .string(model)) }
    let layout = graph.layout(of: twin)
    for field in layout.fields where !properties.contains(where: { $0.path == field.path && $0.value != nil })
    {
      step([field.component, field.name], graph.value(twin, field.path), nil)
    }
    for edit in properties where edit.value != nil {
      let before = graph.value(twin, edit.path)
      if before == edit.value { continue }
      let field = layout.column(edit.path).map { layout.fields[$0] }
      let names =
        field.map { [$0.component, $0.name] }
        ?? edit.path.split(separator: ".", maxSplits: 1).map { String($0) }
      step(names, before, edit.value)
    }
  }

  /// Of a relationship that was put in the place of an older one.
  init(replacing old: RelationshipRef, in graph: Graph, by properties: [UInt8], name: String, target: String)
  {
    self.init()
    let before = graph.properties(of: old)
    if graph.name(of: old) != name {
      step(["$relationshipName"], .string(graph.name(of: old)), .string(name))
    }
    let oldTarget = graph.id(of: graph.target(of: old))
    if oldTarget != target { step(["$targetId"], .string(oldTarget), .string(target)) }
    let members = (Self.members(before), Self.members(properties))
    for (key, value) in members.0 where !members.1.contains(where: { $0.key == key }) {
      step([key], value, nil)
    }
    for (key, value) in members.1 {
      let earlier = members.0.first { $0.key == key }?.value
      if earlier != value { step([key], earlier, value) }
    }
  }

  private static func members(_ json: [UInt8]) -> [(key: String, value: Value)] {
    guard !json.isEmpty, let document = try? JSONDocument(json) else { return [] }
    return document.root.members.compactMap { key, node in Value(node).map { (key, $0) } }
  }

  private mutating func step(_ names: [String?], _ before: Value?, _ after: Value?) {
    if before == nil, after == nil { return }
    isEmpty = false
    writer.beginObject()
    if let after {
      writer.key("value")
      writer.value(after)
    }
    writer.key("path")
    writer.string(names.compactMap { $0 }.map { "/" + Self.escaped($0) }.joined())
    writer.key("op")
    writer.string(after == nil ? "remove" : before == nil ? "add" : "replace")
    writer.endObject()
  }

  /// A name as it stands in a pointer (RFC 6901, §3).
  private static func escaped(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
      return name
    }
    return name.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
  }

  /// The event's data; `nil` when nothing changed.
  func data(model: String) -> [UInt8]? {
    if isEmpty { return nil }
    var patch = writer
    patch.endArray()
    var data = JSONWriter(reserving: patch.bytes.count + 100)
    data.beginObject()
    data.key("modelId")
    data.string(model)
    data.key("patch")
    data.raw(patch.bytes)
    data.endObject()
    return data.bytes
  }
}
