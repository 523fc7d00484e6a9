import Glibc
import TwinValues

/// Finds where a request's head ends and where its fields lie, and refuses whatever another parser might read in
/// another way. Pure: bytes in, places out; it may be asked again as more bytes arrive.
///
/// It is the strict half of reading a head. The other half is the http-parser library, whose opinion on framing
/// must be the same (`RequestHead`).
struct HeadScanner {
  enum Progress: Equatable {
    /// More bytes are needed.
    case partial
    /// The head, its last empty line included, has this many bytes.
    case complete(Int)
    case refused(NetRefusal)
  }

  private(set) var method = 0..<0
  private(set) var target = 0..<0
  private(set) var minorVersion = 1
  private(set) var fields: [HTTPHeaders.Field] = []
  /// Bytes of an empty line before the request, which RFC 9112 asks to skip.
  private(set) var skipped = 0

  private var lineStart = 0
  private var scanned = 0
  private var sawRequestLine = false
  private let limits: NetLimits

  init(limits: NetLimits) { self.limits = limits }

  /// Begins anew, for the next head.
  mutating func reset() {
    method = 0..<0
    target = 0..<0
    minorVersion = 1
    fields = []
    skipped = 0
    lineStart = 0
    scanned = 0
    sawRequestLine = false
  }

  /// Room that is made for fields at once.
  private static let usualFields = 12

  /// Whether no byte of a head was seen yet.
  var isFresh: Bool { scanned == 0 }

  /// Goes on with `bytes`, which begin with all bytes given before.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Progress {
    while scanned < bytes.count {
      guard let feed = HeadScanner.lineFeed(in: bytes, from: scanned) else {
        scanned = bytes.count
        return lineTooLong(bytes) ?? .partial
      }
      scanned = feed + 1
      if scanned > limits.headBytes { return .refused(headTooLong) }
      guard feed > lineStart, bytes[feed - 1] == ASCII.carriageReturn else {
        return .refused(.malformed("a line ends without a carriage return"))
      }
      let line = lineStart..<feed - 1
      lineStart = feed + 1
      if line.isEmpty {
        if sawRequestLine { return .complete(feed + 1) }
        if skipped > 0 { return .refused(.malformed("there are empty lines before the request")) }
        skipped = 2
        continue
      }
      if let refusal = sawRequestLine ? field(bytes, line) : requestLine(bytes, line) {
        return .refused(refusal)
      }
      sawRequestLine = true
    }
    return lineTooLong(bytes) ?? .partial
  }

  private static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = bytes.baseAddress,
      let found = memchr(base + start, Int32(ASCII.lineFeed), bytes.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }

  private var headTooLong: NetRefusal {
    NetRefusal(431, .limitExceeded, "the request's head is longer than headBytes (\(limits.headBytes))")
  }

  private func lineTooLong(_ bytes: UnsafeRawBufferPointer) -> Progress? {
    if !sawRequestLine, bytes.count - lineStart > limits.targetBytes + 64 { return .refused(targetTooLong) }
    return bytes.count > limits.headBytes ? .refused(headTooLong) : nil
  }

  private var targetTooLong: NetRefusal {
    NetRefusal(414, .limitExceeded, "the request's target is longer than targetBytes (\(limits.targetBytes))")
  }

  /// `method SP target SP HTTP/1.x`, single spaces, nothing else.
  private mutating func requestLine(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> NetRefusal? {
    var end = line.lowerBound
    while end < line.upperBound, ASCII.isToken(bytes[end]) { end += 1 }
    guard end > line.lowerBound, end < line.upperBound, bytes[end] == ASCII.space else {
      return .malformed("the method is not a token followed by one space")
    }
    method = line.lowerBound..<end
    let start = end + 1
    end = start
    while end < line.upperBound, bytes[end] > ASCII.space, bytes[end] < 127 { end += 1 }
    guard end > start, end < line.upperBound, bytes[end] == ASCII.space else {
      return .malformed("the target is not visible ASCII followed by one space")
    }
    target = start..<end
    if target.count > limits.targetBytes { return targetTooLong }
    let version = UnsafeRawBufferPointer(rebasing: bytes[end + 1..<line.upperBound])
    guard version.count == 8, version.starts(with: "HTTP/".utf8), ASCII.isDigit(version[5]), version[6] == 46,
      ASCII.isDigit(version[7])
    else { return .malformed("the version is not HTTP/ and two digits") }
    guard version[5] == 49, version[7] < 50 else {
      return NetRefusal(505, .malformedRequest, "only versions 1.0 and 1.1 are spoken here")
    }
    minorVersion = Int(version[7]) - 48
    return nil
  }

  /// `token: value`, no space before the colon, no folding, no control characters.
  private mutating func field(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> NetRefusal? {
    if fields.isEmpty { fields.reserveCapacity(HeadScanner.usualFields) }
    if fields.count >= limits.headerFields {
      return NetRefusal(
        431, .limitExceeded, "there are more than headerFields (\(limits.headerFields)) fields")
    }
    switch HeadScanner.splitField(bytes, line) {
    case .failure(let refusal): return refusal
    case .success(let found):
      fields.append(found)
      return nil
    }
  }

  /// Checks one field line, of a head or of trailers.
  static func splitField(
    _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>
  ) -> Result<HTTPHeaders.Field, NetRefusal> {
    if bytes[line.lowerBound] == ASCII.space || bytes[line.lowerBound] == ASCII.tab {
      return .failure(.malformed("a field is folded over lines"))
    }
    var end = line.lowerBound
    while end < line.upperBound, ASCII.isToken(bytes[end]) { end += 1 }
    guard end > line.lowerBound, end < line.upperBound, bytes[end] == ASCII.colon else {
      return .failure(.malformed("a field's name is not a token followed by a colon"))
    }
    var start = end + 1
    var last = line.upperBound
    while start < last, bytes[start] == ASCII.space || bytes[start] == ASCII.tab { start += 1 }
    while last > start, bytes[last - 1] == ASCII.space || bytes[last - 1] == ASCII.tab { last -= 1 }
    for index in start..<last where !ASCII.isFieldValue(bytes[index]) {
      return .failure(.malformed("a field's value has a control character"))
    }
    return .success(
      HTTPHeaders.Field(
        nameStart: UInt32(line.lowerBound), nameEnd: UInt32(end), valueStart: UInt32(start),
        valueEnd: UInt32(last)))
  }
}
