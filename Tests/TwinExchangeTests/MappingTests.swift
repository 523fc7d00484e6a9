import ProofServers
import Testing
import TwinEngine
import TwinGraph
import TwinValues

@testable import TwinExchange

@Suite struct MappingTests {
  private let folder: TemporaryFolder
  private let engine: Engine

  init() throws {
    folder = try TemporaryFolder()
    engine = try folder.engine()
    try Importer(into: try engine.live).run(try folder.file("base.ndjson", Fixture.text(twins: 3)))
  }

  private func run(_ mapping: String, csv: String, _ options: ImportOptions = ImportOptions()) throws
    -> MappedReport
  {
    let path = try folder.file("rows.csv", csv)
    return try MappedImporter(into: try engine.live, try Mapping(Array(mapping.utf8)), options)
      .run(path, .csv(delimiter: 0x2c))
  }

  private func value(_ id: String, _ path: String) throws -> Value? {
    let graph = try engine.live.snapshot().graph
    return graph.twin(id).flatMap { graph.value($0, path) }
  }

  private static let mapping = #"""
    {"model":"dtmi:t:Room;1","id":"room-{no}","properties":{
      "name":{"text":"{no}호 {label}"},"temperature":{"column":"temp","as":"double"},
      "floor":{"column":"floor","values":{"ground":0,"first":1},"else":9},
      "open":{"column":"open","as":"boolean"},"built":{"column":"built","as":"date"},
      "place":{"point":["lon","lat"]},"address/lot":{"column":"lot"},"heater/target":{"value":21.5}},
     "relationships":[{"name":"leadsTo","target":{"column":"door"},"properties":{"width":{"value":2}}},
                      {"name":"leadsTo","target":{"value":"room-0"}}]}
    """#

  @Test func everyKindOfValue() throws {
    let csv = """
      no,label,temp,floor,open,built,lon,lat,lot,door
      1,,19.5,ground,yes,2020-02-30,127.1,37.5,12-3,room-2
      9,새 방,,attic,maybe,2020-02-29,,37.5,,
      """
    let report = try run(Self.mapping, csv: csv)
    #expect((report.rows, report.created, report.changed) == (2, 1, 1))
    #expect(report.relationships == 3)
    #expect(report.problems.count == 2)
    #expect(report.problems[0].contains("line 2") && report.problems[0].contains("2020-02-30"))
    #expect(report.problems[1].contains("line 3") && report.problems[1].contains("maybe"))
    #expect(try value("room-1", "name") == .string("방 1 \"q\""))
    #expect(try value("room-1", "temperature") == .double(19.5))
    #expect(try value("room-1", "floor") == .integer(0))
    #expect(try value("room-1", "open") == .bool(true))
    #expect(try value("room-1", "heater.target") == .double(21.5))
    let address = try #require(try value("room-1", "address"))
    #expect(address == .json(Array(#"{"road":"테헤란로 1","lot":"12-3"}"#.utf8)))
    #expect(try value("room-9", "name") == .string("9호 새 방"))
    #expect(try value("room-9", "floor") == .integer(9))
    #expect(try value("room-9", "place") == nil)
    let graph = try engine.live.snapshot().graph
    let one = try #require(graph.twin("room-1"))
    #expect(
      Set(graph.outgoing(one).map { graph.id(of: $0) }) == ["door-1-2", "room-1:leadsTo", "room-1:leadsTo:2"])

    let before = try engine.live.snapshot().sequence
    let again = try run(Self.mapping, csv: csv)
    #expect((again.created, again.changed, again.unchanged, again.relationships) == (0, 0, 2, 0))
    #expect(try engine.live.snapshot().sequence == before)
    try engine.close()
  }

  @Test func rowsWithoutAnIdAndTwinsOfAnotherModel() throws {
    let mapping =
      #"{"model":"dtmi:t:Heater;1","id":"{a}","properties":{"target":{"column":"b","as":"double"}}}"#
    let error = #expect(throws: NuriError.self) { try run(mapping, csv: "a,b\n,1\n") }
    #expect(error?.place == "rows.csv, line 2")
    var options = ImportOptions()
    options.continuesOnError = true
    let report = try run(mapping, csv: "a,b\n,1\nroom-1,2\nh1,3\n", options)
    #expect((report.rejected, report.created) == (2, 1))
    try engine.close()
  }

  @Test(arguments: [
    (#"{"id":"{a}"}"#, "\"model\" is missing"),
    (#"{"model":"m","id":"{a}","propertys":{}}"#, "\"propertys\" means nothing"),
    (#"{"model":"m","id":"{a"}"#, "brace"),
    (#"{"model":"m","id":"{a}","properties":{"x":{"colum":"a"}}}"#, "one of column"),
    (#"{"model":"m","id":"{a}","properties":{"x":{"column":"a","as":"float"}}}"#, "\"float\""),
    (#"{"model":"m","id":"{a}","properties":{"x":{"point":["a"]}}}"#, "two columns"),
    (#"{"model":"m","id":"{a}","properties":{"x":{"geometry":"circle"}}}"#, "\"circle\""),
    (#"{"model":"m","id":"{a}","relationships":[{"name":"r"}]}"#, "\"target\""),
    (#"{"model":"m","id":"{a}","properties":[]}"#, "\"properties\" is an object"),
  ])
  func mappingsThatMakeNoSense(_ mapping: String, _ words: String) throws {
    let error = #expect(throws: NuriError.self) { try Mapping(Array(mapping.utf8)) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.code == .invalidMapping)
  }

  @Test(arguments: [
    (#"{"model":"dtmi:t:Room;1","id":"{b}"}"#, "\"b\" that the file does not have"),
    (#"{"model":"dtmi:t:None;1","id":"{a}"}"#, "no model"),
    (#"{"model":"dtmi:t:Room;1","id":"{a}","properties":{"nam":{"column":"a"}}}"#, "\"nam\""),
  ])
  func mappingsThatDoNotFit(_ mapping: String, _ words: String) throws {
    let error = #expect(throws: NuriError.self) { try run(mapping, csv: "a\n1\n") }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func geometriesOfGeoJSON() throws {
    let mapping = #"""
      {"model":"dtmi:t:Room;1","id":"{id}","properties":{
        "outline":{"geometry":"multiPolygon"},"name":{"column":"name"}}}
      """#
    let ring = "[[[127.0,37.5],[127.1,37.5],[127.1,37.6],[127.0,37.5]]]"
    let geo = """
      {"type":"FeatureCollection","features":[
      {"type":"Feature","properties":{"id":"g1","name":null},"geometry":{"type":"Polygon","coordinates":\(ring)}},
      {"type":"Feature","properties":{"id":7,"name":"x"},"geometry":{"type":"Point","coordinates":[127,37]}},
      {"type":"Feature","properties":{"id":"g3"},"geometry":null}]}
      """
    let path = try folder.file("f.geojson", geo)
    let report = try MappedImporter(into: try engine.live, try Mapping(Array(mapping.utf8))).run(
      path, .geoJSON)
    #expect(report.created == 3)
    #expect(report.problems == ["f.geojson, feature 2: the geometry is a Point, not a MultiPolygon."])
    #expect(
      try value("g1", "outline")
        == .json(
          Array("{\"type\":\"MultiPolygon\",\"coordinates\":[\(ring)]}".replacing(".0,", with: ",").utf8)))
    #expect(try value("7", "name") == .string("x"))
    let metres = geo.replacing(
      "\"features\"", with: "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:5186\"}},\"features\""
    )
    let error = #expect(throws: NuriError.self) {
      try MappedImporter(into: try engine.live, try Mapping(Array(mapping.utf8)))
        .run(try folder.file("m.geojson", metres), .geoJSON)
    }
    #expect(error?.message.contains("EPSG:5186") == true)
    try engine.close()
  }

  @Test func geoJSONGoesOutAndComesBack() throws {
    let path = "\(folder.path)/out.geojson"
    let written = try WorldExporter(try engine.live.snapshot()).writeGeoJSON(to: path)
    #expect(written.records == 3)
    let document = try JSONDocument(try PosixFiles.read(path))
    let first = try #require(document.root["features"]?.elements.first { _ in true })
    #expect(first["properties"]?["address/road"]?.string == "테헤란로 0")
    #expect(first["properties"]?["heater/target"]?.double == 20)
    #expect(first["geometry"]?["type"]?.string == "Point")
    let mapping =
      #"{"model":"dtmi:t:Room;1","id":"{$dtId}","properties":{"place":{"geometry":"point"},"address/road":{"column":"address/road"}}}"#
    let report = try MappedImporter(into: try engine.live, try Mapping(Array(mapping.utf8))).run(
      path, .geoJSON)
    #expect(report.unchanged == 3)
    try WorldExporter(try engine.live.snapshot()).writeGeoJSON(to: path, .init(model: "dtmi:t:Heater;1"))
    let empty = try JSONDocument(try PosixFiles.read(path))
    #expect(empty.root["features"]?.count == 0)
    try engine.close()
  }
}
