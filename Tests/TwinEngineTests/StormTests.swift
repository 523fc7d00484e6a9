import Glibc
import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinStorm
import TwinValues

/// Replays the whole engine from a seed on a disk that crashes, tears writes, fills up and fails.
///
/// A plain dictionary is the oracle: after every crash the world must be exactly what was acknowledged, plus at
/// most the one batch that was in flight, wholly. `NURI_STORM_SECONDS` makes it run longer; `NURI_STORM_SEED`
/// replays one seed.
@Suite("Storm")
struct StormTests {
  @Test("Nothing acknowledged is lost and nothing is half there, whatever the disk does")
  func storm() throws {
    let seconds = variable("NURI_STORM_SECONDS") ?? 5
    if let seed = variable("NURI_STORM_SEED") { return try round(UInt64(seed)) }
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let end = now.tv_sec + seconds
    var seed: UInt64 = 1
    while now.tv_sec < end {
      do {
        try round(seed)
      } catch {
        Issue.record("seed \(seed): \(error)")
        return
      }
      seed += 1
      clock_gettime(CLOCK_MONOTONIC, &now)
    }
    print("storm: \(seed - 1) seeds in \(seconds) s")
  }

  private func variable(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

  private func round(_ seedValue: UInt64) throws {
    var storm = try EngineStorm(seedValue)
    for _ in 0..<4 {
      try storm.work()
      try storm.crashAndCheck()
    }
  }
}

private struct Unexpected: Error, CustomStringConvertible {
  let description: String
}

private struct EngineStorm {
  var seed: Seed
  var disk: SimulatedDisk
  let clock = TestClock()
  var engine: Engine
  /// What was acknowledged: id → property → value, per world.
  var acknowledged: [String: [String: [String: Value]]] = ["live": [:]]
  /// The one batch that may or may not have made it, as the state it would leave.
  var inFlight: (world: String, state: [String: [String: Value]])?
  /// Past states to be found again by sequence in the live world.
  var marks: [(sequence: UInt64, state: [String: [String: Value]])] = []

  init(_ value: UInt64) throws {
    seed = Seed(value)
    disk = SimulatedDisk(seed: seed.next())
    engine = try Engine.create(at: "data", options: Fixture.options(disk, clock, 40))
    try engine.world().write(
      Batch(cause: tester, operations: [Operation(.addModels([Array(pumpModel.utf8)]))]))
  }

  /// Writes at random until the planned fault strikes or the turns are over.
  mutating func work() throws {
    var faults = SimulatedDisk.Faults()
    switch seed.below(4) {
    case 0: faults.powerOffAfter = seed.below(400)
    case 1: faults.capacityBytes = disk.usedSpace + 2000 + seed.below(300_000)
    case 2: faults.failingSyncs = 20 + seed.below(200)
    default: break
    }
    disk.faults = faults
    for _ in 0..<(20 + seed.below(150)) {
      clock.clock.advance(microseconds: Int64(seed.below(5000)) - 500)
      do {
        try turn()
      } catch let error as NuriError {
        let known: Set<NuriError.Code> = [.diskFull, .ioError, .logStopped, .unavailable]
        guard known.contains(error.code) else { throw Unexpected(description: "\(error.code): \(error)") }
        if disk.lostPower || error.code != .diskFull { return }
        inFlight = nil
      }
    }
  }

  private mutating func turn() throws {
    let names = acknowledged.keys.sorted()
    switch seed.below(30) {
    case 0 where names.count < 5:
      let name = "f\(seed.below(1_000_000))"
      if acknowledged[name] != nil { return }
      try engine.fork(WorldInstant("live"), name: name, cause: tester)
      acknowledged[name] = acknowledged["live"]
    case 1:
      try engine.world(names[seed.below(names.count)]).checkpoint()
    default:
      try write(names[seed.below(names.count)])
    }
  }

  private mutating func write(_ name: String) throws {
    let world = try engine.world(name)
    var state = acknowledged[name] ?? [:]
    var operations: [Operation] = []
    for _ in 0..<(1 + seed.below(seed.chance(1, in: 8) ? 60 : 3)) {
      let id = "t\(seed.below(40))"
      switch seed.below(6) {
      case 0 where state[id] != nil:
        operations.append(Operation(.deleteTwin(id: id)))
        state[id] = nil
      case 1...3 where state[id] != nil:
        let value = Value.double(Double(seed.below(1000)))
        operations.append(Operation(.patchTwin(id: id, edits: [PropertyEdit("temperature", value)])))
        state[id]?["temperature"] = value
      default:
        let text = Value.string(String(repeating: "s", count: seed.below(seed.chance(1, in: 20) ? 3000 : 30)))
        operations.append(
          Operation(.putTwin(id: id, model: pump, properties: [PropertyEdit("serial", text)])))
        state[id] = ["serial": text]
      }
    }
    inFlight = (name, state)
    let receipt = try world.write(Batch(cause: tester, operations: operations))
    inFlight = nil
    acknowledged[name] = state
    if name == "live", seed.chance(1, in: 10) { marks.append((receipt.last, state)) }
  }

  /// Cuts the power (or closes in order), starts again, and compares everything.
  mutating func crashAndCheck() throws {
    if !disk.lostPower, seed.chance(1, in: 4) {
      disk.faults = SimulatedDisk.Faults()
      try? engine.close()
    }
    disk = disk.crash()
    engine = try Engine.open("data", options: Fixture.options(disk, clock, 40))
    let flight = inFlight
    inFlight = nil
    let known = try engine.worlds().map(\.name)
    for (name, expected) in acknowledged.sorted(by: { $0.key < $1.key }) {
      guard known.contains(name) else { throw Unexpected(description: "the world \(name) is gone") }
      let found = try state(of: engine.world(name).snapshot().graph)
      if found == expected { continue }
      guard let flight, flight.world == name, found == flight.state else {
        throw Unexpected(description: "\(name) came back with \(found.count) twins, not \(expected.count)")
      }
      acknowledged[name] = found
    }
    for name in known where acknowledged[name] == nil {
      // A fork whose making was not acknowledged may exist all the same.
      acknowledged[name] = try state(of: engine.world(name).snapshot().graph)
    }
    for mark in marks.suffix(3) {
      let found = try state(of: engine.world().snapshot(at: .sequence(mark.sequence)).graph)
      guard found == mark.state else {
        throw Unexpected(description: "as of \(mark.sequence) is not what it was")
      }
    }
  }

  private func state(of graph: Graph) -> [String: [String: Value]] {
    var state: [String: [String: Value]] = [:]
    for slot in 0..<graph.twinSlots {
      guard let twin = graph.twin(slot: slot) else { continue }
      var values: [String: Value] = [:]
      for (column, field) in graph.layout(of: twin).fields.enumerated() {
        values[field.path] = graph.value(twin, column: column)
      }
      state[graph.id(of: twin)] = values
    }
    return state
  }
}
