import Glibc
import ProofServers
import Testing
import TwinClients
import TwinValues

/// The client against servers that others wrote: Python's and nginx.
@Suite(.serialized) struct HTTPClientTests {
  private let folder: TemporaryFolder
  private let client: HTTPClient

  init() throws {
    folder = try TemporaryFolder()
    client = try HTTPClient()
  }

  private func echoed(_ answer: HTTPAnswer) throws -> JSONDocument { try JSONDocument(answer.body) }

  @Test func callsAndAnswers() async throws {
    let server = try await Receiver(in: folder)
    for method in ["GET", "POST", "PUT", "DELETE"] {
      let body = method == "GET" ? [] : Array("{\"a\": \"å\"}".utf8)
      let call = HTTPCall(
        method, "\(server.address)/echo?q=1", headers: [HTTPField("X-One", "1"), HTTPField("X-Empty", "")],
        body: body)
      let answer = try await client.send(call)
      let root = try echoed(answer).root
      #expect(answer.status == 200 && answer.header("x-answer") == "spaced" && answer.header("x-empty") == "")
      #expect(root["method"]?.string == method && root["path"]?.string == "/echo?q=1")
      #expect(root["body"]?.string?.unicodeScalars.count == body.count)
      #expect(root["headers"]?["x-one"]?.string == "1" && root["headers"]?["x-empty"]?.string == "")
      #expect(root["headers"]?["user-agent"]?.string == "nuri")
      #expect(root["headers"]?["expect"] == nil && root["headers"]?["content-type"] == nil)
    }
    let typed = try await client.send(
      HTTPCall("POST", "\(server.address)/echo", headers: [HTTPField("content-type", "text/x")]))
    #expect(try echoed(typed).root["headers"]?["content-type"]?.string == "text/x")
    let head = try await client.send(HTTPCall("HEAD", "\(server.address)/echo"))
    #expect(head.status == 200 && head.body.isEmpty && head.header("content-length") != "0")
    #expect(try await client.send(HTTPCall("GET", "\(server.address)/status/503")).status == 503)
  }

  @Test func connectionsAreKept() async throws {
    let server = try await Receiver(in: folder)
    var ports: Set<Int64> = []
    for _ in 0..<5 {
      let answer = try await client.send(HTTPCall("GET", "\(server.address)/echo"))
      ports.insert(try echoed(answer).root["port"]?.int64 ?? 0)
    }
    #expect(ports.count == 1)
  }

  @Test func hundredsAtOnce() async throws {
    let server = try await Receiver(in: folder)
    let client = client
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<400 {
        group.addTask {
          try await client.send(HTTPCall("GET", "\(server.address)/status/\(200 + number % 2)")).status
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 }
    }
    #expect(statuses == 200 * 200 + 200 * 201)
  }

  @Test func tlsIsAlwaysChecked() async throws {
    let certificates = try Certificates(in: folder)
    let server = try await Receiver(in: folder, certificates)
    let call = HTTPCall("GET", "\(server.address)/echo")
    #expect(await code { _ = try await client.send(call) } == .untrusted)
    var trusting = call
    trusting.trust.authorityFile = certificates.authority
    #expect(try await client.send(trusting).status == 200)
    // What one call trusts is nothing to the next, whatever connections are kept.
    #expect(await code { _ = try await client.send(call) } == .untrusted)
    var other = trusting
    other.url = "https://127.0.0.2:\(server.port)/echo"
    let refusal = await code { _ = try await client.send(other) }
    #expect(refusal == .untrusted || refusal == .unreachable)
    trusting.trust.authorityFile = "\(folder.path)/none.pem"
    #expect(await code { _ = try await client.send(trusting) } == .untrusted)
  }

  @Test func http2AndClientCertificates() async throws {
    let certificates = try Certificates(in: folder)
    let port = try Server.freePort()
    let configuration = try folder.write(
      "nginx.conf",
      """
      daemon off; pid \(folder.path)/nginx.pid; error_log stderr; events {}
      http { access_log off; client_body_temp_path \(folder.path)/body; proxy_temp_path \(folder.path)/proxy;
        fastcgi_temp_path \(folder.path)/fast; uwsgi_temp_path \(folder.path)/uwsgi; scgi_temp_path \(folder.path)/scgi;
        server { listen 127.0.0.1:\(port) ssl http2; ssl_certificate \(certificates.certificate);
          ssl_certificate_key \(certificates.key); ssl_client_certificate \(certificates.authority);
          ssl_verify_client optional; return 200 "$server_protocol $ssl_client_verify"; } }
      """)
    let nginx = try Server("nginx", ["-c", configuration])
    defer { nginx.stop() }
    var call = HTTPCall("GET", "https://localhost:\(port)/")
    call.trust.authorityFile = certificates.authority
    var answer: HTTPAnswer?
    for _ in 0..<300 where answer == nil {
      answer = try? await client.send(call)
      if answer == nil { try await Task.sleep(nanoseconds: 10_000_000) }
    }
    #expect(answer.map { String(decoding: $0.body, as: UTF8.self) } == "HTTP/2.0 NONE", "\(nginx.output)")
    call.trust.certificateFile = certificates.clientCertificate
    call.trust.keyFile = certificates.clientKey
    let known = try await client.send(call)
    #expect(String(decoding: known.body, as: UTF8.self) == "HTTP/2.0 SUCCESS")
  }

