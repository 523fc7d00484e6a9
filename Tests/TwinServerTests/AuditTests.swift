import Foundation
import ProofServers
import Testing
import TwinEngine
import TwinNet
import TwinStorm
import TwinValues

@testable import TwinServer

/// What the audit of a server holds, and for how long.
@Suite("Audit", .serialized)
struct AuditTests {
  private let json = ["-H", "content-type: application/json"]

  @Test("It holds who did what, from where, and with what outcome")
  func contents() async throws {
    let server = try LiveServer()
    server.furnish()
    let made = server.curl("/v1/keys", options: json + ["-d", #"{"roles":["reader"]}"#])
    let key = try #require(try JSONDocument(made.body).root["key"]?.string)
    func ask(_ options: String..., as key: String) -> Int {
      server.curl(
        "/digitaltwins/a?\(House.version)",
        options: ["-H", "Authorization:", "-H", "Authorization: Bearer \(key)"] + options
      ).status
    }
    #expect(ask(as: key) == 200)
    #expect(ask("-X", "DELETE", "-H", "x-request-id: mine-7", as: key) == 403)
    #expect(ask(as: "nuri_none") == 401)
    func entries() throws -> [JSONDocument] {
      let page = try JSONDocument(server.curl("/v1/audit?pageSize=100").body).root
      return try (page["items"]?.elements.map { $0.sourceText } ?? []).map { try JSONDocument($0) }
    }
    #expect(try await Server.until { try entries().contains { $0.root["action"]?.string == "sign-in" } })
    func found(_ action: String, _ outcome: String, _ code: String?) throws -> [JSONDocument] {
      try entries().filter {
        $0.root["action"]?.string == action && $0.root["outcome"]?.string == outcome
          && $0.root["code"]?.string == code
      }
    }
    let id = server.key.split(separator: "_")[1]
    let put = try #require(try found("azure.write PUT", "done", nil).first).root
    #expect(put["principal"]?.string == "key:\(id)" && put["address"]?.string == "127.0.0.1")
    #expect(put["world"]?.string == "live" && put["target"]?.string == "/digitaltwins/a")
    let refused = try #require(try found("azure.write DELETE", "refused", "403").first).root
    #expect(refused["principal"]?.string == "key:\(key.split(separator: "_")[1])")
    #expect(refused["request"]?.string == "mine-7")
    let signIn = try #require(try found("sign-in", "refused", "401").first).root
    #expect(signIn["principal"] == nil && signIn["address"]?.string == "127.0.0.1")
    #expect(try found("native.write POST", "done", nil).count == 1)
    // Reads that were allowed are left out unless they are asked for, and no key's text is anywhere.
    #expect(try entries().allSatisfy { !($0.root["action"]?.string?.contains("read") ?? true) })
    #expect(try entries().allSatisfy { !$0.root.sourceText.contains(key) })
    #expect(server.stop() == 0)
  }

  @Test("What the disk refuses at first is entered once")
  func once() async throws {
    let disk = SimulatedDisk(seed: 7)
    let log = try AuditLog.open("data/audit", disk: disk, worksInBackground: false)
    let trail = AuditTrail(log: log, entersReads: false)
    let target = try #require(RequestTarget("/v1/keys"))
    let route = RoutePath(target.rawPath)
    let passage = Router.Passage(
      request: HTTPRequest(method: .post, target: target), route: route, kind: RouteClass(route, .post),
      startNanoseconds: 0)
    disk.faults.failingSyncs = 1
    await trail.note(passage, status: 201)
    #expect(log.isFailing)
    disk.faults.failingSyncs = 0
    try log.flush()
    await trail.note(passage, status: 201)
    try log.close()
    let page = try AuditReader("data/audit", disk: disk).entries(filter: AuditFilter())
    #expect(page.entries.filter { $0.action == "native.write POST" }.count == 2)
  }

  /// A clock that stands three days back.
  private struct DaysAgo: WorldClock {
    func now() -> Instant { Instant(microseconds: SystemClock().now().microseconds - 3 * 86_400_000_000) }
  }

  @Test("Entries older than audit.keepDays are dropped, and the rest verifies")
  func retention() async throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    try Engine.create(at: data).close()
    let old = try AuditLog.open(AuditLog.folder(in: data), clock: DaysAgo(), segmentBytes: 4096)
    for number in 0..<100 {
      old.append(AuditEntry("test.old", principal: "key:x", target: "t\(number)"))
      if number % 10 == 9 { try old.flush() }
    }
    try old.close()
    func files() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: data + "/audit").filter { $0.hasPrefix("log-") }
        .count
    }
    #expect(try files() > 3)
    func verify() throws -> String {
      try Server.run(LiveServer.program.path, ["audit", "verify", "--data", data])
    }
    let kept = try LiveServer(in: folder)
    #expect(kept.stop() == 0 && !kept.log.contains("audit.dropped"))
    #expect(try files() > 3 && verify().contains("0 faults"))
    let server = try LiveServer("--set", "audit.keepDays=1", in: folder, key: kept.key)
    #expect(await Server.until { server.log.contains("audit.dropped") })
    #expect(try files() == 1)
    #expect(server.curl("/v1/audit?action=audit.drop").body.contains("were older than"))
    #expect(server.stop() == 0)
    #expect(try verify().contains("0 faults"))
    let again = try LiveServer(in: folder)
    #expect(again.stop() == 0)
  }
}
