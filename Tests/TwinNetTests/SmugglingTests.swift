import ProofServers
import Testing
import TwinNet

extension NetTests {
  /// Requests that servers and proxies are known to read in different ways: what we take, and what we refuse.
  @Suite struct SmugglingTests {
    struct Case: Sendable {
      let name: String
      let request: String
      let status: Int

      init(_ name: String, _ request: String, _ status: Int) {
        self.name = name
        self.request = request
        self.status = status
      }
    }

    static let post = "POST / HTTP/1.1\r\nHost: x\r\n"
    static let cases: [Case] = [
      // Taken.
      Case("plain", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200),
      Case("one empty line before", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 200),
      Case("no space after the colon", "GET / HTTP/1.1\r\nHost:x\r\n\r\n", 200),
      Case("tabs around a value", "GET / HTTP/1.1\r\nHost:\t x \t\r\n\r\n", 200),
      Case("empty value", "GET / HTTP/1.1\r\nHost: x\r\nA:\r\n\r\n", 200),
      Case("bytes beyond ASCII in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: \u{fc}\r\n\r\n", 200),
      Case("host with port", "GET / HTTP/1.1\r\nHost: x:8080\r\n\r\n", 200),
      Case("host in IPv6", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 200),
      Case("absolute form", "GET http://x/a HTTP/1.1\r\nHost: X\r\n\r\n", 200),
      Case("absolute form without a path", "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", 200),
      Case("asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 200),
      Case("length", post + "Content-Length: 3\r\n\r\nabc", 200),
      Case("length with zeros", post + "Content-Length: 003\r\n\r\nabc", 200),
      Case("length of nothing", post + "Content-Length: 0\r\n\r\n", 200),
      Case("chunks", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200),
      Case(
        "chunks in capitals", post + "TRANSFER-ENCODING: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", 200),
      Case(
        "chunk with extension", post + "Transfer-Encoding: chunked\r\n\r\n3;a=\"b\"\r\nabc\r\n0\r\n\r\n", 200),
      Case(
        "chunk size with zeros", post + "Transfer-Encoding: chunked\r\n\r\n0003\r\nabc\r\n000\r\n\r\n", 200),
      Case("trailers", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n", 200),
      Case("HTTP/1.0 without host", "GET / HTTP/1.0\r\n\r\n", 200),
      Case("encoded slash and semicolon", "GET /a%2Fb;c HTTP/1.1\r\nHost: x\r\n\r\n", 200),
      // Framing.
      Case(
        "length and chunks", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
      Case(
        "chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
      Case("two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
      Case("one length twice", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
      Case("list of lengths", post + "Content-Length: 3, 3\r\n\r\nabc", 400),
      Case("length with sign", post + "Content-Length: +3\r\n\r\nabc", 400),
      Case("negative length", post + "Content-Length: -3\r\n\r\nabc", 400),
      Case("length in hexadecimal", post + "Content-Length: 0x3\r\n\r\nabc", 400),
      Case("length with a space inside", post + "Content-Length: 1 1\r\n\r\nabc", 400),
      Case("empty length", post + "Content-Length:\r\n\r\n", 400),
      Case("length past 64 bits", post + "Content-Length: 18446744073709551619\r\n\r\nabc", 400),
      Case("unknown transfer coding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
      Case("two transfer codings", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
      Case(
        "chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400
      ),
      Case("chunked and identity", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
      Case("vertical tab before chunked", post + "Transfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n", 400),
      Case(
        "chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400
      ),
      // Fields.
      Case("space before the colon", post + "Content-Length : 3\r\n\r\nabc", 400),
      Case("tab before the colon", post + "Content-Length\t: 3\r\n\r\nabc", 400),
      Case("folded value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400),
      Case("folded with a tab", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n", 400),
      Case("space before the first field", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400),
      Case("no colon", "GET / HTTP/1.1\r\nHost: x\r\nabc\r\n\r\n", 400),
      Case("no name", "GET / HTTP/1.1\r\nHost: x\r\n: v\r\n\r\n", 400),
      Case("name that is no token", "GET / HTTP/1.1\r\nHost: x\r\nA(b): c\r\n\r\n", 400),
      Case("NUL in a name", "GET / HTTP/1.1\r\nHost: x\r\nA\0: c\r\n\r\n", 400),
      Case("NUL in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400),
      Case("bare return in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n", 400),
      // Line ends.
      Case("bare line feeds", "GET / HTTP/1.1\nHost: x\n\n", 400),
      Case("one bare line feed", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400),
      Case("bare line feed at the end", "GET / HTTP/1.1\r\nHost: x\r\n\n", 400),
      Case("two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      // Host.
      Case("no host", "GET / HTTP/1.1\r\n\r\n", 400),
      Case("two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
      Case("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
      Case("host with user", "GET / HTTP/1.1\r\nHost: a@x\r\n\r\n", 400),
      Case("host with path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400),
      Case("list of hosts", "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n", 400),
      Case("host with odd port", "GET / HTTP/1.1\r\nHost: x:80a\r\n\r\n", 400),
      Case("host with open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
      Case("absolute form of another host", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("absolute form with user", "GET http://u@x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("absolute form of another scheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("authority form", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", 501),
      // Request line.
      Case("two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("tab as space", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("space at the end", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
      Case("space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("no version", "GET /\r\nHost: x\r\n\r\n", 400),
      Case("HTTP/0.9", "GET /\r\n\r\n", 400),
      Case("odd version", "GET / HTTP/1.1.1\r\nHost: x\r\n\r\n", 400),
      Case("small letters in the version", "GET / http/1.1\r\nHost: x\r\n\r\n", 400),
      Case("later version", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505),
      Case("HTTP/2 in text", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
      Case("method that is no token", "G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("unknown method", "FROB / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
      Case("asterisk for GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      // Target.
      Case("no slash", "GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("dot segment", "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("encoded dot segment", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("broken escape", "GET /%2 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("encoded NUL", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("broken UTF-8", "GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("overlong UTF-8", "GET /%c0%af HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("byte beyond ASCII", "GET /\u{fc} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      Case("backslash", "GET /a\\b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
      // Chunks.
      Case("chunk size with prefix", post + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400),
      Case("chunk size with sign", post + "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n", 400),
      Case("chunk size with space", post + "Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n", 400),
      Case(
        "space before a chunk size", post + "Transfer-Encoding: chunked\r\n\r\n 3\r\nabc\r\n0\r\n\r\n", 400),
      Case("empty chunk size", post + "Transfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n", 400),
      Case(
        "chunk size past 60 bits",
        post + "Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n", 400),
      Case(
        "bare line feed after a size", post + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400),
      Case(
        "bare line feed in an extension", post + "Transfer-Encoding: chunked\r\n\r\n3;a\nabc\r\n0\r\n\r\n",
        400),
      Case("bare return after a size", post + "Transfer-Encoding: chunked\r\n\r\n3\rabc\r\n0\r\n\r\n", 400),
      Case(
        "chunk longer than its size", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400),
      Case(
        "bare line feed after a chunk", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n", 400),
      Case("bare line feed after trailers", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\n\r\n", 400),
      Case("space in a trailer's name", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nA : b\r\n\r\n", 400),
      // Expectations.
      Case("unknown expectation", post + "Expect: 200-maybe\r\n\r\n", 417),
    ]

    @Test func readsInOneWayOrNot() async throws {
      try await withServer(handler: echo) { server in
        for example in SmugglingTests.cases {
          try check(example, server)
          // A GET with a framed body is read as closely as a POST.
          guard example.request.hasPrefix("POST ") else { continue }
          let asGet = "GET " + example.request.dropFirst(5)
          try check(Case(example.name + ", GET", asGet, example.status), server)
        }
      }
    }

    private func check(_ example: Case, _ server: HTTPServer) throws {
      let client = RawClient(port: server.port)
      client.send(example.request)
      // Whoever is taken gets a second answer on the same connection; whoever is refused gets nothing more.
      client.send("GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      let all = try #require(client.receiveAllText())
      let answers = all.components(of: "HTTP/1.1 ")
      #expect(answers.first.flatMap { Int($0.prefix(3)) } == example.status, "\(example.name)")
      let expected = example.status == 200 && !example.request.contains("HTTP/1.0") ? 2 : 1
      #expect(answers.count == expected, "\(example.name): \(all)")
      if expected == 2 { #expect(all.contains("GET /second x ")) }
    }
  }
}

extension String {
  /// The parts that follow each occurrence of `mark`.
  func components(of mark: String) -> [String] {
    let bytes = Array(utf8)
    let mark = Array(mark.utf8)
    var parts: [[UInt8]] = []
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: mark) {
        parts.append([])
        index += mark.count
      } else {
        if !parts.isEmpty { parts[parts.count - 1].append(bytes[index]) }
        index += 1
      }
    }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }
}
