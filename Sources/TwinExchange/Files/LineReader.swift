import TwinValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The lines of a file, one at a time, in bounded memory. Used from one thread.
///
/// A byte-order mark at the start and a carriage return at a line's end are left out.
final class LineReader {
  let file: InputFile
  /// The number of the line read last, from 1.
  private(set) var number = 0
  /// The line read last, without its end. Valid until the next call of `next`.
  private(set) var line = UnsafeRawBufferPointer(start: nil, count: 0)

  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  private let limit: Int

  init(_ file: InputFile, limit: Int = ExchangeLimits.lineBytes) {
    self.file = file
    self.limit = limit
    buffer = .allocate(byteCount: min(limit, ExchangeLimits.blockBytes) + 1, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// Where the line read last stands: `world.ndjson, line 17`.
  var place: String { "\(file.name), line \(number)" }

  /// Goes to the next line; `false` at the end.
  func next() throws(NuriError) -> Bool {
    var searched = start
    while true {
      if let feed = lineFeed(from: searched) {
        take(upTo: feed)
        start = feed + 1
        return true
      }
      searched = end
      if isAtEnd {
        guard start < end else { return false }
        take(upTo: end)
        start = end
        return true
      }
      searched -= start
      try fill()
      searched += start
    }
  }

  /// Parses the line read last as JSON. (A function of its own: inlined, Swift 6.3.1's optimizer rejects the
  /// lifetime of the span.)
  /// - Throws: `NuriError` with code `invalidJSON`.
  @inline(never)
  func parse(into document: JSONDocument, limits: JSONLimits) throws(NuriError) {
    let line = line
    try document.parse(line.bytes, limits: limits)
  }

  private func lineFeed(from: Int) -> Int? {
    guard from < end, let base = buffer.baseAddress,
      let found = memchr(base + from, 0x0a, end - from)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  private func take(upTo feed: Int) {
    number += 1
    var first = start
    var last = feed
    if last > first, buffer[last - 1] == 0x0d { last -= 1 }
    if number == 1, last - first >= 3, buffer[first] == 0xef, buffer[first + 1] == 0xbb,
      buffer[first + 2] == 0xbf
    {
      first += 3
    }
    line = UnsafeRawBufferPointer(rebasing: buffer[first..<last])
  }

  /// Moves what is left to the front, grows the buffer when it is full, and reads on.
  private func fill() throws(NuriError) {
    if start > 0, let base = buffer.baseAddress {
      memmove(base, base + start, end - start)
      end -= start
      start = 0
    }
    if end > limit {
      throw NuriError(
        .limitExceeded, "The line is longer than \(limit) bytes.", at: "\(file.name), line \(number + 1)",
        advice: "Is this a file with one JSON record a line?")
    }
    if end == buffer.count {
      let bigger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: min(limit + 1, buffer.count * 2), alignment: 16)
      if let base = buffer.baseAddress { bigger.baseAddress?.copyMemory(from: base, byteCount: end) }
      buffer.deallocate()
      buffer = bigger
    }
    let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
    isAtEnd = count == 0
    end += count
  }
}
