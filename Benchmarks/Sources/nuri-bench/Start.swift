import Glibc
import TwinEngine
import TwinExchange
import TwinGraph
import TwinValues

/// Opening a data folder after a crash: a checkpoint, and as many changes to replay as there are twins.
struct Start {
  let options: Options

  init(_ options: Options) { self.options = options }

  func prepare() throws {
    let engine = try Engine.open(options.copy)
    let world = try engine.world()
    try world.checkpoint()
    for batch in Pumps.updates(options.twins / Pumps.batchSize, twins: options.twins, seed: 1) {
      try world.write(batch)
    }
    // No closing: the next start finds what a crash would leave.
    _exit(0)
  }

  func measure() throws {
    let start = seconds()
    let engine = try Engine.open(options.copy)
    let time = seconds() - start
    guard engine.opening.replayed >= options.twins / 2 else { throw Stop("nothing was left to replay") }
    emit("start", "checkpoint and 1 change per twin to replay", "Nuri", time, "s")
    note("replayed \(engine.opening.replayed) after checkpoint \(engine.opening.checkpoint)")
    _exit(0)
  }
}

/// Reading a whole world from a file.
enum ImportRow {
  static func measure(_ options: Options) throws {
    let folder = "\(options.folder)/imported"
    for _ in 0..<options.runs {
      try removeFolder(folder)
      let engine = try Engine.create(at: folder)
      let world = try engine.world()
      let cpu = processorSeconds()
      let time = try timed {
        let report = try Importer(into: world).run("\(options.folder)/world.ndjson")
        guard report.twins == options.twins, report.rejected == 0 else { throw Stop("\(report)") }
      }
      emit("import", "the world from a file", "Nuri", time, "s")
      emit("import", "processor time", "Nuri", processorSeconds() - cpu, "s")
      try engine.close()
    }
    try removeFolder(folder)
  }
}
