import TwinValues

/// Encodes changes into the payload of one log frame.
///
/// A frame explains itself: strings that repeat (property paths, models, relationship names, causes) are written
/// once and then named by number, and nothing refers outside the frame. Layout: each change is
/// `kind and flags, [observed − recorded], sequence − previous, cause, body`; integers are LEB128 varints
/// (zigzag where they may be negative), strings and bytes carry their length.
public struct FrameWriter: Sendable {
  /// The payload so far.
  public private(set) var bytes: [UInt8] = []
  private var names = FrameNames()
  /// Where the latest change's kind byte is, so that `endBatch` can mark it.
  private var latest = 0

  /// An empty frame.
  public init() {}

  /// Empties the frame and keeps its memory.
  public mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    names.removeAll()
  }

  /// Marks the latest change as the last of its batch.
  public mutating func endBatch() { bytes[latest] |= ChangeKind.lastFlag }

  /// Appends a change.
  ///
  /// - Parameters:
  ///   - observedMicros: the source's time, when it differs from `recordedMicros`.
  ///   - previous: what `Graph.apply` returned for it.
  public mutating func append(
    _ change: Change, sequence: UInt64, previous: UInt64, recordedMicros: Int64, observedMicros: Int64?,
    cause: Cause
  ) {
    latest = bytes.count
    let bound = 1 + 2 * ByteCursor.longestVarint + cause.encodedBound + change.encodedBound
    Self.extend(&bytes, &names, by: bound) { cursor, names in
      if let observedMicros, observedMicros != recordedMicros {
        cursor.byte(change.kind.rawValue | ChangeKind.observedFlag)
        cursor.signed(observedMicros &- recordedMicros)
      } else {
        cursor.byte(change.kind.rawValue)
      }
      cursor.varint(previous == 0 || previous > sequence ? 0 : sequence - previous)
      cursor.cause(cause, &names)
      cursor.body(change, &names)
    }
  }

  /// Has `write` fill the memory after the last byte, of which there is at least `bound`.
  @inline(__always)
  private static func extend(
    _ bytes: inout [UInt8], _ names: inout FrameNames, by bound: Int,
    _ write: (inout ByteCursor, inout FrameNames) -> Void
  ) {
    bytes.append(addingCapacity: bound) { span in
      span.withUnsafeMutableBufferPointer { memory, count in
        var cursor = ByteCursor(memory)
        write(&cursor, &names)
        count = cursor.count
      }
    }
  }
}

/// The strings a frame has written so far.
private struct FrameNames {
  var strings = NameTable()
  /// The latest cause and the numbers of its texts: the changes of a batch have the same.
  var latest: (cause: Cause, actor: Int, reason: Int)?

  mutating func removeAll() {
    strings.removeAll()
    latest = nil
  }
}

extension ByteCursor {
  fileprivate mutating func cause(_ cause: Cause, _ names: inout FrameNames) {
    if let latest = names.latest, latest.cause.actor == cause.actor, latest.cause.reason == cause.reason {
      varint(UInt64(latest.actor + 1))
      varint(UInt64(latest.reason + 1))
    } else {
      names.latest = (cause, shared(cause.actor, &names), shared(cause.reason, &names))
    }
    varint(cause.origin)
  }

  fileprivate mutating func body(_ change: Change, _ names: inout FrameNames) {
    switch change {
    case .putTwin(let id, let model, let properties):
      text(id)
      shared(model, &names)
      edits(properties, &names)
    case .patchTwin(let id, let list):
      text(id)
      edits(list, &names)
    case .deleteTwin(let id): text(id)
    case .putRelationship(let source, let id, let name, let target, let properties):
      text(source)
      text(id)
      shared(name, &names)
      text(target)
      data(properties)
    case .deleteRelationship(let source, let id):
      text(source)
      text(id)
    case .addModels(let documents):
      varint(UInt64(documents.count))
      for document in documents { data(document) }
    case .decommissionModel(let id, let isOut):
      shared(id, &names)
      byte(isOut ? 1 : 0)
    case .deleteModel(let id): shared(id, &names)
    case .telemetry(let twin, let component, let payload):
      text(twin)
      shared(component ?? "", &names)
      data(payload)
    case .putWorld(let entry): world(entry)
    case .discardWorld(let number): varint(UInt64(number))
    case .putEventRoute(let route):
      text(route.id)
      shared(route.endpoint, &names)
      text(route.filter)
    case .deleteEventRoute(let id): text(id)
    case .putRecord(let record):
      byte(record.kind.rawValue)
      text(record.id)
      data(record.body)
    case .deleteRecord(let kind, let id):
      byte(kind.rawValue)
      text(id)
    }
  }

  private mutating func world(_ entry: WorldEntry) {
    varint(UInt64(entry.number))
    text(entry.name)
    varint(UInt64(entry.parent))
    varint(entry.forkPoint)
    byte(entry.isTracking ? 1 : 0)
    text(entry.label)
    signed(entry.created.microseconds)
    byte(entry.expires == nil ? 0 : 1)
    if let expires = entry.expires { signed(expires.microseconds) }
  }

  private mutating func edits(_ edits: [PropertyEdit], _ names: inout FrameNames) {
    varint(UInt64(edits.count))
    for edit in edits {
      shared(edit.path, &names)
      value(edit.value)
    }
  }

  private mutating func value(_ value: Value?) {
    switch value {
    case nil: byte(ValueKind.none.rawValue)
    case .bool(let truth): byte((truth ? ValueKind.yes : ValueKind.no).rawValue)
    case .integer(let number):
      byte(ValueKind.integer.rawValue)
      signed(number)
    case .unsigned(let number):
      byte(ValueKind.unsigned.rawValue)
      varint(number)
    case .double(let number):
      byte(ValueKind.double.rawValue)
      fixed(number.bitPattern)
    case .string(let string):
      byte(ValueKind.string.rawValue)
      text(string)
    case .json(let json):
      byte(ValueKind.json.rawValue)
      data(json)
    }
  }

  private mutating func text(_ string: String) { string.withBytes { data(UnsafeRawBufferPointer($0)) } }

  private mutating func data(_ bytes: [UInt8]) { bytes.withUnsafeBytes { data($0) } }

  /// Writes a string that may repeat: `number + 1` of one seen before, or 0 and the string. Returns its number.
  @discardableResult
  private mutating func shared(_ string: String, _ names: inout FrameNames) -> Int {
    string.withBytes {
      if let number = names.strings.find($0) {
        varint(UInt64(number + 1))
        return number
      }
      names.strings.insert($0)
      varint(0)
      data(UnsafeRawBufferPointer($0))
      return names.strings.count - 1
    }
  }
}

extension Change {
  var kind: ChangeKind {
    switch self {
    case .putTwin: .putTwin
    case .patchTwin: .patchTwin
    case .deleteTwin: .deleteTwin
    case .putRelationship: .putRelationship
    case .deleteRelationship: .deleteRelationship
    case .addModels: .addModels
    case .decommissionModel: .decommissionModel
    case .deleteModel: .deleteModel
    case .telemetry: .telemetry
    case .putWorld: .putWorld
    case .discardWorld: .discardWorld
    case .putEventRoute: .putEventRoute
    case .deleteEventRoute: .deleteEventRoute
    case .putRecord: .putRecord
    case .deleteRecord: .deleteRecord
    }
  }
}
