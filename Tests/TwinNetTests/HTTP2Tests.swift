import Glibc
import ProofServers
import Testing

@testable import TwinNet

extension NetTests {
  @Suite struct HTTP2Tests {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    static func frame(_ type: UInt8, _ flags: UInt8, _ stream: Int, _ payload: [UInt8]) -> [UInt8] {
      [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255), type, flags]
        + [0, UInt8(stream >> 16), UInt8(stream >> 8 & 255), UInt8(stream & 255)] + payload
    }

    /// GET / for the host x, in static table entries.
    static let head: [UInt8] = [0x82, 0x84, 0x86, 0x41, 1, 120]

    /// All frames until the peer closes.
    static func frames(_ bytes: [UInt8]) -> [(type: UInt8, payload: [UInt8])] {
      var found: [(UInt8, [UInt8])] = []
      var index = 0
      while index + 9 <= bytes.count {
        let count = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
        guard index + 9 + count <= bytes.count else { break }
        found.append((bytes[index + 3], Array(bytes[index + 9..<index + 9 + count])))
        index += 9 + count
      }
      return found
    }

    @Test func answersManyRequestsAtOnce() async throws {
      // Over TLS: Debian's curl breaks down on many requests over HTTP/2 without it, with any server.
      let folder = try TemporaryFolder()
      let files = try PrivateAuthority.prepare(
        directory: folder.path, names: ["localhost"], nowSeconds: time(nil))
      try await withServer(
        tls: TLSConfiguration(certificates: [files.server]),
        handler: { request in
          try? await Task.sleep(nanoseconds: 20_000_000)
          return .text(request.target.raw + "\n")
        }
      ) { server in
        let (output, status) = shell(
          "curl -sS --cacert \(files.authorityPath) --parallel --parallel-max 50 \"https://localhost:\(server.port)/[1-100]\" 2>/dev/null"
        )
        #expect(status == 0, "\(output)")
        #expect(Set(output.split(separator: "\n").filter { $0.hasPrefix("/") }).count == 100)
        #expect(server.metrics.connections <= 3)
      }
    }

    @Test func streamsAndCollects() async throws {
      try await withServer(
        handler: { request in
          HTTPResponse(
            body: .stream(length: nil) { writer in
              for try await piece in request.body { try await writer.write(piece) }
            })
        }
      ) { server in
        let (output, _) = shell(
          "head -c 1000000 /dev/zero | curl -sS --http2-prior-knowledge -T - http://127.0.0.1:\(server.port)/ | cmp - <(head -c 1000000 /dev/zero) && echo same"
        )
        #expect(output == "same\n")
      }
    }

    @Test func slowReaderMakesTheWriterWait() async throws {
      let written = Counter()
      try await withServer(
        handler: { _ in
          .events { writer in
            for _ in 0..<1000 {
              try await writer.send(ServerSentEvent(String(repeating: "a", count: 1000)))
              written.add(1)
            }
          }
        }
      ) { server in
        // The window is 65,535 bytes and is never opened.
        let client = RawClient(port: server.port)
        client.send(
          HTTP2Tests.preface + HTTP2Tests.frame(4, 0, 0, []) + HTTP2Tests.frame(1, 5, 1, HTTP2Tests.head))
        var last = -1
        while written.value != last || last < 60 {
          last = written.value
          try await Task.sleep(nanoseconds: 60_000_000)
        }
        #expect(last < 200)
      }
    }

