import Testing
import TwinEngine
import TwinGraph
import TwinQuery
import TwinValues

@Suite("Looking for values while they change")
struct FilterTests {
  private static let twins = 5000

  private func fill(_ world: World) throws {
    var operations: [TwinEngine.Operation] = []
    for index in 0..<Self.twins {
      operations.append(
        Operation(
          .putTwin(
            id: "p\(index)", model: pump,
            properties: [
              PropertyEdit("serial", .string("s\(index)")), PropertyEdit("hours", .integer(Int64(index))),
            ])))
    }
    try world.write(Batch(cause: tester, operations: operations))
  }

  private func ids(_ engine: Engine, _ condition: String, in world: String = Engine.live) throws -> [String] {
    let page = try engine.query(
      "SELECT T.$dtId FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, '\(pump)') AND \(condition)",
      in: WorldInstant(world))
    return try (0..<page.count).compactMap { try JSONDocument(Array(page.row($0))).root["$dtId"]?.string }
  }

  @Test("An acknowledged write is found by the next query, in live worlds, forks and tracking forks")
  func neverStale() throws {
    let fixture = try Fixture(changesPerCheckpoint: 1_000_000)
    let engine = fixture.engine
    let world = try engine.world()
    try fill(world)
    #expect(try ids(engine, "T.serial = 's17'") == ["p17"])
    let before = world.sequence
    let plan = try engine.fork(WorldInstant(Engine.live), name: "plan", cause: tester)
    try engine.fork(WorldInstant(Engine.live), name: "track", mode: .tracking, cause: tester)
    for round in 0..<300 {
      let id = "p\(round * 37 % Self.twins)"
      try world.set(id, "serial", .string("live \(round)"))
      #expect(try ids(engine, "T.serial = 'live \(round)'") == [id])
      #expect(try ids(engine, "T.serial = 'live \(round)'", in: "plan") == [])
      try plan.set(id, "serial", .string("plan \(round)"))
      #expect(try ids(engine, "T.serial IN ['plan \(round)', 'live \(round)']", in: "plan") == [id])
      #expect(try ids(engine, "T.serial = 'plan \(round)'") == [])
      if round % 50 == 0 { #expect(try ids(engine, "T.serial = 'live \(round)'", in: "track") == [id]) }
    }
    let past = try engine.query(
      "SELECT T.$dtId FROM DIGITALTWINS T AS OF \(before) WHERE T.serial = 's37'")
    #expect(past.count == 1)
    #expect(try ids(engine, "T.serial = 's37'") == [])
    let again = try fixture.reopened()
    #expect(try ids(again, "T.serial = 'live 299'") == ["p\(299 * 37 % Self.twins)"])
  }

  @Test("Readers, the filling of filters and a writer at once")
  func atOnce() throws {
    let fixture = try Fixture(changesPerCheckpoint: 1_000_000)
    let engine = fixture.engine
    let world = try engine.world()
    try fill(world)
    let failures = Failures()
    let readers = (0..<2).compactMap { reader in
      WorkThread {
        for round in 0..<200 {
          // Hours of twins past 4,000 never change.
          let hours = 4000 + (round * 13 + reader) % 1000
          let found = try? self.ids(engine, "T.hours = \(hours)")
          if found != ["p\(hours)"] { failures.add("\(hours): \(String(describing: found))") }
        }
      }
    }
    for round in 0..<400 {
      let id = "p\(round * 7 % 4000)"
      try world.set(id, "hours", .integer(Int64(100_000 + round)))
      #expect(try ids(engine, "T.hours = \(100_000 + round)") == [id])
    }
    for reader in readers { reader.join() }
    #expect(failures.all == [])
  }
}

/// What went wrong on other threads.
///
/// `@unchecked Sendable`: `list` is touched only while holding `lock`.
private final class Failures: @unchecked Sendable {
  private let lock = Lock()
  private var list: [String] = []
  func add(_ text: String) { lock.withLock { list.append(text) } }
  var all: [String] { lock.withLock { list } }
}
