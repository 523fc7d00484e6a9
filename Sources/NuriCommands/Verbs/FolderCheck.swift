import TwinEngine
import TwinGraph
import TwinLog
import TwinValues

/// Checks a data folder from its bytes up.
struct FolderCheck {
  let folder: String
  /// Worlds checked.
  private(set) var worlds = 0
  /// Changes read.
  private(set) var changes = 0
  /// What is wrong.
  var faults: [String] = []

  private static let mostFaults = 10

  init(_ folder: String) { self.folder = folder }

  /// Checks every log and checkpoint without opening the engine, which would refuse a damaged one.
  mutating func checkFiles() throws {
    let disk = PosixDisk()
    let parent = "\(folder)/worlds"
    guard let entries = try? disk.list(parent) else { return }
    let lock = try disk.lockFolder(folder)
    defer { lock.release() }
    for entry in entries.sorted(by: { $0.name < $1.name }) where entry.isDirectory {
      let directory = "\(parent)/\(entry.name)"
      let report = try SegmentLog.verify(disk: disk, directory: directory)
      faults += report.faults.map { "\($0.path): \($0.error)" }
      let checkpoints = CheckpointFolder(disk: disk, directory: directory)
      let listed = try checkpoints.list()
      faults += listed.damaged.map { "\($0.path): \($0.error)" }
      for checkpoint in listed.checkpoints {
        let (_, damaged) = try checkpoints.openNewest(notAfter: checkpoint.sequence, check: .everything)
        faults += damaged.prefix(1).map { "\($0.path): \($0.error)" }
      }
    }
  }

  /// Applies every change of every world anew and compares.
  mutating func checkWorlds(_ engine: Engine) throws {
    for info in try engine.worlds() {
      worlds += 1
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
    changes += Int(replay.expected - first)
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
