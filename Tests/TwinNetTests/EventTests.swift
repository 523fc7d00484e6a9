import ProofServers
import Testing
import TwinNet
import TwinValues

extension NetTests {
  @Suite struct EventTests {
    @Test func encodesEvents() {
      let event = ServerSentEvent("a\nb\r\nc\rd", event: "change\nx", id: "7", retryMilliseconds: 50)
      #expect(
        String(decoding: event.encoded, as: UTF8.self)
          == "id: 7\nevent: changex\nretry: 50\ndata: a\ndata: b\ndata: c\ndata: d\n\n")
      #expect(String(decoding: ServerSentEvent("").encoded, as: UTF8.self) == "data: \n\n")
    }

    @Test func sendsEventsAndHeartbeats() async throws {
      let gate = Gate()
      try await withServer(
        handler: { _ in
          .events(heartbeatMilliseconds: 20) { writer in
            try await writer.send(ServerSentEvent("one", id: "1"))
            await gate.pass()
            try await writer.comment("bye")
          }
        }
      ) { server in
        let client = RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let beats = client.receive(until: { RawClient.end($0, of: ":\n\n\r\n3\r\n:\n\n") })
        let text = try #require(beats.map { String(decoding: $0, as: UTF8.self) })
        #expect(text.contains("content-type: text/event-stream\r\n"))
        #expect(text.contains("id: 1\ndata: one\n\n"))
        gate.open()
        #expect(client.receive(until: { RawClient.end($0, of: ": bye\n\n\r\n0\r\n\r\n") }) != nil)
        client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveAnswer(hasBody: false)?.status == 200)
      }
    }

    @Test func slowReaderMakesTheWriterWaitAndLosesNothing() async throws {
      let written = Counter()
      try await withServer(
        handler: { _ in
          .events { writer in
            let text = String(repeating: "a", count: 1000)
            for index in 0..<20_000 {
              try await writer.send(ServerSentEvent(text, id: "\(index)"))
              written.add(1)
            }
          }
        }
      ) { server in
        let client = RawClient(port: server.port, receiveBufferBytes: 4096)
        client.send("GET / HTTP/1.0\r\n\r\n")
        _ = client.receive(100)
        // The kernel's buffers fill, then the writer waits, well before the end.
        var last = -1
        while written.value != last {
          last = written.value
          try await Task.sleep(nanoseconds: 60_000_000)
        }
        #expect(last < 15_000)
        let all = try #require(client.receiveAll())
        let events = (0..<20_000).reduce(0) { $0 + "id: \($1)\ndata: \n\n".utf8.count + 1000 }
        let end = RawClient.end(Array(all.prefix(1000)), of: "\r\n\r\n") ?? 0
        #expect(abs(all.count - end - events) <= 300)
        #expect(String(decoding: all.suffix(1100), as: UTF8.self).contains("id: 19999\n"))
        #expect(written.value == 20_000)
      }
    }

    @Test func writerHearsThatTheReaderLeft() async throws {
      let ended = Counter()
      try await withServer(
        handler: { _ in
          .events(heartbeatMilliseconds: 0) { writer in
            try await writer.send(ServerSentEvent("x"))
            do {
              while true {
                try await Task.sleep(nanoseconds: 1_000_000_000_000)
                try await writer.send(ServerSentEvent("y"))
              }
            } catch {
              ended.add(1)
            }
          }
        }
      ) { server in
        for _ in 0..<10 {
          let client = RawClient(port: server.port)
          client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
          #expect(client.receive() != nil)
        }
        #expect(await eventually { ended.value == 10 })
        #expect(await eventually { server.metrics.openConnections == 0 && server.metrics.openRequests == 0 })
        #expect(server.metrics.abandonedRequests == 10)
      }
    }

    @Test func writersOnOtherThreadsStayInOrder() async throws {
      try await withServer(
        handler: { _ in
          HTTPResponse(
            body: .stream(length: nil) { writer in
              let elsewhere = Elsewhere()
              for index in 0..<200 { try await elsewhere.write("\(index),", writer) }
            })
        }
      ) { server in
        let client = RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveAnswer()?.body == (0..<200).map { "\($0)," }.joined())
      }
    }
  }
}

/// An actor of its own: it runs on the global pool.
actor Elsewhere {
  func write(_ text: String, _ writer: HTTPBodyWriter) async throws { try await writer.write(text) }
}

/// A number that several threads count up.
final class Counter: @unchecked Sendable {
  // `@unchecked Sendable`: `number` is behind `lock`.
  private let lock = Lock()
  private var number = 0
  var value: Int { lock.withLock { number } }
  func add(_ more: Int) { lock.withLock { number += more } }
}
