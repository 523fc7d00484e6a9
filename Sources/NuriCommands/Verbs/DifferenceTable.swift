import TwinGraph
import TwinValues

/// Differences for people: a line for each property, twin, relationship and model that differs.
struct DifferenceTable {
  private let language: Language
  private(set) var table: TextTable

  init(_ language: Language) {
    self.language = language
    table = TextTable([
      "", Text("what", ko: "대상")[language], Text("property", ko: "속성")[language],
      Text("from", ko: "앞")[language], Text("to", ko: "뒤")[language],
    ])
  }

  mutating func add(_ difference: Difference) {
    switch difference {
    case .twinAdded(let id, let model, _): table.add(["+", id, "", "", model])
    case .twinRemoved(let id, let model, _): table.add(["-", id, "", model, ""])
    case .twinChanged(let id, let oldModel, let newModel, let properties):
      if oldModel != newModel { table.add(["~", id, "$model", oldModel, newModel]) }
      for property in properties {
        table.add(["~", id, property.path, property.old?.shown ?? "-", property.new?.shown ?? "-"])
      }
    case .relationshipAdded(let new):
      table.add(["+", "\(new.source) \(new.name) \(new.target)", new.id, "", ""])
    case .relationshipRemoved(let old):
      table.add(["-", "\(old.source) \(old.name) \(old.target)", old.id, "", ""])
    case .relationshipChanged(let old, let new):
      table.add(["~", "\(new.source) \(new.name)", new.id, Self.end(old), Self.end(new)])
    case .modelAdded(let id): table.add(["+", id, "", "", ""])
    case .modelRemoved(let id): table.add(["-", id, "", "", ""])
    case .eventRouteAdded(let new): table.add(["+", new.id, "", "", Self.end(new)])
    case .eventRouteRemoved(let old): table.add(["-", old.id, "", Self.end(old), ""])
    case .eventRouteChanged(let old, let new): table.add(["~", new.id, "", Self.end(old), Self.end(new)])
    }
  }

  private static func end(_ route: EventRoute) -> String { "\(route.endpoint): \(route.filter)" }

  private static func end(_ relationship: Difference.Relationship) -> String {
    "\(relationship.target) \(String(decoding: relationship.properties, as: UTF8.self))"
  }
}

extension Difference {
  /// Writes the difference for machines.
  func write(into writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .twinAdded(let id, let model, let properties):
      writer.member("kind", "twinAdded")
      writer.member("twin", id)
      writer.member("model", model)
      Self.write(properties, into: &writer)
    case .twinRemoved(let id, let model, let properties):
      writer.member("kind", "twinRemoved")
      writer.member("twin", id)
      writer.member("model", model)
      Self.write(properties, into: &writer)
    case .twinChanged(let id, let oldModel, let newModel, let properties):
      writer.member("kind", "twinChanged")
      writer.member("twin", id)
      writer.member("model", newModel)
      if oldModel != newModel { writer.member("oldModel", oldModel) }
      Self.write(properties, into: &writer)
    case .relationshipAdded(let new):
      writer.member("kind", "relationshipAdded")
      Self.write("new", new, into: &writer)
    case .relationshipRemoved(let old):
      writer.member("kind", "relationshipRemoved")
      Self.write("old", old, into: &writer)
    case .relationshipChanged(let old, let new):
      writer.member("kind", "relationshipChanged")
      Self.write("old", old, into: &writer)
      Self.write("new", new, into: &writer)
    case .modelAdded(let id):
      writer.member("kind", "modelAdded")
      writer.member("model", id)
    case .modelRemoved(let id):
      writer.member("kind", "modelRemoved")
      writer.member("model", id)
    case .eventRouteAdded(let new):
      writer.member("kind", "eventRouteAdded")
      Self.write("new", new, into: &writer)
    case .eventRouteRemoved(let old):
      writer.member("kind", "eventRouteRemoved")
      Self.write("old", old, into: &writer)
    case .eventRouteChanged(let old, let new):
      writer.member("kind", "eventRouteChanged")
      Self.write("old", old, into: &writer)
      Self.write("new", new, into: &writer)
    }
    writer.endObject()
  }

  private static func write(_ properties: [Property], into writer: inout JSONWriter) {
    writer.key("properties")
    writer.beginArray()
    for property in properties {
      writer.beginObject()
      writer.member("path", property.path)
      writer.member("old", value: property.old)
      writer.member("new", value: property.new)
      writer.endObject()
    }
    writer.endArray()
  }

  private static func write(_ key: String, _ route: EventRoute, into writer: inout JSONWriter) {
    writer.key(key)
    writer.beginObject()
    writer.member("route", route.id)
    writer.member("endpoint", route.endpoint)
    writer.member("filter", route.filter)
    writer.endObject()
  }

  private static func write(_ key: String, _ relationship: Relationship, into writer: inout JSONWriter) {
    writer.key(key)
    writer.beginObject()
    writer.member("source", relationship.source)
    writer.member("relationship", relationship.id)
    writer.member("name", relationship.name)
    writer.member("target", relationship.target)
    writer.key("properties")
    writer.raw(relationship.properties.isEmpty ? Array("{}".utf8) : relationship.properties)
    writer.endObject()
  }
}
