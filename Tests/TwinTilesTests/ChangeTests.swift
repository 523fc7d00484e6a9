import Testing
import TwinEngine
import TwinGraph
import TwinStorm
import TwinTiles
import TwinValues

@Suite("Tiles of changing worlds")
struct ChangeTests {
  /// Every byte that a service gives of a state.
  private func everything(_ service: TileService, _ state: Snapshot) throws -> [[UInt8]] {
    let index = service.index(of: state)
    var all = [index.json(of: state)]
    for layer in index.layers {
      for tile in layer.tiles {
        all.append(try #require(service.tile(tile.hash, of: state)))
        all.append(try #require(service.ids(tile.hash, of: state)))
      }
      guard !layer.tiles.isEmpty else { continue }
      let path = [house: "height", street: "load", lamp: "signal.phase", hall: "height"][layer.model]
      all.append(try service.values(model: layer.model, path: try #require(path), of: state))
    }
    return all
  }

  @Test("After any changes, in any world, at any time: as though made from nothing", arguments: [1, 2, 3, 4])
  func incremental(_ number: UInt64) throws {
    var seed = Seed(number)
    let city = try City(seed: number)
    try city.write((0..<400).map { anyHouse("h\($0)", &seed) })
    var worlds = [Engine.live]
    var sequences: [UInt64] = [try city.state().sequence]
    for round in 0..<40 {
      let world = worlds[seed.below(worlds.count)]
      try city.write(try anyChanges(&seed, try city.state(world), round), in: world)
      if seed.chance(1, in: 8) {
        let name = "f\(round)"
        let point: AsOf = seed.chance(1, in: 2) ? .now : .sequence(sequences[seed.below(sequences.count)])
        try city.engine.fork(WorldInstant(Engine.live, point), name: name, cause: Cause(actor: "test"))
        worlds.append(name)
      }
      sequences.append(try city.state().sequence)
      let asked: (String, AsOf) =
        seed.chance(1, in: 3)
        ? (Engine.live, .sequence(sequences[seed.below(sequences.count)])) : (world, .now)
      let state = try city.state(asked.0, asked.1)
      let (known, fresh) = (
        try everything(city.tiles, state), try everything(TileService(bodyBytes: 0), state)
      )
      #expect(known.count == fresh.count, "round \(round)")
      for (a, b) in zip(known, fresh) where a != b {
        Issue.record(
          "round \(round): \(String(decoding: a, as: UTF8.self)) is \(String(decoding: b, as: UTF8.self))")
      }
    }
  }

  private func anyHouse(_ id: String, _ seed: inout Seed) -> Change {
    let (x, y) = (Double(seed.below(50_000)) / 1_000_000, Double(seed.below(40_000)) / 1_000_000)
    return Make.house(
      id, [Make.box(127 + x, 37.5 + y, 0.0002, 0.0001)],
      height: seed.chance(1, in: 9) ? nil : Double(seed.below(90)))
  }

  private func anyChanges(_ seed: inout Seed, _ state: Snapshot, _ round: Int) throws -> [Change] {
    var changes: [String: Change] = [:]
    for n in 0..<(1 + seed.below(20)) {
      let id = "h\(seed.below(420))"
      let isThere = state.graph.twin(id) != nil
      switch seed.below(8) {
      case 0: changes[id] = anyHouse(id, &seed)
      case 1 where isThere: changes[id] = .deleteTwin(id: id)
      case 2 where isThere:
        changes[id] = .patchTwin(id: id, edits: [PropertyEdit("height", .double(Double(seed.below(99))))])
      case 3 where isThere: changes[id] = .patchTwin(id: id, edits: [PropertyEdit("footprint", nil)])
      case 4 where isThere: changes[id] = .patchTwin(id: id, edits: [PropertyEdit("people", .integer(3))])
      case 5:
        changes["l\(n)"] = Make.lamp("l\(n)", 127.02, 37.52 + Double(n) / 1000, phase: Int64(round))
      case 6:
        let x = 127 + Double(seed.below(50)) / 1000
        changes["s\(n)"] = Make.street("s\(n)", [[x, 37.51], [x + 0.01, 37.52]])
      default: changes["new-\(round)-\(n)"] = anyHouse("new-\(round)-\(n)", &seed)
      }
    }
    return changes.keys.sorted().compactMap { changes[$0] }
  }

  @Test(
    "What did not change is the same object: an unrelated write makes nothing new, a move two tiles at most")
  func sharing() throws {
    let city = try City()
    var seed = Seed(3)
    try city.write((0..<1000).map { anyHouse("h\($0)", &seed) })
    let before = city.tiles.index(of: try city.state())
    try city.write([.patchTwin(id: "h3", edits: [PropertyEdit("people", .integer(5))])])
    #expect(city.tiles.index(of: try city.state()) === before)
    try city.engine.fork(WorldInstant(Engine.live), name: "plan", cause: Cause(actor: "test"))
    #expect(city.tiles.index(of: try city.state("plan")) === before)
    try city.write([Make.house("h3", [Make.box(127.01, 37.51, 0.0002, 0.0001)], height: 4)], in: "plan")
    let after = city.tiles.index(of: try city.state("plan"))
    let old = Set(before.layers[0].tiles.map { ObjectIdentifier($0) })
    #expect((1...2).contains(after.layers[0].tiles.count { !old.contains(ObjectIdentifier($0)) }))
    #expect(city.tiles.index(of: try city.state()) === before)
    // A rewind shares no page with the present, and still nothing is made anew.
    let past = city.tiles.index(of: try city.state(Engine.live, .sequence(try city.state().sequence - 1)))
    #expect(past === before)
  }

  @Test("More states than are kept")
  func manyStates() throws {
    let city = try City()
    var seed = Seed(5)
    try city.write((0..<50).map { anyHouse("h\($0)", &seed) })
    var sequences: [UInt64] = []
    for n in 0..<(2 * TileLimits.indexes) {
      sequences.append(try city.write([anyHouse("h\(n)", &seed)]).last)
      _ = city.tiles.index(of: try city.state())
    }
    for sequence in sequences.reversed() {
      let state = try city.state(Engine.live, .sequence(sequence))
      #expect(try everything(city.tiles, state) == everything(TileService(), state))
    }
  }

  @Test("When the twins are moved far away, so is the origin")
  func moved() throws {
    let city = try City()
    try city.write([Make.lamp("l", 127.03, 37.51, phase: 1)])
    #expect(city.tiles.index(of: try city.state()).origin == GeoPosition(longitude: 127, latitude: 37.5))
    try city.write([Make.lamp("l", 4.36, 52.01, phase: 1)])
    let state = try city.state()
    #expect(city.tiles.index(of: state).origin == GeoPosition(longitude: 4.5, latitude: 52))
    #expect(city.tiles.index(of: state).layers.map(\.count) == [1])
    let empty = try City()
    #expect(empty.tiles.index(of: try empty.state()).layers.isEmpty)
    try empty.write([Make.lamp("l", 4.36, 52.01, phase: 1)])
    #expect(empty.tiles.index(of: try empty.state()).origin == GeoPosition(longitude: 4.5, latitude: 52))
  }
}
