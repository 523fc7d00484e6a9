import Testing
import TwinEngine
import TwinGraph
import TwinTiles
import TwinValues

@Suite("Tiles and policies")
struct PolicyTests {
  let city: City
  let guest = Principal("user:guest", roles: [.reader])

  init() throws {
    city = try City()
    try city.write(
      (0..<300).map {
        Make.house(
          "\($0 % 3 == 0 ? "secret" : "open")-\($0)",
          [Make.box(127.01 + Double($0 % 40) / 2000, 37.5 + Double($0 / 40) / 2000, 0.0002, 0.0001)],
          height: 10 + Double($0))
      })
  }

  private func put(_ policy: String) throws {
    try Session(city.engine, as: .owner()).putPolicy(Array(policy.utf8))
  }

  private func state(_ world: String = Engine.live, _ point: AsOf = .now) throws -> Snapshot {
    try Session(city.engine, as: guest).world(world).snapshot(at: point)
  }

  private func ids(_ state: Snapshot) throws -> [String] {
    try city.tiles.index(of: state).layers.flatMap { layer in
      try layer.tiles.flatMap { tile in
        try JSONDocument(try #require(city.tiles.ids(tile.hash, of: state))).root.elements.compactMap(
          \.string)
      }
    }
  }

  @Test("Hidden twins are in no tile, no ids, no values, in any world and at any time")
  func hiddenTwins() throws {
    try city.engine.fork(WorldInstant(Engine.live), name: "plan", cause: Cause(actor: "test"))
    try city.write([.patchTwin(id: "secret-0", edits: [PropertyEdit("height", .double(900))])], in: "plan")
    let all = city.tiles.index(of: try city.state("plan"))
    try put(#"{"id":"p","order":1,"effect":"deny","principals":{"roles":["reader"]},"twins":["secret-*"]}"#)
    let sequence = try city.state().sequence
    for (world, point) in [
      (Engine.live, AsOf.now), ("plan", .now), (Engine.live, .sequence(sequence - 1)), ("plan", .now),
    ] {
      let state = try state(world, point)
      let seen = try ids(state)
      #expect(seen.count == 200 && seen.allSatisfy { $0.hasPrefix("open-") })
      let layer = try #require(city.tiles.index(of: state).layers.first)
      #expect(layer.count == 200)
      #expect(
        layer.tiles.allSatisfy {
          DecodedTile(city.tiles.tile($0.hash, of: state) ?? []).features.count == $0.count
        })
      let values = DecodedValues(try city.tiles.values(model: house, path: "height", of: state))
      #expect(values.tiles.values.reduce(0) { $0 + $1.count } == 200)
      #expect(values.low == 11 && values.high < 310)
      // Names of others' tiles lead to nothing, though they are in the cache.
      for tile in all.layers[0].tiles where !layer.tiles.contains(where: { $0.hash == tile.hash }) {
        #expect(city.tiles.tile(tile.hash, of: state) == nil && city.tiles.ids(tile.hash, of: state) == nil)
      }
    }
    #expect(try Set(ids(try city.state())).count == 300)
  }

  @Test("A hidden height makes flat buildings without values; a hidden place none")
  func hiddenProperties() throws {
    let before = city.tiles.index(of: try state())
    try put(#"{"id":"p","order":1,"effect":"deny","principals":{"roles":["reader"]},"paths":["height"]}"#)
    let state = try state()
    let index = city.tiles.index(of: state)
    #expect(index.layers[0].count == 300)
    #expect(Set(index.layers[0].tiles.map(\.hash)).isDisjoint(with: before.layers[0].tiles.map(\.hash)))
    for tile in index.layers[0].tiles {
      #expect(tile.high == 0)
      #expect(DecodedTile(city.tiles.tile(tile.hash, of: state) ?? []).height.allSatisfy { $0 == 0 })
    }
    let values = DecodedValues(try city.tiles.values(model: house, path: "height", of: state))
    #expect(
      values.low == 0 && values.high == 0 && values.tiles.values.allSatisfy { $0.allSatisfy { $0 == nil } })
    try put(#"{"id":"p","order":1,"effect":"deny","principals":{"roles":["reader"]},"paths":["footprint"]}"#)
    #expect(try ids(try self.state()) == [])
    try put(#"{"id":"p","order":1,"effect":"deny","principals":{"roles":["reader"]}}"#)
    #expect(throws: NuriError.self) { try self.state() }
    #expect(city.tiles.index(of: try city.state()) === before)
  }
}
