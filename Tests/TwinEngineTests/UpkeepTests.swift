import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinStorm
import TwinValues

@Suite("Upkeep")
struct UpkeepTests {
  /// A world with a few checkpoints and a fork.
  private func furnished() throws -> Fixture {
    let fixture = try Fixture(changesPerCheckpoint: 20)
    let live = try fixture.engine.world()
    for turn in 0..<90 { try live.put("t\(turn % 10)", Double(turn)) }
    try fixture.engine.fork(WorldInstant("live"), name: "plan", cause: tester).put("t1", -1)
    return fixture
  }

  @Test("A backup made while the engine runs opens with everything acknowledged before it")
  func backup() throws {
    let fixture = try furnished()
    let report = try fixture.engine.backup(to: "data/copy")
    #expect(report.files > 3)
    try fixture.engine.world().put("later", 1)
    let options = Fixture.options(fixture.disk, fixture.clock)
    _ = try Engine.restore(from: "data/copy", to: "data/back", disk: fixture.disk)
    let engine = try Engine.open("data/back", options: options)
    #expect(try engine.world().temperature("t9") == 89)
    #expect(try engine.world("plan").temperature("t1") == -1)
    #expect(try engine.world().snapshot().graph.twin("later") == nil)
    #expect(code { _ = try fixture.engine.backup(to: "data/copy") } == .fileExists)
    #expect(
      code { _ = try Engine.restore(from: "nowhere", to: "data/x", disk: fixture.disk) } == .fileMissing)
  }

  @Test("Verifying a whole folder finds nothing and counts everything")
  func verifyWhole() throws {
    let fixture = try furnished()
    try fixture.engine.close()
    let report = try Engine.verify("data", options: Fixture.options(fixture.disk, fixture.clock))
    #expect(report.faults.isEmpty)
    #expect(report.worlds == 2)
    #expect(report.changes == 92)
    #expect(report.checkpoints >= 4)
  }

  @Test("A damaged checkpoint is passed over for an older one, and said so")
  func damagedCheckpoint() throws {
    let fixture = try furnished()
    try fixture.engine.close()
    let options = Fixture.options(fixture.disk, fixture.clock)
    let newest = try #require(
      try fixture.disk.list("data/worlds/0").map(\.name).filter { $0.hasSuffix(".nck") }.max())
    var bytes = try fixture.disk.readFile("data/worlds/0/\(newest)", limit: 1 << 24)
    bytes[bytes.count / 2] ^= 0x10
    try fixture.disk.replaceFile("data/worlds/0/\(newest)", with: bytes)
    let report = try Engine.verify("data", options: options)
    #expect(!report.faults.isEmpty)
    let engine = try Engine.open("data", options: options)
    #expect(engine.opening.damaged.count == 1)
    #expect(engine.opening.damaged.first?.path.contains(newest) == true)
    #expect(try engine.world().temperature("t9") == 89)
  }

  @Test("A flipped byte in an acknowledged change is reported with its file, never skipped")
  func damagedLog() throws {
    let fixture = try furnished()
    try fixture.engine.close()
    let options = Fixture.options(fixture.disk, fixture.clock)
    let first = try #require(
      try fixture.disk.list("data/worlds/0").map(\.name).filter { !$0.hasSuffix(".nck") }.min())
    var bytes = try fixture.disk.readFile("data/worlds/0/\(first)", limit: 1 << 24)
    bytes[700] ^= 1
    try fixture.disk.replaceFile("data/worlds/0/\(first)", with: bytes)
    let report = try Engine.verify("data", options: options)
    #expect(report.faults.contains { "\($0)".contains(first) })
  }

  @Test("Discarding a fork gives its space back")
  func discardFrees() throws {
    let fixture = try furnished()
    let before = fixture.disk.usedSpace
    try fixture.engine.discard("plan", cause: tester)
    #expect(fixture.disk.usedSpace < before)
  }

  @Test("A full disk refuses writes by name, reads go on, and writing goes on once there is room")
  func fullDisk() throws {
    let fixture = try furnished()
    let world = try fixture.engine.world()
    var faults = SimulatedDisk.Faults()
    faults.capacityBytes = fixture.disk.usedSpace
    fixture.disk.faults = faults
    let long = String(repeating: "x", count: 20_000)
    var refusal: NuriError.Code?
    for _ in 0..<50 where refusal == nil {
      refusal = code { try world.set("t1", "serial", .string(long)) }
    }
    #expect(refusal == .diskFull)
    #expect(try world.temperature("t9") == 89)
    fixture.disk.faults = SimulatedDisk.Faults()
    try world.set("t9", "temperature", .double(90))
    #expect(try world.temperature("t9") == 90)
  }
}
