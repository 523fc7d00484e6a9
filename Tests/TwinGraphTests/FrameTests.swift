import Testing
import TwinGraph
import TwinStorm
import TwinValues

@Suite("Changes as bytes of the log")
struct FrameTests {
  @Test("Every kind of change comes back as it went in", arguments: 1...40 as ClosedRange<UInt64>)
  func roundTrip(_ number: UInt64) throws {
    var random = RandomRecords(Seed(number))
    let records = random.records(1 + Int(number) % 12)
    let bytes = Frame(records).bytes
    #expect(try Frame.read(bytes, first: records[0].sequence) == records)
  }

  @Test("Damaged frames throw or are other changes; nothing is read past the end")
  func damage() {
    for number in 1...60 as ClosedRange<UInt64> {
      var random = RandomRecords(Seed(number))
      let records = random.records(6)
      let bytes = Frame(records).bytes
      for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
        _ = try? Frame.read(Array(bytes[..<cut]), first: records[0].sequence)
      }
      for _ in 0..<60 {
        let damaged = random.damaged(bytes)
        #expect(
          [nil, .undecodableChange].contains(code { _ = try Frame.read(damaged, first: records[0].sequence) })
        )
      }
    }
  }

  @Test("The error says which change, and where in its frame")
  func faultPlace() throws {
    let record = ChangeRecord(
      sequence: 7, recorded: Instant(microseconds: 0), observed: Instant(microseconds: 0),
      cause: Cause(actor: "a"), previous: 0, endsBatch: true, change: .deleteTwin(id: "pump"))
    var bytes = Frame([record]).bytes
    bytes.removeLast()
    #expect {
      _ = try Frame.read(bytes, first: 7)
    } throws: {
      ($0 as? NuriError)?.place?.contains("change 7, byte ") ?? false
    }
  }

  @Test("A number that fits no world is refused, not wrapped")
  func lastWorldNumber() {
    var graph = Graph()
    let entry = WorldEntry(
      number: .max, name: "w", parent: 0, forkPoint: 0, isTracking: false, label: "",
      created: Instant(microseconds: 0), expires: nil)
    #expect(code { try graph.apply(.putWorld(entry), Stamp(sequence: 1, milliseconds: 0)) } == .limitExceeded)
  }
}

/// The payload of a frame.
struct Frame {
  var writer = FrameWriter()
  var bytes: [UInt8] { writer.bytes }

  init(_ records: [ChangeRecord]) { append(records) }

  mutating func append(_ records: [ChangeRecord]) {
    for record in records {
      writer.append(
        record.change, sequence: record.sequence, previous: record.previous,
        recordedMicros: record.recorded.microseconds, observedMicros: record.observed.microseconds,
        cause: record.cause)
      if record.endsBatch { writer.endBatch() }
    }
  }

  static func read(_ bytes: [UInt8], first: UInt64, recorded: Int64 = 0) throws -> [ChangeRecord] {
    try bytes.withUnsafeBytes { raw in
      var reader = FrameReader(payload: raw, firstSequence: first, recordedMicros: recorded)
      var list: [ChangeRecord] = []
      while let record = try reader.next() { list.append(record) }
      return list
    }
  }
}

/// Draws records of every kind, with the corners of every number.
struct RandomRecords {
  private var seed: Seed
  init(_ seed: Seed) { self.seed = seed }

  mutating func records(_ count: Int) -> [ChangeRecord] {
    let first = 1 + seed.next() >> UInt64(17 + seed.below(46))
    return (0..<count).map { offset in
      let sequence = first + UInt64(offset)
      return ChangeRecord(
        sequence: sequence, recorded: Instant(microseconds: 0),
        observed: Instant(microseconds: seed.chance(1, in: 2) ? 0 : integer()),
        cause: Cause(actor: text(), reason: text(), origin: seed.next() >> UInt64(seed.below(64))),
        previous: UInt64(seed.below(Int(sequence))), endsBatch: seed.chance(1, in: 2), change: change())
    }
  }

  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...seed.below(3) where !bytes.isEmpty {
      let at = seed.below(bytes.count)
      switch seed.below(4) {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: seed.next())
      case 1: bytes[at] ^= 1 << UInt8(seed.below(8))
      case 2: bytes.insert(0xff, at: at)
      default: bytes.remove(at: at)
      }
    }
    return bytes
  }

  private mutating func integer() -> Int64 {
    let corners: [Int64] = [0, -1, 1, 63, 64, -64, .max, .min, 1 << 53]
    return seed.chance(1, in: 2) ? corners[seed.below(corners.count)] : Int64(bitPattern: seed.next())
  }

  private mutating func text() -> String {
    // Few texts, so that they repeat and are named by number.
    ["", "a", "model", "온도", "🙂", String(repeating: "x", count: 300)][seed.below(6)]
  }

  private mutating func value() -> Value? {
    switch seed.below(8) {
    case 0: nil
    case 1: .bool(true)
    case 2: .bool(false)
    case 3: .integer(integer())
    case 4: .unsigned(seed.next() | 1 << 63)
    case 5: .double(Double(bitPattern: seed.next() & ~(1 << 62)))
    case 6: .string(text())
    default: .json(seed.bytes(seed.below(40)))
    }
  }

  private mutating func change() -> Change {
    let edits = (0..<seed.below(5)).map { _ in PropertyEdit(text(), value()) }
    switch seed.below(16) {
    case 0: return .putTwin(id: text(), model: text(), properties: edits)
    case 1: return .patchTwin(id: text(), edits: edits)
    case 2: return .deleteTwin(id: text())
    case 3:
      return .putRelationship(
        source: text(), id: text(), name: text(), target: text(), properties: seed.bytes(seed.below(30)))
    case 4: return .deleteRelationship(source: text(), id: text())
    case 5: return .addModels((0..<seed.below(3)).map { _ in seed.bytes(seed.below(200)) })
    case 6: return .decommissionModel(id: text(), seed.chance(1, in: 2))
    case 7: return .deleteModel(id: text())
    case 8: return .telemetry(twin: text(), component: "part", payload: seed.bytes(9))
    case 9: return .telemetry(twin: text(), component: nil, payload: [])
    case 10: return .discardWorld(number: UInt32(truncatingIfNeeded: seed.next()))
    case 11: return .putEventRoute(EventRoute(id: text(), endpoint: text(), filter: text()))
    case 12: return .deleteEventRoute(id: text())
    case 13:
      let kind = RecordKind(rawValue: UInt8(seed.below(256)))
      return .putRecord(Record(kind, text(), seed.bytes(seed.below(40))))
    case 14: return .deleteRecord(RecordKind(rawValue: UInt8(seed.below(256))), id: text())
    default:
      return .putWorld(
        WorldEntry(
          number: UInt32(truncatingIfNeeded: seed.next()), name: text(), parent: 3, forkPoint: seed.next(),
          isTracking: seed.chance(1, in: 2), label: text(), created: Instant(microseconds: integer()),
          expires: seed.chance(1, in: 2) ? nil : Instant(microseconds: integer())))
    }
  }
}
