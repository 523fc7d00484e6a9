import ProofServers
import Testing
import TwinNet
import TwinValues

extension NetTests {
  /// Every limit by name, and what a client sees of it.
  @Suite struct LimitTests {
    func limits(_ change: (inout NetLimits) -> Void) -> NetLimits {
      var limits = NetLimits.quick
      change(&limits)
      return limits
    }

    @Test func headBytes() async throws {
      try await withServer(limits: limits { $0.headBytes = 1000 }, handler: echo) { server in
        for (count, status) in [(900, 200), (1100, 431)] {
          let client = RawClient(port: server.port)
          client.send("GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: count))\r\n\r\n")
          #expect(client.receiveAnswer()?.status == status)
        }
        let endless = RawClient(port: server.port)
        endless.send("GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: 2000))")
        #expect(endless.receiveAnswer()?.status == 431)
      }
    }

    @Test func targetBytesAndHeaderFields() async throws {
      let limits = limits {
        $0.targetBytes = 100
        $0.headerFields = 5
      }
      try await withServer(limits: limits, handler: echo) { server in
        let client = RawClient(port: server.port)
        client.send("GET /\(String(repeating: "a", count: 100)) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveAnswer()?.status == 414)
        for (count, status) in [(4, 200), (5, 431)] {
          let client = RawClient(port: server.port)
          client.send("GET / HTTP/1.1\r\nHost: x\r\n\(String(repeating: "A: b\r\n", count: count))\r\n")
          #expect(client.receiveAnswer()?.status == status)
        }
      }
    }

    @Test func bodyBytes() async throws {
      try await withServer(limits: limits { $0.bodyBytes = 1000 }, handler: echo) { server in
        let announced = RawClient(port: server.port)
        announced.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
        #expect(announced.receiveAnswer()?.status == 413)
        #expect(announced.receive() == [])
        let chunked = RawClient(port: server.port)
        chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<3 { chunked.send("200\r\n\(String(repeating: "a", count: 512))\r\n") }
        let answer = try #require(chunked.receiveAnswer())
        #expect(answer.status == 413)
        #expect(answer.body.contains("bodyBytes"))
        #expect(chunked.receive() == [])
      }
    }

    @Test func chunkLineBytes() async throws {
      try await withServer(handler: echo) { server in
        let client = RawClient(port: server.port)
        client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;\(String(repeating: "a", count: 300))"
        )
        #expect(client.receiveAnswer()?.status == 400)
      }
    }

    @Test func connectionsAndConnectionsPerPeer() async throws {
      for isPerPeer in [false, true] {
        let limits = limits { if isPerPeer { $0.connectionsPerPeer = 2 } else { $0.connections = 2 } }
        try await withServer(limits: limits, handler: echo) { server in
          var clients = [RawClient(port: server.port), RawClient(port: server.port)]
          #expect(await eventually { server.metrics.openConnections == 2 })
          #expect(RawClient(port: server.port).receive() == [])
          #expect(server.metrics.refusedConnections == 1)
          clients.removeAll()
          #expect(await eventually { server.metrics.openConnections == 0 })
          let client = RawClient(port: server.port)
          client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
          #expect(client.receiveAnswer()?.status == 200)
        }
      }
    }

    @Test func headerMillisecondsIsNotStretchedBySlowSending() async throws {
      try await withServer(limits: limits { $0.headerMilliseconds = 150 }, handler: echo) { server in
        let client = RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n")
        for _ in 0..<40 {
          client.send("A: b\r\n")
          try await Task.sleep(nanoseconds: 10_000_000)
        }
        #expect(client.receiveAllText()?.hasPrefix("HTTP/1.1 408 ") == true)
        #expect(server.metrics.headerTimeouts == 1)
      }
    }

