import TwinEngine
import TwinGraph
import TwinValues

extension FeedEvent {
  /// `change`, or what became of the twin's place in the query's result.
  var name: String { passage?.rawValue ?? "change" }

  /// The event as JSON.
  func json(world: String) -> [UInt8] {
    var writer = JSONWriter(reserving: 384)
    writer.beginObject()
    writer.member("event", name)
    writer.key("sequence")
    writer.unsigned(record.sequence)
    writer.member("recorded", record.recorded.description)
    writer.member("observed", record.observed.description)
    writer.key("cause")
    writer.beginObject()
    writer.member("actor", record.cause.actor)
    writer.member("reason", record.cause.reason)
    writer.key("origin")
    writer.unsigned(record.cause.origin)
    writer.endObject()
    writer.key("endsBatch")
    writer.bool(record.endsBatch)
    writer.member("world", world)
    if let kind = record.change.feedKind { writer.member("kind", kind.rawValue) }
    if let twin = record.change.twin { writer.member("twin", twin) }
    if let model { writer.member("model", model) }
    record.change.writeFeedMembers(into: &writer)
    if let row {
      writer.key("row")
      writer.raw(row)
    }
    writer.endObject()
    return writer.bytes
  }
}

extension Change {
  /// Writes what changed, less the twin and its model.
  fileprivate func writeFeedMembers(into writer: inout JSONWriter) {
    switch self {
    case .putTwin(_, _, let edits), .patchTwin(_, let edits):
      writer.key("set")
      writer.beginObject()
      for edit in edits {
        writer.key(edit.path)
        if let value = edit.value { writer.value(value) } else { writer.null() }
      }
      writer.endObject()
    case .putRelationship(_, let id, let name, let target, let properties):
      writer.member("relationship", id)
      writer.member("name", name)
      writer.member("target", target)
      writer.key("properties")
      writer.raw(properties.isEmpty ? Array("{}".utf8) : properties)
    case .deleteRelationship(_, let id): writer.member("relationship", id)
    case .telemetry(_, let component, let payload):
      if let component { writer.member("component", component) }
      writer.key("payload")
      writer.raw(payload)
    case .addModels(let models):
      writer.key("models")
      writer.beginArray()
      for model in models {
        if let id = try? JSONDocument(model).root["@id"]?.string { writer.string(id) }
      }
      writer.endArray()
    case .decommissionModel(let id, let isOut):
      writer.member("model", id)
      writer.key("decommissioned")
      writer.bool(isOut)
    case .deleteModel(let id): writer.member("model", id)
    case .putWorld(let entry): writer.member("name", entry.name)
    case .discardWorld(let number):
      writer.key("number")
      writer.unsigned(UInt64(number))
    case .putEventRoute(let route):
      writer.member("route", route.id)
      writer.member("endpoint", route.endpoint)
      writer.member("filter", route.filter)
    case .deleteEventRoute(let id): writer.member("route", id)
    case .deleteTwin, .putRecord, .deleteRecord: break
    }
  }
}
