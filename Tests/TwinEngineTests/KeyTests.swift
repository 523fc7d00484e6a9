import Testing
import TwinEngine
import TwinGraph
import TwinIdentity
import TwinStorm
import TwinValues

@Suite("API keys and roles")
struct KeyTests {
  private let fixture: Fixture
  private var engine: Engine { fixture.engine }
  private var admin: Session { Session(engine, as: .owner()) }

  init() throws { fixture = try Fixture() }

  private func session(_ roles: Principal.Role...) -> Session {
    Session(engine, as: Principal("user:\(roles.map(\.rawValue).joined())", roles: Set(roles)))
  }

  @Test("A key opens what it was made for, and only with all of its text")
  func keys() throws {
    let (text, entry) = try admin.createKey(label: "pumps", roles: [.operator], groups: ["west"])
    let principal = try #require(engine.principal(forKey: text))
    #expect(principal == Principal("key:\(entry.id)", roles: [.operator], groups: ["west"]))
    let other = try APIKey.make()
    #expect(engine.principal(forKey: other.text) == nil)
    let swapped = text.prefix(18) + other.text.dropFirst(18)
    #expect(engine.principal(forKey: String(swapped)) == nil)
    #expect(engine.principal(forKey: "") == nil)
    #expect(try admin.keys() == [entry])
  }

