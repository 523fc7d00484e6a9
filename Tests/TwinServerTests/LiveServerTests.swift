import Foundation
import Glibc
import ProofServers
import Testing
import TwinValues

@testable import TwinServer

/// Against the built program, over sockets.
@Suite("nuri serve", .serialized)
struct LiveServerTests {
  private let twin = "/digitaltwins/a?\(House.version)"
  private let json = ["-H", "content-type: application/json"]

  @Test("It serves over TLS with its own authority, over HTTP/1.1 and HTTP/2, and ends well")
  func encrypted() throws {
    let server = try LiveServer("--tls", "--tls-name", "twins.example")
    server.furnish()
    for version in ["--http1.1", "--http2"] {
      let reply = server.curl(twin, version, "-i")
      #expect(reply.status == 200 && reply.body.contains("strict-transport-security"), "\(reply)")
    }
    #expect(server.curl(twin, "--tls-max", "1.1").status == 0)
    #expect(server.curl(twin, "-H", "Authorization: Bearer nuri_x").status == 401)
    let named = server.curl(
      "", "--resolve", "twins.example:\(server.port):127.0.0.1", "https://twins.example:\(server.port)\(twin)"
    )
    #expect(named.status == 200 || named.body.contains("\"n\":1"), "\(named)")
    #expect(server.stop() == 0)
    #expect(!server.log.contains(server.key) && server.log.contains("\"event\":\"stopped\""))
  }

  @Test("The first key is shown once, and is still good after a restart")
  func restart() throws {
    let first = try LiveServer()
    first.furnish()
    #expect(first.stop() == 0)
    let second = try LiveServer(in: first.folder)
    #expect(second.key.isEmpty)
    #expect(second.stop() == 0)
    let third = try LiveServer(in: first.folder, key: first.key)
    #expect(third.curl(twin).status == 200)
    #expect(third.stop() == 0)
  }

  @Test("Certificates are read anew on SIGHUP, without a restart")
  func certificates() throws {
    let server = try LiveServer("--tls")
    func serial() -> String {
      let answer = server.curl("/health", "-v", "-k", "--no-keepalive")
      return answer.body.split(separator: "\n").first { $0.contains("start date") }.map { String($0) } ?? ""
    }
    let before = serial()
    #expect(!before.isEmpty)
    let tls = server.folder.path + "/data/tls"
    try FileManager.default.removeItem(atPath: tls + "/server.pem")
    server.signal(SIGHUP)
    for _ in 0..<50 where !FileManager.default.fileExists(atPath: tls + "/server.pem") { usleep(100_000) }
    for _ in 0..<50 where !server.log.contains("certificates.reloaded") { usleep(100_000) }
    #expect(server.log.contains("certificates.reloaded"), "\(server.log)")
    #expect(server.curl("/health").status == 200)
    #expect(server.stop() == 0)
  }

  @Test("What is no HTTP, too large, too slow or half open is refused, and others are served meanwhile")
  func badInput() throws {
    let server = try LiveServer(
      "--set", "limits.headerMilliseconds=500", "--set", "limits.bodyMilliseconds=500", "--set",
      "limits.bodyBytesPerSecond=1000000")
    server.furnish()
    let cases: [(String, String, ClosedRange<Int>)] = [
      ("two lengths", server.head("POST", "/query", "content-length: 1", "content-length: 2"), 400...400),
      (
        "length and chunks", server.head("POST", "/query", "content-length: 1", "transfer-encoding: chunked"),
        400...400
      ),
      ("bare line feed", "GET /health HTTP/1.1\nhost: a\n\n", 400...400),
      ("dot segments", server.head("GET", "/digitaltwins/../models"), 400...400),
      ("encoded dots", server.head("GET", "/digitaltwins/%2e%2e/models"), 400...400),
      ("a zero", server.head("GET", "/digitaltwins/a%00?\(House.version)"), 400...400),
      ("an unknown method", server.head("BREW", twin), 400...501),
      ("large fields", server.head("GET", twin, "x: " + String(repeating: "x", count: 40_000)), 431...431),
      (
        "many fields",
        server.head("GET", twin).replacingOccurrences(
          of: "\r\n\r\n", with: "\r\n" + String(repeating: "a: b\r\n", count: 200) + "\r\n"), 431...431
      ),
      (
        "a long target", server.head("GET", "/digitaltwins/" + String(repeating: "a", count: 9_000)),
        414...414
      ),
      (
        "a huge announced body",
        server.head("PUT", twin, "content-type: application/json", "content-length: 99999999999"), 413...413
      ),
      (
        "a body past the API's limit",
        server.head("PUT", twin, "content-type: application/json", "content-length: 1100000"), 413...413
      ),
      ("a slow head", "GET /health HTTP/1.1\r\nhost:", 408...408),
      (
        "a slow body",
        server.head("PUT", twin, "content-type: application/json", "content-length: 100") + "{", 400...408
      ),
    ]
    for (name, text, wanted) in cases {
      let socket = RawClient(port: server.port, timeoutMilliseconds: 15_000)
      socket.send(text)
      let status = socket.status()
      #expect(wanted.contains(status), "\(name): \(status)")
      #expect(server.curl(twin).status == 200, "after \(name)")
    }
    let halfOpen = RawClient(port: server.port, timeoutMilliseconds: 15_000)
    halfOpen.send(server.head("GET", twin))
    halfOpen.endSending()
    #expect(halfOpen.receiveAllText()?.hasPrefix("HTTP/1.1 200") == true)
    var idle: [RawClient] = []
    for _ in 0..<200 { idle.append(RawClient(port: server.port, timeoutMilliseconds: 15_000)) }
    #expect(server.curl(twin).status == 200)
    #expect(server.isRunning)
    server.stop()
  }

