public import TwinValues

/// Decodes the payload of a log frame, one change after another. The inverse of `FrameWriter`.
///
/// Any bytes may be given: what is not a change throws, nothing is read past the end.
public struct FrameReader {
  let bytes: UnsafeRawBufferPointer
  var at = 0
  private let recordedMicros: Int64
  /// The sequence of the next change.
  var sequence: UInt64
  var strings: [String] = []

  /// Reads `payload`, whose first change has `firstSequence`. The memory must outlive the reader.
  public init(payload: UnsafeRawBufferPointer, firstSequence: UInt64, recordedMicros: Int64) {
    bytes = payload
    sequence = firstSequence
    self.recordedMicros = recordedMicros
  }

  /// The next change, or `nil` at the end.
  /// - Throws: `NuriError` with code `undecodableChange` and the offset in the frame.
  public mutating func next() throws(NuriError) -> ChangeRecord? {
    guard at < bytes.count else { return nil }
    let head = bytes[at]
    at += 1
    guard let kind = ChangeKind(rawValue: head & 0x3f) else { throw fault("an unknown kind of change") }
    let observed =
      head & ChangeKind.observedFlag == 0 ? recordedMicros : recordedMicros &+ (try signed())
    let back = try varint()
    guard back <= sequence else { throw fault("a link to a change before the first") }
    let cause = Cause(actor: try shared(), reason: try shared(), origin: try varint())
    let change = try body(kind)
    defer { sequence += 1 }
    return ChangeRecord(
      sequence: sequence, recorded: Instant(microseconds: recordedMicros),
      observed: Instant(microseconds: observed), cause: cause, previous: back == 0 ? 0 : sequence - back,
      endsBatch: head & ChangeKind.lastFlag != 0, change: change)
  }

  /// Applies the next change when it is a patch of one property, without making strings of its id; otherwise
  /// stays where it is and returns `false`.
  mutating func replayPatch(into graph: inout Graph, _ stamp: Stamp) throws(NuriError) -> Bool {
    guard at < bytes.count, bytes[at] & 0x3f == ChangeKind.patchTwin.rawValue else { return false }
    let start = at
    let known = strings.count
    let head = try byte()
    if head & ChangeKind.observedFlag != 0 { _ = try varint() }
    _ = try varint()
    _ = try shared()
    _ = try shared()
    _ = try varint()
    let length = try count()
    let id = UnsafeRawBufferPointer(rebasing: bytes[at..<at + length])
    at += length
    if try count() == 1 {
      let path = try shared()
      let value = try value()
      let isDone = id.withMemoryRebound(to: UInt8.self) { graph.replaySet($0, path, value, stamp) }
      if isDone {
        sequence += 1
        return true
      }
    }
    at = start
    strings.removeLast(strings.count - known)
    return false
  }

  mutating func body(_ kind: ChangeKind) throws(NuriError) -> Change {
    switch kind {
    case .putTwin: return .putTwin(id: try text(), model: try shared(), properties: try edits())
    case .patchTwin: return .patchTwin(id: try text(), edits: try edits())
    case .deleteTwin: return .deleteTwin(id: try text())
    case .putRelationship:
      return .putRelationship(
        source: try text(), id: try text(), name: try shared(), target: try text(), properties: try data())
    case .deleteRelationship: return .deleteRelationship(source: try text(), id: try text())
    case .addModels:
      var documents: [[UInt8]] = []
      for _ in 0..<(try count()) { documents.append(try data()) }
      return .addModels(documents)
    case .decommissionModel: return .decommissionModel(id: try shared(), try byte() != 0)
    case .deleteModel: return .deleteModel(id: try shared())
    case .telemetry:
      let twin = try text()
      let component = try shared()
      return .telemetry(
        twin: twin, component: component.isEmpty ? nil : component, payload: try data())
    case .putWorld: return .putWorld(try world())
    case .discardWorld: return .discardWorld(number: UInt32(truncatingIfNeeded: try varint()))
    case .putEventRoute:
      return .putEventRoute(EventRoute(id: try text(), endpoint: try shared(), filter: try text()))
    case .deleteEventRoute: return .deleteEventRoute(id: try text())
    case .putRecord:
      return .putRecord(Record(RecordKind(rawValue: try byte()), try text(), try data()))
    case .deleteRecord: return .deleteRecord(RecordKind(rawValue: try byte()), id: try text())
    }
  }

  private mutating func world() throws(NuriError) -> WorldEntry {
    let number = UInt32(truncatingIfNeeded: try varint())
    let name = try text()
    let parent = UInt32(truncatingIfNeeded: try varint())
    let forkPoint = try varint()
    let isTracking = try byte() != 0
    let label = try text()
    let created = Instant(microseconds: try signed())
    let expires = try byte() != 0 ? Instant(microseconds: try signed()) : nil
    return WorldEntry(
      number: number, name: name, parent: parent, forkPoint: forkPoint, isTracking: isTracking, label: label,
      created: created, expires: expires)
  }

  private mutating func edits() throws(NuriError) -> [PropertyEdit] {
    let n = try count()
    var list: [PropertyEdit] = []
    list.reserveCapacity(n)
    for _ in 0..<n { list.append(PropertyEdit(try shared(), try value())) }
    return list
  }

  private mutating func value() throws(NuriError) -> Value? {
    guard let kind = ValueKind(rawValue: try byte()) else { throw fault("an unknown kind of value") }
    switch kind {
    case .none: return nil
    case .no: return .bool(false)
    case .yes: return .bool(true)
    case .integer: return .integer(try signed())
    case .unsigned: return .unsigned(try varint())
    case .double:
      guard bytes.count - at >= 8 else { throw fault("a cut number") }
      defer { at += 8 }
      return .double(
        Double(
          bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))))
    case .string: return .string(try text())
    case .json: return .json(try data())
    }
  }

  @inline(__always)
  mutating func byte() throws(NuriError) -> UInt8 {
    guard at < bytes.count else { throw fault("a cut change") }
    defer { at += 1 }
    return bytes[at]
  }

  @inline(__always)
  mutating func varint() throws(NuriError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      let b = try byte()
      value |= UInt64(b & 0x7f) << shift
      if b < 0x80 { return value }
      shift += 7
    }
    throw fault("an integer too long")
  }

  @inline(__always)
  mutating func signed() throws(NuriError) -> Int64 {
    let raw = try varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// A count of things that take at least a byte each.
  mutating func count() throws(NuriError) -> Int {
    let n = try varint()
    guard n <= UInt64(bytes.count - at) else { throw fault("a count past the end") }
    return Int(n)
  }

  mutating func text() throws(NuriError) -> String {
    let n = try count()
    defer { at += n }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[at..<at + n]), as: UTF8.self)
  }

  private mutating func data() throws(NuriError) -> [UInt8] {
    let n = try count()
    defer { at += n }
    return Array(bytes[at..<at + n])
  }

  @inline(__always)
  mutating func shared() throws(NuriError) -> String {
    let number = try varint()
    if number == 0 {
      let string = try text()
      strings.append(string)
      return string
    }
    guard number <= UInt64(strings.count) else { throw fault("a string number past the last") }
    return strings[Int(number) - 1]
  }

  func fault(_ what: String) -> NuriError {
    NuriError(
      .undecodableChange, "The log holds \(what).", at: "change \(sequence), byte \(at) of its frame",
      advice: "The checksum is right, so this is a defect of Nuri or data of a newer version.")
  }
}
