import TwinEngine
import TwinGraph
import TwinLog
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
    let stored = storedBytes(below: folder, suffix: ".nsealed")
    let unsealed = try firstRawSequence(folder)
    let instants = try write(options.twins * 10, to: world, hot: Pumps.id(0))
    var frame = FrameWriter()
    for operation in Pumps.updates(1, twins: options.twins, seed: 1)[0].operations {
      guard case .change(let change) = operation.kind else { continue }
      frame.append(
        change, sequence: 1 << 24, previous: 1 << 23, recordedMicros: 0, observedMicros: nil,
        cause: Pumps.cause)
    }
    emit("log", "a change of a property, raw", "Nuri", Double(frame.bytes.count) / 1000, "B")
    let sealed = Double(try firstRawSequence(folder) - unsealed)
    let bytes = Double(storedBytes(below: folder, suffix: ".nsealed") - stored)
    if sealed > 0 { emit("log", "a change of a property, sealed", "Nuri", bytes / sealed, "B") }
    try points(world, before.recorded)
    try wholes(world, [before.recorded] + instants)
    try engine.close()
  }

  /// The first change that is not in a sealed segment: segments are named by their first.
  private func firstRawSequence(_ folder: String) throws -> Int {
    let names = try PosixDisk().list(folder).map(\.name).filter { $0.hasSuffix(".nseg") }
    guard let first = names.compactMap({ Int($0.dropLast(5)) }).min() else { throw Stop("no segments") }
    return first
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
