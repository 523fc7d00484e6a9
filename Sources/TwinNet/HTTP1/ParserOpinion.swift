import CHTTPParser
import Glibc
import TwinValues

/// What the http-parser library makes of a head. It must be of one mind with our own reading, so that whatever
/// fools one of the two is refused.
///
/// It costs as much as all other reading of a head. A GET in which the words `content-length` and `transfer-encoding`
/// stand nowhere, however its lines are told apart, has no body in anybody's reading: that one is not asked about.
struct ParserOpinion {
  /// Whether a head has the name of a field that frames a body anywhere in it.
  static func speaksOfBody(_ head: UnsafeRawBufferPointer) -> Bool {
    guard let base = head.baseAddress else { return false }
    func stands(_ word: StaticString, at place: Int) -> Bool {
      place >= 0 && place + word.utf8CodeUnitCount <= head.count
        && ASCII.equalIgnoringCase(
          UnsafeRawBufferPointer(start: base + place, count: word.utf8CodeUnitCount), word)
    }
    var next = 0
    while let found = memchr(base + next, 45, head.count - next) {
      let hyphen = UnsafeRawPointer(found) - base
      if stands("content-length", at: hyphen - 7) || stands("transfer-encoding", at: hyphen - 8) {
        return true
      }
      next = hyphen + 1
    }
    return false
  }

  private let parser: http_parser

  /// The callbacks: none but the one that stops after the head.
  ///
  /// `nonisolated(unsafe)`: shared by all threads; written once, here, and only read afterwards.
  nonisolated(unsafe) private static let settings: UnsafeMutablePointer<http_parser_settings> = {
    let settings = UnsafeMutablePointer<http_parser_settings>.allocate(capacity: 1)
    settings.initialize(to: http_parser_settings())
    // 2: neither a body nor another message follows.
    settings.pointee.on_headers_complete = { _ in 2 }
    return settings
  }()

  /// Parses one whole head.
  init(_ head: UnsafeRawBufferPointer) throws(NetRefusal) {
    var parser = http_parser()
    http_parser_init(&parser, HTTP_REQUEST)
    let read = http_parser_execute(
      &parser, ParserOpinion.settings, head.baseAddress?.assumingMemoryBound(to: CChar.self), head.count)
    self.parser = parser
    switch http_errno(rawValue: parser.http_errno) {
    case HPE_OK: break
    case HPE_INVALID_METHOD: throw NetRefusal(501, .malformedRequest, "the method is unknown")
    default: throw .malformed("the request breaks the grammar of HTTP/1")
    }
    if read != head.count { throw .malformed("the request's head ends in two ways") }
  }

  /// Whether framing and persistence come out the same.
  func agrees(with facts: FieldFacts) -> Bool {
    let isChunked = parser.flags & F_CHUNKED.rawValue != 0
    switch facts.framing {
    case .chunked: if !isChunked { return false }
    case .fixed(let length): if isChunked || parser.content_length != UInt64(length) { return false }
    case .none: if isChunked || parser.content_length != 0 && parser.content_length != .max { return false }
    }
    let closes = parser.flags & F_CONNECTION_CLOSE.rawValue != 0
    return !(closes && facts.keepsAlive)
  }
}
