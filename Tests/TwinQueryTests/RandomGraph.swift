import TwinGraph
import TwinValues

/// A random world of two models that share names but not all types, with gaps, and with vacant rows.
struct RandomGraph {
  private(set) var graph = Graph()
  private(set) var ids: [String] = []
  /// Source, target, name of each relationship, by position in `ids`.
  private(set) var edges: [(from: Int, to: Int, name: String)] = []
  private var random: Seeded
  private var sequence: UInt64 = 0

  private static let models = [
    #"{"@id":"dtmi:r:A;1","@type":"Interface","@context":"dtmi:dtdl:context;3","contents":[{"@type":"Property","name":"x","schema":"double"},{"@type":"Property","name":"n","schema":"integer"},{"@type":"Property","name":"b","schema":"boolean"},{"@type":"Property","name":"s","schema":"string"},{"@type":"Property","name":"m","schema":{"@type":"Map","mapKey":{"name":"k","schema":"string"},"mapValue":{"name":"v","schema":"integer"}}},{"@type":"Relationship","name":"to"},{"@type":"Relationship","name":"up"}]}"#,
    #"{"@id":"dtmi:r:B;1","@type":"Interface","@context":"dtmi:dtdl:context;3","contents":[{"@type":"Property","name":"x","schema":"string"},{"@type":"Property","name":"n","schema":"double"},{"@type":"Property","name":"s","schema":"string"},{"@type":"Relationship","name":"to"},{"@type":"Relationship","name":"up"}]}"#,
  ]

  init(seed: UInt64, twins: Int, relationships: Int) throws {
    random = Seeded(seed)
    try apply(.addModels(Self.models.map { Array($0.utf8) }))
    for i in 0..<twins { try addTwin("t\(i)") }
    // Some go, so that rows fall vacant, and their places are taken by others.
    for i in 0..<twins where random.chance(15) { try apply(.deleteTwin(id: "t\(i)")) }
    for i in 0..<twins / 20 { try addTwin("u\(i)") }
    ids = (0..<twins).map { "t\($0)" }.filter { graph.twin($0) != nil } + (0..<twins / 20).map { "u\($0)" }
    for i in 0..<relationships {
      let edge = (
        from: Int.random(in: 0..<ids.count, using: &random),
        to: Int.random(in: 0..<ids.count, using: &random),
        name: random.pick(["to", "to", "up"])
      )
      edges.append(edge)
      try apply(
        .putRelationship(
          source: ids[edge.from], id: "e\(i)", name: edge.name, target: ids[edge.to], properties: []))
    }
  }

  private mutating func apply(_ change: Change) throws {
    sequence += 1
    try graph.apply(change, Stamp(sequence: sequence, milliseconds: Int64(sequence)))
  }

  private mutating func addTwin(_ id: String) throws {
    let isA = random.chance(70)
    var edits: [PropertyEdit] = []
    if random.chance(80) {
      edits.append(
        PropertyEdit("x", isA ? .double(Double(Int.random(in: -8...8, using: &random)) / 2) : text()))
    }
    if random.chance(80) {
      let number = Int.random(in: -4...4, using: &random)
      edits.append(PropertyEdit("n", isA ? .integer(Int64(number)) : .double(Double(number) + 0.5)))
    }
    if random.chance(80) { edits.append(PropertyEdit("s", text())) }
    if isA, random.chance(80) { edits.append(PropertyEdit("b", .bool(random.chance(50)))) }
    if isA, random.chance(50) {
      edits.append(PropertyEdit("m", .json(Array("{\"k\":\(Int.random(in: 0...3, using: &random))}".utf8))))
    }
    try apply(.putTwin(id: id, model: isA ? "dtmi:r:A;1" : "dtmi:r:B;1", properties: edits))
  }

  private mutating func text() -> Value {
    .string(random.pick(["", "a", "ab", "abc", "b", "한", "한강", "t1"]))
  }
}

/// Writes random conditions over the properties of `RandomGraph`.
struct RandomCondition {
  var random: Seeded

  init(seed: UInt64) { random = Seeded(seed) }

  mutating func text(_ depth: Int = 3) -> String {
    guard depth > 0 else { return leaf() }
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return "(\(text(depth - 1)) AND \(text(depth - 1)))"
    case 1: return "(\(text(depth - 1)) OR \(text(depth - 1)))"
    case 2: return "NOT (\(text(depth - 1)))"
    default: return leaf()
    }
  }

  private mutating func path() -> String {
    random.pick(["x", "n", "b", "s", "m", "m.k", "$dtId", "$metadata.$model", "zzz", "s.q"])
  }

  private mutating func literal() -> String {
    random.pick([
      "0", "1", "-2", "0.5", "-1.5", "3", "99999999999", "1e300", "'a'", "'ab'", "'한'", "'t1'", "true",
      "false", "null",
      "'dtmi:r:A;1'",
    ])
  }

  private mutating func number() -> String {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return "x + n"
    case 1: return "n * 2 - x"
    case 2: return "-(x / n)"
    case 3: return "m.k + 1"
    default: return random.pick(["x", "n"])
    }
  }

  private mutating func leaf() -> String {
    let comparison = random.pick(["=", "!=", "<", ">", "<=", ">="])
    switch Int.random(in: 0..<9, using: &random) {
    case 0, 1, 2: return "\(path()) \(comparison) \(literal())"
    case 3: return "\(literal()) \(comparison) \(path())"
    case 4: return "\(number()) \(comparison) \(number())"
    case 5: return "\(path()) \(random.pick(["IN", "NIN"])) [\(literal()), \(literal()), \(literal())]"
    case 6:
      let function = random.pick([
        "IS_DEFINED", "IS_NULL", "IS_BOOL", "IS_NUMBER", "IS_STRING", "IS_OBJECT", "IS_PRIMITIVE",
      ])
      return "\(function)(\(path()))"
    case 7:
      return
        "\(random.pick(["STARTSWITH", "ENDSWITH", "CONTAINS"]))(\(path()), '\(random.pick(["", "a", "b", "강", "1"]))')"
    default: return random.pick(["b", "IS_OF_MODEL('dtmi:r:B;1')", "IS_OF_MODEL('dtmi:r:A;1', exact)"])
    }
  }
}
