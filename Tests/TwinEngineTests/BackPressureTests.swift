import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinStorm
import TwinValues

@Suite("Writers that outrun checkpoints")
struct BackPressureTests {
  private static let step: UInt64 = 20

  private func engine(_ gate: CheckpointGate) throws -> Engine {
    var options = Fixture.options(gate, SystemClock(), Self.step)
    options.worksInBackground = true
    let engine = try Engine.create(at: "data", options: options)
    try engine.world().write(
      Batch(cause: tester, operations: [Operation(.addModels([Array(pumpModel.utf8)]))]))
    return engine
  }

  /// Writes from several tasks at once.
  private func write(_ world: World, writers: Int = 4, turns: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<writers {
        group.addTask {
          for turn in 0..<turns {
            let change = Change.putTwin(
              id: "w\(writer)", model: pump, properties: [PropertyEdit("hours", .integer(Int64(turn)))])
            _ = try await world.write(Batch(cause: tester, operations: [Operation(change)]))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("They wait for the checkpoint being written, readers don't, and go on after it")
  func waits() async throws {
    let gate = CheckpointGate(SimulatedDisk(seed: 1))
    let engine = try engine(gate)
    let world = try engine.world()
    gate.set(.closed)
    async let writing: Void = write(world, turns: 50)
    let most = Self.step * EngineLimits.checkpointLag
    while world.sequence < most { try await Task.sleep(for: .milliseconds(1)) }
    try await Task.sleep(for: .milliseconds(100))
    // One group more at most: the one that went past.
    #expect((most..<most + 8).contains(world.sequence))
    #expect(try world.snapshot().sequence == world.sequence)
    gate.set(.open)
    try await writing
    #expect(world.sequence == 201)
    #expect(world.checkpointFailure == nil)
    try engine.close()
  }

  @Test("Checkpoints are never further apart than the limit and a group, whoever is faster")
  func distance() async throws {
    let gate = CheckpointGate(SimulatedDisk(seed: 2))
    let engine = try engine(gate)
    try await write(engine.world(), writers: 8, turns: 200)
    try engine.close()
    let (found, damaged) = try CheckpointFolder(disk: gate.disk, directory: "data/worlds/0").list()
    #expect(damaged.isEmpty)
    let sequences = [0] + found.map(\.sequence).sorted() + [1601]
    for (one, next) in zip(sequences, sequences.dropFirst()) {
      #expect(next - one <= Self.step * EngineLimits.checkpointLag + 16, "from \(one) to \(next)")
    }
  }

  @Test("When checkpoints fail nobody waits for them, and the failure can be seen until one succeeds")
  func failure() async throws {
    let gate = CheckpointGate(SimulatedDisk(seed: 3))
    let engine = try engine(gate)
    let world = try engine.world()
    gate.set(.refusing)
    try await write(world, turns: 50)
    #expect(world.sequence == 201)
    while world.checkpointFailure == nil { try await Task.sleep(for: .milliseconds(1)) }
    #expect(world.checkpointFailure?.code == .ioError)
    gate.set(.open)
    while world.checkpointFailure != nil { try await write(world, writers: 1, turns: 1) }
    try engine.close()
  }

  @Test("Closing while writers wait ends the wait and loses nothing that was acknowledged")
  func closing() async throws {
    let gate = CheckpointGate(SimulatedDisk(seed: 4))
    let engine = try engine(gate)
    let world = try engine.world()
    gate.set(.closed)
    let writing = Task { try await write(world, turns: 100) }
    while world.sequence < Self.step * EngineLimits.checkpointLag {
      try await Task.sleep(for: .milliseconds(1))
    }
    async let closing: Void = engine.close()
    try await Task.sleep(for: .milliseconds(20))
    gate.set(.open)
    try await closing
    _ = await writing.result
    #expect(code { try world.put("late", 1) } == .unavailable)
    let acknowledged = world.sequence
    let again = try Engine.open("data", options: Fixture.options(gate, SystemClock()))
    #expect(try again.world().sequence == acknowledged)
    try again.close()
  }
}
