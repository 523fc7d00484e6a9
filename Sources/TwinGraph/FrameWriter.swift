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
  private var strings = NameTable()
  /// Where the latest change's kind byte is, so that `endBatch` can mark it.
  private var latest = 0

  /// An empty frame.
  public init() {}

  /// Empties the frame and keeps its memory.
  public mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    strings.removeAll()
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
    let hasObserved = observedMicros != nil && observedMicros != recordedMicros
    bytes.append(change.kind.rawValue | (hasObserved ? ChangeKind.observedFlag : 0))
    if hasObserved, let observedMicros { signed(observedMicros &- recordedMicros) }
    varint(previous == 0 || previous > sequence ? 0 : sequence - previous)
    shared(cause.actor)
    shared(cause.reason)
    varint(cause.origin)
    body(change)
  }

  private mutating func body(_ change: Change) {
    switch change {
    case .putTwin(let id, let model, let properties):
      text(id)
      shared(model)
      edits(properties)
    case .patchTwin(let id, let list):
      text(id)
      edits(list)
    case .deleteTwin(let id): text(id)
    case .putRelationship(let source, let id, let name, let target, let properties):
      text(source)
      text(id)
      shared(name)
      text(target)
      data(properties)
    case .deleteRelationship(let source, let id):
      text(source)
      text(id)
    case .addModels(let documents):
      varint(UInt64(documents.count))
      for document in documents { data(document) }
    case .decommissionModel(let id, let isOut):
      shared(id)
      bytes.append(isOut ? 1 : 0)
    case .deleteModel(let id): shared(id)
    case .telemetry(let twin, let component, let payload):
      text(twin)
      shared(component ?? "")
      data(payload)
    case .putWorld(let entry): world(entry)
    case .discardWorld(let number): varint(UInt64(number))
    }
  }

  private mutating func world(_ entry: WorldEntry) {
    varint(UInt64(entry.number))
    text(entry.name)
    varint(UInt64(entry.parent))
    varint(entry.forkPoint)
    bytes.append(entry.isTracking ? 1 : 0)
    text(entry.label)
    signed(entry.created.microseconds)
    bytes.append(entry.expires == nil ? 0 : 1)
    if let expires = entry.expires { signed(expires.microseconds) }
  }

  private mutating func edits(_ edits: [PropertyEdit]) {
    varint(UInt64(edits.count))
    for edit in edits {
      shared(edit.path)
      value(edit.value)
    }
  }

  private mutating func value(_ value: Value?) {
    switch value {
    case nil: bytes.append(ValueKind.none.rawValue)
    case .bool(let truth): bytes.append((truth ? ValueKind.yes : ValueKind.no).rawValue)
    case .integer(let number):
      bytes.append(ValueKind.integer.rawValue)
      signed(number)
    case .unsigned(let number):
      bytes.append(ValueKind.unsigned.rawValue)
      varint(number)
    case .double(let number):
      bytes.append(ValueKind.double.rawValue)
      withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    case .string(let string):
      bytes.append(ValueKind.string.rawValue)
      text(string)
    case .json(let json):
      bytes.append(ValueKind.json.rawValue)
      data(json)
    }
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func signed(_ value: Int64) {
    varint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  private mutating func text(_ string: String) { string.withBytes { text($0) } }

  private mutating func text(_ string: UnsafeBufferPointer<UInt8>) {
    varint(UInt64(string.count))
    bytes.append(contentsOf: string)
  }

  private mutating func data(_ data: [UInt8]) {
    varint(UInt64(data.count))
    bytes.append(contentsOf: data)
  }

  /// Writes a string that may repeat: `number + 1` of one seen before, or 0 and the string.
  private mutating func shared(_ string: String) {
    string.withBytes {
      if let number = strings.find($0) { return varint(UInt64(number + 1)) }
      strings.insert($0)
      varint(0)
      text($0)
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
    }
  }
}