  @Test("The secret is nowhere: not in the list, the record or the log")
  func secret() throws {
    let (text, _) = try admin.createKey(label: "x", roles: [.reader])
    let secret = String(text.dropFirst(18))
    #expect(!String(reflecting: try admin.keys()).contains(secret))
    let records = try engine.world().snapshot().graph.records
    #expect(
      records.count == 1 && records.allSatisfy { !String(decoding: $0.body, as: UTF8.self).contains(secret) })
  }

  @Test("Revoked, expired and deleted keys open nothing")
  func ends() throws {
    let now = fixture.clock.now()
    let hour: Int64 = 3_600_000_000
    let soon = Instant(microseconds: now.microseconds + hour)
    let (text, _) = try admin.createKey(label: "short", roles: [.reader], expires: soon)
    #expect(engine.principal(forKey: text) != nil)
    fixture.clock.clock.advance(microseconds: hour)
    #expect(engine.principal(forKey: text) == nil)
    #expect(code { _ = try admin.createKey(label: "", roles: [.reader], expires: now) } == .outOfRange)
    let (other, entry) = try admin.createKey(label: "other", roles: [.reader])
    try admin.revokeKey(entry.id)
    #expect(engine.principal(forKey: other) == nil)
    #expect(try admin.keys().map { $0.revoked != nil } == [false, true])
    try admin.deleteKey(entry.id)
    #expect(try admin.keys().map(\.label) == ["short"])
    #expect(code { try admin.revokeKey(entry.id) } == .keyNotFound)
  }

  @Test(
    "Keys outlast a restart, by log and by checkpoint; forks and the past open nothing",
    arguments: [false, true])
  func restart(_ checkpoints: Bool) throws {
    let (text, entry) = try admin.createKey(label: "x", roles: [.approver])
    try admin.fork(WorldInstant("live"), name: "plan")
    #expect(try engine.world("plan").snapshot().graph.records.isEmpty)
    if checkpoints { try engine.world().checkpoint() }
    let again = try fixture.reopened()
    #expect(again.principal(forKey: text) == entry.principal)
    #expect(try again.world("plan").snapshot().graph.records.isEmpty)
    try again.close()
    #expect(try Engine.verify("data", options: Fixture.options(fixture.disk, fixture.clock)).faults.isEmpty)
  }

  @Test("The first start makes one admin key, later ones none")
  func first() throws {
    let text = try #require(try engine.firstAdminKey())
    #expect(engine.principal(forKey: text)?.roles == [.admin])
    #expect(try engine.firstAdminKey() == nil)
    #expect(try fixture.reopened().firstAdminKey() == nil)
  }

  @Test("A fork takes no keys")
  func forks() throws {
    try admin.fork(WorldInstant("live"), name: "plan")
    let batch = Batch(cause: tester, operations: [Operation(.putRecord(Record(.key, "k", Array("{}".utf8))))])
    #expect(code { try engine.world("plan").write(batch) } == .outOfRange)
  }

  @Test("A role allows what the table says and nothing else", arguments: Principal.Role.allCases)
  func roles(_ role: Principal.Role) async throws {
    let live = try engine.world()
    try live.put("p", 1)
    try admin.fork(WorldInstant("live"), name: "theirs")
    let session = session(role)
    let world = try session.world()
    let attempts: [(Action, () async throws -> Void)] = [
      (.write, { try await world.write([Operation(.patchTwin(id: "p", edits: []))]) }),
      (.models, { try await world.write([Operation(.decommissionModel(id: pump, false))]) }),
      (
        .routes,
        {
          try await world.write([
            Operation(.putEventRoute(EventRoute(id: "r", endpoint: "e", filter: "true")))
          ])
        }
      ),
      (.fork, { try session.fork(WorldInstant("live"), name: "mine") }),
      (.fork, { try session.edit("mine", label: "x") }),
      (.promote, { _ = try session.promote("mine", preview: false) }),
      (.fork, { try session.discard("mine") }),
      (.othersForks, { try session.edit("theirs", label: "x") }),
      (.othersForks, { try session.discard("theirs") }),
      (.access, { _ = try session.keys() }),
      (.access, { _ = try session.createKey(label: "", roles: [.reader]) }),
    ]
    for (action, attempt) in attempts {
      var found: NuriError?
      do { try await attempt() } catch { found = error as? NuriError }
      let isRefused = found?.code == .forbidden
      #expect(isRefused != session.principal.may(action) || found?.code == .worldNotFound, "\(action)")
      #expect(session.principal.may(action) == action.roles.contains(role))
    }
    #expect(try await session.query("SELECT COUNT() FROM DIGITALTWINS").count == 1)
  }

  @Test("Without a role nothing is allowed, and the refusal says what would be")
  func noRole() {
    #expect(code { _ = try session().world() } == .forbidden)
    #expect {
      _ = try session(.reader).createKey(label: "", roles: [.admin])
    } throws: {
      ($0 as? NuriError)?.description.contains("role admin") ?? false
    }
  }

  @Test("What has a call of its own can't be smuggled in by a batch", arguments: [Principal.Role.admin])
  func smuggling(_ role: Principal.Role) async throws {
    let world = try session(role).world()
    let entry = WorldEntry(
      number: 9, name: "w", parent: 0, forkPoint: 0, isTracking: false, label: "",
      created: fixture.clock.now(),
      expires: nil)
    let record = Record(.key, "k", Array("{}".utf8))
    for change in [
      Change.putWorld(entry), .discardWorld(number: 1), .putRecord(record), .deleteRecord(.policy, id: "p"),
    ] {
      await #expect {
        try await world.write([Operation(change)])
      } throws: {
        ($0 as? NuriError)?.code == .forbidden
      }
    }
    try await world.write([Operation(.putRecord(Record(.job, "j", Array("{}".utf8))))])
  }

  @Test("Labels, groups and roles have limits")
  func limits() throws {
    let long = String(repeating: "x", count: AccessLimits.labelBytes + 1)
    #expect(code { _ = try admin.createKey(label: long, roles: [.reader]) } == .limitExceeded)
    #expect(code { _ = try admin.createKey(label: "", roles: []) } == .invalidValue)
    let groups = Set((0...AccessLimits.groups).map { "g\($0)" })
    #expect(code { _ = try admin.createKey(label: "", roles: [.reader], groups: groups) } == .limitExceeded)
    #expect(code { _ = try admin.createKey(label: "", roles: [.reader], groups: [""]) } == .limitExceeded)
  }
}
