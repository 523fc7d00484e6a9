import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinStorm
import TwinTiles
import TwinValues

/// A clock that a test moves by hand.
struct HandClock: WorldClock {
  let clock = SimulatedClock()
  func now() -> Instant { clock.now }
}

private let models = """
  [{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:t:Signal;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "phase", "schema": "integer"}]},
   {"@context": ["dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"],
    "@id": "dtmi:t:House;1", "@type": "Interface", "displayName": {"en": "House", "ko": "집"}, "contents": [
    {"@type": "Property", "name": "location", "schema": "point"},
    {"@type": ["Property", "Length"], "name": "height", "unit": "metre", "schema": "double"},
    {"@type": "Property", "name": "base", "schema": "integer"},
    {"@type": "Property", "name": "people", "schema": "long"},
    {"@type": "Property", "name": "name", "schema": "string"},
    {"@type": "Property", "name": "footprint", "schema": "multiPolygon"},
    {"@type": "Relationship", "name": "near"}]},
   {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:t:Street;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "path", "schema": "lineString"},
    {"@type": "Property", "name": "load", "schema": "double"}]},
   {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:t:Lamp;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "location", "schema": "point"},
    {"@type": "Component", "name": "signal", "schema": "dtmi:t:Signal;1"}]},
   {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:t:Hall;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "footprint", "schema": "polygon"},
    {"@type": "Property", "name": "height", "schema": "double"},
    {"@type": "Property", "name": "solid", "schema": {"@type": "Object", "fields": [
      {"name": "vertices", "schema": {"@type": "Array", "elementSchema": "double"}},
      {"name": "surfaces", "schema": {"@type": "Array", "elementSchema": {"@type": "Array", "elementSchema":
        {"@type": "Array", "elementSchema": "integer"}}}}]}}]}]
  """

let house = "dtmi:t:House;1"
let street = "dtmi:t:Street;1"
let lamp = "dtmi:t:Lamp;1"
let hall = "dtmi:t:Hall;1"

/// A world with things that have a place, and what makes tiles of it.
final class City {
  let engine: Engine
  let tiles = TileService()
  let clock = HandClock()

  init(seed: UInt64 = 1) throws {
    engine = try Engine.create(
      at: "data",
      options: EngineOptions(
        disk: SimulatedDisk(seed: seed), clock: clock, changesPerCheckpoint: 400,
        log: SegmentLogOptions(firstSegmentBytes: 1 << 16, segmentBytes: 1 << 18), worksInBackground: false))
    let document = try JSONDocument(models)
    let list = document.root.elements.map { Array($0.sourceText.utf8) }
    try write([.addModels(list)])
  }

  deinit { _ = try? engine.close() }

  @discardableResult
  func write(_ changes: [Change], in world: String = Engine.live) throws -> Receipt {
    clock.clock.advance(microseconds: 1_000_000)
    return try engine.world(world).write(
      Batch(cause: Cause(actor: "test"), operations: changes.map { Operation($0) }))
  }

  func state(_ world: String = Engine.live, _ point: AsOf = .now) throws -> Snapshot {
    try engine.world(world).snapshot(at: point)
  }

  func index(_ state: Snapshot) throws -> JSONNode {
    try JSONDocument(tiles.index(of: state).json(of: state)).root
  }
}

/// Changes that make things.
enum Make {
  static func house(_ id: String, _ rings: [[[Double]]], height: Double?, base: Int64? = nil) -> Change {
    let text = rings.map(ring).joined(separator: ",")
    return .putTwin(
      id: id, model: TwinTilesTests.house,
      properties: [
        PropertyEdit("footprint", .json(Array(#"{"type":"MultiPolygon","coordinates":[[\#(text)]]}"#.utf8))),
        PropertyEdit("height", height.map { .double($0) }), PropertyEdit("base", base.map { .integer($0) }),
      ].filter { $0.value != nil })
  }

  static func ring(_ points: [[Double]]) -> String {
    "[" + (points + points.prefix(1)).map { "[\($0[0]),\($0[1])]" }.joined(separator: ",") + "]"
  }

  /// A box of a house: south-west corner, width and depth in degrees.
  static func box(_ longitude: Double, _ latitude: Double, _ width: Double, _ depth: Double) -> [[Double]] {
    [
      [longitude, latitude], [longitude + width, latitude], [longitude + width, latitude + depth],
      [longitude, latitude + depth],
    ]
  }

  static func lamp(_ id: String, _ longitude: Double, _ latitude: Double, phase: Int64?) -> Change {
    let place = #"{"type":"Point","coordinates":[\#(longitude),\#(latitude)]}"#
    return .putTwin(
      id: id, model: TwinTilesTests.lamp,
      properties: [
        PropertyEdit("location", .json(Array(place.utf8))),
        PropertyEdit("signal.phase", phase.map { .integer($0) }),
      ].filter { $0.value != nil })
  }

  static func street(_ id: String, _ points: [[Double]]) -> Change {
    let text = points.map { "[\($0[0]),\($0[1])]" }.joined(separator: ",")
    return .putTwin(
      id: id, model: TwinTilesTests.street,
      properties: [
        PropertyEdit("path", .json(Array(#"{"type":"LineString","coordinates":[\#(text)]}"#.utf8)))
      ])
  }
}
