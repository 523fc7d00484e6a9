import TwinEngine
import TwinGraph
import TwinValues

/// Makes events of changes, by the state before a change and after it.
///
/// Two steps, because nothing may hold the state while the change is applied: `prepare` takes from the state before
/// what the event will need, `finish` makes the event from the state after.
struct EventMaker {
  /// The server's name in events.
  let source: String

  /// What is known of an event before its change is applied.
  struct Draft {
    fileprivate let record: ChangeRecord
    fileprivate let kind: CloudEvent.Kind
    fileprivate let subject: String?
    fileprivate let twin: String
    /// The data, where it is known from before.
    fileprivate var data: [UInt8]?
    /// Patches: the operations so far, and the model before.
    fileprivate var patch: EventPatch?
    fileprivate var schema: String?
  }

  /// The draft of a change's event; `nil` for changes that events don't tell of.
  func prepare(_ record: ChangeRecord, before graph: Graph) -> Draft? {
    switch record.change {
    case .putTwin(let id, let model, let properties):
      guard let twin = graph.twin(id) else { return draft(record, .twinCreate, id, twin: id) }
      var draft = draft(record, .twinUpdate, id, twin: id)
      draft.patch = EventPatch(replacing: twin, in: graph, by: properties, model)
      return draft
    case .patchTwin(let id, let edits):
      guard let twin = graph.twin(id) else { return nil }
      var draft = draft(record, .twinUpdate, id, twin: id)
      draft.patch = EventPatch(of: twin, in: graph, edits)
      return draft
    case .deleteTwin(let id):
      guard let twin = graph.twin(id) else { return nil }
      var writer = JSONWriter()
      graph.writeTwin(twin, into: &writer)
      var draft = draft(record, .twinDelete, id, twin: id)
      draft.data = writer.bytes
      return draft
    case .putRelationship(let source, let id, let name, let target, let properties):
      let subject = "\(source)/relationships/\(id)"
      guard let twin = graph.twin(source), let old = graph.relationship(twin, id) else {
        return draft(record, .relationshipCreate, subject, twin: source)
      }
      var draft = draft(record, .relationshipUpdate, subject, twin: source)
      draft.patch = EventPatch(replacing: old, in: graph, by: properties, name: name, target: target)
      return draft
    case .deleteRelationship(let source, let id):
      guard let twin = graph.twin(source), let old = graph.relationship(twin, id) else { return nil }
      var writer = JSONWriter()
      graph.writeRelationship(old, into: &writer)
      var draft = draft(record, .relationshipDelete, "\(source)/relationships/\(id)", twin: source)
      draft.data = writer.bytes
      return draft
    case .telemetry(let id, let component, let payload):
      var draft = draft(record, .telemetry, component, twin: id)
      draft.data = payload
      draft.schema = schema(of: id, component, in: graph)
      return draft
    default: return nil
    }
  }

  private func draft(
    _ record: ChangeRecord, _ kind: CloudEvent.Kind, _ subject: String?, twin: String
  ) -> Draft {
    Draft(record: record, kind: kind, subject: subject, twin: twin)
  }

  /// The model of a twin, or of one of its components.
  private func schema(of id: String, _ component: String?, in graph: Graph) -> String? {
    guard let twin = graph.twin(id) else { return nil }
    let model = graph.model(of: twin)
    guard let component else { return model }
    return graph.model(ofComponent: component, of: twin) ?? model
  }

  /// The event of a draft, its change applied; `nil` when nothing of what events tell has changed.
  func finish(_ draft: Draft, after graph: Graph, batch: UInt64) -> CloudEvent? {
    guard let data = data(draft, graph) else { return nil }
    let record = draft.record
    let isTelemetry = draft.kind == .telemetry
    let given = isTelemetry ? record.cause.reason : ""
    return CloudEvent(
      kind: draft.kind, id: given.isEmpty ? EventId.text(record) : given, source: eventSource(draft),
      subject: draft.subject, time: isTelemetry ? record.observed : record.recorded, dataSchema: draft.schema,
      traceparent: EventId.traceparent(record, batch: batch), sequence: record.sequence, twin: draft.twin,
      data: data)
  }

  private func eventSource(_ draft: Draft) -> String {
    draft.kind == .telemetry ? source + CloudEvent.pathOfTwins + draft.twin : source
  }

  private func data(_ draft: Draft, _ graph: Graph) -> [UInt8]? {
    if let data = draft.data { return data }
    guard let twin = graph.twin(draft.twin) else { return nil }
    if let patch = draft.patch { return patch.data(model: graph.model(of: twin)) }
    var writer = JSONWriter()
    if case .putRelationship(_, let id, _, _, _) = draft.record.change {
      guard let relationship = graph.relationship(twin, id) else { return nil }
      graph.writeRelationship(relationship, into: &writer)
    } else {
      graph.writeTwin(twin, into: &writer)
    }
    return writer.bytes
  }

  // MARK: Filters

  /// What a filter may ask of a draft: all but its body.
  func value(_ draft: Draft, _ name: [String]) -> EventFilter.Value? {
    guard let first = name.first, name.count == 1 else { return name.first == "$body" ? nil : .null }
    switch first {
    case "type": return .text(draft.kind.rawValue)
    case "$eventType": return .text(draft.kind.group)
    case "source": return .text(eventSource(draft))
    case "subject": return draft.subject.map { .text($0) } ?? .null
    case "dataschema": return draft.schema.map { .text($0) } ?? .null
    case "datacontenttype": return .text(CloudEvent.contentType)
    case "specversion": return .text(CloudEvent.version)
    case "$body": return nil
    default: return .null
    }
  }

  /// What a filter may ask of an event's data.
  static func value(in data: JSONNode, _ path: ArraySlice<String>) -> EventFilter.Value {
    var node: JSONNode? = data
    for name in path { node = node?[name] }
    return EventFilter.Value(node)
  }
}

/// Names of events that stay the same however often an event is made.
enum EventId {
  /// A UUID of version 7 (RFC 9562, §5.7) whose random part is the sequence: in order, and unique in a world.
  static func text(_ record: ChangeRecord) -> String {
    let time = Hexadecimal.encode(UInt64(clamping: record.recorded.microseconds / 1000)).suffix(12)
    let sequence = Hexadecimal.encode(record.sequence).suffix(12)
    return "\(time.prefix(8))-\(time.suffix(4))-7000-8000-\(sequence)"
  }

  /// A trace of the batch with a span of the change (W3C Trace Context, §3.2).
  static func traceparent(_ record: ChangeRecord, batch: UInt64) -> String {
    let time = Hexadecimal.encode(UInt64(clamping: record.recorded.microseconds / 1000))
    return "00-\(time)\(Hexadecimal.encode(batch))-\(Hexadecimal.encode(record.sequence))-01"
  }
}