    @Test func bodyMillisecondsEndsASlowBody() async throws {
      let limits = limits {
        $0.bodyMilliseconds = 100
        $0.bodyBytesPerSecond = 1000
      }
      try await withServer(limits: limits, handler: echo) { server in
        let slow = RawClient(port: server.port)
        slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        for _ in 0..<30 {
          slow.send("a")
          try await Task.sleep(nanoseconds: 10_000_000)
        }
        #expect(slow.receiveAllText()?.hasPrefix("HTTP/1.1 408 ") == true)
        #expect(server.metrics.bodyTimeouts == 1)
      }
    }

    @Test func idleMilliseconds() async throws {
      try await withServer(limits: limits { $0.idleMilliseconds = 100 }, handler: echo) { server in
        let silent = RawClient(port: server.port)
        let client = RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveAnswer()?.status == 200)
        #expect(client.receive() == [])
        #expect(silent.receive() == [])
      }
    }

    @Test func writeMillisecondsCutsAReaderThatDoesNotRead() async throws {
      let limits = limits { $0.writeMilliseconds = 150 }
      try await withServer(
        limits: limits, compresses: false,
        handler: { _ in .bytes([UInt8](repeating: 97, count: 32 << 20), type: "text/plain") }
      ) { server in
        let client = RawClient(port: server.port, receiveBufferBytes: 4096)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await eventually { server.metrics.writeTimeouts == 1 })
        #expect(await eventually { server.metrics.openConnections == 0 })
        withExtendedLifetime(client) {}
      }
    }

    @Test func requestsPerConnection() async throws {
      try await withServer(limits: limits { $0.requestsPerConnection = 2 }, handler: echo) { server in
        let client = RawClient(port: server.port)
        client.send(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 3))
        let all = try #require(client.receiveAllText())
        #expect(all.components(of: "HTTP/1.1 200 OK").count == 2)
        #expect(all.contains("connection: close"))
      }
    }

    @Test func pipelineBytesMakesTheSenderWait() async throws {
      let gate = Gate()
      try await withServer(
        limits: limits { $0.pipelineBytes = 10_000 },
        handler: { _ in
          await gate.pass()
          return .text("ok")
        }
      ) { server in
        let client = RawClient(port: server.port, timeoutMilliseconds: 400)
        let request = "GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: 1000))\r\n\r\n"
        client.send(request)
        #expect(await eventually { server.metrics.openRequests == 1 })
        // The kernel's buffers take some megabytes; the server itself must not take the rest.
        #expect(!client.send(String(repeating: request, count: 20_000)))
        #expect(server.metrics.bytesIn < 200_000)
        gate.open()
        #expect(client.receiveAnswer()?.status == 200)
      }
    }

    @Test func bodyBufferBytesMakesTheSenderWait() async throws {
      let gate = Gate()
      try await withServer(
        handler: { request in
          await gate.pass()
          var count = 0
          do { for try await piece in request.body { count += piece.count } } catch {
            return .refusing(error)
          }
          return .text("\(count)")
        }
      ) { server in
        let client = RawClient(port: server.port, timeoutMilliseconds: 400)
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n")
        var sent = 0
        let piece = [UInt8](repeating: 97, count: 1_000_000)
        while sent < 30, client.send(piece) { sent += 1 }
        #expect(sent < 30)
        #expect(server.metrics.bytesIn < 400_000)
        gate.open()
      }
    }
  }
}

/// Lets handlers wait until a test opens it.
final class Gate: @unchecked Sendable {
  // `@unchecked Sendable`: all state is behind `lock`.
  private let lock = Lock()
  private var isOpen = false
  private var waiting: [UnsafeContinuation<Void, Never>] = []

  func pass() async {
    await withUnsafeContinuation { continuation in
      let isReady = lock.withLock {
        if !isOpen { waiting.append(continuation) }
        return isOpen
      }
      if isReady { continuation.resume() }
    }
  }

  func open() {
    let resumed = lock.withLock {
      isOpen = true
      defer { waiting = [] }
      return waiting
    }
    for continuation in resumed { continuation.resume() }
  }
}
