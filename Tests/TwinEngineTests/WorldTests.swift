import Testing
import TwinEngine
import TwinGraph
import TwinStorm
import TwinValues

@Suite("One world")
struct WorldTests {
  @Test("A write is read back at once, and after opening again")
  func readsOwnWrites() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    try world.put("a", 20.5)
    #expect(try world.temperature("a") == 20.5)
    let again = try fixture.reopened()
    #expect(try again.world().temperature("a") == 20.5)
    #expect(again.opening.replayed == 2)
    #expect(again.opening.recovery.wasClosed)
  }

  @Test("A batch happens wholly or not at all")
  func atomicBatch() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    try world.put("a", 1)
    let before = world.sequence
    let batch = Batch(
      cause: tester,
      operations: [
        Operation(.patchTwin(id: "a", edits: [PropertyEdit("temperature", .double(2))])),
        Operation(.putTwin(id: "b", model: pump, properties: [])),
        Operation(.patchTwin(id: "missing", edits: [])),
      ])
    #expect(code { try world.write(batch) } == .twinNotFound)
    #expect(try world.temperature("a") == 1)
    #expect(try world.snapshot().graph.twin("b") == nil)
    #expect(world.sequence == before)
    try world.put("c", 3)
    #expect(world.sequence == before + 1)
  }

  @Test("Preconditions hold against the state the operation meets")
  func preconditions() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    let first = try world.put("a", 1)
    func patch(_ precondition: Precondition) -> Batch {
      Batch(
        cause: tester,
        operations: [
          Operation(.patchTwin(id: "a", edits: [PropertyEdit("temperature", .double(2))]), if: precondition)
        ])
    }
    #expect(code { try world.write(patch(.match(first.last + 1))) } == .preconditionFailed)
    #expect(code { try world.write(patch(.mustNotExist)) } == .preconditionFailed)
    try world.write(patch(.match(first.last)))
    #expect(code { try world.write(patch(.match(first.last))) } == .preconditionFailed)
    try world.write(patch(.mustExist))
    #expect(try world.temperature("a") == 2)
  }

  @Test("JSON Patch reaches into structured values and says what does not fit")
  func jsonPatch() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    try world.put("a", 1)
    func patch(_ steps: [PatchStep]) throws {
      try world.write(Batch(cause: tester, operations: [Operation(.patchTwin(id: "a", steps))]))
    }
    try patch([PatchStep(.add, "/site", Array(#"{"city":"서울","floor":3}"#.utf8))])
    try patch([PatchStep(.replace, "/site/floor", Array("4".utf8)), PatchStep(.remove, "/temperature")])
    let graph = try world.snapshot().graph
    let twin = try #require(graph.twin("a"))
    #expect(graph.value(twin, "site") == .json(Array(#"{"city":"서울","floor":4}"#.utf8)))
    #expect(graph.value(twin, "temperature") == nil)
    #expect(code { try patch([PatchStep(.remove, "/temperature")]) } == .invalidPatch)
    #expect(code { try patch([PatchStep(.replace, "/site/street", Array("1".utf8))]) } == .invalidPatch)
    #expect(code { try patch([PatchStep(.add, "/nonsense", Array("1".utf8))]) } == .propertyNotDeclared)
  }

  @Test("A patch's value is one JSON value, for twins and relationships")
  func patchOfOneValue() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    try world.put("a", 1)
    try world.link("a", "r", "a", #"{"flow":1}"#)
    func patch(_ value: String) throws {
      let step = PatchStep(.replace, "/flow", Array(value.utf8))
      try world.write(
        Batch(cause: tester, operations: [Operation(.patchRelationship(source: "a", id: "r", [step]))]))
    }
    #expect(code { try patch(#"1,"other":2"#) } == .invalidJSON)
    #expect(code { try patch("") } == .invalidJSON)
    try patch("  2.5 ")
    let graph = try world.snapshot().graph
    let link = try #require(graph.twin("a").flatMap { graph.relationship($0, "r") })
    #expect(graph.properties(of: link) == Array(#"{"flow":2.5}"#.utf8))
  }

  @Test("Recorded time is whole milliseconds and never goes back, even when the clock does")
  func recordedTime() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    fixture.clock.clock.advance(microseconds: 1_234_567)
    let first = try world.put("a", 1)
    fixture.clock.clock.advance(microseconds: -10_000_000)
    let second = try world.put("a", 2)
    #expect(first.recorded.microseconds % 1000 == 0)
    #expect(second.recorded == first.recorded)
    var batch = Batch(cause: tester, operations: [Operation(.patchTwin(id: "a", edits: []))])
    batch.clock = Instant(microseconds: first.recorded.microseconds - 1000)
    #expect(code { try world.write(batch) } == .invalidClock)
  }

  @Test("A batch past its limit is refused by name")
  func batchLimit() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    let one = Operation(.patchTwin(id: "a", edits: []))
    let many = Batch(
      cause: tester, operations: Array(repeating: one, count: EngineLimits.batchOperations + 1))
    #expect(code { try world.write(many) } == .limitExceeded)
    #expect(code { try world.write(Batch(cause: tester)) } == .limitExceeded)
  }

  @Test("The second opener of a folder is told so")
  func lockedFolder() throws {
    let fixture = try Fixture()
    #expect(
      code { _ = try Engine.open("data", options: Fixture.options(fixture.disk, fixture.clock)) } == .locked)
  }

  @Test("A folder that is no world, is not empty, or is of another format is refused")
  func wrongFolders() throws {
    let fixture = try Fixture()
    try fixture.engine.close()
    let options = Fixture.options(fixture.disk, fixture.clock)
    #expect(code { _ = try Engine.open("elsewhere", options: options) } == .noDataFolder)
    #expect(code { _ = try Engine.create(at: "data", options: options) } == .folderInUse)
    try fixture.disk.replaceFile("data/nuri-format", with: Array("nuri data folder, format 9\n".utf8))
    #expect(code { _ = try Engine.open("data", options: options) } == .newerFormat)
  }

  @Test("Sixty-four tasks write at once; each sees its own write, and all are in the log in order")
  func concurrentWriters() async throws {
    let fixture = try Fixture(changesPerCheckpoint: 500)
    let world = try fixture.engine.world()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<64 {
        group.addTask {
          for turn in 0..<20 {
            let change = Change.putTwin(
              id: "w\(writer)", model: pump, properties: [PropertyEdit("hours", .integer(Int64(turn)))])
            let receipt = try await world.write(Batch(cause: tester, operations: [Operation(change)]))
            let graph = try world.snapshot().graph
            let twin = try #require(graph.twin("w\(writer)"))
            #expect(graph.sequence(of: twin) == receipt.last)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(world.sequence == 1 + 64 * 20)
    let again = try fixture.reopened()
    #expect(try again.world().snapshot().graph.twinCount == 64)
  }
}
