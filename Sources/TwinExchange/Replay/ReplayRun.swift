import TwinEngine
import TwinGraph
import TwinValues

/// One replay under way.
struct ReplayRun {
  let options: ReplayOptions
  let pacer: ReplayPacer
  /// Knows the twins and their models.
  let graph: Graph
  let file: InputFile
  var committer: BatchCommitter
  var report = ReplayReport()
  private var batch = PreparedBatch()
  private var instant = Instant.distantPast
  private var firstInstant: Instant?
  private var firstUptime: Int64 = 0

  init(
    options: ReplayOptions, pacer: ReplayPacer, graph: Graph, file: InputFile, committer: BatchCommitter
  ) {
    self.options = options
    self.pacer = pacer
    self.graph = graph
    self.file = file
    self.committer = committer
  }

  mutating func play(after skipped: Int, _ progress: (ExchangeProgress, Instant) -> Void) throws(NuriError) {
    var reader = ReplayReader(LineReader(file))
    while let change = try reader.next() {
      guard reader.lines.number > skipped else { continue }
      if let until = options.until, change.at > until { break }
      if change.at != instant, options.setsClock || options.speed != nil { try flush(progress) }
      guard change.at >= instant || !options.setsClock else {
        throw NuriError(
          .invalidImport, "Time goes back, from \(instant) to \(change.at).", at: reader.lines.place,
          advice: "Sort the file by \"at\", or replay without setting the clock.")
      }
      try take(change, reader)
      if batch.operations.count >= options.batchOperations { try flush(progress) }
    }
    try flush(progress)
  }

  private mutating func take(_ change: ReplayChange, _ reader: ReplayReader) throws(NuriError) {
    if firstInstant == nil {
      firstInstant = change.at
      firstUptime = pacer.now()
      report.first = change.at
    }
    report.last = change.at
    instant = change.at
    do {
      let edits = try edits(change)
      batch.append(
        Operation(.change(.patchTwin(id: change.twin, edits: edits)), observed: change.at),
        line: reader.lines.number)
    } catch {
      throw ImportReader.placed(error, reader.lines)
    }
    batch.lastLine = reader.lines.number
  }

  private mutating func flush(_ progress: (ExchangeProgress, Instant) -> Void) throws(NuriError) {
    guard !batch.isEmpty else { return }
    pace()
    batch.clock = options.setsClock ? instant : nil
    try committer.commit(batch)
    report.changes += batch.operations.count
    batch = PreparedBatch()
    progress(
      ExchangeProgress(bytes: file.bytesRead, totalBytes: file.totalBytes, records: report.changes), instant)
  }

  /// Waits until the batch is due.
  private func pace() {
    guard let speed = options.speed, let firstInstant else { return }
    let recorded = Double(instant.microseconds - firstInstant.microseconds)
    let due = firstUptime + Int64(recorded / speed)
    let now = pacer.now()
    if due > now { pacer.wait(due - now) }
  }

  private func edits(_ change: ReplayChange) throws(NuriError) -> [PropertyEdit] {
    guard let twin = graph.twin(change.twin) else {
      throw NuriError(.twinNotFound, "There is no twin \"\(change.twin)\".")
    }
    let layout = graph.layout(of: twin)
    var edits: [PropertyEdit] = []
    for (name, value) in change.values.members {
      if layout.components.contains(name) {
        for (inner, value) in value.members where !inner.hasPrefix("$") {
          edits.append(try layout.edit("\(name).\(inner)", value))
        }
      } else {
        edits.append(try layout.edit(name, value))
      }
    }
    return edits
  }
}
