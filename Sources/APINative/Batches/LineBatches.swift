import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// Reads operations line by line from a body as it arrives and writes them in groups. While a group is on its way to
/// the disk the next one is read; no more than that is held, so a client that is faster than the disk waits.
///
/// Runs in one task on the API's threads.
struct LineBatches {
  private let world: WorldSession
  private let reason: String
  private let observed: Instant?
  private let groupLines: Int

  /// What was done so far.
  private(set) var outcome = BatchOutcome()
  private var group = Group()
  private var lineNumber = 0
  private var writing: Task<Result<Receipt, NuriError>, Never>?
  private var written = Group()
  /// The start of a line whose end has not arrived.
  private var tail: [UInt8] = []
  private let document = JSONDocument()

  /// Operations that become visible together, and where they came from.
  private struct Group {
    var operations: [Operation] = []
    var lines: [Int] = []
    var bytes = 0
  }

  init(world: WorldSession, reason: String, observed: Instant?, groupLines: Int) {
    self.world = world
    self.reason = reason
    self.observed = observed
    self.groupLines = groupLines
  }

  /// Takes a whole body; what became of it is in `outcome`.
  mutating func run(_ body: HTTPRequestBody, graph: Graph) async {
    var reader = OperationReader(graph: graph, observed: observed)
    do throws(NuriError) {
      var pieces = body.makeAsyncIterator()
      while let piece = try await pieces.next() { try await take(piece, &reader) }
      if !tail.isEmpty {
        let last = tail
        tail = []
        try read(last.span.bytes, &reader)
      }
      try await flush(&reader)
      try await finishWriting()
    } catch {
      await fail(error)
    }
  }

  /// What was being written counts still; then the failure, with its line.
  private mutating func fail(_ error: NuriError) async {
    var first = error
    do throws(NuriError) { try await finishWriting() } catch { first = error }
    outcome.failure = first
    if outcome.line == nil { outcome.line = lineNumber }
  }

  /// Takes the lines that end in a piece. A line that lies in one piece is parsed where it is.
  private mutating func take(_ piece: [UInt8], _ reader: inout OperationReader) async throws(NuriError) {
    var start = 0
    while start < piece.count, let end = Self.lineFeed(in: piece, from: start) {
      if tail.isEmpty {
        try read(piece.span.bytes.extracting(start..<end), &reader)
      } else {
        tail.append(contentsOf: piece[start..<end])
        let line = tail
        tail.removeAll(keepingCapacity: true)
        try read(line.span.bytes, &reader)
      }
      start = end + 1
      if group.operations.count >= groupLines || group.bytes >= NativeLimits.groupBytes {
        try await flush(&reader)
      }
    }
    if start < piece.count { tail.append(contentsOf: piece[start...]) }
    guard tail.count <= NativeLimits.lineBytes else { throw tooLong() }
  }

  private static func lineFeed(in piece: [UInt8], from start: Int) -> Int? {
    piece.withUnsafeBufferPointer { bytes in
      var at = start
      while at < bytes.count, bytes[at] != 10 { at += 1 }
      return at < bytes.count ? at : nil
    }
  }

  private mutating func tooLong() -> NuriError {
    lineNumber += 1
    return NuriError(
      .limitExceeded, "A line has at most \(NativeLimits.lineBytes) bytes.", at: "line \(lineNumber)")
  }

  /// Reads one line into the group; empty lines are passed over.
  private mutating func read(_ line: RawSpan, _ reader: inout OperationReader) throws(NuriError) {
    guard line.byteCount <= NativeLimits.lineBytes else { throw tooLong() }
    lineNumber += 1
    let isBlank = line.withUnsafeBytes { bytes in
      bytes.allSatisfy { $0 == 32 || $0 == 13 || $0 == 9 }
    }
    if isBlank { return }
    do throws(NuriError) {
      try document.parse(line)
      group.operations.append(try reader.operation(document.root))
      group.lines.append(lineNumber)
      group.bytes += line.byteCount
    } catch {
      throw NuriError(error.code, error.message, at: "line \(lineNumber)", advice: error.advice)
    }
  }

  /// Hands the group over once the one before it is on disk.
  private mutating func flush(_ reader: inout OperationReader) async throws(NuriError) {
    if group.operations.isEmpty { return }
    try await finishWriting()
    let (world, reason, operations) = (world, reason, group.operations)
    written = group
    group = Group()
    group.operations.reserveCapacity(operations.count)
    group.lines.reserveCapacity(operations.count)
    writing = Task.immediate {
      do throws(NuriError) {
        return .success(try await world.write(operations, reason: reason))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Waits for the group on its way and counts it.
  private mutating func finishWriting() async throws(NuriError) {
    guard let task = writing else { return }
    writing = nil
    switch await task.value {
    case .success(let receipt): outcome.count(receipt, written.operations.count)
    case .failure(let error): throw placed(error)
    }
  }

  /// An error of a group, at the line of its operation instead of at the operation's number.
  private mutating func placed(_ error: NuriError) -> NuriError {
    var rest = error.place ?? ""
    var line = written.lines.first ?? 0
    if rest.hasPrefix("operation ") {
      let digits = rest.dropFirst(10).prefix { $0.isNumber }
      if let number = Int(digits), written.lines.indices.contains(number - 1) {
        line = written.lines[number - 1]
      }
      rest = String(rest.dropFirst(10 + digits.count))
    } else if !rest.isEmpty {
      rest = ", " + rest
    }
    outcome.line = line
    return NuriError(error.code, error.message, at: "line \(line)\(rest)", advice: error.advice)
  }
}
