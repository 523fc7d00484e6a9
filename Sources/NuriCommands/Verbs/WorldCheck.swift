import TwinEngine
import TwinGraph
import TwinLog
import TwinValues

/// Checks one world from its log up.
struct WorldCheck {
  let engine: Engine
  let info: WorldInfo
  let folder: String
  /// Changes read.
  private(set) var changes = 0
  /// What is wrong.
  private(set) var faults: [String] = []

  private static let mostFaults = 10

  init(_ info: WorldInfo, _ engine: Engine, folder: String) {
    self.info = info
    self.engine = engine
    self.folder = folder
  }

  mutating func run() {
    do {
      let world = try engine.world(info.name)
      let rebuilt = try rebuild(world)
      // A tracking fork's state also holds its parent's later changes, which its own log does not.
      if info.mode == .detached { compare(rebuilt, try world.snapshot().graph) }
      try checkCheckpoints(world)
    } catch {
      faults.append("\(error)")
    }
  }

  /// Reads every change of the world's own log and applies it anew.
  private mutating func rebuild(_ world: World) throws -> Graph {
    var replay = Replay(graph: Graph(), expected: info.forkPoint + 1, applies: info.mode == .detached)
    if let parent = info.parent {
      replay.graph = try engine.snapshot(WorldInstant(parent, .sequence(info.forkPoint))).graph
    }
    let first = replay.expected
    defer { changes = Int(replay.expected - first) }
    try world.changes(from: first) { record throws(NuriError) in
      try replay.take(record)
      return true
    }
    return replay.graph
  }

  private mutating func compare(_ rebuilt: Graph, _ current: Graph) {
    var found: [String] = []
    Graph.differences(from: rebuilt, to: current, sharedThrough: 0) { difference in
      found.append("The state is not what its changes make of it: \(difference)")
      return found.count < Self.mostFaults
    }
    faults += found
  }

  private mutating func checkCheckpoints(_ world: World) throws {
    let checkpoints = CheckpointFolder(disk: PosixDisk(), directory: "\(folder)/worlds/\(world.number)")
    let listed = try checkpoints.list()
    faults += listed.damaged.map { "\($0.path): \($0.error)" }
    for checkpoint in listed.checkpoints {
      let (_, damaged) = try checkpoints.openNewest(notAfter: checkpoint.sequence, check: .everything)
      faults += damaged.prefix(1).map { "\($0.path): \($0.error)" }
    }
  }

  /// A graph that takes change after change.
  private struct Replay {
    var graph: Graph
    var expected: UInt64
    let applies: Bool

    mutating func take(_ record: ChangeRecord) throws(NuriError) {
      guard record.sequence == expected else {
        throw NuriError(.undecodableChange, "Change \(expected) is missing; \(record.sequence) follows.")
      }
      expected += 1
      guard applies else { return }
      try graph.apply(
        record.change,
        Stamp(sequence: record.sequence, milliseconds: record.recorded.microseconds / 1000))
    }
  }
}
