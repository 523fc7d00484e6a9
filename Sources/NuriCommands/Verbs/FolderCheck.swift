import TwinEngine
import TwinGraph
import TwinValues

/// Checks a data folder from its bytes up: what the engine checks of it, then every fork's changes applied anew.
struct FolderCheck {
  /// Worlds checked.
  let worlds: Int
  /// Changes read.
  private(set) var changes: UInt64
  /// What is wrong.
  private(set) var faults: [String]

  private static let mostFaults = 10

  /// Checks every log and checkpoint, and the live world's changes.
  init(_ folder: String) throws {
    let report = try Engine.verify(folder)
    worlds = report.worlds
    changes = report.changes
    faults = report.faults.map(\.description)
  }

  /// Applies every fork's changes to its fork point anew and compares the outcome with the state it is in.
  mutating func checkForks(_ engine: Engine) throws {
    for info in try engine.worlds() where info.parent != nil {
      let world = try engine.world(info.name)
      let rebuilt = try rebuild(world, info, engine)
      // A tracking fork's state also holds its parent's later changes, which its own log does not.
      if info.mode == .detached { compare(rebuilt, try world.snapshot().graph, info.name) }
    }
  }

  private mutating func rebuild(_ world: World, _ info: WorldInfo, _ engine: Engine) throws -> Graph {
    var replay = Replay(graph: Graph(), expected: info.forkPoint + 1, applies: info.mode == .detached)
    if let parent = info.parent {
      replay.graph = try engine.snapshot(WorldInstant(parent, .sequence(info.forkPoint))).graph
    }
    let first = replay.expected
    try world.changes(from: first) { record throws(NuriError) in
      try replay.take(record)
      return true
    }
    changes += replay.expected - first
    return replay.graph
  }

  private mutating func compare(_ rebuilt: Graph, _ current: Graph, _ world: String) {
    var found: [String] = []
    Graph.differences(from: rebuilt, to: current, sharedThrough: 0) { difference in
      found.append("\(world): the state is not what its changes make of it: \(difference)")
      return found.count < Self.mostFaults
    }
    faults += found
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
