import TwinEngine
import TwinGraph
import TwinValues

/// Forks of the whole world: as values in memory, and as durable worlds of the engine.
struct Forks {
  let options: Options
  private let count: Int

  init(_ options: Options) {
    self.options = options
    count = max(100, options.twins / 1000)
  }

  private func stamp(_ index: Int) -> Stamp {
    Stamp(sequence: 1 << 40 + UInt64(index), milliseconds: 4_000_000_000_000)
  }

  func values() throws {
    let engine = try Engine.open(options.base)
    let live = try engine.world().snapshot().graph
    var random = Random(7)
    for _ in 0..<options.runs {
      let writes = (0..<count).map { _ in Pumps.update(random.next(below: options.twins), 1) }
      var forks: [Graph] = []
      forks.reserveCapacity(count)
      let forking = timed { for _ in 0..<count { forks.append(live) } }
      emit("forks", "fork, as a value", "Nuri", forking / Double(count) * 1e6, "µs")
      let before = (try residentBytes(), allocatedBytes())
      let writing = try timed {
        for index in 0..<count { try forks[index].apply(writes[index], stamp(index)) }
      }
      emit("forks", "first write in a fork, as a value", "Nuri", writing / Double(count) * 1e6, "µs")
      let resident = try residentBytes() - before.0
      let held = max(resident, allocatedBytes() - before.1)
      emit("forks", "an open fork with a write, as a value", "Nuri", Double(held) / Double(count), "B")
      guard forks.allSatisfy({ $0.twinCount == live.twinCount }) else { throw Stop("a fork lost twins") }
    }
    try engine.close()
  }

  func engine() throws {
    let engine = try Engine.open(options.copy)
    for run in 1...options.runs { try measure(engine, run) }
    try engine.close()
  }

  private func measure(_ engine: Engine, _ run: Int) throws {
    let stored = storedBytes(below: options.copy)
    let before = (try residentBytes(), allocatedBytes())
    let names = (0..<count).map { "fork-\(run)-\($0)" }
    var random = Random(UInt64(run))
    var worlds: [World] = []
    let forking = try timed {
      for name in names {
        worlds.append(try engine.fork(WorldInstant(Engine.live), name: name, cause: Pumps.cause))
      }
    }
    emit("forks", "fork, durable", "Nuri", forking / Double(count) * 1e6, "µs")
    let writing = try timed {
      for world in worlds {
        let change = Pumps.update(random.next(below: options.twins), 1)
        try world.write(Batch(cause: Pumps.cause, operations: [Operation(change)]))
      }
    }
    emit("forks", "first write in a fork, durable", "Nuri", writing / Double(count) * 1e6, "µs")
    let memory = max(try residentBytes() - before.0, allocatedBytes() - before.1)
    emit("forks", "an open fork with a write, durable", "Nuri", Double(memory) / Double(count), "B")
    let disk = storedBytes(below: options.copy) - stored
    emit("forks", "disk of a fork with a write", "Nuri", Double(disk) / Double(count), "B")
    worlds = []
    for name in names { try engine.discard(name, cause: Pumps.cause) }
  }
}
