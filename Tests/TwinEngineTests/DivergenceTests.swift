import Testing
import TwinGraph
import TwinStorm
import TwinValues

@testable import TwinEngine

@Suite("Divergence")
struct DivergenceTests {
  private func owner(_ fixture: Fixture) -> Session { Session(fixture.engine, as: .owner("tester")) }

  @Test("The first change that makes a difference is named, not the first change")
  func first() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    let plan = try fixture.engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    #expect(try owner(fixture).divergence(from: "live", to: "plan") == nil)
    fixture.clock.clock.advance(microseconds: 1_000_000)
    try plan.set("a", "temperature", .double(1))
    fixture.clock.clock.advance(microseconds: 1_000_000)
    let cause = try live.set("a", "temperature", .double(5))
    fixture.clock.clock.advance(microseconds: 1_000_000)
    try plan.set("a", "temperature", .double(5))
    let found = try #require(try owner(fixture).divergence(from: "live", to: "plan"))
    #expect(found.world == "live" && found.sequence == cause.last && found.recorded == cause.recorded)
    #expect(found.items.count == 1 && !found.hasMore)
    guard case .twinChanged("a", _, _, let properties) = found.items[0] else {
      Issue.record("\(found.items)")
      return
    }
    #expect(properties.map(\.old) == [.double(5)] && properties.map(\.new) == [.double(1)])
    let back = try #require(try owner(fixture).divergence(from: "plan", to: "live"))
    #expect(back.recorded == cause.recorded && back.world == "live")
  }

  @Test("A tracking fork parts with its own change, not with its parent's")
  func tracking() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    let fork = try fixture.engine.fork(WorldInstant("live"), name: "t", mode: .tracking, cause: tester)
    fixture.clock.clock.advance(microseconds: 1_000_000)
    try live.set("a", "temperature", .double(2))
    #expect(try owner(fixture).divergence(from: "live", to: "t") == nil)
    fixture.clock.clock.advance(microseconds: 1_000_000)
    // As its parent has it: the difference comes when the parent moves on.
    try fork.set("a", "temperature", .double(2))
    #expect(try owner(fixture).divergence(from: "live", to: "t") == nil)
    fixture.clock.clock.advance(microseconds: 1_000_000)
    let cause = try live.set("a", "temperature", .double(3))
    let found = try #require(try owner(fixture).divergence(from: "live", to: "t"))
    #expect(found.recorded == cause.recorded && found.world == "live")
  }

  @Test("It is where comparing the worlds at every instant says it is", arguments: 1...20)
  func oracle(_ number: Int) throws {
    var seed = Seed(UInt64(number))
    let fixture = try Fixture(seed: UInt64(number), changesPerCheckpoint: 20)
    let live = try fixture.engine.world()
    for id in ["a", "b"] { try live.put(id, 0) }
    let one = try fixture.engine.fork(WorldInstant("live"), name: "one", cause: tester)
    try live.set("a", "temperature", .double(0))
    let two = try fixture.engine.fork(
      WorldInstant("live"), name: "two", mode: seed.below(2) == 0 ? .tracking : .detached, cause: tester)
    let worlds = [live, one, two]
    var instants: Set<Instant> = []
    for _ in 0..<30 {
      if seed.below(3) > 0 { fixture.clock.clock.advance(microseconds: 1_000_000) }
      let world = worlds[seed.below(3)]
      let id = ["a", "b"][seed.below(2)]
      // Few values, so that many changes make no difference.
      let receipt = try world.set(id, "temperature", .double(seed.below(4) == 0 ? 1 : 0))
      instants.insert(receipt.recorded)
    }
    for (a, b) in [(live, one), (one, two), (two, live)] {
      var expected: Instant?
      for instant in instants.sorted() where expected == nil {
        var isDifferent = false
        try fixture.engine.differences(
          from: WorldInstant(a.name, .instant(instant)), to: WorldInstant(b.name, .instant(instant))
        ) { _ in
          isDifferent = true
          return false
        }
        if isDifferent { expected = instant }
      }
      let found = try owner(fixture).divergence(from: a.name, to: b.name)
      #expect(found?.recorded == expected, "\(a.name) \(b.name)")
    }
  }

  @Test("What is hidden makes no difference")
  func policies() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    try live.put("b", 1)
    let plan = try fixture.engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    fixture.clock.clock.advance(microseconds: 1_000_000)
    try plan.set("b", "temperature", .double(2))
    try owner(fixture).putPolicy(
      Array(#"{"id":"p","order":1,"effect":"deny","principals":{"roles":["reader"]},"twins":["b"]}"#.utf8))
    let reader = Session(fixture.engine, as: Principal("kim", roles: [.reader]))
    #expect(try reader.divergence(from: "live", to: "plan") == nil)
    fixture.clock.clock.advance(microseconds: 1_000_000)
    let cause = try plan.set("a", "temperature", .double(2))
    let found = try #require(try reader.divergence(from: "live", to: "plan"))
    #expect(found.recorded == cause.recorded && found.items.count == 1)
    #expect(try owner(fixture).divergence(from: "live", to: "plan")?.recorded != cause.recorded)
    #expect(code { _ = try reader.divergence(from: "live", to: "nope") } == .worldNotFound)
  }
}
