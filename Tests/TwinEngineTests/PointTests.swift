import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinStorm
import TwinValues

@Suite("One twin in the past")
struct PointTests {
  private let ids = ["hot", "x0", "x1", "x2", "late", "never"]

  /// Batches of several changes, a twin that changes in most of them, others that come and go.
  private func write(_ turns: Int, to world: World, _ clock: TestClock, _ seed: inout Seed) throws {
    for turn in 0..<turns {
      clock.clock.advance(microseconds: Int64(seed.below(3)) * 1000)
      var operations: [Operation] = []
      for _ in 0...seed.below(3) {
        let id = seed.chance(3, in: 4) ? "hot" : "x\(seed.below(3))"
        let number = Value.double(Double(seed.below(1000)))
        let path = seed.chance(1, in: 12) ? "serial" : "temperature"
        let value: Value? = path == "serial" ? (seed.chance(1, in: 2) ? .string("s\(turn)") : nil) : number
        operations.append(Operation(.patchTwin(id: id, edits: [PropertyEdit(path, value)])))
      }
      if seed.chance(1, in: 10) {
        let id = seed.chance(1, in: 5) ? "hot" : "x\(seed.below(3))"
        operations.append(Operation(.deleteTwin(id: id)))
        let hours = PropertyEdit("hours", .integer(Int64(turn)))
        if seed.chance(2, in: 3) || id == "hot" {
          operations.append(
            Operation(.putTwin(id: id, model: pump, properties: seed.chance(1, in: 2) ? [hours] : [])))
        }
      }
      // Some patches are of twins that are gone; then the batch leaves no trace.
      _ = try? world.write(Batch(cause: tester, operations: operations))
      if turn % 9 == 0 { try world.put("x\(turn % 3)", Double(turn)) }
    }
  }

  private func check(_ world: World, _ label: String, every step: Int = 1) throws {
    for sequence in stride(from: 0, through: world.sequence, by: step) {
      // All point reads first: a whole state, once built, is kept and would answer them.
      let past = try ids.map { try world.twin($0, at: .sequence(sequence)) }
      let whole = try world.snapshot(at: .sequence(sequence))
      for (id, past) in zip(ids, past) {
        let twin = whole.graph.twin(id)
        #expect((past == nil) == (twin == nil), "\(label): \(id) at \(sequence)")
        guard let past, let twin else { continue }
        let expected = ["temperature", "hours", "serial"].compactMap { path in
          whole.graph.value(twin, path).map { PropertyEdit(path, $0) }
        }
        #expect(Set(past.properties) == Set(expected), "\(label): \(id) at \(sequence)")
        #expect(past.properties.count == expected.count)
        #expect(past.model == pump)
        #expect(past.sequence == whole.graph.sequence(of: twin), "\(label): \(id) at \(sequence)")
      }
    }
  }

  @Test(
    "It is what the whole world held, at every sequence, across checkpoints, deletions and forks",
    arguments: 1...3 as ClosedRange<UInt64>)
  func everySequence(_ number: UInt64) throws {
    var seed = Seed(number)
    let fixture = try Fixture(seed: number, changesPerCheckpoint: 45)
    let live = try fixture.engine.world()
    for id in ["hot", "x0", "x1", "x2"] { try live.put(id, 0) }
    try write(70, to: live, fixture.clock, &seed)
    // A sequence anywhere, also inside a batch.
    let place = live.sequence - 20 - UInt64(seed.below(20))
    let fork = try fixture.engine.fork(
      WorldInstant("live", .sequence(place)), name: "plan", cause: tester)
    try live.put("late", 1)
    try fork.put("late", 2)
    try write(40, to: fork, fixture.clock, &seed)
    let inner = try fixture.engine.fork(WorldInstant("plan"), name: "inner", cause: tester)
    try write(20, to: inner, fixture.clock, &seed)
    try write(30, to: live, fixture.clock, &seed)
    try check(live, "live")
    try check(fork, "fork")
    try check(inner, "fork of a fork")
    let again = try fixture.reopened()
    try check(try again.world(), "live, opened again", every: 5)
    try check(try again.world("inner"), "fork of a fork, opened again", every: 5)
  }

  @Test("A busy twin's changes are walked back from the first checkpoint after, not from the newest change")
  func startsAtCheckpoint() throws {
    let gate = CheckpointGate(SimulatedDisk(seed: 1))
    let engine = try Engine.create(at: "data", options: Fixture.options(gate, TestClock(), 50))
    let world = try engine.world()
    try world.write(Batch(cause: tester, operations: [Operation(.addModels([Array(pumpModel.utf8)]))]))
    try world.put("hot", 0)
    try world.put("cold", 0)
    for turn in 0..<300 { try world.set("hot", "temperature", .double(Double(turn))) }
    let before = gate.reads
    // Before the first checkpoint the whole world is built from the log alone, so this is the walk's.
    #expect(try world.twin("hot", at: .sequence(20))?.sequence == 20)
    #expect(gate.reads == before + 1)
    #expect(try world.twin("cold", at: .sequence(20))?.sequence == 3)
    #expect(gate.reads == before + 1)
    #expect(code { _ = try world.twin("hot", at: .sequence(9999)) } == .outOfRange)
  }

  @Test("A checkpoint that is damaged, or holds another twin in its place, is not believed")
  func strangeCheckpoint() throws {
    func fixture(_ first: String, _ second: String) throws -> Fixture {
      let fixture = try Fixture(changesPerCheckpoint: 40)
      let world = try fixture.engine.world()
      try world.put(first, 0)
      try world.put(second, 0)
      for turn in 0..<100 { try world.set(turn % 2 == 0 ? "a" : "b", "temperature", .double(Double(turn))) }
      return fixture
    }
    let mine = try fixture("a", "b")
    let other = try fixture("b", "a")
    let world = try mine.engine.world()
    let names = try mine.disk.list("data/worlds/0").map(\.name).filter { $0.hasSuffix(".nck") }
    #expect(names.count == 2)
    for name in names {
      let bytes = try other.disk.readFile("data/worlds/0/\(name)", limit: 1 << 24)
      try mine.disk.replaceFile("data/worlds/0/\(name)", with: bytes)
    }
    #expect(try world.twin("a", at: .sequence(10))?.sequence == 10)
    #expect(try world.twin("b", at: .sequence(10))?.sequence == 9)
    for name in names {
      var bytes = try mine.disk.readFile("data/worlds/0/\(name)", limit: 1 << 24)
      for place in (bytes.count / 8)..<(bytes.count / 2) { bytes[place] ^= 0x55 }
      try mine.disk.replaceFile("data/worlds/0/\(name)", with: bytes)
    }
    #expect(try world.twin("a", at: .sequence(12))?.sequence == 12)
  }
}
