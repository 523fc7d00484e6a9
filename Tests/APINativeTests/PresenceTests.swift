import Testing
import TwinEngine
import TwinValues

@testable import APINative

@Suite("Presence")
struct PresenceTests {
  private func world(_ nuri: NativeFixture, _ id: String, _ name: String = Engine.live) throws -> WorldSession
  {
    try Session(nuri.engine, as: Principal(id, roles: [.reader])).world(name)
  }

  private func enter(
    _ hub: PresenceHub, _ world: WorldSession, _ name: String, _ holds: Bool = true
  ) -> PresenceHub.Person? {
    hub.enter(world, name: name) { holds }
  }

  private func arrive(
    _ hub: PresenceHub, _ world: WorldSession, _ name: String, _ holds: Bool
  ) throws -> PresenceHub.Person {
    let person = enter(hub, world, name, holds)
    return try #require(person)
  }

  @Test("Those who come see everybody, those who are there see who came, moved and went")
  func meeting() throws {
    let nuri = try NativeFixture()
    let hub = PresenceHub()
    let kim = try arrive(hub, try world(nuri, "key:1"), "Kim", true)
    let alone = #"{"you":"p1","people":[{"id":"p1","name":"Kim","principal":"key:1"}]}"#
    #expect(hub.news(for: kim) == [alone])
    #expect(hub.news(for: kim).isEmpty)
    hub.move(kim, to: Array(#"{"lon":127}"#.utf8))
    let lee = try arrive(hub, try world(nuri, "key:2"), "이", true)
    let both =
      #""people":[{"id":"p1","name":"Kim","principal":"key:1","view":{"lon":127}},{"id":"p2","name":"이","principal":"key:2"}]}"#
    #expect(hub.news(for: lee) == [#"{"you":"p2","# + both])
    #expect(hub.news(for: kim) == [#"{"you":"p1","# + both])
    // However often somebody moved, who reads late is told the latest.
    for step in 0..<100 { hub.move(kim, to: Array(#"{"lon":\#(step)}"#.utf8)) }
    #expect(hub.news(for: lee) == [#"{"id":"p1","view":{"lon":99}}"#])
    #expect(hub.news(for: kim).isEmpty)
    hub.leave(kim)
    hub.leave(kim)
    #expect(hub.news(for: lee) == [#"{"you":"p2","people":[{"id":"p2","name":"이","principal":"key:2"}]}"#])
    hub.leave(lee)
    #expect(hub.population == 0)
  }

  @Test("Worlds are rooms of their own, and each holds so many")
  func limits() throws {
    let nuri = try NativeFixture()
    try Session(nuri.engine, as: .owner()).fork(WorldInstant(Engine.live), name: "plan")
    let hub = PresenceHub()
    let live = try world(nuri, "key:1")
    var people: [PresenceHub.Person] = []
    for number in 0..<PresenceLimits.peopleOfWorld {
      let person = hub.enter(live, name: "\(number)") { true }
      people.append(try #require(person))
    }
    #expect(enter(hub, live, "one more") == nil)
    let other = try arrive(hub, try world(nuri, "key:1", "plan"), "a", true)
    #expect(hub.news(for: other).first?.contains(#""people":[{"id":"p201""#) == true)
    hub.leave(people[0])
    #expect(enter(hub, live, "now") != nil)
  }

  @Test("Who may not see the world any more, or whose credential ended, is sent away")
  func recall() async throws {
    let nuri = try NativeFixture()
    let owner = Session(nuri.engine, as: .owner())
    try owner.fork(WorldInstant(Engine.live), name: "plan")
    let hub = PresenceHub()
    let ended = try arrive(hub, try world(nuri, "key:1"), "a", false)
    let hidden = try arrive(hub, try world(nuri, "key:2", "plan"), "b", true)
    #expect(hidden.mayStay && !ended.mayStay)
    try owner.putPolicy(
      Array(
        #"{"id":"p","order":1,"effect":"deny","principals":{"roles":["reader"]},"worlds":["plan"]}"#.utf8))
    #expect(!hidden.mayStay)
    hub.recallEnded()
    for person in [ended, hidden] {
      // The bell was rung when they came; then it ends.
      var rings = 0
      for await _ in person.rings { rings += 1 }
      #expect(rings == 1)
    }
    #expect(throws: NuriError.self) { try world(nuri, "key:2", "plan") }
    let refused = try await nuri.send(
      "GET", "/v1/worlds/plan/presence", as: Principal("key:2", roles: [.reader]))
    #expect(refused.status == 404)
    let nobody = try await nuri.send("GET", "/v1/worlds/live/presence", as: Principal("key:3", roles: []))
    #expect(nobody.status == 403)
    let elsewhere = try await nuri.send(
      "GET", "/v1/worlds/live/presence", "", ["origin": "https://elsewhere.example"])
    #expect(elsewhere.status == 403)
    try owner.discard("plan")
    #expect(!hidden.world.isOpen)
  }

  @Test("Messages are allowed in bursts and at a rate")
  func rate() {
    var now = Instant(microseconds: 0)
    var allowance = Allowance(now: now)
    var taken = 0
    while allowance.take(now: now) { taken += 1 }
    #expect(taken == PresenceLimits.messageBurst)
    now = Instant(microseconds: 1_000_000)
    taken = 0
    while allowance.take(now: now) { taken += 1 }
    #expect(taken == PresenceLimits.messagesPerSecond)
    // A clock that goes back gives nothing.
    let isAllowed = allowance.take(now: Instant(microseconds: 0))
    #expect(!isAllowed)
  }
}
