import Testing
import TwinGraph
import TwinStorm
import TwinValues

@Suite("The log's bytes don't change")
struct FrameBytesTests {
  /// A frame that earlier versions wrote. Logs are full of such: if this fails, the format has changed.
  private static let known = """
    86000008757365723a6b696d0006eca090eab2800002027b7d0001000102000670756d702d31000d64746d693a613a50756d\
    703b310a000772756e6e696e6702000668616c7465640100036c6f7703ffffffffffffffffff010005686f75727303800100\
    046869676804ffffffffffffffffff010004666c6f77059a9999999999b9bf000673657269616c0607534e2df09f99820005\
    706c61636507035b315d0106000004676f6e650002020003636c6900000006ec98a8eb8f84010905000000000000f83fc2df\
    c508020102000670756d702d310042feffffffffffffffff01000102000670756d702d3101090004000d0dac020670756d70\
    2d31017200056665656473c80178787878787878787878787878787878787878787878787878787878787878787878787878\
    7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878\
    7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878\
    7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878\
    78787878787878787878787878077b2261223a317d85000d0d000670756d702d31017209000d0e000670756d702d310e0301\
    020309000d0e000670756d702d310004706172740087000d0e00030108000d0e00000d64746d693a623a50756d703b310307\
    0102000670756d702d318b00010200bc050a000102000307776861742d69660180808080802001c801787878787878787878\
    7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878\
    7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878\
    7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878\
    78787878787878787878787878787878787878787878787878787878787878787878787878787878788080f2818389850601\
    01
    """

  @Test("A frame has the bytes that earlier versions wrote")
  func known() throws {
    let bytes = Frame(Self.records).bytes
    #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == Self.known)
    #expect(try Frame.read(bytes, first: 1000) == Self.records)
  }

  @Test("A frame that was emptied writes the same bytes again")
  func reset() {
    var frame = Frame(Self.records)
    let first = frame.bytes
    frame.writer.reset()
    frame.append(Self.records)
    #expect(frame.bytes == first)
  }

  @Test("No change takes more bytes than its bound", arguments: 1...20 as ClosedRange<UInt64>)
  func bound(_ number: UInt64) {
    var random = RandomRecords(Seed(number))
    for record in random.records(20) {
      let rest = Frame([record]).bytes.count - record.change.encodedBound
      #expect(rest <= 21 + 32 + record.cause.actor.utf8.count + record.cause.reason.utf8.count)
    }
  }

  /// Every kind of change and value; causes that repeat, alternate and share their texts with other names.
  private static let records: [ChangeRecord] = {
    let rule = Cause(actor: "user:kim", reason: "점검")
    let plain = Cause(actor: "cli")
    let long = String(repeating: "x", count: 200)
    return [
      record(0, rule, .addModels([Array("{}".utf8), []])),
      record(1, rule, .putTwin(id: "pump-1", model: "dtmi:a:Pump;1", properties: values)),
      record(2, plain, .patchTwin(id: "온도", edits: [PropertyEdit("flow", .double(1.5))]), previous: 1000),
      record(3, rule, .patchTwin(id: "pump-1", edits: []), previous: 1001, observed: -70_000),
      record(4, rule, .patchTwin(id: "pump-1", edits: [PropertyEdit("flow", nil)]), observed: .max),
      record(
        5, Cause(actor: "cli", reason: "cli", origin: 300),
        .putRelationship(
          source: "pump-1", id: "r", name: "feeds", target: long, properties: Array(#"{"a":1}"#.utf8))),
      record(6, Cause(actor: "cli", reason: "cli"), .deleteRelationship(source: "pump-1", id: "r")),
      record(7, plain, .telemetry(twin: "pump-1", component: nil, payload: [1, 2, 3])),
      record(8, plain, .telemetry(twin: "pump-1", component: "part", payload: [])),
      record(9, plain, .decommissionModel(id: "dtmi:a:Pump;1", true)),
      record(10, plain, .deleteModel(id: "dtmi:b:Pump;1")),
      record(11, rule, .deleteTwin(id: "pump-1"), previous: 1004),
      record(12, rule, .discardWorld(number: 700)),
      record(
        13, rule,
        .putWorld(
          WorldEntry(
            number: 3, name: "what-if", parent: 1, forkPoint: 1 << 40, isTracking: true, label: long,
            created: Instant(microseconds: 1_700_000_000_000_000), expires: Instant(microseconds: -1)))),
    ]
  }()

  private static let values = [
    PropertyEdit("running", .bool(true)), PropertyEdit("halted", .bool(false)),
    PropertyEdit("low", .integer(.min)), PropertyEdit("hours", .integer(64)),
    PropertyEdit("high", .unsigned(.max)), PropertyEdit("flow", .double(-0.1)),
    PropertyEdit("serial", .string("SN-🙂")), PropertyEdit("place", .json(Array("[1]".utf8))),
    PropertyEdit("user:kim", .string("")), PropertyEdit("gone", nil),
  ]

  private static func record(
    _ offset: UInt64, _ cause: Cause, _ change: Change, previous: UInt64 = 0, observed: Int64 = 0
  ) -> ChangeRecord {
    ChangeRecord(
      sequence: 1000 + offset, recorded: Instant(microseconds: 0), observed: Instant(microseconds: observed),
      cause: cause, previous: previous, endsBatch: offset % 3 == 0, change: change)
  }
}
