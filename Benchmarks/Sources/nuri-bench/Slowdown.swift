import Synchronization
import TwinEngine
import TwinGraph
import TwinQuery
import TwinValues

/// How much slower live updates get while others look at the world or hold forks of it.
struct Slowdown {
  let options: Options
  private let batches: Int
  private let clients = 4

  init(_ options: Options) {
    self.options = options
    batches = max(64, options.twins / 4 / Pumps.batchSize)
  }

  func measure() throws {
    let engine = try Engine.open(options.copy)
    let world = try engine.world()
    _ = try updateTime(world, seed: 1)
    for run in 1...options.runs {
      let alone = try updateTime(world, seed: UInt64(10 + run))
      let reader = Reader(engine)
      let thread = try Worker { reader.run() }
      let queried = try updateTime(world, seed: UInt64(20 + run))
      reader.stop()
      thread.wait()
      emit("slowdown", "updates while a query runs", "Nuri", queried / alone, "×")
      let answered = Double(reader.answers) / queried
      emit("slowdown", "queries answered meanwhile", "Nuri", answered, "/s")
    }
    for run in 1...options.runs { try measureForks(engine, world, run) }
    try engine.close()
  }

  private func measureForks(_ engine: Engine, _ world: World, _ run: Int) throws {
    var random = Random(UInt64(run))
    let alone = try updateTime(world, seed: UInt64(30 + run))
    let names = (0..<100).map { "held-\(run)-\($0)" }
    for name in names {
      let fork = try engine.fork(WorldInstant(Engine.live), name: name, cause: Pumps.cause)
      let change = Pumps.update(random.next(below: options.twins), 1)
      try fork.write(Batch(cause: Pumps.cause, operations: [Operation(change)]))
    }
    let forked = try updateTime(world, seed: UInt64(40 + run))
    emit("slowdown", "updates while 100 forks are open", "Nuri", forked / alone, "×")
    for name in names { try engine.discard(name, cause: Pumps.cause) }
  }

  private func updateTime(_ world: World, seed: UInt64) throws -> Double {
    let work = Pumps.updates(batches, twins: options.twins, seed: seed)
    return try timed {
      try onThreads(clients) { client in
        for index in stride(from: client, to: work.count, by: clients) { try world.write(work[index]) }
      }
    }
  }
}

/// Asks one query after another until it is told to stop.
private final class Reader: Sendable {
  private let engine: Engine
  private let isStopped = Atomic(false)
  private let count = Atomic(0)

  init(_ engine: Engine) { self.engine = engine }

  var answers: Int { count.load(ordering: .acquiring) }

  func stop() { isStopped.store(true, ordering: .releasing) }

  func run() {
    while !isStopped.load(ordering: .acquiring) {
      do { _ = try engine.query(Queries.scan) } catch { fatalError("the query: \(error)") }
      count.add(1, ordering: .acquiringAndReleasing)
    }
  }
}
