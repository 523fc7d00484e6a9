import TwinEngine
import TwinGraph
import TwinValues

/// Writes prepared batches to a world, one atomic batch each, the file and line reached in its cause.
struct BatchCommitter {
  let world: any ImportTarget
  let actor: String
  /// `import world.ndjson.zst#5c0f3a9e12b4d687`
  let marker: String
  let fileName: String
  /// Where faulty records go; without one the first fault ends the import.
  var rejects: RejectFile?
  private(set) var records = 0

  init(world: any ImportTarget, actor: String, marker: String, fileName: String, rejects: RejectFile? = nil) {
    self.world = world
    self.actor = actor
    self.marker = marker
    self.fileName = fileName
    self.rejects = rejects
  }

  mutating func commit(_ batch: PreparedBatch) throws(NuriError) {
    for reject in batch.rejects { try rejects?.append(reject) }
    guard !batch.operations.isEmpty else { return }
    do {
      try write(batch.operations, batch)
    } catch {
      let faults = try self.faults(in: batch)
      guard let first = faults.first else { throw error }
      guard rejects != nil else { throw first.error.inside("\(fileName), line \(batch.lines[first.index])") }
      try commit(batch, without: faults)
    }
  }

  private mutating func write(_ operations: [Operation], _ batch: PreparedBatch) throws(NuriError) {
    let cause = Cause(actor: actor, reason: "\(marker) line \(batch.lastLine)")
    try world.take(Batch(cause: cause, operations: operations, clock: batch.clock))
    records += operations.count
  }

  /// Which operations the world does not take, found on a copy of its state.
  private func faults(in batch: PreparedBatch) throws(NuriError) -> [(index: Int, error: NuriError)] {
    let snapshot = try world.state()
    var graph = snapshot.graph
    var faults: [(index: Int, error: NuriError)] = []
    for (i, operation) in batch.operations.enumerated() {
      guard case .change(let change) = operation.kind else { continue }
      do {
        try graph.apply(
          change,
          Stamp(
            sequence: snapshot.sequence + UInt64(i) + 1, milliseconds: snapshot.recorded.microseconds / 1000))
      } catch {
        faults.append((i, error))
      }
    }
    return faults
  }

  private mutating func commit(_ batch: PreparedBatch, without faults: [(index: Int, error: NuriError)])
    throws(NuriError)
  {
    for (index, error) in faults {
      let source = index < batch.sources.count ? batch.sources[index] : []
      try rejects?.append(
        Reject(section: batch.section, line: batch.lines[index], source: source, error: error))
    }
    let bad = Set(faults.map(\.index))
    let good = batch.operations.indices.filter { !bad.contains($0) }.map { batch.operations[$0] }
    if !good.isEmpty { try write(good, batch) }
  }
}
