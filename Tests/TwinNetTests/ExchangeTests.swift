import ProofServers
import Testing
import TwinNet
import TwinValues

extension NetTests {
  @Suite struct ExchangeTests {
    @Test func answersOneRequest() async throws {
      try await withServer(handler: echo) { server in
        let client = RawClient(port: server.port)
        client.send("GET /a/b?c=d HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try #require(client.receiveAnswer())
        #expect(answer.status == 200)
        #expect(answer.body == "GET /a/b?c=d x ")
        #expect(answer.head.contains("\r\ncontent-type: text/plain; charset=utf-8\r\n"))
        #expect(answer.head.contains("\r\ndate: "))
        #expect(!answer.head.contains("connection:"))
      }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
      try await withServer(
        handler: { request in
          // The earlier a request, the longer its handler takes.
          let wait = UInt64(request.target.queryValue("wait") ?? "") ?? 0
          if wait > 0 { try? await Task.sleep(nanoseconds: wait * 1_000_000) }
          return .text(request.target.segments.joined())
        }
      ) { server in
        let client = RawClient(port: server.port)
        var sent = ""
        for index in 0..<20 {
          sent += "GET /\(index)?wait=\(index % 3 == 0 ? 5 : 0) HTTP/1.1\r\nHost: x\r\n\r\n"
        }
        client.send(sent)
        for index in 0..<20 { #expect(client.receiveAnswer()?.body == "\(index)") }
      }
    }

    @Test func readsARequestSentByteByByte() async throws {
      try await withServer(handler: echo) { server in
        let client = RawClient(port: server.port)
        let text =
          "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n"
        for _ in 0..<2 {
          for byte in text.utf8 { client.send([byte]) }
          #expect(client.receiveAnswer()?.body == "POST /x h abcde")
        }
      }
    }

    @Test func answersHeadWithoutABody() async throws {
      try await withServer(handler: { _ in .text("four") }) { server in
        let client = RawClient(port: server.port)
        client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try #require(client.receiveAnswer(hasBody: false))
        #expect(head.head.contains("content-length: 4"))
        #expect(client.receiveAnswer()?.body == "four")
      }
    }

    @Test(arguments: [
      ("GET / HTTP/1.0\r\n\r\n", "close"), ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive"),
      ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "close"),
    ])
    func keepsOrClosesAsAsked(_ request: String, _ connection: String) async throws {
      try await withServer(handler: { _ in .text("ok") }) { server in
        let client = RawClient(port: server.port)
        client.send(request)
        let answer = try #require(client.receiveAnswer())
        #expect(answer.body == "ok")
        #expect(answer.head.contains("connection: \(connection)"))
        if connection == "close" { #expect(client.receive() == []) }
      }
    }

    @Test func streamsWithChunksAndToOldClientsWithout() async throws {
      try await withServer(
        handler: { _ in
          HTTPResponse(
            body: .stream(length: nil) { writer in
              for index in 0..<3 { try await writer.write("piece \(index)\n") }
            })
        }
      ) { server in
        let client = RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveAnswer()?.body == "piece 0\npiece 1\npiece 2\n")
        client.send("GET / HTTP/1.0\r\n\r\n")
        #expect(client.receiveAnswer()?.body == "piece 0\npiece 1\npiece 2\n")
      }
    }

    @Test func cutsAStreamThatIsNotWhatItPromised() async throws {
      try await withServer(
        handler: { request in
          let count = request.target.raw == "/short" ? 5 : 15
          return HTTPResponse(
            body: .stream(length: 10) { try await $0.write([UInt8](repeating: 97, count: count)) })
        }
      ) { server in
        for path in ["/short", "/long"] {
          let client = RawClient(port: server.port)
          client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
          let all = try #require(client.receiveAllText())
          #expect(all.contains("content-length: 10"))
          #expect((RawClient.end(Array(all.utf8), of: "\r\n\r\n").map { all.utf8.count - $0 } ?? 99) < 10)
        }
      }
    }

    @Test func saysContinueOnlyWhenTheBodyIsWanted() async throws {
      try await withServer(
        handler: { request in request.target.raw == "/no" ? .text("no", status: 403) : await echo(request) }
      ) { server in
        let head = "HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
        let client = RawClient(port: server.port)
        client.send("PUT /yes " + head)
        #expect(client.receiveAnswer()?.status == 100)
        client.send("body")
        #expect(client.receiveAnswer()?.body == "PUT /yes x body")
        client.send("PUT /no " + head)
        let answer = try #require(client.receiveAnswer())
        #expect(answer.status == 403)
        #expect(answer.head.contains("connection: close"))
        #expect(client.receive() == [])
      }
    }

    @Test func handlerCannotSmuggleHeaders() async throws {
      try await withServer(
        handler: { _ in
          HTTPResponse(
            headers: [
              "x-a": "1\r\nset-cookie: evil", "bad name": "x", "content-length": "7",
              "transfer-encoding": "chunked",
              "connection": "upgrade",
            ], body: .bytes(Array("ok".utf8)))
        }
      ) { server in
        let client = RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try #require(client.receiveAnswer())
        #expect(answer.body == "ok")
        #expect(answer.head.contains("x-a: 1  set-cookie: evil\r\n"))
        #expect(!answer.head.contains("bad name"))
        #expect(!answer.head.contains("chunked"))
        #expect(!answer.head.contains("upgrade"))
      }
    }

    @Test func tellsTheHandlerWhoAsks() async throws {
      try await withServer(
        handler: { request in
          .text("\(request.id) \(request.trace?.traceId ?? "-") \(request.peer.host) \(request.isSecure)")
        }
      ) { server in
        let client = RawClient(port: server.port)
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        client.send(
          "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: abc-1\r\ntraceparent: 00-\(trace)-00f067aa0ba902b7-01\r\n\r\n"
        )
        #expect(client.receiveAnswer()?.body == "abc-1 \(trace) 127.0.0.1 false")
        client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: a b\r\ntraceparent: 00-0-0-01\r\n\r\n")
        #expect(client.receiveAnswer()?.body == "0000000000000002 - 127.0.0.1 false")
      }
    }

    @Test func countsWhatItDoes() async throws {
      try await withServer(handler: { _ in .text("ok") }) { server in
        let client = RawClient(port: server.port)
        for _ in 0..<5 {
          client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
          _ = client.receiveAnswer()
        }
        client.send("GET / HTTP/1.1\r\n\r\n")
        #expect(client.receiveAnswer()?.status == 400)
        let metrics = server.metrics
        #expect(metrics.connections == 1)
        #expect(metrics.answersByClass == [0, 0, 5, 0, 1, 0])
        #expect(metrics.requests == 6)
        #expect(metrics.refusedRequests == 1)
        #expect(metrics.bytesIn == 5 * 27 + 18)
        #expect(metrics.bytesOut > 500)
      }
    }

    @Test func servesOnSeveralLoops() async throws {
      try await withServer(loops: 3, handler: echo) { server in
        for index in 0..<30 {
          let client = RawClient(port: server.port)
          client.send("GET /\(index) HTTP/1.1\r\nHost: x\r\n\r\n")
          #expect(client.receiveAnswer()?.body == "GET /\(index) x ")
        }
        #expect(server.metrics.connections == 30)
      }
    }

    @Test func refusesAPortThatIsTaken() async throws {
      try await withServer(handler: echo) { server in
        let second = HTTPServer(configuration: .init(port: server.port), handler: echo)
        #expect(throws: NuriError.self) { try second.start() }
        await second.drain(deadlineMilliseconds: 0)
      }
      let nowhere = HTTPServer(configuration: .init(address: "localhost"), handler: echo)
      #expect(throws: NuriError.self) { try nowhere.start() }
    }
  }
}
