import ProofServers
import Testing
import TwinEngine
import TwinGraph
import TwinStorm
import TwinValues

@testable import TwinExchange

@Suite("CityJSON")
struct CityJSONTests {
  private let folder: TemporaryFolder
  private let engine: Engine

  init() throws {
    folder = try TemporaryFolder()
    engine = try folder.engine()
  }

  /// A house of level 2 with a courtyard and a roof, its chimney as a part; a level 1 block; a tree without surfaces.
  private static let sample = #"""
    {"type":"CityJSON","version":"2.0",
     "metadata":{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/7415"},
     "transform":{"scale":[0.01,0.01,0.01],"translate":[85000,446500,1]},
     "CityObjects":{
      "{house 1}":{"type":"Building","children":["chimney"],
       "attributes":{"year":1931,"name":"고택","empty":"","none":null,"tall":true},
       "geometry":[
        {"type":"MultiSurface","lod":"1","boundaries":[[[0,1,2,3]]]},
        {"type":"Solid","lod":"2.2","boundaries":[[[[3,2,1,0],[8,9,10,11]],[[4,5,6,7]],[[0,1,5,4]]]],
         "semantics":{"surfaces":[{"type":"GroundSurface"},{"type":"RoofSurface"}],"values":[[0,1,null]]}},
        {"type":"Solid","lod":"3","boundaries":[[[[0,1,2]]]]}]},
      "chimney":{"type":"BuildingInstallation","parents":["{house 1}"],
       "geometry":[{"type":"MultiSurface","lod":2,"boundaries":[[[0,1,5,4]]]}]},
      "block":{"type":"+Block","geometry":[{"type":"Solid","lod":"1","boundaries":[[[[0,2,1]],[[0,3,2]],[[4,5,6]]]]}]},
      "tree":{"type":"SolitaryVegetationObject","geometry":[{"type":"MultiPoint","lod":"1","boundaries":[0]}]}},
     "vertices":[[0,0,0],[1000,0,0],[1000,1000,0],[0,1000,0],[0,0,500],[1000,0,500],[1000,1000,700],[0,1000,700],
      [400,400,0],[600,400,0],[600,600,0],[400,600,0]]}
    """#

  private func run(_ text: String) throws -> CityReport {
    try CityJSONImporter(into: try engine.live).run(try folder.file("x.city.json", text))
  }

  private func json(_ id: String, _ path: String) throws -> JSONNode? {
    let graph = try engine.live.snapshot().graph
    guard case .json(let bytes)? = graph.twin(id).flatMap({ graph.value($0, path) }) else { return nil }
    return try JSONDocument(bytes).root
  }

  @Test("Objects become twins: outline, height, surfaces, attributes, parts")
  func sample() throws {
    let report = try run(Self.sample)
    #expect((report.objects, report.twins, report.relationships, report.shapeless) == (4, 3, 1, 1))
    let graph = try engine.live.snapshot().graph
    let house = try #require(graph.twin("{house-1}"))
    #expect(graph.model(of: house) == "dtmi:nuri:city:Building;1")
    #expect(graph.value(house, "height") == .double(7) && graph.value(house, "base") == .double(1))
    #expect(graph.value(house, "lod") == .double(2.2))
    let polygons = try #require(try json("{house-1}", "footprint")?["coordinates"])
    let rings = polygons.elements.map { $0.elements.map { Array($0.elements) } }
    #expect(rings.map { $0.map(\.count) } == [[5, 5]])
    #expect(signedArea(rings[0][0]) > 0 && signedArea(rings[0][1]) < 0)
    let attributes = try #require(try json("{house-1}", "attributes"))
    #expect(
      attributes.members.map { "\($0.key)=\($0.value.string ?? "")" } == [
        "year=1931", "name=고택", "tall=true",
      ])
    let solid = try #require(try json("{house-1}", "solid"))
    #expect(solid["vertices"]?.count == 36 && solid["surfaces"]?.count == 3)
    #expect(solid["surfaces"]?.elements.first { _ in true }?.count == 2)
    let chimney = try #require(graph.twin("chimney"))
    #expect(graph.outgoing(chimney).map { graph.id(of: graph.target(of: $0)) } == ["{house-1}"])
    #expect(try json("chimney", "footprint")?["coordinates"]?.count == 1)
    let block = try #require(graph.twin("block"))
    #expect(graph.model(of: block) == "dtmi:nuri:city:Block;1" && graph.value(block, "solid") == nil)
    // Two triangles of ground have become one square.
    let square = try #require(try json("block", "footprint")?["coordinates"]?.elements.first { _ in true })
    #expect(square.elements.map(\.count) == [5])
    #expect(try run(Self.sample).twins == 3)
    #expect(try engine.live.snapshot().graph.twinCount == 3)
  }

  private func signedArea(_ ring: [JSONNode]) -> Double {
    let points = ring.map { $0.elements.compactMap(\.double) }
    return zip(points, points.dropFirst()).reduce(0) { $0 + $1.0[0] * $1.1[1] - $1.1[0] * $1.0[1] }
  }

  /// From PROJ 9 with its grids (EPSG:28992 to EPSG:4326).
  @Test(
    "The Dutch grid, within half a metre",
    arguments: [
      (85000.0, 446500.0, 4.367785613850392, 52.00245560487962),
      (155000, 463000, 5.3872035084137675, 52.15517230119224),
      (92000, 436500, 4.471549171735513, 51.91342166904157),
      (121687.33, 487326.19, 4.898030380897726, 52.37279989907367),
      (233883, 582065, 6.5681957381606715, 53.219379582153046),
    ])
  func dutchGrid(_ x: Double, _ y: Double, _ longitude: Double, _ latitude: Double) throws {
    let place = try #require(DutchGrid.degrees(x: x, y: y))
    #expect(abs(place.longitude - longitude) * 68_000 < 0.5 && abs(place.latitude - latitude) * 111_000 < 0.5)
    #expect(DutchGrid.degrees(x: 4.4, y: 52) == nil)
  }

  @Test(
    "What can't be read is refused with what and where",
    arguments: [
      (#"{"type":"FeatureCollection"}"#, "no CityJSON file"),
      (#"{"type":"CityJSON","version":"0.9"}"#, "version \"0.9\""),
      (#"{"type":"CityJSON","version":"1.1","CityObjects":{},"vertices":[]}"#, "does not say"),
      (
        #"{"type":"CityJSON","version":"1.1","metadata":{"referenceSystem":"urn:ogc:def:crs:EPSG::25833"},"CityObjects":{},"vertices":[]}"#,
        "EPSG::25833"
      ),
      (#"{"type":"CityJSON","version":"1.0"}"#, "no CityObjects"),
      ("{", "Not valid JSON"),
    ])
  func refused(_ text: String, _ what: String) throws {
    #expect {
      try run(text)
    } throws: {
      "\($0)".contains(what) && "\($0)".contains("x.city.json")
    }
  }

  @Test("Other systems: degrees; vertices that are not there and places outside are refused")
  func systems() throws {
    func file(_ system: String, _ vertices: String, _ boundary: String = "[[[0,1,2]]]") -> String {
      #"""
      {"type":"CityJSON","version":"1.0","metadata":{"referenceSystem":"\#(system)"},"CityObjects":{"a":
      {"type":"Building","geometry":[{"type":"MultiSurface","lod":1,"boundaries":\#(boundary)}]}},"vertices":\#(vertices)}
      """#
    }
    let degrees = "[[127,37.5,0],[127.001,37.5,0],[127.001,37.501,9]]"
    #expect(try run(file("urn:ogc:def:crs:OGC:1.3:CRS84", degrees)).twins == 1)
    let outline = try #require(try json("a", "footprint")?["coordinates"])
    #expect(outline.sourceText == "[[[[127,37.5],[127.001,37.5],[127.001,37.501],[127,37.5]]]]")
    #expect(throws: NuriError.self) { try run(file("EPSG:28992", degrees)) }
    #expect(throws: NuriError.self) { try run(file("EPSG:4979", degrees, "[[[0,1,3]]]")) }
    #expect(throws: NuriError.self) { try run(file("EPSG:4979", "[[127,37.5]]")) }
  }

  @Test("Damaged files are refused or read, never more", arguments: 0..<300)
  func damaged(_ number: UInt64) throws {
    var seed = Seed(number)
    var bytes = Array(Self.sample.utf8)
    for _ in 0..<(1 + seed.below(6)) {
      let at = seed.below(bytes.count)
      switch seed.below(5) {
      case 0: bytes.remove(at: at)
      case 1: bytes[at] = UInt8(truncatingIfNeeded: seed.next())
      case 2:
        bytes.insert(contentsOf: Array(["[", "]", "9", "-", "null", "1e300"][seed.below(6)].utf8), at: at)
      case 3: bytes.replaceSubrange(at..<min(bytes.count, at + seed.below(40)), with: [])
      default:
        let digits = bytes.indices.filter { bytes[$0] &- 48 < 10 }
        if !digits.isEmpty { bytes[digits[seed.below(digits.count)]] = UInt8(48 + seed.below(10)) }
      }
    }
    do {
      let city = try CityJSONFile(bytes)
      var run = CityImport(city)
      var report = CityReport()
      try city.forEachObject { (id, object) throws(NuriError) in
        guard case .putTwin(_, _, let properties)? = try run.twin(id, object, &report) else { return }
        for property in properties {
          if case .json(let value)? = property.value { _ = try JSONDocument(value) }
        }
      }
    } catch {
      #expect(!error.message.isEmpty)
    }
  }

  @Test("Files of 3D BAG and Delft", arguments: [("delft", 570, 160), ("rotterdam-delfshaven", 853, 853)])
  func realFiles(_ name: String, _ objects: Int, _ buildings: Int) throws {
    let path = "../shared/data/cityjson/\(name).city.json"
    guard (try? InputFile(path)) != nil else {
      print("CityJSON: \(path) is not here; passed over.")
      return
    }
    let report = try CityJSONImporter(into: try engine.live).run(path)
    #expect(report.objects == objects && report.twins == objects)
    let graph = try engine.live.snapshot().graph
    let table = try #require(graph.table(ofModel: "dtmi:nuri:city:Building;1"))
    #expect(graph.twinCount(table: table) == buildings)
  }
}
