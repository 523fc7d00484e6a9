import TwinGraph
import TwinValues

/// Changes in words.
enum ChangeText {
  static func describe(_ change: Change) -> Text {
    switch change {
    case .putTwin(_, let model, let properties):
      let list = properties.map(edit).joined(separator: ", ")
      return Text("put as \(model): \(list)", ko: "\(model)로 둠: \(list)")
    case .patchTwin(_, let edits):
      let list = edits.map(edit).joined(separator: ", ")
      return Text("set \(list)", ko: "\(list)")
    case .deleteTwin: return Text("deleted", ko: "지움")
    case .putRelationship(_, let id, let name, let target, _):
      return Text("\(name) → \(target) (\(id))", ko: "\(name) → \(target) (\(id))")
    case .deleteRelationship(_, let id): return Text("relationship \(id) deleted", ko: "관계 \(id) 지움")
    case .telemetry(_, let component, let payload):
      let text = String(decoding: payload, as: UTF8.self)
      let place = component.map { "\($0): " } ?? ""
      return Text("telemetry \(place)\(text)", ko: "텔레메트리 \(place)\(text)")
    case .addModels(let models): return Text("\(models.count) models added", ko: "모델 \(models.count)개 추가")
    case .decommissionModel(let id, let isOut):
      return isOut
        ? Text("model \(id) out of use", ko: "모델 \(id) 사용 중지")
        : Text("model \(id) in use", ko: "모델 \(id) 다시 사용")
    case .deleteModel(let id): return Text("model \(id) deleted", ko: "모델 \(id) 지움")
    case .putWorld(let entry): return Text("world \(entry.name)", ko: "세계 \(entry.name)")
    case .discardWorld(let number): return Text("world \(number) discarded", ko: "세계 \(number) 버림")
    case .putEventRoute(let route):
      return Text(
        "event route \(route.id) to \(route.endpoint)", ko: "이벤트 경로 \(route.id) → \(route.endpoint)")
    case .deleteEventRoute(let id): return Text("event route \(id) deleted", ko: "이벤트 경로 \(id) 지움")
    case .putRecord(let record):
      return Text("\(record.kind.word.english) \(record.id)", ko: "\(record.kind.word.korean) \(record.id)")
    case .deleteRecord(let kind, let id):
      return Text("\(kind.word.english) \(id) deleted", ko: "\(kind.word.korean) \(id) 지움")
    }
  }

  private static func edit(_ edit: PropertyEdit) -> String {
    edit.value.map { "\(edit.path)=\($0.shown)" } ?? "\(edit.path)="
  }
}

extension ChangeRecord {
  /// Writes the record for machines.
  func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("sequence", sequence)
    writer.member("recorded", recorded.description)
    writer.member("observed", observed.description)
    writer.key("cause")
    writer.beginObject()
    writer.member("actor", cause.actor)
    writer.member("reason", cause.reason)
    writer.member("origin", cause.origin)
    writer.endObject()
    writer.member("endsBatch", endsBatch)
    change.write(into: &writer)
    writer.endObject()
  }
}

extension Change {
  /// Writes the members that say what changed.
  func write(into writer: inout JSONWriter) {
    switch self {
    case .putTwin(let id, let model, let properties):
      writer.member("kind", "putTwin")
      writer.member("twin", id)
      writer.member("model", model)
      Self.write(properties, into: &writer)
    case .patchTwin(let id, let edits):
      writer.member("kind", "patchTwin")
      writer.member("twin", id)
      Self.write(edits, into: &writer)
    case .deleteTwin(let id):
      writer.member("kind", "deleteTwin")
      writer.member("twin", id)
    case .putRelationship(let source, let id, let name, let target, let properties):
      writer.member("kind", "putRelationship")
      writer.member("source", source)
      writer.member("relationship", id)
      writer.member("name", name)
      writer.member("target", target)
      writer.key("properties")
      writer.raw(properties.isEmpty ? Array("{}".utf8) : properties)
    case .deleteRelationship(let source, let id):
      writer.member("kind", "deleteRelationship")
      writer.member("source", source)
      writer.member("relationship", id)
    case .telemetry(let twin, let component, let payload):
      writer.member("kind", "telemetry")
      writer.member("twin", twin)
      writer.member("component", component)
      writer.key("payload")
      writer.raw(payload)
    case .addModels(let models):
      writer.member("kind", "addModels")
      writer.member("models", models.count)
    case .decommissionModel(let id, let isOut):
      writer.member("kind", "decommissionModel")
      writer.member("model", id)
      writer.member("decommissioned", isOut)
    case .deleteModel(let id):
      writer.member("kind", "deleteModel")
      writer.member("model", id)
    case .putWorld(let entry):
      writer.member("kind", "putWorld")
      writer.member("world", entry.name)
    case .discardWorld(let number):
      writer.member("kind", "discardWorld")
      writer.member("number", Int(number))
    case .putEventRoute(let route):
      writer.member("kind", "putEventRoute")
      writer.member("route", route.id)
      writer.member("endpoint", route.endpoint)
      writer.member("filter", route.filter)
    case .deleteEventRoute(let id):
      writer.member("kind", "deleteEventRoute")
      writer.member("route", id)
    case .putRecord(let record):
      writer.member("kind", "putRecord")
      writer.member("record", "\(record.kind.word.english) \(record.id)")
    case .deleteRecord(let kind, let id):
      writer.member("kind", "deleteRecord")
      writer.member("record", "\(kind.word.english) \(id)")
    }
  }

  private static func write(_ edits: [PropertyEdit], into writer: inout JSONWriter) {
    writer.key("set")
    writer.beginObject()
    for edit in edits { writer.member(edit.path, value: edit.value) }
    writer.endObject()
  }
}

extension RecordKind {
  /// What such a record is called.
  fileprivate var word: Text {
    switch self {
    case .key: Text("key", ko: "키")
    case .policy: Text("policy", ko: "정책")
    case .job: Text("job", ko: "작업")
    case .fork: Text("owner of fork", ko: "포크 소유자")
    default: Text("record \(rawValue)", ko: "기록 \(rawValue)")
    }
  }
}
