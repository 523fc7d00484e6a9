import TwinEngine
import TwinGraph
import TwinLog
import TwinStorm
import TwinValues

/// A clock for the engine that a test moves by hand.
struct TestClock: WorldClock {
  let clock = SimulatedClock()
  func now() -> Instant { clock.now }
}

let pumpModel = """
  {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Pump;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "temperature", "schema": "double"},
    {"@type": "Property", "name": "hours", "schema": "integer"},
    {"@type": "Property", "name": "serial", "schema": "string"},
    {"@type": "Property", "name": "site", "schema": {"@type": "Object", "fields": [
      {"name": "city", "schema": "string"}, {"name": "floor", "schema": "integer"}]}},
    {"@type": "Relationship", "name": "feeds", "properties": [
      {"@type": "Property", "name": "flow", "schema": "double"}]}
  ]}
  """

let pump = "dtmi:test:Pump;1"
let tester = Cause(actor: "test")

/// A fresh engine on a simulated disk, with the pump model.
struct Fixture {
  let disk: SimulatedDisk
  let clock = TestClock()
  let engine: Engine

  init(seed: UInt64 = 1, changesPerCheckpoint: UInt64 = 1000) throws {
    disk = SimulatedDisk(seed: seed)
    engine = try Engine.create(at: "data", options: Fixture.options(disk, clock, changesPerCheckpoint))
    try engine.world().write(
      Batch(cause: tester, operations: [Operation(.addModels([Array(pumpModel.utf8)]))]))
  }

  static func options(
    _ disk: any Disk, _ clock: any WorldClock, _ changesPerCheckpoint: UInt64 = 1000
  ) -> EngineOptions {
    EngineOptions(
      disk: disk, clock: clock, changesPerCheckpoint: changesPerCheckpoint,
      log: SegmentLogOptions(firstSegmentBytes: 16 << 10, segmentBytes: 64 << 10), worksInBackground: false)
  }

  func reopened() throws -> Engine {
    try engine.close()
    return try Engine.open("data", options: Fixture.options(disk, clock))
  }
}

extension World {
  @discardableResult
  func put(_ id: String, _ temperature: Double, at observed: Instant? = nil) throws -> Receipt {
    try write(
      Batch(
        cause: tester,
        operations: [
          Operation(
            .putTwin(id: id, model: pump, properties: [PropertyEdit("temperature", .double(temperature))]),
            observed: observed)
        ]))
  }

  @discardableResult
  func set(_ id: String, _ path: String, _ value: Value?, at observed: Instant? = nil) throws -> Receipt {
    try write(
      Batch(
        cause: tester,
        operations: [Operation(.patchTwin(id: id, edits: [PropertyEdit(path, value)]), observed: observed)]))
  }

  @discardableResult
  func link(_ source: String, _ id: String, _ target: String, _ properties: String = "") throws -> Receipt {
    try write(
      Batch(
        cause: tester,
        operations: [
          Operation(
            .putRelationship(
              source: source, id: id, name: "feeds", target: target, properties: Array(properties.utf8)))
        ]))
  }

  func temperature(_ id: String, _ point: AsOf = .now) throws -> Double? {
    let graph = try snapshot(at: point).graph
    return graph.twin(id).flatMap { graph.value($0, "temperature") }?.number
  }
}

/// The code of the error that `body` throws.
func code(_ body: () throws -> Void) -> NuriError.Code? {
  do {
    try body()
    return nil
  } catch let error as NuriError {
    return error.code
  } catch {
    return nil
  }
}
