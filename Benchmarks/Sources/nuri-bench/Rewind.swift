import TwinEngine
import TwinGraph
import TwinValues

/// Reads of the past while ten times as many changes as there are twins lie after it.
struct Rewind {
  let options: Options

  init(_ options: Options) { self.options = options }

  func measure() throws {
    let engine = try Engine.open(options.copy)
    let world = try engine.world()
    let folder = "\(options.copy)/worlds/0"
    let before = try world.snapshot()
    let stored = storedBytes(below: folder)
    let changes = options.twins * 10
    let instants = try write(changes, to: world, hot: Pumps.id(0))
    let bytes = Double(storedBytes(below: folder) - stored) / Double(changes)
    emit("log", "a change of a property, checkpoints included", "Nuri", bytes, "B")
    try points(world, before.recorded)
    try wholes(world, [before.recorded] + instants)
    try engine.close()
  }

  /// Writes updates of random twins and, in every batch, one of the same twin. Returns some instants on the way.
  private func write(_ changes: Int, to world: World, hot: String) throws -> [Instant] {
    var instants: [Instant] = []
    let time = try timed {
      for part in 0..<10 {
        var work = Pumps.updates(changes / 10 / Pumps.batchSize, twins: options.twins, seed: UInt64(part + 1))
        for index in work.indices.dropFirst().prefix(300) {
          work[index].operations[0] = Operation(Pumps.update(0, Double(index)))
        }
        let batches = work
        try onThreads(4) { client in
          for index in stride(from: client, to: batches.count, by: 4) { try world.write(batches[index]) }
        }
        instants.append(try world.snapshot().recorded)
      }
    }
    note("\(changes) changes in \(time) s")
    return instants.dropLast()
  }

  private func points(_ world: World, _ instant: Instant) throws {
    var random = Random(5)
    for _ in 0..<options.runs * 30 {
      let id = Pumps.id(1 + random.next(below: options.twins - 1))
      let time = try timed {
        guard try world.twin(id, at: .instant(instant)) != nil else { throw Stop("no \(id) then") }
      }
      emit("rewind", "one twin, 10 changes per twin later", "Nuri", time * 1e3, "ms")
    }
    for _ in 0..<options.runs {
      let time = try timed { _ = try world.twin(Pumps.id(0), at: .instant(instant)) }
      emit("rewind", "a twin that changed 3,000 times since", "Nuri", time * 1e3, "ms")
    }
  }

  private func wholes(_ world: World, _ instants: [Instant]) throws {
    for instant in instants {
      let time = try timed {
        let graph = try world.snapshot(at: .instant(instant)).graph
        guard graph.twinCount == options.twins else { throw Stop("\(graph.twinCount) twins then") }
      }
      emit("rewind", "the whole graph", "Nuri", time, "s")
    }
  }
}