  @Test("A bomb of zeros in a compressed body is refused before it is large")
  func bomb() throws {
    let server = try LiveServer()
    let bomb = server.folder.path + "/bomb.gz"
    let made = Process()
    made.executableURL = URL(filePath: "/bin/sh")
    made.arguments = ["-c", "head -c 300000000 /dev/zero | gzip -9 > \(bomb)"]
    try made.run()
    made.waitUntilExit()
    let reply = server.curl(
      "/models?\(House.version)", "-H", "content-type: application/json", "-H", "content-encoding: gzip",
      "--data-binary", "@\(bomb)")
    #expect(reply.status == 413, "\(reply)")
    let upload = server.curl("/uploads/bomb", "-H", "content-encoding: gzip", "-T", bomb)
    #expect(upload.status == 413, "\(upload)")
    #expect(server.curl("/uploads").body.contains("bomb") == false)
    server.stop()
  }

  @Test(
    "Streams that are opened and reset without end cost their sender the connection, nobody else anything")
  func rapidReset() throws {
    let server = try LiveServer("--set", "limits.resetBurst=20", "--set", "limits.resetsPerSecond=1")
    server.furnish()
    let socket = RawClient(port: server.port, timeoutMilliseconds: 15_000)
    socket.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    socket.send(frame(4, 0, 0, []))
    for number in 0..<200 {
      let stream = UInt32(2 * number + 1)
      // :method GET, :scheme http, :path /, :authority a: from the static table of RFC 7541.
      let sent = socket.send(frame(1, 5, stream, [0x82, 0x86, 0x84, 0x41, 0x01, 0x61]))
      if !sent || !socket.send(frame(3, 0, stream, [0, 0, 0, 8])) { break }
    }
    _ = socket.receiveAll()
    #expect(server.curl(twin).status == 200)
    #expect(server.curl("/metrics").body.contains("nuri_http_floods_total"))
    server.stop()
  }

  private func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
    let count = payload.count
    let length = [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    return length + [type, flags] + (0..<4).map { UInt8(truncatingIfNeeded: stream >> (24 - 8 * $0)) }
      + payload
  }

  @Test("Ten times more than it may take is shed with 503, and it stays up")
  func overload() async throws {
    let server = try LiveServer("--set", "limits.requestsInFlight=4")
    server.furnish()
    // Bodies that don't come keep requests under way.
    var held: [RawClient] = []
    for _ in 0..<40 {
      let socket = RawClient(port: server.port, timeoutMilliseconds: 1000)
      socket.send(server.head("PUT", twin, "content-type: application/json", "content-length: 100") + "{")
      held.append(socket)
    }
    var shed = 0
    for socket in held where socket.status() == 503 { shed += 1 }
    #expect(shed == 36)
    let refused = server.curl(twin, "-i")
    #expect(refused.status == 503 && refused.body.contains("retry-after: 1"), "\(refused)")
    #expect(server.curl("/health").status == 200)
    held.removeAll()
    var status = 503
    for _ in 0..<500 where status != 200 {
      status = server.curl(twin).status
      try await Task.sleep(nanoseconds: 20_000_000)
    }
    #expect(status == 200 && server.isRunning)
    server.stop()
  }

  @Test("A request under way when the server is told to end gets its answer")
  func drain() throws {
    let server = try LiveServer()
    server.furnish()
    let socket = RawClient(port: server.port, timeoutMilliseconds: 15_000)
    let patch = #"[{"op":"replace","path":"/n","value":7}]"#
    socket.send(
      server.head(
        "PATCH", twin, "content-type: application/json-patch+json", "content-length: \(patch.utf8.count)")
        + patch.prefix(10))
    usleep(200_000)
    server.signal(SIGTERM)
    for _ in 0..<50 where !server.log.contains("draining") { usleep(20_000) }
    socket.send(String(patch.dropFirst(10)))
    #expect(socket.status() == 204)
    #expect(server.wait() == 0)
    let again = try LiveServer(in: server.folder, key: server.key)
    #expect(again.curl(twin).body.contains("\"n\":7"))
    again.stop()
  }
}
