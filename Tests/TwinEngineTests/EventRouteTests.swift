import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinValues

/// Event routes are state of a world like twins: everything that holds for twins holds for them.
@Suite struct EventRouteTests {
  private let route = EventRoute(id: "all", endpoint: "hub", filter: "true")

  private func put(_ world: World, _ routes: EventRoute...) throws {
    try world.write(Batch(cause: tester, operations: routes.map { Operation(.putEventRoute($0)) }))
  }

  @Test func keptInOrderReplacedAndDeleted() throws {
    let world = try Fixture().engine.world()
    try put(world, route, EventRoute(id: "Z", endpoint: "hub", filter: "false"))
    #expect(try world.snapshot().graph.eventRoutes.map(\.id) == ["Z", "all"])
    let other = EventRoute(id: "all", endpoint: "queue", filter: "type = 'x'")
    try put(world, other)
    #expect(try world.snapshot().graph.eventRoute("all") == other)
    let delete = Batch(cause: tester, operations: [Operation(.deleteEventRoute(id: "all"))])
    try world.write(delete)
    #expect(try world.snapshot().graph.eventRoutes.map(\.id) == ["Z"])
    #expect(code { try world.write(delete) } == .eventRouteNotFound)
  }

  @Test(arguments: [false, true]) func surviveReopeningByLogAndByCheckpoint(_ checkpoints: Bool) throws {
    let fixture = try Fixture()
    try put(fixture.engine.world(), route)
    if checkpoints { try fixture.engine.world().checkpoint() }
    let again = try fixture.reopened()
    #expect((again.opening.checkpoint > 0) == checkpoints)
    #expect(try again.world().snapshot().graph.eventRoutes == [route])
  }

  @Test func wereThereThen() throws {
    let world = try Fixture().engine.world()
    try put(world, route)
    let then = world.sequence
    try world.write(Batch(cause: tester, operations: [Operation(.deleteEventRoute(id: "all"))]))
    #expect(try world.snapshot(at: .sequence(then)).graph.eventRoutes == [route])
    #expect(try world.snapshot().graph.eventRoutes.isEmpty)
  }

  @Test func differAndArePromoted() throws {
    let engine = try Fixture().engine
    let gone = EventRoute(id: "gone", endpoint: "hub", filter: "true")
    try put(engine.world(), route, gone)
    _ = try engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    let plan = try engine.world("plan")
    let changed = EventRoute(id: "all", endpoint: "queue", filter: "true")
    let added = EventRoute(id: "more", endpoint: "hub", filter: "false")
    try put(plan, changed, added)
    try plan.write(Batch(cause: tester, operations: [Operation(.deleteEventRoute(id: "gone"))]))
    var found: Set<Difference> = []
    try engine.differences(from: WorldInstant("live"), to: WorldInstant("plan")) {
      found.insert($0)
      return true
    }
    #expect(
      found == [
        .eventRouteChanged(old: route, new: changed), .eventRouteAdded(added), .eventRouteRemoved(gone),
      ])
    let rows = try engine.differenceRows(from: WorldInstant("live"), to: WorldInstant("plan"))
    #expect(Set(rows.map(\.kind)) == ["eventRouteChanged", "eventRouteAdded", "eventRouteRemoved"])
    _ = try engine.promote("plan", preview: false, cause: tester)
    #expect(try engine.world().snapshot().graph.eventRoutes == [changed, added])
  }

  @Test func changedOnBothSidesIsAConflict() throws {
    let engine = try Fixture().engine
    _ = try engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    try put(engine.world("plan"), route)
    try put(engine.world(), EventRoute(id: "all", endpoint: "queue", filter: "true"))
    #expect(code { _ = try engine.promote("plan", preview: false, cause: tester) } == .conflict)
    _ = try engine.promote("plan", preview: false, rule: .mine, cause: tester)
    #expect(try engine.world().snapshot().graph.eventRoutes == [route])
  }

  @Test func limits() throws {
    let world = try Fixture().engine.world()
    for number in 0..<GraphLimits.eventRoutes {
      try put(world, EventRoute(id: "r\(number)", endpoint: "hub", filter: "true"))
    }
    #expect(code { try put(world, route) } == .limitExceeded)
    try put(world, EventRoute(id: "r7", endpoint: "queue", filter: "true"))
    let long = String(repeating: "x", count: GraphLimits.eventRouteTextBytes + 1)
    #expect(code { try put(world, EventRoute(id: "r7", endpoint: "hub", filter: long)) } == .invalidValue)
    #expect(code { try put(world, EventRoute(id: "r7", endpoint: "", filter: "true")) } == .invalidValue)
  }
}
