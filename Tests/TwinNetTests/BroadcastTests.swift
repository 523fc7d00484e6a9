import ProofServers
import Testing
import TwinNet
import TwinValues

extension NetTests {
  @Suite struct BroadcastTests {
    private func piece(_ number: UInt64, _ text: String = "") -> Broadcast.Piece {
      Broadcast.Piece(
        after: number - 1, first: number, through: number, bytes: Array("data: \(number)\(text)\n\n".utf8))
    }

    /// Serves a broadcast; a reader that falls behind is told its position and the stream ends.
    private func withBroadcast(
      _ broadcast: Broadcast, loops: Int = 2, limits: NetLimits = .quick,
      _ body: (HTTPServer) async throws -> Void
    ) async throws {
      try await withServer(
        loops: loops, limits: limits,
        handler: { request in
          let position = request.target.queryValue("after").flatMap { UInt64($0) } ?? 0
          return .events(heartbeatMilliseconds: 0) { writer in
            try await writer.comment("hello")
            switch await writer.follow(broadcast, after: position) {
            case .behind(let reached, let wasLive): try await writer.comment("behind \(reached) \(wasLive)")
            case .ended: try await writer.comment("ended")
            case .gone: return
            }
          }
        }, body)
    }

    private func reader(_ server: HTTPServer, after position: Int, buffer: Int32? = nil) -> RawClient {
      let client = RawClient(port: server.port, receiveBufferBytes: buffer)
      client.send("GET /?after=\(position) HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(client.receive(until: { RawClient.end($0, of: ": hello\n\n\r\n") }) != nil)
      return client
    }

    @Test func everyoneHearsEverythingAfterItsPosition() async throws {
      let broadcast = Broadcast()
      broadcast.open(at: 10)
      try await withBroadcast(broadcast) { server in
        let early = (0..<20).map { _ in reader(server, after: 10) }
        for number in UInt64(11)...20 { broadcast.publish(piece(number)) }
        let middle = reader(server, after: 15)
        let ahead = reader(server, after: 22)
        for number in UInt64(21)...30 { broadcast.publish(piece(number)) }
        func rest(_ client: RawClient) -> String? {
          client.receive(until: { RawClient.end($0, of: "data: 30\n\n\r\n") }).map {
            String(decoding: $0, as: UTF8.self)
          }
        }
        func expected(_ numbers: ClosedRange<Int>) -> String {
          numbers.map { "a\r\ndata: \($0)\n\n\r\n" }.joined()
        }
        for client in early { #expect(rest(client)?.hasSuffix(expected(11...30)) == true) }
        #expect(rest(middle)?.hasSuffix(expected(16...30)) == true)
        #expect(rest(ahead)?.hasSuffix(expected(23...30)) == true)
      }
    }

    @Test func whoStandsBeforeWhatIsKeptIsLetGo() async throws {
      let broadcast = Broadcast()
      try await withBroadcast(broadcast) { server in
        let waiting = reader(server, after: 3)
        let fine = reader(server, after: 5)
        broadcast.open(at: 5)
        #expect(waiting.receive(until: { RawClient.end($0, of: ": behind 3 false\n\n\r\n") }) != nil)
        broadcast.publish(piece(6))
        #expect(fine.receive(until: { RawClient.end($0, of: "data: 6\n\n\r\n") }) != nil)
        let text = String(repeating: "x", count: Broadcast.keptBytes / 2)
        for number in UInt64(7)...9 { broadcast.publish(piece(number, text)) }
        let late = reader(server, after: 5)
        #expect(late.receive(until: { RawClient.end($0, of: ": behind 5 false\n\n\r\n") }) != nil)
      }
    }

    /// A position inside a piece can't be served from it.
    @Test func whoStandsInsideAPieceIsLetGo() async throws {
      let broadcast = Broadcast()
      broadcast.open(at: 0)
      try await withBroadcast(broadcast) { server in
        let before = reader(server, after: 4)
        let inside = reader(server, after: 7)
        broadcast.publish(Broadcast.Piece(after: 0, first: 5, through: 9, bytes: Array("data: 5-9\n\n".utf8)))
        #expect(before.receive(until: { RawClient.end($0, of: "data: 5-9\n\n\r\n") }) != nil)
        #expect(inside.receive(until: { RawClient.end($0, of: ": behind 7 ") }) != nil)
      }
    }

    @Test func aSlowReaderHoldsNobodyUp() async throws {
      let broadcast = Broadcast()
      broadcast.open(at: 0)
      try await withBroadcast(broadcast, loops: 1) { server in
        let slow = reader(server, after: 0, buffer: 4096)
        let quick = reader(server, after: 0)
        broadcast.publish(piece(1))
        for client in [slow, quick] {
          #expect(client.receive(until: { RawClient.end($0, of: "data: 1\n\n\r\n") }) != nil)
        }
        let text = String(repeating: "x", count: 20_000)
        let marks = Counter()
        let thread = WorkThread {
          for number in UInt64(2)...400 {
            broadcast.publish(self.piece(number, text))
            let whole = text.utf8.count
            if quick.receive(until: { $0.count >= whole ? whole : nil }) != nil { marks.add(1) }
          }
        }
        thread?.join()
        #expect(marks.value == 399)
        var told: [UInt8] = []
        while let bytes = slow.receive(), !bytes.isEmpty {
          told += bytes
          if RawClient.end(Array(told.suffix(200)), of: "true\n\n\r\n") != nil { break }
        }
        let end = String(decoding: told.suffix(100), as: UTF8.self)
        #expect(end.contains(": behind "))
        #expect(end.contains(" true"))
      }
    }

    @Test func endsForThoseThereAndThoseToCome() async throws {
      let broadcast = Broadcast()
      broadcast.open(at: 0)
      try await withBroadcast(broadcast) { server in
        let one = reader(server, after: 0)
        broadcast.end()
        #expect(one.receive(until: { RawClient.end($0, of: ": ended\n\n\r\n") }) != nil)
        let two = reader(server, after: 0)
        #expect(two.receive(until: { RawClient.end($0, of: ": ended\n\n\r\n") }) != nil)
      }
    }

    @Test func whoLeavesIsForgotten() async throws {
      let broadcast = Broadcast()
      broadcast.open(at: 0)
      try await withBroadcast(broadcast) { server in
        for round in 0..<20 {
          let clients = (0..<5).map { _ in reader(server, after: round) }
          broadcast.publish(piece(UInt64(round + 1)))
          withExtendedLifetime(clients) {}
        }
        #expect(await eventually { server.metrics.openRequests == 0 && server.metrics.openConnections == 0 })
      }
    }

    @Test func idleReadersHearABeat() async throws {
      let broadcast = Broadcast(heartbeatMilliseconds: 20) { Array("id: \($0)\n\n".utf8) }
      broadcast.open(at: 7)
      try await withBroadcast(broadcast) { server in
        let client = reader(server, after: 7)
        #expect(client.receive(until: { RawClient.end($0, of: "id: 7\n\n\r\n") }) != nil)
        broadcast.reach(9)
        #expect(client.receive(until: { RawClient.end($0, of: "id: 9\n\n\r\n") }) != nil)
      }
    }

    @Test func webSocketsHearFramesAsTheyAre() async throws {
      let broadcast = Broadcast()
      broadcast.open(at: 0)
      try await withServer(
        handler: { _ in
          HTTPResponse(
            body: .webSocket(
              WebSocketUpgrade(listens: false) { socket in
                try? await socket.send(.text("ready"))
                _ = await socket.follow(broadcast, after: 0)
              }))
        }
      ) { server in
        let client = RawClient(port: server.port)
        client.send(WebSocketTests.handshake + "\r\n")
        #expect(client.receiveAnswer()?.status == 101)
        #expect(WebSocketTests.readFrame(client)?.payload == Array("ready".utf8))
        for (number, count) in [(UInt64(1), 5), (2, 125), (3, 126), (4, 65_535), (5, 65_536), (6, 200_000)] {
          let text = [UInt8](repeating: 0x61, count: count)
          broadcast.publish(
            Broadcast.Piece(
              after: number - 1, first: number, through: number, bytes: WebSocket.frame(text: text)))
          let frame = WebSocketTests.readFrame(client)
          #expect(frame?.opcode == 0x81)
          #expect(frame?.payload == text)
        }
        // Messages nobody receives don't stop the connection from being read.
        for _ in 0..<100 { client.send(WebSocketTests.frame(1, [0x61])) }
        client.send(WebSocketTests.frame(9, [1]))
        #expect(WebSocketTests.readFrame(client)?.opcode == 0x8a)
        client.send(WebSocketTests.frame(8, [3, 232]))
        #expect(WebSocketTests.readFrame(client)?.opcode == 0x88)
        #expect(await eventually { server.metrics.webSockets == 0 && server.metrics.openRequests == 0 })
      }
    }
  }
}
