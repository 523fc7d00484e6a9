import Foundation
import ProofServers
import Testing
import TwinEngine
import TwinNet
import TwinValues

@testable import TwinServer

/// Issuers that are asked for their keys over TLS, and clients with certificates.
@Suite("Keys by URL, certificates by hand")
struct IssuerTests {
  private let twin = "/digitaltwins/a?\(House.version)"

  /// An issuer's web server: discovery document and keys, which may be changed.
  final class Web: @unchecked Sendable {
    // `@unchecked Sendable`: `documents` and `asked` are touched only while holding `lock`.
    private let lock = Lock()
    private var documents: [String: String] = [:]
    private var asked = 0
    private(set) var server: HTTPServer?
    let files: PrivateAuthority.Files

    init(_ folder: TemporaryFolder) throws {
      files = try PrivateAuthority.prepare(
        directory: folder.path + "/issuer", names: ["localhost"],
        nowSeconds: Int(Date().timeIntervalSince1970))
      let server = HTTPServer(configuration: .init(tls: TLSConfiguration(certificates: [files.server]))) {
        [weak self] request in
        guard let text = self?.document(String(request.target.rawPath)) else {
          return .text("no", status: 404)
        }
        return .bytes(Array(text.utf8), type: "application/json")
      }
      try server.start()
      self.server = server
    }

    var name: String { "https://localhost:\(server?.port ?? 0)" }
    var count: Int { lock.withLock { asked } }

    func put(_ path: String, _ text: String) { lock.withLock { documents[path] = text } }

    private func document(_ path: String) -> String? {
      lock.withLock {
        asked += 1
        return documents[path]
      }
    }
  }

  @Test("Keys are found by discovery, fetched again for an unknown key, and not at a stranger's pleasure")
  func discovery() async throws {
    let folder = try TemporaryFolder()
    let web = try Web(folder)
    let first = try Issuer(id: "first", name: web.name)
    let second = try Issuer(id: "second", name: web.name)
    web.put(
      "/.well-known/openid-configuration", #"{"issuer":"\#(web.name)","jwks_uri":"\#(web.name)/keys"}"#)
    web.put("/keys", first.keys)
    try await House.with({ configuration, _ in
      try first.enter(&configuration, folder)
      configuration.auth.issuers[0].keysFile = ""
      configuration.auth.keyAuthorities = web.files.authorityPath
    }) { house in
      try await house.furnish()
      // Nothing was fetched yet: the first token has it done.
      let token = try first.token(#""sub":"kim","roles":["twins.read"]"#)
      #expect(try await house.ask("GET", twin, as: token).status == 200)
      web.put("/keys", second.keys)
      let asked = web.count
      let fresh = try second.token(#""sub":"kim","roles":["twins.read"]"#)
      for number in 0..<20 {
        #expect(try await house.ask("GET", twin, as: fresh, from: "192.0.2.\(number)").status == 401)
      }
      #expect(web.count == asked, "asked again within the pause")
    }
    await web.server?.drain(deadlineMilliseconds: 100)
  }

  @Test("Who shows a token while its issuer's keys are being fetched waits for them")
  func keysOnTheirWay() async throws {
    var issuer = AuthSettings.Issuer()
    issuer.issuer = "https://issuer.example"
    issuer.keysURL = "https://issuer.example/keys"
    let keys = try Issuer().keys
    let (asked, told) = AsyncStream.makeStream(of: Void.self)
    let (leave, given) = AsyncStream.makeStream(of: Void.self)
    let log = ServerLog(LogSettings(), now: { Instant(microseconds: 0) }, sink: { _ in })
    let sets = KeySets([issuer], log: log, pause: .max) { _ in
      told.yield()
      var leave = leave.makeAsyncIterator()
      await leave.next()
      return Array(keys.utf8)
    }
    let first = Task { await sets.fetchAll() }
    var requests = asked.makeAsyncIterator()
    await requests.next()
    let seen = sets.version
    let second = Task { await sets.renew(unknownKeyOf: "https://issuer.example", seen: seen) }
    // It is asked for no second time, whenever the second comes.
    try await Task.sleep(for: .milliseconds(50))
    given.finish()
    await first.value
    #expect(await second.value && sets.current.count == 1)
    #expect(await sets.renew(unknownKeyOf: "https://issuer.example", seen: seen), "they came just before")
    #expect(
      await !sets.renew(unknownKeyOf: "https://issuer.example", seen: sets.version), "not so soon again")
    told.finish()
    #expect(await requests.next() == nil, "fetched once")
    log.stop()
  }

  @Test("A certificate of the clients' authority opens; none, or another's, does not")
  func clientCertificates() throws {
    let folder = try TemporaryFolder()
    let now = Int(Date().timeIntervalSince1970)
    for authority in ["clients", "strangers"] {
      _ = try PrivateAuthority.prepare(
        directory: folder.path + "/" + authority, names: ["x"], nowSeconds: now)
      try PrivateAuthority.issue(
        .client(name: "pump-7"), directory: folder.path + "/" + authority,
        chainPath: folder.path + "/\(authority).pem", keyPath: folder.path + "/\(authority).key",
        nowSeconds: now)
    }
    let server = try LiveServer(
      "--tls", "--set", "tls.clientAuthorities=\(folder.path)/clients/ca.pem", "--set",
      #"auth.certificates=[{"subject":"CN=pump-7","roles":["reader"]}]"#, in: folder)
    server.furnish()
    func status(_ options: String...) -> Int {
      server.curl(twin, options: ["-H", "Authorization:"] + options).status
    }
    #expect(status() == 401)
    #expect(status("--cert", "\(folder.path)/clients.pem", "--key", "\(folder.path)/clients.key") == 200)
    #expect(status("--cert", "\(folder.path)/strangers.pem", "--key", "\(folder.path)/strangers.key") == 0)
    let write = server.curl(
      twin,
      options: [
        "-H", "Authorization:", "--cert", "\(folder.path)/clients.pem", "--key", "\(folder.path)/clients.key",
        "-X",
        "DELETE",
      ])
    #expect(write.status == 403, "\(write)")
    server.stop()
  }
}
