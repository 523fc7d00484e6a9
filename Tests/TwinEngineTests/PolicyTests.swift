import Testing
import TwinEngine
import TwinGraph
import TwinQuery
import TwinStorm
import TwinValues

@Suite("Policies")
struct PolicyTests {
  let fixture: Fixture
  var engine: Engine { fixture.engine }
  var admin: Session { Session(engine, as: .owner()) }
  let crew = Principal("user:crew", roles: [.operator], groups: ["crew"])
  var session: Session { Session(engine, as: crew) }

  init() throws {
    fixture = try Fixture()
    let live = try engine.world()
    for (index, id) in ["hall", "pump-1", "pump-2", "vault", "safe-1"].enumerated() {
      try live.put(id, Double(index))
      try live.set(id, "serial", .string("S\(index)"))
    }
    try live.link("hall", "a", "pump-1")
    try live.link("hall", "b", "pump-2")
    try live.link("vault", "a", "safe-1")
    try live.link("pump-1", "x", "safe-1")
  }

  @discardableResult
  private func put(_ id: String, _ order: Int, _ effect: String, _ rest: String = "") throws -> Policy {
    try admin.putPolicy(
      Array(
        #"{"id":"\#(id)","order":\#(order),"effect":"\#(effect)"\#(rest.isEmpty ? "" : ",")\#(rest)}"#.utf8))
  }

  private func write(_ operations: Operation...) async -> NuriError? {
    do {
      try await session.world().write(operations)
      return nil
    } catch {
      return error
    }
  }

  private func patch(_ id: String, _ path: String = "temperature") -> Operation {
    Operation(.patchTwin(id: id, edits: [PropertyEdit(path, path == "serial" ? .string("N") : .double(9))]))
  }

  // MARK: Parsing

  @Test(
    "What is no policy is refused by name",
    arguments: [
      "[]", "{}", #"{"id":"a","order":1,"effect":"maybe"}"#, #"{"id":"a","effect":"deny"}"#,
      #"{"id":"","order":1,"effect":"deny"}"#, #"{"id":"a","order":1.5,"effect":"deny"}"#,
      #"{"id":"a","order":1,"effect":"deny","twin":["x"]}"#,
      #"{"id":"a","order":1,"effect":"deny","twins":[]}"#,
      #"{"id":"a","order":1,"effect":"deny","twins":"x"}"#,
      #"{"id":"a","order":1,"effect":"deny","twins":[1]}"#,
      #"{"id":"a","order":1,"effect":"deny","actions":["look"]}"#,
      #"{"id":"a","order":1,"effect":"deny","principals":{}}"#,
      #"{"id":"a","order":1,"effect":"deny","principals":{"roles":["boss"]}}"#,
      #"{"id":"a","order":1,"effect":"deny","principals":{"names":["x"]}}"#,
      #"{"id":"a","order":1,"effect":"deny","models":["pump"]}"#,
      #"{"id":"a","order":1,"effect":"deny","within":{"twin":"a"}}"#,
      #"{"id":"a","order":1,"effect":"deny","within":{"twin":"a","hops":65}}"#,
      #"{"id":"a","order":1,"effect":"deny","within":{"twin":"a","hops":-1}}"#,
      #"{"id":"a","order":1,"effect":"deny","within":{"twin":"a","hops":1,"direction":"up"}}"#,
      #"{"id":"a","order":1,"effect":"deny","within":{"twin":"a","hops":1,"depth":2}}"#,
    ])
  func refused(_ text: String) {
    #expect(code { try admin.putPolicy(Array(text.utf8)) } == .invalidPolicy)
  }

  @Test("Limits, replacing, order and deletion")
  func keeping() throws {
    try put("b", 2, "deny", #""twins":["x"]"#)
    try put("a", 2, "deny", #""twins":["x"]"#)
    try put("c", 1, "deny", #""twins":["x"]"#)
    #expect(try admin.policies().map(\.id) == ["c", "a", "b"])
    try put("c", 9, "allow")
    #expect(try admin.policies().map(\.id) == ["a", "b", "c"])
    try admin.deletePolicy("a")
    #expect(code { try admin.deletePolicy("a") } == .policyNotFound)
    let again = try fixture.reopened()
    #expect(try Session(again, as: .owner()).policies().map(\.id) == ["b", "c"])
    let many = (0...AccessLimits.policyEntries).map { "\"\($0)\"" }.joined(separator: ",")
    #expect(code { try put("d", 1, "deny", "\"twins\":[\(many)]") } == .invalidPolicy)
    let long = String(repeating: "x", count: AccessLimits.policyTextBytes + 1)
    #expect(code { try put("d", 1, "deny", "\"twins\":[\"\(long)\"]") } == .invalidPolicy)
  }

  @Test("There are at most so many policies")
  func most() throws {
    let records = (0..<AccessLimits.policies).map {
      Operation(
        .putRecord(Record(.policy, "p\($0)", Array(#"{"id":"p\#($0)","order":1,"effect":"allow"}"#.utf8))))
    }
    try engine.world().write(Batch(cause: tester, operations: records))
    #expect(code { try put("one more", 1, "allow") } == .limitExceeded)
    try put("p7", 1, "deny")
  }

  @Test("Patterns")
  func patterns() {
    for (pattern, yes, no) in [
      ("a", ["a"], ["", "ab", "b"]), ("a*", ["a", "ab"], ["ba", ""]), ("*", ["", "x"], []),
      ("*b", ["b", "ab"], ["ba"]), ("a*b*c", ["abc", "axbxc", "abbc"], ["acb", "ab", "abcd"]),
      ("a**c", ["ac", "abc"], ["a"]), ("aa*aa", ["aaaa", "aaxaa"], ["aaa"]), ("건물-*", ["건물-1"], ["건"]),
    ] as [(String, [String], [String])] {
      for text in yes { #expect(Glob(pattern).matches(text), "\(pattern) \(text)") }
      for text in no { #expect(!Glob(pattern).matches(text), "\(pattern) \(text)") }
    }
  }

  // MARK: Leaks

  @Test("A hidden twin is not there, whatever is asked, and errors are those of a world without it")
  func hidden() async throws {
    try put("vault", 1, "deny", #""principals":{"groups":["crew"]},"within":{"twin":"vault","hops":1}"#)
    let world = try session.world()
    let graph = try await world.snapshot().graph
    #expect(graph.twin("safe-1") == nil && graph.twinCount == 3 && graph.relationshipCount == 2)
    #expect(try world.twin("safe-1", at: .now) == nil)
    for id in ["safe-1", "nobody"] {
      #expect(code { try world.history(ofTwin: id) { _ in true } } == .twinNotFound)
      #expect(
        await write(patch(id))
          == NuriError(.twinNotFound, "There is no twin \"\(id)\"."))
      #expect(
        await write(Operation(.deleteTwin(id: id))) == NuriError(.twinNotFound, "There is no twin \"\(id)\".")
      )
      let link = Change.putRelationship(source: "hall", id: "z", name: "feeds", target: id, properties: [])
      #expect(await write(Operation(link))?.code == .twinNotFound)
      for precondition in [Precondition.match(1), .mustExist, .mustNotExist] {
        for change in [Change.patchTwin(id: id, edits: []), .deleteTwin(id: id)] {
          let expected: NuriError.Code = precondition == .mustNotExist ? .twinNotFound : .preconditionFailed
          #expect(await write(Operation(change, if: precondition))?.code == expected, "\(id) \(precondition)")
        }
        let patch = Operation(.patchTwin(id: id, [PatchStep(.remove, "/serial")]), if: precondition)
        #expect([.twinNotFound, .preconditionFailed].contains(await write(patch)?.code))
      }
    }
    #expect(
      await write(Operation(.deleteRelationship(source: "pump-1", id: "x")))?.code == .relationshipNotFound)
    // A twin whose relationship is hidden can't be deleted, and it is not said how many there are.
    let refusal = await write(
      Operation(.deleteRelationship(source: "hall", id: "a")), Operation(.deleteTwin(id: "pump-1")))
    #expect(refusal?.code == .relationshipsNotDeleted && !(refusal?.message.contains("1") ?? true))
  }

  @Test("Ids that exist unseen can't be taken, in the words for ids one may not make")
  func takenIds() async throws {
    try put("safes", 1, "deny", #""principals":{"groups":["crew"]},"twins":["safe-*"]"#)
    func make(_ id: String, _ precondition: Precondition = .none) -> Operation {
      Operation(.putTwin(id: id, model: pump, properties: []), if: precondition)
    }
    let taken = await write(make("safe-1"))
    let free = await write(make("safe-9"))
    #expect(taken?.code == .forbidden && free?.code == .forbidden)
    #expect(
      taken?.message.replacing("safe-1", with: "safe-9") == free?.message && taken?.advice == free?.advice)
    for precondition in [Precondition.mustNotExist, .mustExist, .match(7)] {
      let codes = [
        await write(make("safe-1", precondition))?.code, await write(make("safe-9", precondition))?.code,
      ]
      #expect(codes[0] == codes[1] && codes[0] != nil)
    }
    #expect(await write(make("pump-9")) == nil)
  }

  @Test("EXPLAIN, charges and tokens are those of a world without what is hidden")
  func planner() async throws {
    let live = try engine.world()
    for number in 0..<400 {
      try live.put("safe-\(number)", Double(number))
      if number % 40 == 0 { try live.put("open-\(number)", Double(number)) }
    }
    try live.link("open-0", "o", "open-40")
    try put("safes", 1, "deny", #""principals":{"groups":["crew"]},"twins":["safe-*"]"#)
    for text in [
      "EXPLAIN SELECT * FROM DIGITALTWINS T WHERE T.temperature > 10",
      "EXPLAIN SELECT T.$dtId FROM DIGITALTWINS T JOIN U RELATED T.feeds WHERE U.temperature > 1",
      "EXPLAIN SELECT * FROM RELATIONSHIPS",
    ] {
      let before = try await session.query(text)
      for number in 400..<420 { try live.put("safe-\(number)", 50) }
      try live.link("safe-1", "s\(live.sequence)", "safe-2")
      let after = try await session.query(text)
      #expect(before.sortedRows == after.sortedRows)
      #expect(!before.sortedRows.joined().contains("4"), "\(before.sortedRows)")
    }
    let texts = ["SELECT $dtId FROM DIGITALTWINS", "SELECT * FROM RELATIONSHIPS"]
    for text in texts {
      let page = try await session.query(text, pageSize: 1)
      let parts = try #require(page.nextContinuation).split(separator: "-").compactMap { Int($0, radix: 16) }
      #expect(parts[3] == 0 && parts[4] <= 20, "\(text): \(parts)")
      #expect(page.queryCharge < 1.1)
    }
  }

  @Test("A hidden property can't be told from one without a value")
  func hiddenPath() async throws {
    try put("serials", 1, "deny", #""principals":{"groups":["crew"]},"paths":["serial"]"#)
    let world = try session.world()
    let graph = try await world.snapshot().graph
    let twin = try #require(graph.twin("pump-1"))
    #expect(graph.value(twin, "serial") == nil && graph.value(twin, "temperature") == .double(1))
    for text in [
      "T.serial = 'S1'", "IS_DEFINED(T.serial)", "NOT T.serial = 'S1'", "STARTSWITH(T.serial, 'S')",
    ] {
      #expect(
        try await session.query("SELECT COUNT() FROM DIGITALTWINS T WHERE \(text)").sortedRows == [
          #"{"COUNT":0}"#
        ])
    }
    for path in ["serial", "hours"] {
      let steps = [PatchStep(.replace, "/\(path)", Array("\"x\"".utf8))]
      let error = await write(Operation(.patchTwin(id: "pump-1", steps)))
      #expect(error?.code == (path == "serial" ? .forbidden : .invalidPatch))
    }
    #expect(await write(patch("pump-1", "serial"))?.code == .forbidden)
    #expect(await write(patch("pump-1")) == nil)
    #expect(await write(Operation(.deleteTwin(id: "vault")))?.code == .forbidden)
    let samples = try world.samples(
      ofTwin: "pump-1", path: "serial", from: .distantPast, to: .distantFuture)
    // As for a property that never had a value: putting the twin left it without one.
    #expect(samples.allSatisfy { $0.value == nil })
    try world.history(ofTwin: "pump-1") { record in
      #expect(!String(reflecting: record.change).contains("serial"))
      return true
    }
  }

  @Test("Worlds that are hidden whole are not there")
  func worlds() async throws {
    try admin.fork(WorldInstant("live"), name: "secret")
    try admin.fork(WorldInstant("secret"), name: "plan")
    try put("secret", 1, "deny", #""principals":{"groups":["crew"]},"worlds":["secret"]"#)
    #expect(try session.worlds().map(\.name) == ["live", "plan"])
    #expect(try session.worlds().map(\.parent) == [nil, Session.hiddenWorld])
    #expect(code { _ = try session.world("secret") } == code { _ = try session.world("nowhere") })
    #expect(code { try session.discard("secret") } == .worldNotFound)
    #expect(code { try session.fork(WorldInstant("secret"), name: "mine") } == .worldNotFound)
    #expect(
      code { try session.differences(from: WorldInstant("live"), to: WorldInstant("secret")) { _ in true } }
        == .worldNotFound)
    await #expect(throws: NuriError.self) {
      _ = try await session.query("SELECT * FROM DIGITALTWINS IN WORLD 'secret'")
    }
    var told: [Change] = []
    try session.world().changes(from: 1) {
      told.append($0.change)
      return true
    }
    #expect(!String(reflecting: told).contains("secret"))
    // Nothing of the hidden parent is seen in its fork either.
    #expect(try await session.world("plan").snapshot().graph.twinCount == 0)
  }

  // MARK: Time and forks

  @Test("A fork and a past show no more than the present does, and no one gets nearer by connecting")
  func bounds() async throws {
    try put("vault", 1, "deny", #""principals":{"groups":["crew"]},"within":{"twin":"vault","hops":1}"#)
    try session.fork(WorldInstant("live"), name: "mine")
    // The owner takes the safe out of the vault in the fork: in the fork's own graph the rule no longer holds.
    try await engine.world("mine").write(
      Batch(cause: tester, operations: [Operation(.deleteRelationship(source: "vault", id: "a"))]))
    #expect(try await session.world("mine").snapshot().graph.twin("safe-1") == nil)
    let then = try engine.world().sequence
    try engine.world().put("new", 1)
    try engine.world().link("vault", "n", "new")
    #expect(try session.world().snapshot(at: .sequence(then + 1)).graph.twin("new") == nil)
    try await engine.world().write(
      Batch(cause: tester, operations: [Operation(.deleteRelationship(source: "vault", id: "n"))]))
    #expect(try await session.world().snapshot().graph.twin("new") != nil)
    #expect(try session.world().snapshot(at: .sequence(then + 1)).graph.twin("new") != nil)
    #expect(try session.world().snapshot(at: .sequence(then + 2)).graph.twin("new") == nil)
  }

  @Test("Policies of today hold for every past")
  func newest() async throws {
    let then = try engine.world().sequence
    try put("pumps", 1, "deny", #""principals":{"groups":["crew"]},"twins":["pump-*"]"#)
    #expect(try session.world().snapshot(at: .sequence(then)).graph.twinCount == 3)
    try admin.deletePolicy("pumps")
    #expect(try session.world().snapshot(at: .sequence(then)).graph.twinCount == 5)
  }

  // MARK: Writing

  @Test("Writes follow the rules for writing, path by path")
  func writes() async throws {
    try put("a", 1, "allow", #""principals":{"groups":["crew"]},"actions":["write"],"paths":["temperature"]"#)
    try put("b", 2, "deny", #""principals":{"groups":["crew"]},"actions":["write"]"#)
    #expect(await write(patch("pump-1")) == nil)
    #expect(await write(patch("pump-1", "serial"))?.code == .forbidden)
    #expect(await write(Operation(.putTwin(id: "p", model: pump, properties: [])))?.code == .forbidden)
    #expect(await write(Operation(.deleteTwin(id: "vault")))?.code == .forbidden)
    #expect(
      await write(Operation(.telemetry(twin: "pump-1", component: nil, payload: Array("{}".utf8))))?.code
        == .forbidden)
    #expect(await write(Operation(.deleteRelationship(source: "hall", id: "a")))?.code == .forbidden)
    // One refusal refuses the batch.
    let before = try engine.world().sequence
    #expect(await write(patch("pump-1"), patch("pump-1", "serial"))?.place?.contains("operation 2") ?? false)
    #expect(try engine.world().sequence == before)
    #expect(try await session.world().snapshot().graph.twinCount == 5)
  }

  @Test("Promotion needs everything the fork changed to be seen and writable")
  func promotion() throws {
    let approver = Session(engine, as: Principal("user:boss", roles: [.approver], groups: ["crew"]))
    try admin.fork(WorldInstant("live"), name: "plan")
    try engine.world("plan").set("pump-1", "temperature", .double(5))
    try put("safes", 1, "deny", #""principals":{"groups":["crew"]},"twins":["safe-*"]"#)
    #expect(try approver.promote("plan", preview: true).changes.count == 1)
    try engine.world("plan").set("safe-1", "temperature", .double(5))
    for preview in [true, false] {
      #expect(code { _ = try approver.promote("plan", preview: preview) } == .forbidden)
    }
    try admin.deletePolicy("safes")
    try put("pumps", 1, "deny", #""actions":["write"],"worlds":["live"],"paths":["temperature"]"#)
    #expect(code { _ = try approver.promote("plan", preview: false) } == .forbidden)
    try admin.deletePolicy("pumps")
    #expect(try approver.promote("plan", preview: false).changes.count == 2)
  }

  // MARK: Explaining

  @Test("A decision names the rule that made it")
  func explaining() throws {
    try put("pumps", 1, "allow", #""principals":{"groups":["crew"]},"twins":["pump-*"]"#)
    try put("serials", 2, "deny", #""principals":{"groups":["crew"]},"paths":["serial"]"#)
    try put("vault", 3, "deny", #""principals":{"groups":["crew"]},"within":{"twin":"vault","hops":1}"#)
    func explain(_ action: Policy.Action, _ twin: String, _ path: String? = nil, _ who: Principal? = nil)
      throws -> Explanation
    {
      try admin.explain(action, twin: twin, path: path, for: who ?? crew)
    }
    #expect(try explain(.read, "pump-1", "serial").reason == .policy("pumps", world: "live"))
    #expect(try explain(.read, "hall", "serial").reason == .policy("serials", world: "live"))
    #expect(try explain(.read, "hall").reason == .noPolicy)
    #expect(try explain(.read, "safe-1").reason == .policy("vault", world: "live"))
    #expect(try !explain(.write, "safe-1", "temperature").isAllowed)
    #expect(try explain(.read, "nobody").reason == .noTwin)
    #expect(
      try explain(.write, "hall", nil, Principal("r", roles: [.reader])).reason == .role(Action.write.roles))
    #expect(try explain(.read, "safe-1", nil, .owner()).reason == .owner)
    #expect(code { _ = try session.explain(.read, twin: "hall", for: .owner()) } == .forbidden)
    #expect(try session.explain(.read, twin: "hall", for: crew).isAllowed)
  }

  @Test("A policy that this version can't read hides everything but from the owner")
  func unreadable() async throws {
    let record = Record(.policy, "new", Array(#"{"id":"new","order":1,"effect":"blur"}"#.utf8))
    try await engine.world().write(Batch(cause: tester, operations: [Operation(.putRecord(record))]))
    #expect(code { _ = try session.world() } == .worldNotFound)
    #expect(try await admin.world().snapshot().graph.twinCount == 5)
  }
}
