import TwinGraph
import TwinStorm
import TwinValues

/// Draws changes from a seed: most fit, some don't.
struct RandomChanges {
  var seed: Seed
  /// Fewer ids mean more replacing and deleting.
  var ids = 40
  /// Links are made for a while, then taken away for a while.
  private var step = 0

  init(_ seed: Seed) { self.seed = seed }

  mutating func next(_ graph: NaiveGraph) -> Change {
    step += 1
    if graph.twins["t0"] == nil { return .putTwin(id: "t0", model: Models.machine, properties: []) }
    if step < 44 {
      return .putRelationship(source: "t0", id: "r\(step)", name: "feeds", target: "t0", properties: [])
    }
    let isGrowing = step % 500 < 420
    switch seed.below(100) {
    case 0..<22:
      let id = anyId()
      let model =
        graph.twins[id].map { id != "t0" && seed.chance(1, in: 6) ? self.model() : $0.model } ?? self.model()
      return .putTwin(id: id, model: model, properties: edits(graph, of: model))
    case 22..<45:
      let id = someTwin(graph)
      return .patchTwin(id: id, edits: edits(graph, of: graph.twins[id]?.model))
    case 45..<53: return .deleteTwin(id: someTwin(graph))
    case 53..<(isGrowing ? 92 : 58): return link(graph)
    case 58..<96: return unlink(graph)
    case 96: return .decommissionModel(id: Models.special, seed.chance(1, in: 2))
    case 97: return .telemetry(twin: someTwin(graph), component: nil, payload: [])
    default: return .putTwin(id: seed.chance(1, in: 2) ? "no good" : "", model: model(), properties: [])
    }
  }

  private mutating func anyId() -> String {
    let number = seed.below(ids)
    return number % 7 == 3 ? "기계-\(number)" : "t\(number)"
  }

  /// A twin that exists, nearly always.
  private mutating func someTwin(_ graph: NaiveGraph) -> String {
    if graph.twins.isEmpty || seed.chance(1, in: 20) { return anyId() }
    for _ in 0..<10 {
      let id = anyId()
      if graph.twins[id] != nil { return id }
    }
    return anyId()
  }

  private mutating func model() -> String {
    if seed.chance(1, in: 50) { return "dtmi:test:Nothing;1" }
    return [Models.machine, Models.machine, Models.special, Models.part][seed.below(4)]
  }

  private mutating func edits(_ graph: NaiveGraph, of model: String?) -> [PropertyEdit] {
    let paths = Models.paths(model ?? self.model())
    return (0..<seed.below(seed.chance(1, in: 4) ? 6 : 3)).map { _ in
      let path = seed.chance(1, in: 60) ? "nonsense" : paths[seed.below(paths.count)]
      return PropertyEdit(path, seed.chance(1, in: 6) ? nil : value(path))
    }
  }

  private mutating func value(_ path: String) -> Value {
    if seed.chance(1, in: 40) { return .json(Array(#"{"depth":1}"#.utf8)) }
    switch path {
    case "on": return .bool(seed.chance(1, in: 2))
    case "count", "rank": return .integer(Int64(Int32(truncatingIfNeeded: seed.next())))
    case "total": return .integer(Int64(bitPattern: seed.next()))
    case "number": return seed.chance(1, in: 2) ? .unsigned(seed.next()) : .integer(Int64(seed.below(100)))
    case "heat", "wear", "rotor.wear": return .double(Double(seed.below(2_000_000) - 1_000_000) / 64)
    case "mode": return .string(["idle", "바쁨", "off", "broken"][seed.below(seed.chance(1, in: 9) ? 4 : 3)])
    case "box": return .json(Array(#"{"width":\#(seed.below(99)),"tag":"\#(text())"}"#.utf8))
    default: return .string(text())
    }
  }

  private mutating func text() -> String {
    let letters = ["a", "b", "한", "é", "e\u{301}", "🙂", "z"]
    let length = seed.chance(1, in: 30) ? 400 : 12
    return (0..<seed.below(length)).map { _ in letters[seed.below(letters.count)] }.joined()
  }

  private mutating func link(_ graph: NaiveGraph) -> Change {
    // Most relationships leave the first twin, so that it becomes a hub.
    let source = seed.chance(3, in: 4) && graph.twins["t0"] != nil ? "t0" : someTwin(graph)
    let target = seed.chance(1, in: 12) ? source : someTwin(graph)
    let isPart = graph.twins[source]?.model == Models.part
    let name =
      seed.chance(1, in: 30)
      ? "hates" : isPart ? "fits" : ["feeds", "feeds", "feeds", "feeds", "holds", "guards"][seed.below(6)]
    let properties = name == "feeds" && seed.chance(1, in: 2) ? #"{"flow":\#(seed.below(50))}"# : ""
    return .putRelationship(
      source: source, id: "r\(seed.below(source == "t0" ? 120 : 6))", name: name, target: target,
      properties: Array(properties.utf8))
  }

  private mutating func unlink(_ graph: NaiveGraph) -> Change {
    let number = graph.links.isEmpty ? 0 : seed.below(graph.links.count)
    let known = graph.links.keys.map { ($0.source, $0.id) }.sorted { $0 < $1 }
    guard !known.isEmpty, !seed.chance(1, in: 12) else {
      return .deleteRelationship(source: someTwin(graph), id: "r\(seed.below(9))")
    }
    return .deleteRelationship(source: known[number].0, id: known[number].1)
  }
}
