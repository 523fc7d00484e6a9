import Testing
import TwinEngine
import TwinGraph
import TwinStorm
import TwinTiles
import TwinValues

@Suite("Tiles")
struct TileTests {
  let city: City

  init() throws { city = try City() }

  private func only(_ layer: TileLayer?) throws -> Tile {
    let layer = try #require(layer)
    #expect(layer.tiles.count == 1)
    return try #require(layer.tiles.first)
  }

  private func ids(_ tile: Tile, _ state: Snapshot) throws -> [String] {
    try JSONDocument(try #require(city.tiles.ids(tile.hash, of: state))).root.elements.compactMap(\.string)
  }

  @Test("Every shape comes back where it is, by an independent reader")
  func roundTrip() throws {
    var seed = Seed(7)
    var shapes: [String: [[[Double]]]] = [:]
    var heights: [String: (base: Int64?, height: Double?)] = [:]
    var changes: [Change] = []
    for n in 0..<300 {
      func number(_ most: Int) -> Double { Double(seed.below(most * 1000)) / 1000 }
      let (longitude, latitude) = (127 + number(40) / 1000, 37.5 + number(30) / 1000)
      var outer = Make.box(longitude, latitude, 0.00005 + number(9) / 10000, 0.00005 + number(9) / 10000)
      if n % 3 == 0 { outer.append([longitude - 0.0001, latitude + 0.0003]) }
      if n % 5 == 0 { outer.reverse() }
      var rings = [outer]
      if n % 4 == 0 { rings.append(Make.box(longitude + 0.00001, latitude + 0.00001, 0.00002, 0.00003)) }
      shapes["h\(n)"] = rings
      heights["h\(n)"] = (n % 2 == 0 ? Int64(n % 50) - 10 : nil, n % 7 == 0 ? nil : number(300))
      changes.append(
        Make.house("h\(n)", rings, height: heights["h\(n)"]?.height, base: heights["h\(n)"]?.base))
    }
    try city.write(changes)
    let state = try city.state()
    let index = city.tiles.index(of: state)
    #expect(index.origin == GeoPosition(longitude: 127, latitude: 37.5))
    let layer = try #require(index.layers.first { $0.model == house })
    #expect(layer.kind == .prism && layer.count == 300 && layer.tiles.count > 5)
    let projection = LocalProjection(index.origin)
    var found = 0
    for tile in layer.tiles {
      let bytes = try #require(city.tiles.tile(tile.hash, of: state))
      let decoded = DecodedTile(bytes)
      #expect(decoded.end == bytes.count && bytes.count == tile.bytes)
      #expect(decoded.x == tile.x && decoded.y == tile.y && decoded.features.count == tile.count)
      let ids = try ids(tile, state)
      var last = Int.max
      for (i, id) in ids.enumerated() {
        found += 1
        let (wanted, sizes) = (try #require(shapes[id]), try #require(heights[id]))
        #expect(decoded.features[i].map(\.isHole) == wanted.indices.map { $0 > 0 })
        for (ring, degrees) in zip(decoded.features[i], wanted) {
          let points = degrees.map { point -> [Int] in
            let (x, y) = projection.metres(longitude: point[0], latitude: point[1])
            return [
              Int((x * 20).rounded()) - tile.x * 20000 - 10000,
              Int((y * 20).rounded()) - tile.y * 20000 - 10000,
            ]
          }
          #expect(Set(ring.points) == Set(points))
          #expect(isRotation(ring.points, points) || isRotation(ring.points, points.reversed()))
          #expect(ring.isHole == (area(ring.points) < 0))
        }
        #expect(decoded.base[i] == Int(sizes.base ?? 0) * 20)
        #expect(decoded.height[i] == Int(((sizes.height ?? 0) * 20).rounded()))
        let all = decoded.features[i].flatMap(\.points)
        let spans = (0..<2).map { part in
          (all.map { $0[part] }.max() ?? 0) - (all.map { $0[part] }.min() ?? 0)
        }
        let size = max(spans[0], spans[1], decoded.height[i])
        let octave = Int.bitWidth - size.leadingZeroBitCount
        #expect(octave <= last)
        last = octave
        let middle = (0..<2).map { part in
          ((all.map { $0[part] }.max() ?? 0) + (all.map { $0[part] }.min() ?? 0)) / 2
        }
        #expect(middle.allSatisfy { abs($0) <= 10000 })
      }
    }
    #expect(found == 300)
  }

  private func isRotation(_ a: [[Int]], _ b: some Collection<[Int]>) -> Bool {
    let b = Array(b)
    return a.count == b.count
      && b.indices.contains { start in b.indices.allSatisfy { a[$0] == b[(start + $0) % b.count] } }
  }

  private func area(_ ring: [[Int]]) -> Int {
    ring.indices.reduce(0) { sum, i in
      let (a, b) = (ring[i], ring[(i + 1) % ring.count])
      return sum + a[0] * b[1] - a[1] * b[0]
    }
  }

  @Test("Lines, points and surfaces")
  func otherKinds() throws {
    let solid =
      #"{"vertices":[127.01,37.51,0,127.0101,37.51,0,127.0101,37.5101,12.5],"surfaces":[[[0,1,2]],[[2,1,0]]]}"#
    let footprint =
      #"{"type":"Polygon","coordinates":[\#(Make.ring(Make.box(127.01, 37.51, 0.0001, 0.0001)))]}"#
    func hallChange(_ id: String, _ solid: String?) -> Change {
      .putTwin(
        id: id, model: hall,
        properties: [
          PropertyEdit("footprint", .json(Array(footprint.utf8))),
          PropertyEdit("solid", solid.map { .json(Array($0.utf8)) }),
        ].filter { $0.value != nil })
    }
    try city.write([
      Make.street("s1", [[127.001, 37.501], [127.0011, 37.501], [127.0011, 37.501], [127.002, 37.502]]),
      Make.lamp("l1", 127.003, 37.503, phase: 4), Make.lamp("l2", 127.0031, 37.5031, phase: nil),
      hallChange("with", solid), hallChange("without", nil),
      hallChange("broken", #"{"vertices":[127,37.5,0],"surfaces":[[[0,0,9]]]}"#),
    ])
    let state = try city.state()
    let index = city.tiles.index(of: state)
    #expect(index.layers.map(\.kind.name) == ["line", "point", "mesh"] || index.layers.count == 3)
    let line = try only(index.layers.first { $0.model == street })
    let lineTile = DecodedTile(try #require(city.tiles.tile(line.hash, of: state)))
    #expect(lineTile.kind == 1 && lineTile.features.map { $0.map(\.points.count) } == [[3]])
    let points = try only(index.layers.first { $0.model == lamp })
    let pointTile = DecodedTile(try #require(city.tiles.tile(points.hash, of: state)))
    #expect(pointTile.kind == 0 && pointTile.features.map(\.count) == [1, 1])
    let values = DecodedValues(try city.tiles.values(model: lamp, path: "signal.phase", of: state))
    let lamps = try ids(points, state)
    #expect(values.tiles[points.hash] == lamps.map { $0 == "l1" ? 4 : nil })
    let mesh = try only(index.layers.first { $0.model == hall })
    let meshTile = DecodedTile(try #require(city.tiles.tile(mesh.hash, of: state)))
    let halls = try ids(mesh, state)
    let at = try #require(halls.firstIndex(of: "with"))
    #expect(meshTile.vertices.map(\.count).enumerated().allSatisfy { $0 == at ? $1 == 3 : $1 == 0 })
    #expect(meshTile.triangles[at] == [0, 1, 2, 2, 1, 0])
    #expect(meshTile.vertices[at].map { $0[2] } == [0, 0, 250] && mesh.high == 12.5)
    let corner = meshTile.vertices[at][0]
    #expect(meshTile.features[at][0].points.contains(Array(corner.prefix(2))))
    #expect(meshTile.end == mesh.bytes)
  }

  @Test("Values are near enough, and where there is none there is none")
  func values() throws {
    try city.write(
      (0..<50).map {
        Make.house(
          "h\($0)", [Make.box(127.01 + Double($0) / 5000, 37.5, 0.0001, 0.0001)],
          height: $0 % 3 == 0 ? nil : Double($0) * 1.7)
      })
    let state = try city.state()
    let values = DecodedValues(try city.tiles.values(model: house, path: "height", of: state))
    #expect(values.low == 1.7 && values.high == 49 * 1.7)
    for tile in try #require(city.tiles.index(of: state).layers.first).tiles {
      for (id, value) in zip(try ids(tile, state), try #require(values.tiles[tile.hash])) {
        let n = try #require(Int(id.dropFirst()))
        if n % 3 == 0 {
          #expect(value == nil)
        } else {
          #expect(abs(try #require(value) - Double(n) * 1.7) <= (values.high - values.low) / 65534)
        }
      }
    }
    let none = DecodedValues(try city.tiles.values(model: house, path: "people", of: state))
    #expect(none.low == 0 && none.high == 0 && none.tiles.values.allSatisfy { $0.allSatisfy { $0 == nil } })
    for (model, path, code) in [
      (house, "name", "propertyNotDeclared"), (house, "nothing", "propertyNotDeclared"),
      (lamp, "signal.phase", "modelNotFound"), ("dtmi:no;1", "x", "modelNotFound"),
    ] {
      #expect {
        try city.tiles.values(model: model, path: path, of: state)
      } throws: {
        ($0 as? NuriError)?.code.rawValue == code
      }
    }
  }

  @Test("The index as JSON names layers, their numbers and tiles")
  func json() throws {
    try city.write([
      Make.house("a", [Make.box(127.01, 37.51, 0.0001, 0.0001)], height: 8, base: 2),
      Make.lamp("l", 127.01, 37.51, phase: 1),
    ])
    let state = try city.state()
    let index = try city.index(state)
    #expect(index["sequence"]?.uint64 == state.sequence && index["cell"]?.int64 == 1000)
    #expect(index["origin"]?["lon"]?.double == 127 && index["origin"]?["lat"]?.double == 37.5)
    let layers = Array(try #require(index["layers"]).elements)
    #expect(layers.compactMap { $0["model"]?.string } == [house, lamp])
    #expect(layers[0]["displayName"]?["ko"]?.string == "집" && layers[0]["kind"]?.string == "prism")
    let properties = Array(try #require(layers[0]["properties"]).elements)
    #expect(properties.compactMap { $0["path"]?.string } == ["height", "base", "people"])
    #expect(properties[0]["unit"]?.string == "metre" && properties[0]["schema"]?.string == "double")
    #expect(
      try #require(layers[1]["properties"]).elements.compactMap { $0["path"]?.string } == ["signal.phase"])
    let tile = try #require(layers[0]["tiles"]?.elements.first { _ in true })
    #expect(tile["x"]?.int64 == 0 && tile["y"]?.int64 == 1 && tile["count"]?.int64 == 1)
    #expect(tile["low"]?.double == 2 && tile["high"]?.double == 10)
  }

  @Test("What can't be drawn is left out and disturbs nothing")
  func leftOut() throws {
    try city.write([
      Make.house("far", [Make.box(-70, -30, 0.001, 0.001)], height: 5),
      Make.house("pole", [Make.box(127, 89.5, 0.001, 0.001)], height: 5),
      Make.house("speck", [Make.box(127.01, 37.51, 0.0000001, 0.0000001)], height: 5),
      Make.house("tall", [Make.box(127.01, 37.51, 0.0001, 0.0001)], height: 1e300, base: 1_000_000_000),
      Make.house("deep", [Make.box(127.01, 37.51, 0.0001, 0.0001)], height: -5),
      .putTwin(id: "placeless", model: house, properties: []),
      .putTwin(
        id: "empty", model: house,
        properties: [
          PropertyEdit("footprint", .json(Array(#"{"type":"MultiPolygon","coordinates":[]}"#.utf8)))
        ]),
    ])
    for n in 0..<200 { try city.write([Make.lamp("l\(n)", 127.01, 37.51, phase: nil)]) }
    let state = try city.state()
    let layer = city.tiles.index(of: state).layers.first { $0.model == house }
    let tile = try only(layer)
    #expect(Set(try ids(tile, state)) == ["tall", "deep"])
    #expect(tile.high == 40000 && tile.low == 0)
  }
}
