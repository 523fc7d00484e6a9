import Testing
import TwinEngine
import TwinGraph
import TwinValues

/// Reads that do not block a thread hold what blocking reads hold.
@Suite struct AsyncReadTests {
  @Test func seeWhatWasAcknowledgedAndNothingElse() async throws {
    let fixture = try Fixture()
    let engine = fixture.engine
    let world = try engine.world()
    try await world.write(
      Batch(cause: tester, operations: [Operation(.putTwin(id: "p", model: pump, properties: []))]))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for number in 0..<50 {
            let edit = PropertyEdit("hours", .integer(Int64(writer * 1000 + number)))
            let receipt = try await world.write(
              Batch(cause: tester, operations: [Operation(.patchTwin(id: "p", edits: [edit]))]))
            let snapshot = try await world.snapshotWhenDurable()
            #expect(snapshot.sequence >= receipt.last)
            #expect(snapshot.sequence <= world.sequence)
            let page = try await engine.queryWhenDurable("SELECT T.hours FROM DIGITALTWINS T")
            #expect(page.count == 1)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func queriesGoOnInTheSameState() async throws {
    let engine = try Fixture().engine
    let world = try engine.world()
    for number in 0..<5 { try world.put("p\(number)", 1) }
    let text = "SELECT T.temperature FROM DIGITALTWINS T"
    let first = try await engine.queryWhenDurable(text, pageSize: 2)
    for number in 0..<5 { try world.put("p\(number)", 2) }
    let second = try await engine.queryWhenDurable(text, continuation: first.nextContinuation, pageSize: 10)
    #expect(String(decoding: second.json, as: UTF8.self).contains("2") == false)
    #expect(second.count == 3)
  }

  @Test func aClosedWorldSaysSo() async throws {
    let engine = try Fixture().engine
    let world = try engine.world()
    try engine.close()
    await #expect(throws: NuriError.self) { try await world.snapshotWhenDurable() }
  }
}