    @Test func cutsRapidResets() async throws {
      let started = Counter()
      try await withServer(
        handler: { _ in
          started.add(1)
          try? await Task.sleep(nanoseconds: 1_000_000_000_000)
          return .text("")
        }
      ) { server in
        let client = RawClient(port: server.port)
        client.send(HTTP2Tests.preface + HTTP2Tests.frame(4, 0, 0, []))
        var flood: [UInt8] = []
        for index in 0..<20_000 {
          flood += HTTP2Tests.frame(1, 5, 2 * index + 1, HTTP2Tests.head)
          flood += HTTP2Tests.frame(3, 0, 2 * index + 1, [0, 0, 0, 8])
        }
        client.send(flood)
        let answer = try #require(client.receiveAll())
        #expect(answer.isEmpty || HTTP2Tests.frames(answer).contains { $0.type == 7 })
        #expect(server.metrics.floods == 1)
        #expect(started.value < 5000)
        #expect(await eventually { server.metrics.openRequests == 0 })
      }
    }

    @Test(arguments: [
      ("settings", frame(4, 0, 0, [])), ("pings", frame(6, 0, 0, [UInt8](repeating: 0, count: 8))),
      ("priorities", frame(2, 0, 1, [0, 0, 0, 0, 1])),
    ])
    func cutsFloods(_ name: String, _ frame: [UInt8]) async throws {
      try await withServer(handler: echo) { server in
        let client = RawClient(port: server.port)
        client.send(HTTP2Tests.preface + HTTP2Tests.frame(4, 0, 0, []))
        client.send([[UInt8]](repeating: frame, count: 5000).flatMap { $0 })
        _ = try #require(client.receiveAll(), "\(name)")
        #expect(await eventually { server.metrics.openConnections == 0 })
        #expect(server.metrics.floods == 1, "\(name)")
      }
    }

    @Test func cutsEndlessContinuations() async throws {
      try await withServer(handler: echo) { server in
        let client = RawClient(port: server.port)
        client.send(
          HTTP2Tests.preface + HTTP2Tests.frame(4, 0, 0, []) + HTTP2Tests.frame(1, 1, 1, HTTP2Tests.head))
        // A field of one byte each, never an end.
        for _ in 0..<2000 where client.send(HTTP2Tests.frame(9, 0, 1, [0x00, 1, 97, 1, 98])) {}
        #expect(client.receiveAll() != nil)
        #expect(await eventually { server.metrics.openConnections == 0 })
        #expect(server.metrics.requests == 0)
      }
    }

    @Test func refusesHeaderBombsAndOddHeads() async throws {
      try await withServer(handler: echo) { server in
        let address = "http://127.0.0.1:\(server.port)"
        let curl = "curl -s -o /dev/null -w \"%{http_code}\" --http2-prior-knowledge"
        #expect(
          shell("\(curl) -H \"A: $(head -c 40000 /dev/zero | tr \"\\\\0\" a)\" \(address)/").output != "200")
        let many = (0..<101).map { "-H a\($0):b" }.joined(separator: " ")
        #expect(shell("\(curl) \(many) \(address)/").output == "431")
        #expect(shell("\(curl) --path-as-is \(address)/a/../b").output == "400")
        #expect(shell("\(curl) -X CONNECT \(address)/").output != "200")
        #expect(shell("\(curl) -d abc \(address)/").output == "200")
      }
    }

    @Test func survivesAnyBytes() async throws {
      try await withServer(handler: echo) { server in
        var seed = Seed(5)
        for _ in 0..<60 {
          let client = RawClient(port: server.port)
          var bytes = HTTP2Tests.preface + HTTP2Tests.frame(4, 0, 0, [])
          for index in 0..<seed.below(20) {
            var frame = HTTP2Tests.frame(
              UInt8(seed.below(10)), UInt8(seed.below(64)), seed.below(3) == 0 ? 0 : 2 * index + 1,
              seed.below(2) == 0 ? HTTP2Tests.head : seed.bytes(seed.below(40)))
            if seed.below(4) == 0 { frame[seed.below(frame.count)] = UInt8(seed.below(256)) }
            bytes += frame
          }
          client.send(bytes)
          client.endSending()
          #expect(client.receiveAll() != nil)
        }
        #expect(await eventually { server.metrics.openConnections == 0 && server.metrics.openRequests == 0 })
      }
    }
  }
}
