import Testing
import TwinEngine
import TwinGraph
import TwinValues

@Suite("Rewind")
struct RewindTests {
  @Test("The world as of a sequence and as of an instant, models and relationships as they were")
  func asOf() throws {
    let fixture = try Fixture(changesPerCheckpoint: 3)
    let world = try fixture.engine.world()
    fixture.clock.clock.advance(microseconds: 1_000_000)
    let first = try world.put("a", 1)
    fixture.clock.clock.advance(microseconds: 1_000_000)
    try world.put("b", 5)
    let linked = try world.link("a", "r", "b", #"{"flow":2.5}"#)
    fixture.clock.clock.advance(microseconds: 1_000_000)
    try world.set("a", "temperature", .double(2))
    try world.write(
      Batch(cause: tester, operations: [Operation(.deleteRelationship(source: "a", id: "r"))]))
    #expect(try world.temperature("a", .sequence(first.last)) == 1)
    #expect(try world.temperature("a", .instant(first.recorded)) == 1)
    #expect(try world.temperature("a") == 2)
    let then = try world.snapshot(at: .sequence(linked.last)).graph
    let a = try #require(then.twin("a"))
    let relationship = try #require(then.relationship(a, "r"))
    #expect(then.describe(relationship).target == "b")
    #expect(try world.snapshot().graph.relationshipCount == 0)
    #expect(try world.snapshot(at: .sequence(0)).graph.models.ids.isEmpty)
    #expect(try world.snapshot(at: .instant(.distantPast)).graph.twinCount == 0)
    #expect(code { _ = try world.snapshot(at: .sequence(99)) } == .outOfRange)
  }

  @Test("States of the past, asked for forwards and backwards, are those that were", arguments: [40, 20_000])
  func steps(changes: Int) throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    try world.put("a", 0)
    for first in stride(from: 1, through: changes, by: 20) {
      try world.write(
        Batch(
          cause: tester,
          operations: (first..<first + 20).map {
            Operation(.patchTwin(id: "a", edits: [PropertyEdit("temperature", .double(Double($0)))]))
          }))
    }
    let newest = try world.snapshot().sequence
    let begin = newest - UInt64(changes)
    let way = stride(from: 0, through: changes, by: changes / 20)
    for changed in Array(way) + way.reversed() {
      let whole = changed / 20 * 20
      #expect(try world.temperature("a", .sequence(begin + UInt64(whole))) == Double(whole))
    }
  }

  @Test("Batches that lie together in one frame of the log are told apart, whichever state one comes from")
  func together() async throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    for number in 0..<64 { try world.put("a\(number)", 0) }
    let begin = try world.snapshot().sequence
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<64 {
        group.addTask {
          _ = try await world.write(
            Batch(cause: tester, operations: [Operation(.deleteTwin(id: "a\(number)"))]))
        }
      }
      try await group.waitForAll()
    }
    for gone in Array(0...64) + (0...64).reversed() {
      #expect(try world.snapshot(at: .sequence(begin + UInt64(gone))).graph.twinCount == 64 - gone)
    }
  }

  @Test("A sequence inside a batch shows nothing of the batch")
  func insideBatch() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    try world.put("a", 1)
    let receipt = try world.write(
      Batch(
        cause: tester,
        operations: [
          Operation(.patchTwin(id: "a", edits: [PropertyEdit("temperature", .double(2))])),
          Operation(.patchTwin(id: "a", edits: [PropertyEdit("temperature", .double(3))])),
        ]))
    try world.put("b", 0)
    #expect(try world.temperature("a", .sequence(receipt.first)) == 1)
    #expect(try world.temperature("a", .sequence(receipt.last)) == 3)
    #expect(
      try world.twin("a", at: .sequence(receipt.first))?.properties == [
        PropertyEdit("temperature", .double(1))
      ])
  }

  @Test("A twin's history has its relationships, its cause, and outlives it")
  func history() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    try world.put("a", 1)
    try world.put("b", 1)
    try world.link("a", "r", "b")
    try world.set("a", "temperature", .double(7))
    try world.write(Batch(cause: tester, operations: [Operation(.deleteRelationship(source: "a", id: "r"))]))
    try world.write(
      Batch(cause: Cause(actor: "kim", reason: "gone"), operations: [Operation(.deleteTwin(id: "a"))]))
    try world.put("a", 9)
    var seen: [ChangeRecord] = []
    try world.history(ofTwin: "a") { record in
      seen.append(record)
      return true
    }
    #expect(seen.map(\.sequence) == [8, 7, 6, 5, 4, 2])
    #expect(seen[1].cause == Cause(actor: "kim", reason: "gone"))
    #expect(code { try world.history(ofTwin: "zz") { _ in true } } == .twinNotFound)
  }

  @Test("Values over observed time come in that order, and add up in buckets")
  func samples() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    let start = try Instant("2018-05-01T00:00:00Z")
    func at(_ minutes: Int64) -> Instant { Instant(microseconds: start.microseconds + minutes * 60_000_000) }
    try world.put("a", 10, at: at(0))
    for minute in [30, 10, 90, 70, 20] as [Int64] {
      try world.set("a", "temperature", .double(Double(minute)), at: at(minute))
    }
    let samples = try world.samples(ofTwin: "a", path: "temperature", from: start, to: at(120))
    #expect(samples.map { $0.value?.number } == [10, 10, 20, 30, 70, 90])
    let hours = try world.buckets(
      ofTwin: "a", path: "temperature", from: start, to: at(120), width: 3_600_000_000)
    #expect(hours.map(\.count) == [4, 2])
    #expect(hours.map(\.mean) == [17.5, 80])
    #expect(hours.map(\.last) == [30, 90])
    #expect(
      code { _ = try world.samples(ofTwin: "a", path: "nope", from: start, to: at(1)) }
        == .propertyNotDeclared)
  }
}
