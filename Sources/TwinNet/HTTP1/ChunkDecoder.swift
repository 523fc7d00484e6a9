import TwinValues

/// Takes chunked framing off a body. Pure: bytes in, body bytes out; strict where parsers are known to differ.
///
/// Line ends are CR LF and nothing else, sizes are plain hexadecimal, nothing may stand between a size and its
/// line end but an extension after `;`. Trailers are checked like fields and thrown away.
struct ChunkDecoder {
  enum Step: Equatable {
    /// These bytes of the input are body; `used` bytes of the input are done with.
    case body(Range<Int>, used: Int)
    /// Nothing more in this input.
    case partial(used: Int)
    /// The body ended; `used` bytes of the input are done with.
    case end(used: Int)
    case refused(NetRefusal)
  }

  private enum Expecting: Equatable { case size, extensions, sizeFeed, data, dataReturn, dataFeed, trailers }

  private var expecting = Expecting.size
  private var size = 0
  private var digits = 0
  private var lineBytes = 0
  private var trailerLine: [UInt8] = []
  private var trailerBytes = 0
  private var trailerFields = 0
  private let limits: NetLimits

  init(limits: NetLimits) { self.limits = limits }

  /// Looks at `input` and says what comes first. Call it again with what `used` leaves.
  mutating func step(_ input: UnsafeRawBufferPointer) -> Step {
    var index = 0
    while index < input.count {
      let byte = input[index]
      switch expecting {
      case .data:
        let count = min(size, input.count - index)
        size -= count
        if size == 0 { expecting = .dataReturn }
        return .body(index..<index + count, used: index + count)
      case .dataReturn:
        if byte != ASCII.carriageReturn { return .refused(.malformed("a chunk is longer than its size")) }
        expecting = .dataFeed
      case .dataFeed:
        if byte != ASCII.lineFeed { return .refused(.malformed("a chunk does not end with CR LF")) }
        expecting = .size
        digits = 0
        size = 0
        lineBytes = 0
      case .trailers:
        switch trailer(byte) {
        case .more: break
        case .end: return .end(used: index + 1)
        case .refused(let refusal): return .refused(refusal)
        }
      case .size, .extensions, .sizeFeed:
        if let refusal = sizeLine(byte) { return .refused(refusal) }
      }
      index += 1
    }
    return .partial(used: index)
  }

  private mutating func sizeLine(_ byte: UInt8) -> NetRefusal? {
    lineBytes += 1
    if lineBytes > limits.chunkLineBytes {
      return NetRefusal(400, .limitExceeded, "a chunk's first line is longer than chunkLineBytes")
    }
    switch expecting {
    case .size:
      if let digit = Hexadecimal.digit(byte) {
        digits += 1
        if digits > 15 { return .malformed("a chunk's size has too many digits") }
        size = size << 4 | Int(digit)
        return nil
      }
      if digits == 0 { return .malformed("a chunk's size is missing") }
      if byte == 59 {
        expecting = .extensions
      } else if byte == ASCII.carriageReturn {
        expecting = .sizeFeed
      } else {
        return .malformed("a chunk's size is not plain hexadecimal")
      }
    case .extensions:
      if byte == ASCII.carriageReturn {
        expecting = .sizeFeed
      } else if !ASCII.isFieldValue(byte) {
        return .malformed("a chunk's extension has a control character")
      }
    default:
      if byte != ASCII.lineFeed { return .malformed("a chunk's size does not end with CR LF") }
      expecting = size == 0 ? .trailers : .data
    }
    return nil
  }

  private enum Trailer { case more, end, refused(NetRefusal) }

  private mutating func trailer(_ byte: UInt8) -> Trailer {
    trailerBytes += 1
    if trailerBytes > limits.headBytes {
      return .refused(NetRefusal(431, .limitExceeded, "the trailers are longer than headBytes"))
    }
    trailerLine.append(byte)
    if byte != ASCII.lineFeed { return .more }
    guard trailerLine.count >= 2, trailerLine[trailerLine.count - 2] == ASCII.carriageReturn else {
      return .refused(.malformed("a trailer ends without a carriage return"))
    }
    let line = 0..<trailerLine.count - 2
    if line.isEmpty { return .end }
    trailerFields += 1
    if trailerFields > limits.headerFields {
      return .refused(NetRefusal(431, .limitExceeded, "there are more than headerFields trailers"))
    }
    let checked = trailerLine.withUnsafeBytes { HeadScanner.splitField($0, line) }
    if case .failure(let refusal) = checked { return .refused(refusal) }
    trailerLine.removeAll(keepingCapacity: true)
    return .more
  }
}