  @Test func limits() async throws {
    let server = try await Receiver(in: folder)
    var call = HTTPCall("GET", "\(server.address)/big/100000")
    call.limits.answerBytes = 100_000
    #expect(try await client.send(call).body.count == 100_000)
    call.limits.answerBytes = 99_999
    #expect(await code { _ = try await client.send(call) } == .answerTooLarge)
    call.url = "\(server.address)/heads/90"
    #expect(await code { _ = try await client.send(call) } == .answerTooLarge)
    call.url = "\(server.address)/slow/20"
    call.limits.totalMilliseconds = 200
    #expect(await code { _ = try await client.send(call) } == .timedOut)
    let narrow = try HTTPClient(.init(calls: 1))
    let address = server.address
    let first = Task { try await narrow.send(HTTPCall("GET", "\(address)/slow/4")).status }
    while try server.entries().allSatisfy({ $0.path != "/slow/4" }) {
      try await Task.sleep(nanoseconds: 1_000_000)
    }
    #expect(await code { _ = try await narrow.send(HTTPCall("GET", "\(address)/echo")) } == .limitExceeded)
    #expect(try await first.value == 200)
  }

  @Test func redirectsOnlyWhenAsked() async throws {
    let certificates = try Certificates(in: folder)
    let server = try await Receiver(in: folder, certificates)
    var call = HTTPCall("GET", "\(server.address)/redirect")
    call.trust.authorityFile = certificates.authority
    #expect(try await client.send(call).status == 302)
    call.limits.redirects = 2
    let answer = try await client.send(call)
    #expect(answer.status == 200)
    #expect(try echoed(answer).root["path"]?.string == "/echo")
  }

  @Test func whatCantBeCalled() async throws {
    for url in [
      "file:///etc/passwd", "ftp://localhost/", "gopher://localhost/", "localhost", "", "http:// x/",
      "http://a\r\nb/",
      "https://user:secret@localhost/", "HTTP://",
    ] {
      #expect(await code { _ = try await client.send(HTTPCall("GET", url)) } == .invalidCall, "\(url)")
    }
    for call in [
      HTTPCall("get it", "http://localhost/"),
      HTTPCall("GET", "http://localhost/", headers: [HTTPField("a b", "")]),
      HTTPCall("GET", "http://localhost/", headers: [HTTPField("a", "b\r\nc: d")]),
    ] {
      #expect(await code { _ = try await client.send(call) } == .invalidCall)
    }
    let closed = try Server.freePort()
    #expect(
      await code { _ = try await client.send(HTTPCall("GET", "http://127.0.0.1:\(closed)/")) } == .unreachable
    )
    #expect(
      await code { _ = try await client.send(HTTPCall("GET", "http://no-such.invalid/")) } == .unreachable)
  }

  @Test func addressesInsideAreRefused() async throws {
    let server = try await Receiver(in: folder)
    let outside = try HTTPClient(.init(addresses: .outside()))
    for host in ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "127.1", "2130706433", "[::ffff:127.0.0.1]"] {
      let call = HTTPCall("GET", "http://\(host):\(server.port)/echo")
      #expect(await code { _ = try await outside.send(call) } == .addressRefused, "\(host)")
    }
    #expect(try server.entries().isEmpty)
    let allowing = try HTTPClient(.init(addresses: .outside(allowing: ["127.0.0.0/8"])))
    #expect(try await allowing.send(HTTPCall("GET", "http://127.0.0.1:\(server.port)/echo")).status == 200)
  }

  @Test func theEnvironmentsProxyIsIgnored() async throws {
    let server = try await Receiver(in: folder)
    let closed = try Server.freePort()
    setenv("http_proxy", "http://127.0.0.1:\(closed)", 1)
    defer { unsetenv("http_proxy") }
    #expect(try await client.send(HTTPCall("GET", "\(server.address)/echo")).status == 200)
    let proxied = try HTTPClient(.init(proxy: "http://127.0.0.1:\(server.port)"))
    let answer = try await proxied.send(HTTPCall("GET", "http://elsewhere.invalid/echo"))
    #expect(try echoed(answer).root["path"]?.string == "http://elsewhere.invalid/echo")
  }

  @Test func givingUpAndClosing() async throws {
    let server = try await Receiver(in: folder)
    let client = client
    let address = server.address
    let call = Task { await code { _ = try await client.send(HTTPCall("GET", "\(address)/slow/20")) } }
    while try server.entries().isEmpty { try await Task.sleep(nanoseconds: 1_000_000) }
    call.cancel()
    #expect(await call.value == .cancelled)
    let another = Task { await code { _ = try await client.send(HTTPCall("GET", "\(address)/slow/20")) } }
    while try server.entries().count < 2 { try await Task.sleep(nanoseconds: 1_000_000) }
    client.close()
    #expect(await another.value == .cancelled)
    #expect(await code { _ = try await client.send(HTTPCall("GET", "\(address)/echo")) } == .cancelled)
    client.close()
  }
}
