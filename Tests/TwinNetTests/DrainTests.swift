import ProofServers
import Testing
import TwinNet

extension NetTests {
  @Suite struct DrainTests {
    @Test func endsIdleConnectionsAndLetsRequestsFinish() async throws {
      let gate = Gate()
      let server = HTTPServer(configuration: .init(loops: 2, limits: .quick)) { _ in
        await gate.pass()
        return .text("done")
      }
      try server.start()
      let idle = RawClient(port: server.port)
      let busy = RawClient(port: server.port)
      busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await eventually { server.metrics.openRequests == 1 && server.metrics.openConnections == 2 })
      async let forced = server.drain(deadlineMilliseconds: 5000)
      #expect(idle.receive() == [])
      gate.open()
      let answer = try #require(busy.receiveAnswer())
      #expect(answer.body == "done")
      #expect(answer.head.contains("connection: close"))
      #expect(busy.receive() == [])
      #expect(await forced == 0)
      #expect(RawClient(port: server.port).receive() == [])
      #expect(await server.drain(deadlineMilliseconds: 0) == 0)
    }

    @Test func endsEventStreamsCleanly() async throws {
      let server = HTTPServer(configuration: .init(limits: .quick)) { _ in
        .events { writer in
          while true {
            try await writer.send(ServerSentEvent("x"))
            try await Task.sleep(nanoseconds: 5_000_000)
          }
        }
      }
      try server.start()
      let client = RawClient(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = client.receive()
      async let forced = server.drain(deadlineMilliseconds: 5000)
      let text = try #require(client.receiveAllText())
      #expect(text.hasSuffix("0\r\n\r\n"), "\(text.debugDescription)")
      #expect(await forced == 0)
    }

    @Test func cutsWhatDoesNotEndAndCancelsItsHandler() async throws {
      let cancelled = Counter()
      let server = HTTPServer(configuration: .init(limits: .quick)) { _ in
        do { try await Task.sleep(nanoseconds: 1_000_000_000_000) } catch { cancelled.add(1) }
        return .text("late")
      }
      try server.start()
      let client = RawClient(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await eventually { server.metrics.openRequests == 1 })
      #expect(await server.drain(deadlineMilliseconds: 50) == 1)
      #expect(client.receive() == [])
      #expect(await eventually { cancelled.value == 1 && server.metrics.openRequests == 0 })
    }

    @Test func drainsAServerThatNeverStarted() async {
      #expect(await HTTPServer(configuration: .init(), handler: echo).drain(deadlineMilliseconds: 10) == 0)
    }
  }
}
