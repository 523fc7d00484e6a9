import Testing
import TwinEngine
import TwinGraph
import TwinValues

/// What is asked for between the changes of one batch.
@Suite struct BatchInsideTests {
  @Test func aStateInsideABatchIsTheOneBeforeItHoweverOftenItIsAsked() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    let before = live.sequence
    let batch = try live.write(
      Batch(
        cause: tester,
        operations: ["b", "c", "d"].map { Operation(.putTwin(id: $0, model: pump, properties: [])) }))
    try live.put("e", 1)
    let inside = AsOf.sequence(batch.last - 1)
    for round in 0..<2 {
      let state = try live.snapshot(at: inside)
      #expect(state.sequence == before && state.graph.twinCount == 1, "round \(round)")
      // A fork made there has no part of the batch: in its state, its changes, and as a parent.
      let fork = try fixture.engine.fork(WorldInstant(Engine.live, inside), name: "f\(round)", cause: tester)
      #expect(fork.sequence == before)
      try fork.put("x", 1)
      #expect(fork.sequence == before + 1)
      #expect(try fork.snapshot(at: .sequence(before)).graph.twinCount == 1)
      #expect(throws: NuriError.self) { try fork.history(ofTwin: "b") { _ in true } }
    }
    let fork = try fixture.engine.fork(WorldInstant(Engine.live), name: "later", cause: tester)
    for _ in 0..<2 { #expect(try fork.snapshot(at: inside).sequence == before) }
    try fixture.engine.close()
  }
}

/// Queries that take longer than they may.
@Suite struct QueryTimeTests {
  /// A clock that a second passes on whenever somebody looks.
  private final class HastyClock: WorldClock {
    private let clock = TestClock()
    func now() -> Instant {
      clock.clock.advance(microseconds: 1_000_000)
      return clock.now()
    }
  }

  @Test(
    arguments: [
      "SELECT COUNT() FROM DIGITALTWINS T WHERE T.temperature > 5",
      "SELECT * FROM DIGITALTWINS T WHERE T.temperature > 5000",
      "SELECT T.serial, COUNT() FROM DIGITALTWINS T GROUP BY T.serial",
      "SELECT * FROM DIGITALTWINS T WHERE T.temperature > 5 ORDER BY T.temperature",
      "SELECT COUNT() FROM RELATIONSHIPS R WHERE R.flow > 5",
      "SELECT COUNT() FROM DIGITALTWINS A JOIN B RELATED A.feeds WHERE B.temperature > 5000",
      "EXPLAIN SELECT COUNT() FROM DIGITALTWINS T WHERE T.temperature > 5",
    ])
  func areGivenUp(_ text: String) async throws {
    let fixture = try Fixture()
    try furnish(fixture)
    func answer(_ milliseconds: Int) async throws -> Int {
      var options = Fixture.options(fixture.disk, HastyClock())
      options.queryMilliseconds = milliseconds
      let engine = try Engine.open("data", options: options)
      defer { try? engine.close() }
      return try await Session(engine, as: .owner()).query(text).count
    }
    let whole = try await answer(0)
    #expect(whole >= 0)
    let error = await #expect(throws: NuriError.self) { try await answer(1) }
    #expect(error?.code == NuriError.Code("queryTimeout") && error?.advice != nil, "\(text)")
  }

  /// 2,500 pumps that feed one.
  private func furnish(_ fixture: Fixture) throws {
    let live = try fixture.engine.world()
    var operations = (0..<2500).map {
      Operation(
        .putTwin(
          id: "t\($0)", model: pump, properties: [PropertyEdit("temperature", .double(Double($0 % 100)))]))
    }
    operations += (1..<2500).map {
      Operation(.putRelationship(source: "t\($0)", id: "r", name: "feeds", target: "t0", properties: []))
    }
    try live.write(Batch(cause: tester, operations: operations))
    try fixture.engine.close()
  }
}
