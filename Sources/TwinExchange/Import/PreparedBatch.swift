import TwinEngine
import TwinValues

/// Operations parsed from consecutive records of a file, on their way to the world.
struct PreparedBatch: Sendable {
  var operations: [Operation] = []
  /// The line (or row) each operation came from.
  var lines: [Int] = []
  /// The records themselves; kept only when faulty ones are to be written out.
  var sources: [[UInt8]] = []
  var rejects: [Reject] = []
  /// The section the records stand in.
  var section = ImportSection.twins
  /// The last line taken up.
  var lastLine = 0
  /// Bytes of records.
  var bytes = 0
  /// Bytes of the file taken when the batch was complete.
  var fileBytes: Int64 = 0
  var models = 0
  var twins = 0
  var relationships = 0
  /// The world's recorded time for this batch, when the file sets it.
  var clock: Instant?

  var isEmpty: Bool { operations.isEmpty && rejects.isEmpty }

  mutating func append(_ operation: Operation, line: Int) {
    operations.append(operation)
    lines.append(line)
  }
}

/// A record that was left aside, and why.
struct Reject: Sendable {
  let section: ImportSection
  let line: Int
  let source: [UInt8]
  let error: NuriError
}
