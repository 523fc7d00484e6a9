import TwinEngine
import TwinGraph
import TwinModels
import TwinValues

/// Turns an import file into batches. Runs on a thread of its own.
struct ImportParser {
  /// Knows the models, to check values against; its twins are those from before the import.
  private var graph: Graph
  private let options: ImportOptions
  private let skipped: Int
  private let queue: BatchQueue<PreparedBatch>
  private var batch = PreparedBatch()
  private var models: [[UInt8]] = []
  private var modelBytes = 0
  private var lastModelLine = 0
  /// Whether the last error was about one record alone.
  private var isRecordFault = false

  init(graph: Graph, options: ImportOptions, skipped: Int, queue: BatchQueue<PreparedBatch>) {
    self.graph = graph
    self.options = options
    self.skipped = skipped
    self.queue = queue
  }

  /// Parses a whole file into the queue. Returns what stopped it early, if anything did.
  mutating func run(_ path: String) -> NuriError? {
    do throws(NuriError) {
      var reader = ImportReader(LineReader(try InputFile(path)))
      var isWanted = true
      while isWanted {
        isRecordFault = false
        do throws(NuriError) {
          guard let section = try reader.next(after: modelsEnd(reader)) else { break }
          isWanted = try take(section, reader)
        } catch {
          guard options.leavesFaultsAside, reader.isRecordFault || isRecordFault else {
            throw error
          }
          reject(error, reader)
        }
      }
      if isWanted, try flushModels(reader) { _ = flush(reader) }
      return nil
    } catch {
      return error
    }
  }

  /// Models are always read again, so that the parser knows them; what is there already is not added twice.
  private func modelsEnd(_ reader: ImportReader) -> Int {
    reader.section == .twins || reader.section == .relationships ? skipped : 0
  }

  /// Takes one record. `false` when nobody wants more.
  private mutating func take(_ section: ImportSection, _ reader: ImportReader) throws(NuriError) -> Bool {
    if section == .models {
      try takeModel(reader)
      return true
    }
    guard try flushModels(reader) else { return false }
    if reader.lines.number <= skipped { return true }
    if batch.section != section {
      guard flush(reader) else { return false }
      batch.section = section
    }
    do {
      isRecordFault = true
      let change =
        section == .twins
        ? try graph.twinChange(from: reader.root) : try graph.relationshipChange(from: reader.root)
      batch.append(Operation(.change(change)), line: reader.lines.number)
      isRecordFault = false
    } catch {
      throw ImportReader.placed(error, reader.lines)
    }
    if options.leavesFaultsAside { batch.sources.append(Array(reader.lines.line)) }
    if section == .twins { batch.twins += 1 } else { batch.relationships += 1 }
    batch.bytes += reader.lines.line.count
    let isFull = batch.operations.count >= options.batchOperations || batch.bytes >= ExchangeLimits.batchBytes
    return isFull ? flush(reader) : true
  }

  private mutating func reject(_ error: NuriError, _ reader: ImportReader) {
    batch.rejects.append(
      Reject(
        section: reader.section ?? .twins, line: reader.lines.number, source: Array(reader.lines.line),
        error: error))
  }

  private mutating func takeModel(_ reader: ImportReader) throws(NuriError) {
    modelBytes += reader.lines.line.count
    lastModelLine = reader.lines.number
    guard modelBytes <= ExchangeLimits.modelBytes else {
      throw NuriError(
        .limitExceeded, "The file's models have more than \(ExchangeLimits.modelBytes) bytes.",
        at: reader.lines.place)
    }
    var writer = JSONWriter()
    writer.node(reader.root)
    if try !ModelMatch.isKnown(reader.root, in: graph.models) { models.append(writer.bytes) }
  }

  /// Sends the models as one batch, so that they may refer to one another in any order.
  private mutating func flushModels(_ reader: ImportReader) throws(NuriError) -> Bool {
    guard !models.isEmpty else { return true }
    let change = Change.addModels(models)
    do {
      try graph.apply(change, Stamp(sequence: 0, milliseconds: 0))
    } catch {
      throw error.inside("\(reader.lines.file.name), section Models")
    }
    batch.models = models.count
    batch.section = .models
    models = []
    batch.append(Operation(.change(change)), line: lastModelLine)
    return flush(reader)
  }

  private mutating func flush(_ reader: ImportReader) -> Bool {
    guard !batch.isEmpty else { return true }
    // The line read last belongs to the batch only when its operation does.
    batch.lastLine = max(batch.lines.last ?? 0, batch.rejects.last?.line ?? 0)
    batch.fileBytes = reader.lines.file.bytesRead
    batch.clock = options.clock
    let full = batch
    batch = PreparedBatch()
    batch.section = full.section
    batch.operations.reserveCapacity(full.operations.count)
    batch.lines.reserveCapacity(full.lines.count)
    return queue.push(full)
  }
}
