import Glibc
import TwinEngine
import TwinValues

/// Property updates in batches of 1,000, each durable before it is acknowledged.
struct Updates {
  let options: Options
  /// Batches a run.
  private let batches: Int

  init(_ options: Options) {
    self.options = options
    batches = max(64, options.twins / 2 / Pumps.batchSize)
  }

  private func name(_ clients: Int) -> String {
    "batches of 1,000, \(clients == 1 ? "1 client" : "\(clients) clients")\(options.label)"
  }

  func nuri() throws {
    let engine = try Engine.open(options.copy)
    let world = try engine.world()
    try measure("Nuri", batches) { run in
      let work = Pumps.updates(batches, twins: options.twins, seed: UInt64(run))
      return { try world.write(work[$0]) }
    }
    // The same once someone has looked for a temperature: then every update notes its value for page filters.
    _ = try engine.query("SELECT * FROM DIGITALTWINS T WHERE T.temperature = -1")
    sleep(1)
    try measure("Nuri, column with page filters", batches) { run in
      let work = Pumps.updates(batches, twins: options.twins, seed: UInt64(1000 + run))
      return { try world.write(work[$0]) }
    }
    try engine.close()
  }

  func rocksdb() throws {
    try removeFolder("\(options.folder)/rocksdb")
    let store = try RocksStore("\(options.folder)/rocksdb")
    try store.fill(options.twins)
    try measure("RocksDB", batches) { work(for: store, $0, batches) }
  }

  func sqlite() throws {
    try removeFolder("\(options.folder)/sqlite")
    let store = try SQLiteStore("\(options.folder)/sqlite")
    try store.fill(options.twins)
    let few = max(32, batches / 4)
    try measure("SQLite", few) { work(for: store, $0, few) }
  }

  private func work(
    for store: any KeyValueStore & Sendable, _ run: Int, _ batches: Int
  ) -> @Sendable (Int) throws -> Void {
    let work = KeyValues.updates(batches, twins: options.twins, seed: UInt64(run))
    return { try store.write(work[$0]) }
  }

  /// Writes `batches` batches from one client, then as many from eight; `work` makes them from a seed
  /// before the clock runs.
  private func measure(
    _ subject: String, _ batches: Int, _ work: (Int) -> @Sendable (Int) throws -> Void
  ) throws {
    for run in 1...options.runs {
      for clients in [1, 8] {
        let write = work(run * 100 + clients)
        let cpu = processorSeconds()
        let time = try timed {
          try onThreads(clients) { client in
            for index in stride(from: client, to: batches, by: clients) { try write(index) }
          }
        }
        let updates = Double(batches * Pumps.batchSize)
        emit("updates", name(clients), subject, updates / time, "/s")
        let micros = (processorSeconds() - cpu) / updates * 1e6
        emit("updates", "\(name(clients)): processor time each", subject, micros, "µs")
      }
    }
  }
}

/// Single updates from 64 clients at once, each durable before its client goes on.
struct Singles {
  let options: Options
  private let clients = 64
  private let each: Int

  init(_ options: Options) {
    self.options = options
    each = max(200, options.twins / 100)
  }

  private func work(_ run: Int) -> [Batch] {
    Pumps.updates(clients * each, twins: options.twins, seed: UInt64(100 + run), size: 1)
  }

  func tasks() async throws {
    let engine = try Engine.open(options.copy)
    let world = try engine.world()
    for run in 1...options.runs {
      let work = work(run)
      let start = seconds()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<clients {
          group.addTask {
            for index in 0..<each { try await world.write(work[client * each + index]) }
          }
        }
        try await group.waitForAll()
      }
      emit("singles", "64 tasks", "Nuri", Double(clients * each) / (seconds() - start), "/s")
    }
    try engine.close()
  }

  func threads() throws {
    let engine = try Engine.open(options.copy)
    let world = try engine.world()
    for run in 1...options.runs {
      let work = work(run)
      let time = try timed {
        try onThreads(clients) { client in
          for index in 0..<each { try world.write(work[client * each + index]) }
        }
      }
      emit("singles", "64 threads", "Nuri", Double(clients * each) / time, "/s")
    }
    try engine.close()
  }

  func rocksdb() throws {
    try removeFolder("\(options.folder)/rocksdb")
    let store = try RocksStore("\(options.folder)/rocksdb")
    try store.fill(options.twins)
    try measure("RocksDB", each / 4) { try store.write($0) }
  }

  func sqlite() throws {
    try removeFolder("\(options.folder)/sqlite")
    let store = try SQLiteStore("\(options.folder)/sqlite")
    try store.fill(options.twins)
    try measure("SQLite", each / 50) { try store.write($0) }
  }

  private func measure(
    _ subject: String, _ each: Int, _ write: @escaping @Sendable (KeyValues) throws -> Void
  ) throws {
    for run in 1...options.runs {
      let work = KeyValues.updates(clients * each, twins: options.twins, seed: UInt64(100 + run), size: 1)
      let time = try timed {
        try onThreads(clients) { client in
          for index in 0..<each { try write(work[client * each + index]) }
        }
      }
      emit("singles", "64 threads", subject, Double(clients * each) / time, "/s")
    }
  }
}
