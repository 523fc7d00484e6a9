import Testing
import TwinEngine
import TwinGraph
import TwinValues

@Suite("Forks")
struct ForkTests {
  @Test("A fork sees what its parent had, and neither sees the other's writes")
  func isolation() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    let fork = try fixture.engine.fork(WorldInstant("live"), name: "plan", label: "what if", cause: tester)
    try fork.set("a", "temperature", .double(2))
    try live.set("a", "temperature", .double(3))
    try live.put("b", 4)
    #expect(try fork.temperature("a") == 2)
    #expect(try live.temperature("a") == 3)
    #expect(try fork.snapshot().graph.twin("b") == nil)
    let again = try fixture.reopened()
    #expect(try again.world("plan").temperature("a") == 2)
    #expect(try again.worlds().map(\.name) == ["live", "plan"])
    #expect(try again.worlds().last?.label == "what if")
  }

  @Test("Forks of the past, forks of forks, and rewinding inside them")
  func nested() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    let first = try live.put("a", 1)
    try live.set("a", "temperature", .double(2))
    let past = try fixture.engine.fork(
      WorldInstant("live", .sequence(first.last)), name: "past", cause: tester)
    #expect(try past.temperature("a") == 1)
    let mark = try past.set("a", "temperature", .double(10))
    try past.set("a", "temperature", .double(11))
    let inner = try fixture.engine.fork(
      WorldInstant("past", .sequence(mark.last)), name: "inner", cause: tester)
    #expect(try inner.temperature("a") == 10)
    try inner.set("a", "temperature", .double(12))
    #expect(try inner.temperature("a", .sequence(first.last)) == 1)
    var history: [UInt64] = []
    try inner.history(ofTwin: "a") { record in
      history.append(record.sequence)
      return true
    }
    #expect(history == [mark.last + 1, mark.last, first.last])
    let again = try fixture.reopened()
    #expect(try again.world("inner").temperature("a") == 12)
    #expect(code { try again.discard("past", cause: tester) } == .conflict)
    try again.discard("inner", cause: tester)
    try again.discard("past", cause: tester)
    #expect(try fixture.disk.list("data/worlds").map(\.name) == ["0"])
    #expect(code { _ = try again.world("past") } == .worldNotFound)
  }

  @Test("A tracking fork follows its parent except for what it wrote itself")
  func tracking() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    try live.put("b", 1)
    let fork = try fixture.engine.fork(WorldInstant("live"), name: "shadow", mode: .tracking, cause: tester)
    try fork.set("a", "temperature", .double(50))
    try live.set("a", "temperature", .double(2))
    try live.set("a", "hours", .integer(7))
    try live.set("b", "temperature", .double(3))
    try live.put("c", 4)
    #expect(try fork.temperature("a") == 50)
    #expect(try fork.temperature("b") == 3)
    #expect(try fork.temperature("c") == 4)
    let graph = try fork.snapshot().graph
    #expect(graph.twin("a").flatMap { graph.value($0, "hours") } == .integer(7))
    try fork.write(Batch(cause: tester, operations: [Operation(.deleteTwin(id: "b"))]))
    try live.set("b", "temperature", .double(9))
    #expect(try fork.snapshot().graph.twin("b") == nil)
    let again = try fixture.reopened()
    #expect(try again.world("shadow").temperature("a") == 50)
    #expect(try again.world("shadow").temperature("c") == 4)
    #expect(try again.world("shadow").snapshot().graph.twin("b") == nil)
  }

  @Test("Names, labels and expiry")
  func names() throws {
    let fixture = try Fixture()
    let engine = fixture.engine
    try engine.fork(WorldInstant("live"), name: "계획-1", cause: tester)
    #expect(code { try engine.fork(WorldInstant("live"), name: "계획-1", cause: tester) } == .worldExists)
    for bad in ["", "live", "a b", "a/b", String(repeating: "x", count: 65)] {
      #expect(code { try engine.fork(WorldInstant("live"), name: bad, cause: tester) } == .invalidName)
    }
    let soon = Instant(microseconds: fixture.clock.now().microseconds + 5_000_000)
    try engine.edit("계획-1", label: "later", expires: .some(soon), cause: tester)
    #expect(try engine.discardExpired().isEmpty)
    fixture.clock.clock.advance(microseconds: 6_000_000)
    #expect(try engine.discardExpired() == ["계획-1"])
    #expect(try engine.worlds().count == 1)
  }

  @Test("A diff names twins, relationships and properties with old and new values")
  func diff() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    try live.put("gone", 1)
    try live.link("a", "r", "a")
    let fork = try fixture.engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    try fork.set("a", "temperature", .double(2))
    try fork.put("new", 3)
    try fork.link("a", "s", "new", #"{"flow":1}"#)
    try fork.write(
      Batch(
        cause: tester,
        operations: [
          Operation(.deleteTwin(id: "gone")), Operation(.deleteRelationship(source: "a", id: "r")),
        ]))
    var found: Set<Difference> = []
    try fixture.engine.differences(from: WorldInstant("live"), to: WorldInstant("plan")) {
      found.insert($0)
      return true
    }
    let one = Difference.Property(path: "temperature", old: .double(1), new: .double(2))
    let removed = Difference.Property(path: "temperature", old: .double(1), new: nil)
    let added = Difference.Property(path: "temperature", old: nil, new: .double(3))
    #expect(
      found == [
        .twinChanged(id: "a", oldModel: pump, newModel: pump, properties: [one]),
        .twinRemoved(id: "gone", model: pump, properties: [removed]),
        .twinAdded(id: "new", model: pump, properties: [added]),
        .relationshipRemoved(.init(source: "a", id: "r", name: "feeds", target: "a", properties: [])),
        .relationshipAdded(
          .init(source: "a", id: "s", name: "feeds", target: "new", properties: Array(#"{"flow":1}"#.utf8))),
      ])
  }

  @Test("Promotion merges field by field, and refuses where both sides changed the same")
  func promote() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    try live.put("b", 1)
    let fork = try fixture.engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    try fork.set("a", "temperature", .double(2))
    try fork.put("new", 3)
    try fork.link("new", "r", "a")
    try live.set("a", "hours", .integer(5))
    let preview = try fixture.engine.promote("plan", preview: true, cause: tester)
    #expect(preview.conflicts.isEmpty)
    #expect(preview.receipt == nil)
    #expect(try live.temperature("a") == 1)
    let done = try fixture.engine.promote("plan", preview: false, cause: tester)
    #expect(done.changes.count == 3)
    #expect(try live.temperature("a") == 2)
    #expect(try live.temperature("new") == 3)
    let graph = try live.snapshot().graph
    #expect(graph.twin("a").flatMap { graph.value($0, "hours") } == .integer(5))
    var last: ChangeRecord?
    try live.history(ofTwin: "a") { record in
      last = record
      return false
    }
    #expect(last?.cause.reason == "promote plan")
  }

  @Test("Conflicts are listed, and settled as asked", arguments: [ConflictRule.mine, .theirs])
  func conflicts(rule: ConflictRule) throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    try live.put("b", 1)
    let fork = try fixture.engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    try fork.set("a", "temperature", .double(2))
    try live.set("a", "temperature", .double(3))
    try fork.write(Batch(cause: tester, operations: [Operation(.deleteTwin(id: "b"))]))
    try live.link("a", "r", "b")
    let preview = try fixture.engine.promote("plan", preview: true, cause: tester)
    #expect(preview.conflicts.map(\.id) == ["a", "b"])
    #expect(preview.conflicts[0].theirs == .double(3))
    #expect(code { _ = try fixture.engine.promote("plan", preview: false, cause: tester) } == .conflict)
    _ = try fixture.engine.promote("plan", preview: false, rule: rule, cause: tester)
    #expect(try live.temperature("a") == (rule == .mine ? 2 : 3))
    #expect(try (live.temperature("b") == nil) == (rule == .mine))
  }
}
