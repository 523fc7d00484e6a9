import TwinEngine
import TwinGraph
import TwinIdentity
import TwinLog
import TwinValues

/// Inputs to start from that are made by the rooms themselves: binary files as they are written today.
enum Seeds {
  static func write(into folder: String) throws(NuriError) {
    let disk = PosixDisk()
    for target in FuzzTarget.allCases { try disk.makeDirectories("\(folder)/\(target.rawValue)") }
    func save(_ target: FuzzTarget, _ name: String, _ bytes: [UInt8]) throws(NuriError) {
      try disk.replaceFile("\(folder)/\(target.rawValue)/\(name)", with: bytes)
    }
    try save(.archive, "small-world", Sections.bytes(of: SmallWorld.graph))
    try save(.archive, "empty", Sections.bytes(of: Graph()))
    var writer = FrameWriter()
    for (number, change) in (SmallWorld.changes + others).enumerated() {
      writer.append(
        change, sequence: UInt64(100 + number), previous: UInt64(number),
        recordedMicros: 1_700_000_000_000_000,
        observedMicros: number % 3 == 0 ? 1_600_000_000_000_000 : nil, cause: Cause(actor: "seed"))
      if number % 4 == 0 { writer.endBatch() }
    }
    try save(.frames, "small-world", writer.bytes)
    try save(.models, "small-world", Array(SmallWorld.model.utf8))
    var lines = JSONWriter()
    for slot in 0..<SmallWorld.graph.twinSlots {
      guard let twin = SmallWorld.graph.twin(slot: slot) else { continue }
      SmallWorld.graph.writeTwin(twin, into: &lines)
      lines.newline()
      for relationship in SmallWorld.graph.outgoing(twin) {
        SmallWorld.graph.writeRelationship(relationship, into: &lines)
        lines.newline()
      }
    }
    try save(.lines, "small-world", lines.bytes)
    for (index, text) in names.enumerated() { try save(.names, "\(index)", Array(text.utf8)) }
    for (index, text) in json.enumerated() { try save(.json, "\(index)", Array(text.utf8)) }
    for (index, text) in requests.enumerated() { try save(.http1, "\(index)", Array(text.utf8)) }
    for (index, bytes) in frames.enumerated() { try save(.webSocket, "\(index)", bytes) }
    for (index, text) in patches.enumerated() { try save(.patch, "\(index)", Array(text.utf8)) }
    try save(.apiKey, "made", Array(APIKey.make().text.utf8))
    try writeLog(disk, folder, save)
  }

  private static let others: [Change] = [
    .decommissionModel(id: "dtmi:f:A;1", true), .deleteModel(id: "dtmi:f:A;1"), .discardWorld(number: 3),
    .putRecord(Record(.job, "j", Array("{\"n\":1}".utf8))), .deleteRecord(.policy, id: "p"),
    .putWorld(
      WorldEntry(
        number: 3, name: "w", parent: 0, forkPoint: 7, isTracking: true, label: "",
        created: Instant(microseconds: 1), expires: Instant(microseconds: 2))),
  ]
  private static let names = [
    "2018-06-04T18:00:00.123456+09:00", "2018-06-04", "dtmi:com:example:Thermostat;1.2#a", "pump-1",
    "W/\"1f\"",
  ]
  private static let json = [
    #"{"a":[1,-0,1.5e3,18446744073709551615,null,true,false,"x\u00e9\ud83d\ude42\n"],"b":{}}"#, "[[[[]]]]",
    "\u{feff} \"\\\"\" ",
  ]

  /// A small world on disk, whose files are seeds.
  private static func writeLog(
    _ disk: PosixDisk, _ folder: String, _ save: (FuzzTarget, String, [UInt8]) throws(NuriError) -> Void
  ) throws(NuriError) {
    let data = "\(folder)/data"
    let log = SegmentLogOptions(firstSegmentBytes: 16 << 10, segmentBytes: 16 << 10)
    let engine = try Engine.create(at: data, options: EngineOptions(log: log, worksInBackground: false))
    let world = try engine.world()
    for change in SmallWorld.changes {
      try world.write(Batch(cause: Cause(actor: "seed"), operations: [Operation(change)]))
    }
    for number in 0..<300 {
      let edit = PropertyEdit("d", .double(Double(number)))
      let change = Change.patchTwin(id: "a", edits: [edit])
      try world.write(Batch(cause: Cause(actor: "seed"), operations: [Operation(change)]))
    }
    try world.checkpoint()
    try engine.close()
    let home = "\(data)/worlds/0"
    for (index, entry) in try disk.list(home).enumerated() {
      let target: FuzzTarget? =
        entry.name.contains("sealed") ? .sealed : entry.name.contains("checkpoint") ? .checkpoint : .segment
      guard let target, let bytes = try? disk.readFile("\(home)/\(entry.name)", limit: 1 << 20) else {
        continue
      }
      try save(target, "\(index)", bytes)
    }
  }
}

extension Seeds {
  fileprivate static let requests = [
    "GET /digitaltwins/a?api-version=2023-10-31 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer y\r\n\r\n",
    "POST /query HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: v\r\n\r\n",
    "GET http://x/a HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n",
  ]

  /// Masked frames: a text, a text in two parts with a ping between them, a close.
  fileprivate static let frames: [[UInt8]] = [
    [0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b],
    [0x01, 0x81, 0, 0, 0, 0, 0x61, 0x89, 0x80, 0, 0, 0, 0, 0x80, 0x81, 0, 0, 0, 0, 0x62],
    [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8], [0x82, 0xfe, 0, 126, 9, 9, 9, 9],
  ]

  fileprivate static let patches = [
    #"[{"op":"replace","path":"/d","value":2.5},{"op":"remove","path":"/s"}]"#,
    #"[{"op":"add","path":"/m/k","value":3},{"op":"test","path":"/i","value":-3}]"#,
    #"[{"op":"replace","path":"/$metadata/$model","value":"dtmi:f:A;1"},{"op":"add","path":"/a~1b~0","value":{}}]"#,
    #"[{"op":"move","from":"/d","path":"/i"},{"op":"copy","from":"/m","path":"/m/k"}]"#,
    #"{"d":1,"m":{"k":null},"s":null}"#,
  ]
}
