import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinModels
import TwinValues

/// Twins whose model was deleted: what holds for them, and how they get one again.
@Suite struct DeletedModelTests {
  private func write(_ world: World, _ changes: Change...) throws {
    try world.write(Batch(cause: tester, operations: changes.map { Operation($0) }))
  }

  private func patch(_ world: World, _ id: String, _ path: String, _ value: String) throws {
    try world.write(
      Batch(
        cause: tester,
        operations: [Operation(.patchTwin(id: id, [PatchStep(.replace, path, Array(value.utf8))]))]))
  }

  /// Two linked pumps whose model is gone, and one of a model that is there.
  private func setting() throws -> (Fixture, World) {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    let tank = pumpModel.replacing("Pump", with: "Tank")
    try world.put("a", 1)
    try world.put("b", 2)
    try world.link("a", "r", "b")
    try write(world, .addModels([Array(tank.utf8)]))
    try write(world, .putTwin(id: "t", model: "dtmi:test:Tank;1", properties: []))
    try write(world, .deleteModel(id: pump))
    return (fixture, world)
  }

  @Test func canBeReadLinkedToAndDeleted() throws {
    let (_, world) = try setting()
    let graph = try world.snapshot().graph
    let twin = try #require(graph.twin("a"))
    #expect(graph.model(of: twin) == pump && graph.layout(of: twin).isOrphaned)
    #expect(try world.temperature("a") == 1)
    #expect(graph.tables(ofModel: pump).isEmpty && graph.twinCount == 3)
    try world.link("t", "to", "a")
    try write(
      world, .deleteRelationship(source: "t", id: "to"), .deleteRelationship(source: "a", id: "r"),
      .deleteTwin(id: "a"))
    #expect(try world.snapshot().graph.twinCount == 2)
  }

  @Test func canNotBeWritten() throws {
    let (_, world) = try setting()
    #expect(code { try world.set("a", "temperature", .double(9)) } == .modelNotFound)
    #expect(code { try world.set("a", "temperature", nil) } == .modelNotFound)
    #expect(code { try patch(world, "a", "/temperature", "9") } == .modelNotFound)
    #expect(code { try world.link("a", "s", "t") } == .modelNotFound)
    #expect(code { try world.put("a", 9) } == .modelNotFound)
    #expect(code { try world.put("new", 9) } == .modelNotFound)
    #expect(try world.temperature("a") == 1)
  }

  @Test func moveToAnotherModel() throws {
    let (_, world) = try setting()
    try patch(world, "a", "/$metadata/$model", "\"dtmi:test:Tank;1\"")
    try world.set("a", "temperature", .double(3))
    #expect(try world.temperature("a") == 3)
  }

  @Test(arguments: [false, true]) func areTheModelsAgainWhenItComesBack(_ reopens: Bool) throws {
    var (fixture, world) = try setting()
    if reopens { (fixture, world) = try reopened(fixture, world) }
    try write(world, .addModels([Array(pumpModel.utf8)]))
    try world.set("a", "temperature", .double(3))
    #expect(try world.temperature("a") == 3)
    let graph = try world.snapshot().graph
    #expect(graph.tables(ofModel: pump).map { graph.twinCount(table: $0) } == [2])
  }

  @Test func stayWithoutOneWhenAnotherShapeComes() throws {
    let (_, world) = try setting()
    let other = pumpModel.replacing("\"double\"", with: "\"string\"")
    try write(world, .addModels([Array(other.utf8)]))
    #expect(code { try world.set("a", "temperature", .string("hot")) } == .modelNotFound)
    #expect(try world.temperature("a") == 1)
    // Naming the model makes it a twin of the new one, if its values fit.
    #expect(code { try patch(world, "a", "/$metadata/$model", "\"\(pump)\"") } == .invalidValue)
    try write(
      world, .putTwin(id: "a", model: pump, properties: [PropertyEdit("temperature", .string("hot"))]))
    let graph = try world.snapshot().graph
    #expect(try graph.value(#require(graph.twin("a")), "temperature") == .string("hot"))
    #expect(try !graph.layout(of: #require(graph.twin("a"))).isOrphaned)
    #expect(try graph.layout(of: #require(graph.twin("b"))).isOrphaned)
  }

  @Test func surviveCheckpointRewindAndVerification() throws {
    let (fixture, world) = try setting()
    let now = try reopened(fixture, world).1
    #expect(try now.temperature("a") == 1)
    #expect(code { try now.set("a", "temperature", .double(9)) } == .modelNotFound)
    let then = try now.snapshot(at: .sequence(3)).graph
    #expect(try !then.layout(of: #require(then.twin("a"))).isOrphaned)
    try write(now, .deleteRelationship(source: "a", id: "r"), .deleteTwin(id: "a"))
    #expect(try now.snapshot().graph.twinCount == 2)
  }

  @Test func passVerification() throws {
    let (fixture, world) = try setting()
    try world.checkpoint()
    try fixture.engine.close()
    let report = try Engine.verify("data", options: Fixture.options(fixture.disk, fixture.clock))
    #expect(report.faults.isEmpty && report.checkpoints == 1)
  }

  private func reopened(_ fixture: Fixture, _ world: World) throws -> (Fixture, World) {
    try world.checkpoint()
    let engine = try fixture.reopened()
    #expect(engine.opening.checkpoint > 0)
    return (fixture, try engine.world())
  }
}
