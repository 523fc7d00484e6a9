import CHTTPParser
import Testing

@testable import TwinNet

extension NetTests {
  /// Random requests through the parsers, in pieces: never a crash, always the same outcome however they are cut,
  /// and never another body than http-parser reads.
  @Suite struct ParserFuzzTests {
    static let parts = [
      "GET ", "POST ", "/a", "/%41", "?q", " HTTP/1.1", " HTTP/1.0", "\r\n", "\n", "\r", "Host: x", "Host:y",
      "Content-Length: 3", "Content-Length: 0", "Transfer-Encoding: chunked", "Transfer-Encoding:chunked,",
      " ", "\t",
      ":", "A: b", "abc", "3\r\nabc\r\n", "0\r\n\r\n", ";", "0", "Connection: close", "\0", "\u{fc}",
      "\r\n\r\n",
    ]

    func request(_ seed: inout Seed) -> [UInt8] {
      var text = seed.below(2) == 0 ? "POST / HTTP/1.1\r\nHost: x\r\n" : "GET /a HTTP/1.1\r\nHost: x\r\n"
      switch seed.below(3) {
      case 0: text += "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: v\r\n\r\n"
      case 1: text += "Content-Length: 5\r\nA: b\r\n\r\nhello"
      default: text += "A: b\r\n\r\n"
      }
      var bytes = Array(text.utf8)
      for _ in 0..<seed.below(4) {
        let place = seed.below(bytes.count)
        let part = Array(ParserFuzzTests.parts[seed.below(ParserFuzzTests.parts.count)].utf8)
        if seed.below(2) == 0 { bytes.insert(contentsOf: part, at: place) } else { bytes[place] = part[0] }
      }
      return bytes
    }

    final class Body { var bytes: [UInt8] = [] }

    /// What http-parser makes of them; `nil` when it finds an error.
    func peer(_ bytes: [UInt8]) -> String? {
      var parser = http_parser()
      http_parser_init(&parser, HTTP_REQUEST)
      var settings = http_parser_settings()
      let body = Body()
      parser.data = Unmanaged.passUnretained(body).toOpaque()
      settings.on_body = { parser, at, count in
        guard let parser, let at else { return 1 }
        let body = Unmanaged<Body>.fromOpaque(parser.pointee.data).takeUnretainedValue()
        body.bytes += UnsafeRawBufferPointer(start: at, count: count)
        return 0
      }
      settings.on_message_complete = { _ in 1 }
      bytes.withUnsafeBytes {
        _ = http_parser_execute(
          &parser, &settings, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
      guard http_errno(rawValue: parser.http_errno) == HPE_CB_message_complete else { return nil }
      return "body " + String(decoding: body.bytes, as: UTF8.self)
    }

    @Test func readsTheSameInPiecesAndAsHTTPParserDoes() {
      var seed = Seed(1)
      var taken = 0
      var agreed = 0
      for _ in 0..<10_000 {
        let bytes = request(&seed)
        let whole = NetFuzz.http1(bytes, step: bytes.count)
        #expect(NetFuzz.http1(bytes, step: 1) == whole)
        #expect(NetFuzz.http1(bytes, step: 7) == whole)
        if whole.hasPrefix("body ") {
          taken += 1
          // http-parser may refuse what we take (it stumbles over names that begin like transfer-encoding);
          // it must not read something else.
          if let theirs = peer(bytes) {
            agreed += 1
            #expect(theirs == whole, "\(String(decoding: bytes, as: UTF8.self))")
          }
        }
      }
      #expect(taken > 1000 && agreed > taken * 99 / 100)
    }
  }
}
