import TwinGraph
import TwinValues

/// Changes as JSON: in histories, change lists, promotions, and the feed.
extension JSONWriter {
  /// A change as the log keeps it: sequence, times, cause, and what changed.
  mutating func change(_ record: ChangeRecord) {
    beginObject()
    member("sequence", record.sequence)
    member("recorded", record.recorded.description)
    member("observed", record.observed.description)
    key("cause")
    beginObject()
    member("actor", record.cause.actor)
    if !record.cause.reason.isEmpty { member("reason", record.cause.reason) }
    if record.cause.origin > 0 { member("origin", record.cause.origin) }
    endObject()
    members(of: record.change)
    endObject()
  }

  /// What a change is: its kind and what it is about, as members of the object that is open.
  mutating func members(of change: Change) {
    switch change {
    case .putTwin(let id, let model, let properties):
      kind("putTwin", "twin", id)
      member("model", model)
      edits(properties)
    case .patchTwin(let id, let properties):
      kind("patchTwin", "twin", id)
      edits(properties)
    case .deleteTwin(let id): kind("deleteTwin", "twin", id)
    case .putRelationship(let source, let id, let name, let target, let properties):
      kind("putRelationship", "relationship", id)
      member("source", source)
      member("name", name)
      member("target", target)
      key("properties")
      beginObject()
      splice(members: properties)
      endObject()
    case .deleteRelationship(let source, let id):
      kind("deleteRelationship", "relationship", id)
      member("source", source)
    case .telemetry(let twin, let component, let payload):
      kind("telemetry", "twin", twin)
      member("component", component)
      key("payload")
      raw(payload)
    default: rareMembers(of: change)
    }
  }

  private mutating func rareMembers(of change: Change) {
    switch change {
    case .addModels(let documents):
      member("kind", "addModels")
      key("models")
      beginArray()
      for document in documents {
        if let id = try? JSONDocument(document).root["@id"]?.string { string(id) }
      }
      endArray()
    case .decommissionModel(let id, let isOut):
      kind("decommissionModel", "model", id)
      member("decommissioned", isOut)
    case .deleteModel(let id): kind("deleteModel", "model", id)
    case .putWorld(let entry):
      kind("putWorld", "world", entry.name)
      member("label", entry.label)
    case .discardWorld(let number):
      member("kind", "discardWorld")
      member("number", UInt64(number))
    case .putEventRoute(let route): kind("putEventRoute", "eventRoute", route.id)
    case .deleteEventRoute(let id): kind("deleteEventRoute", "eventRoute", id)
    // What a record holds is its room's to show: keys and policies have calls of their own.
    case .putRecord(let record): kind("putRecord", "record", record.id)
    case .deleteRecord(_, let id): kind("deleteRecord", "record", id)
    default: member("kind", "other")
    }
  }

  private mutating func kind(_ kind: String, _ what: String, _ id: String) {
    member("kind", kind)
    member(what, id)
  }

  /// Values by path; null where one was taken away.
  private mutating func edits(_ edits: [PropertyEdit]) {
    key("properties")
    beginObject()
    for edit in edits {
      key(edit.path)
      if let value = edit.value { self.value(value) } else { null() }
    }
    endObject()
  }
}
