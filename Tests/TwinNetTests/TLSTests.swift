import Glibc
import ProofServers
import Testing
import TwinNet
import TwinValues

extension NetTests {
  @Suite struct TLSTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var now: Int { time(nil) }

    func prepare(_ names: [String] = ["localhost", "127.0.0.1"]) throws -> PrivateAuthority.Files {
      try PrivateAuthority.prepare(directory: folder.path + "/tls", names: names, nowSeconds: now)
    }

    func curl(_ server: HTTPServer, _ files: PrivateAuthority.Files, _ arguments: String) -> (String, Int32) {
      let (output, status) = shell("curl -sS --cacert \(files.authorityPath) \(arguments)")
      return (output, status)
    }

    @Test func speaksBothVersionsUnderItsOwnAuthority() async throws {
      let files = try prepare()
      try await withServer(
        tls: TLSConfiguration(certificates: [files.server]),
        handler: { .text("\($0.version) \($0.isSecure) \($0.authority)") }
      ) { server in
        let address = "https://localhost:\(server.port)/"
        #expect(curl(server, files, "--http1.1 \(address)").0 == "http11 true localhost:\(server.port)")
        #expect(curl(server, files, "--http2 \(address)").0 == "http2 true localhost:\(server.port)")
        #expect(curl(server, files, "--tls-max 1.2 https://127.0.0.1:\(server.port)/").1 == 0)
        #expect(curl(server, files, "--tlsv1.0 --tls-max 1.1 \(address)").1 != 0)
        #expect(shell("curl -sS \(address)").status == 60)
        let agreed = shell(
          "openssl s_client -connect localhost:\(server.port) -alpn http/1.1 -CAfile \(files.authorityPath)")
        #expect(agreed.output.contains("ALPN protocol: http/1.1"))
        #expect(agreed.output.contains("Verify return code: 0 (ok)"))
        #expect(await eventually { server.metrics.failedHandshakes >= 2 })
      }
    }

    @Test func sendsAndTakesLargeBodies() async throws {
      let files = try prepare()
      let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      try await withServer(
        tls: TLSConfiguration(certificates: [files.server]), compresses: false,
        handler: { request in
          do {
            return .bytes(try await request.body.collect(upTo: 4_000_000), type: "application/octet-stream")
          } catch {
            return .refusing(error)
          }
        }
      ) { server in
        let path = folder.path + "/body"
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        #expect(write(descriptor, body, body.count) == body.count)
        close(descriptor)
        for version in ["--http1.1", "--http2"] {
          let (output, _) = curl(
            server, files,
            "\(version) --data-binary @\(path) https://localhost:\(server.port)/ -o \(path).back; cmp \(path) \(path).back; echo same $?"
          )
          #expect(output == "same 0\n", "\(version)")
        }
      }
    }

    @Test func knowsClientsByCertificate() async throws {
      let files = try prepare()
      let client = folder.path + "/client"
      try PrivateAuthority.issue(
        .client(name: "pump-7"), directory: folder.path + "/tls", chainPath: client + ".pem",
        keyPath: client + ".key", nowSeconds: now)
      for isRequired in [true, false] {
        let configuration = TLSConfiguration(
          certificates: [files.server],
          clientCertificates: isRequired
            ? .required(authoritiesPath: files.authorityPath)
            : .optional(authoritiesPath: files.authorityPath))
        try await withServer(tls: configuration, handler: { .text($0.client?.subject ?? "nobody") }) {
          server in
          let address = "https://localhost:\(server.port)/"
          let known = curl(server, files, "--cert \(client).pem --key \(client).key \(address)")
          #expect(known.0 == "CN=pump-7")
          let unknown = curl(server, files, address)
          #expect(isRequired ? unknown.1 != 0 : unknown.0 == "nobody")
          // A server's certificate is no client's, although the same authority signed it.
          let odd = curl(
            server, files, "--cert \(files.server.chainPath) --key \(files.server.keyPath) \(address)")
          #expect(odd.1 != 0)
        }
      }
    }

    @Test func showsTheCertificateThatFitsTheName() async throws {
      let files = try prepare(["a.example"])
      let other = folder.path + "/other"
      try PrivateAuthority.issue(
        .server(names: ["b.example"]), directory: folder.path + "/tls", chainPath: other + ".pem",
        keyPath: other + ".key", nowSeconds: now)
      let certificates = [files.server, .init(chainPath: other + ".pem", keyPath: other + ".key")]
      try await withServer(tls: TLSConfiguration(certificates: certificates), handler: echo) { server in
        for name in ["a.example", "b.example"] {
          let (output, status) = curl(
            server, files, "--resolve \(name):\(server.port):127.0.0.1 https://\(name):\(server.port)/")
          #expect(status == 0, "\(output)")
        }
      }
    }

    @Test func reloadsCertificatesWithoutRestart() async throws {
      let files = try prepare()
      try await withServer(tls: TLSConfiguration(certificates: [files.server]), handler: echo) { server in
        func serial() -> String {
          shell("openssl s_client -connect localhost:\(server.port) | openssl x509 -noout -serial").output
            .components(of: "serial=").last.map { String($0.prefix { $0 != "\n" }) } ?? ""
        }
        let first = serial()
        #expect(!first.isEmpty)
        try PrivateAuthority.issue(
          .server(names: ["localhost"]), directory: folder.path + "/tls", chainPath: files.server.chainPath,
          keyPath: files.server.keyPath, nowSeconds: now)
        #expect(serial() == first)
        try server.reloadCertificates()
        let second = serial()
        #expect(second != first)
        _ = shell("echo broken > \(files.server.keyPath)")
        #expect(throws: NuriError.self) { try server.reloadCertificates() }
        #expect(serial() == second)
      }
    }

    @Test func keepsAndRenewsWhatItMade() throws {
      func read(_ path: String) -> String { shell("cat \(path)").output }
      let files = try prepare()
      let authority = read(files.authorityPath)
      let certificate = read(files.server.chainPath)
      #expect(try prepare() == files)
      #expect(read(files.server.chainPath) == certificate)
      _ = try prepare(["localhost", "twin.example"])
      let wider = read(files.server.chainPath)
      #expect(wider != certificate)
      _ = try PrivateAuthority.prepare(
        directory: folder.path + "/tls", names: ["localhost"], nowSeconds: now + 380 * 86400)
      #expect(read(files.server.chainPath) != wider)
      #expect(read(files.authorityPath) == authority)
      let modes = shell("stat -c %a \(folder.path)/tls/*").output
      #expect(modes == "600\n600\n600\n600\n")
      #expect(throws: NuriError.self) { try prepare(["a,IP:1.2.3.4"]) }
      #expect(throws: NuriError.self) {
        try PrivateAuthority.prepare(directory: "/nowhere/at/all", names: [], nowSeconds: 0)
      }
    }

    @Test func givesUpOnSilentHandshakesAndPlainText() async throws {
      let files = try prepare()
      var limits = NetLimits()
      limits.handshakeMilliseconds = 100
      try await withServer(tls: TLSConfiguration(certificates: [files.server]), limits: limits, handler: echo)
      { server in
        #expect(RawClient(port: server.port).receive() == [])
        let plain = RawClient(port: server.port)
        plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(plain.receiveAll() != nil)
        #expect(await eventually { server.metrics.openConnections == 0 })
      }
    }
  }
}
