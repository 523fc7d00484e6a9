import ProofServers
import Testing

@testable import TwinNet

extension NetTests {
  @Suite struct WebSocketTests {
    static let handshake =
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    /// A frame as a client sends it.
    static func frame(
      _ opcode: UInt8, _ payload: [UInt8], isLast: Bool = true, isMasked: Bool = true, reserved: UInt8 = 0
    ) -> [UInt8] {
      var out: [UInt8] = [(isLast ? 0x80 : 0) | reserved | opcode]
      let mark: UInt8 = isMasked ? 0x80 : 0
      if payload.count < 126 {
        out.append(mark | UInt8(payload.count))
      } else if payload.count < 65536 {
        out += [mark | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
      } else {
        out.append(mark | 127)
        for shift in stride(from: 56, through: 0, by: -8) { out.append(UInt8(payload.count >> shift & 255)) }
      }
      if !isMasked { return out + payload }
      let mask: [UInt8] = [1, 2, 3, 4]
      return out + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    /// A frame as a server sends it.
    static func readFrame(_ client: RawClient) -> (opcode: UInt8, payload: [UInt8])? {
      guard let head = client.receiveExactly(2) else { return nil }
      var count = Int(head[1] & 127)
      if count == 126, let more = client.receiveExactly(2) { count = Int(more[0]) << 8 | Int(more[1]) }
      if count == 127, let more = client.receiveExactly(8) { count = more.reduce(0) { $0 << 8 | Int($1) } }
      guard head[1] & 128 == 0, let payload = client.receiveExactly(count) else { return nil }
      return (head[0], payload)
    }

    func withEcho(
      limits: NetLimits = .quick, _ body: (HTTPServer, RawClient) async throws -> Void
    ) async throws {
      try await withServer(
        limits: limits,
        handler: { _ in
          HTTPResponse(
            body: .webSocket(
              WebSocketUpgrade(protocols: ["b", "a"]) { socket in
                while let message = await socket.receive() {
                  do { try await socket.send(message) } catch { return }
                }
              }))
        }
      ) { server in
        let client = RawClient(port: server.port)
        client.send(WebSocketTests.handshake + "Sec-WebSocket-Protocol: a, b\r\n\r\n")
        let answer = try #require(client.receiveAnswer())
        #expect(answer.status == 101)
        #expect(answer.head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        #expect(answer.head.contains("sec-websocket-protocol: b\r\n"))
        try await body(server, client)
      }
    }

    @Test func echoesMessagesOfEverySize() async throws {
      try await withEcho { _, client in
        for count in [0, 1, 125, 126, 65535, 65536, 900_000] {
          let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
          client.send(WebSocketTests.frame(2, payload))
          let frame = try #require(WebSocketTests.readFrame(client))
          #expect(frame.opcode == 0x82)
          #expect(frame.payload == payload)
        }
      }
    }

    @Test func joinsFragmentsWithPingsBetween() async throws {
      try await withEcho { _, client in
        client.send(WebSocketTests.frame(1, Array("He".utf8), isLast: false))
        client.send(WebSocketTests.frame(9, Array("p".utf8)))
        client.send(
          WebSocketTests.frame(0, Array("ll".utf8), isLast: false) + WebSocketTests.frame(0, Array("o".utf8)))
        let pong = try #require(WebSocketTests.readFrame(client))
        #expect(pong.opcode == 0x8a && pong.payload == Array("p".utf8))
        let text = try #require(WebSocketTests.readFrame(client))
        #expect(text.opcode == 0x81 && text.payload == Array("Hello".utf8))
      }
    }

    @Test(arguments: [
      ("not masked", frame(1, [97], isMasked: false), 1002),
      ("reserved bit", frame(1, [97], reserved: 0x40), 1002),
      ("unknown opcode", frame(3, [97]), 1002), ("fragmented ping", frame(9, [97], isLast: false), 1002),
      ("long ping", frame(9, [UInt8](repeating: 97, count: 126)), 1002),
      ("continuation of nothing", frame(0, [97]), 1002),
      ("text within text", frame(1, [97], isLast: false) + frame(1, [98]), 1002),
      ("broken UTF-8", frame(1, [0xc3, 0x28]), 1007), ("close with one byte", frame(8, [3]), 1002),
      ("close with a forbidden code", frame(8, [3, 237]), 1002),
      ("too long", [0x82, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0, 1, 2, 3, 4, 97], 1009),
      ("orderly", frame(8, [3, 232, 98, 121, 101]), 1000),
    ])
    func closesWithTheRightCode(_ name: String, _ bytes: [UInt8], _ code: Int) async throws {
      try await withEcho { server, client in
        client.send(bytes)
        let close = try #require(WebSocketTests.readFrame(client), "\(name)")
        #expect(close.opcode == 0x88, "\(name)")
        // wslay closes without a code on a frame it can't even take apart.
        let isBare = close.payload.isEmpty && code == 1002
        #expect(isBare || close.payload.prefix(2) == [UInt8(code >> 8), UInt8(code & 255)], "\(name)")
        #expect(client.receive() == [], "\(name)")
        #expect(await eventually { server.metrics.webSockets == 0 && server.metrics.openRequests == 0 })
      }
    }

    @Test func refusesOtherHandshakes() async throws {
      try await withServer(handler: { _ in HTTPResponse(body: .webSocket(WebSocketUpgrade { _ in })) }) {
        server in
        for (from, to, status) in [
          ("Upgrade: websocket", "Upgrade: other", 426), ("Version: 13", "Version: 12", 426),
          ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ", 400), ("GET", "POST", 400),
          ("HTTP/1.1\r\n", "HTTP/1.0\r\n", 400),
        ] {
          let parts = Array(WebSocketTests.handshake.utf8)
          let end = try #require(RawClient.end(parts, of: from))
          let changed = parts[..<(end - from.utf8.count)] + Array(to.utf8) + parts[end...]
          let client = RawClient(port: server.port)
          client.send(Array(changed) + Array("\r\n".utf8))
          #expect(client.receiveAnswer()?.status == status, "\(to)")
        }
      }
    }

    @Test func pingsSilentPeersAndGivesThemUp() async throws {
      var limits = NetLimits()
      limits.pingMilliseconds = 60
      try await withEcho(limits: limits) { server, client in
        #expect(WebSocketTests.readFrame(client)?.opcode == 0x89)
        client.send(WebSocketTests.frame(10, []))
        #expect(WebSocketTests.readFrame(client)?.opcode == 0x89)
        #expect(client.receive() == [])
        #expect(server.metrics.idleTimeouts == 1)
      }
    }

    @Test func drainSaysGoingAway() async throws {
      let server = HTTPServer(configuration: .init(limits: .quick)) { _ in
        HTTPResponse(body: .webSocket(WebSocketUpgrade { socket in _ = await socket.receive() }))
      }
      try server.start()
      let client = RawClient(port: server.port)
      client.send(WebSocketTests.handshake + "\r\n")
      #expect(client.receiveAnswer()?.status == 101)
      async let forced = server.drain(deadlineMilliseconds: 5000)
      #expect(WebSocketTests.readFrame(client)?.payload.prefix(2) == [3, 233])
      client.send(WebSocketTests.frame(8, [3, 233]))
      #expect(await forced == 0)
    }

    @Test func survivesAnyBytes() throws {
      var seed = Seed(11)
      for _ in 0..<2000 {
        let codec = try #require(WebSocketCodec(messageBytes: 1000))
        var bytes = seed.bytes(seed.below(60))
        if seed.below(2) == 0 {
          bytes = WebSocketTests.frame(UInt8(seed.below(16)), bytes, isLast: seed.below(3) > 0) + bytes
        }
        bytes.withUnsafeBytes { _ = codec.receive($0) }
        #expect(codec.output.count < 4096)
      }
    }
  }
}

/// Numbers from a seed.
struct Seed {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
