import TwinValues

extension Change {
  /// At least as many bytes as the change takes in a frame, its cause and times apart.
  public var encodedBound: Int {
    let varint = ByteCursor.longestVarint
    switch self {
    case .putTwin(let id, let model, let edits):
      return id.encodedBound + model.encodedBound + varint + edits.encodedBound
    case .patchTwin(let id, let edits): return id.encodedBound + varint + edits.encodedBound
    case .deleteTwin(let id), .deleteModel(let id): return id.encodedBound
    case .putRelationship(let source, let id, let name, let target, let properties):
      return source.encodedBound + id.encodedBound + name.encodedBound + target.encodedBound + varint
        + properties.count
    case .deleteRelationship(let source, let id): return source.encodedBound + id.encodedBound
    case .addModels(let documents): return documents.reduce(varint) { $0 + varint + $1.count }
    case .decommissionModel(let id, _): return id.encodedBound + 1
    case .telemetry(let twin, let component, let payload):
      return twin.encodedBound + (component ?? "").encodedBound + varint + payload.count
    case .putWorld(let entry): return entry.name.encodedBound + entry.label.encodedBound + 5 * varint + 2
    case .discardWorld: return varint
    case .putEventRoute(let route):
      return route.id.encodedBound + route.endpoint.encodedBound + route.filter.encodedBound
    case .deleteEventRoute(let id): return id.encodedBound
    case .putRecord(let record): return 1 + record.id.encodedBound + varint + record.body.count
    case .deleteRecord(_, let id): return 1 + id.encodedBound
    }
  }
}

extension Cause {
  /// At least as many bytes as the cause takes in a frame.
  var encodedBound: Int { actor.encodedBound + reason.encodedBound + ByteCursor.longestVarint }
}

extension [PropertyEdit] {
  fileprivate var encodedBound: Int {
    reduce(0) {
      switch $1.value {
      case .string(let text): $0 + $1.path.encodedBound + 1 + text.encodedBound
      case .json(let json): $0 + $1.path.encodedBound + 1 + ByteCursor.longestVarint + json.count
      case .bool, .integer, .unsigned, .double, nil: $0 + $1.path.encodedBound + 1 + ByteCursor.longestVarint
      }
    }
  }
}

extension String {
  /// A string that repeats has a 0 before its length.
  fileprivate var encodedBound: Int { 1 + ByteCursor.longestVarint + utf8.count }
}
