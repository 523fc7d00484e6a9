import Testing
import TwinGraph
import TwinValues

@testable import TwinQuery

/// Looking for values by page filters must find what looking at every page finds: while filters are being filled,
/// in every fork that shares them, after updates, deletions and undone batches.
@Suite("Page filters")
struct FilterTests {
  private static let model =
    #"{"@id":"dtmi:f:A;1","@type":"Interface","@context":"dtmi:dtdl:context;3","contents":[{"@type":"Property","name":"s","schema":"string"},{"@type":"Property","name":"n","schema":"integer"},{"@type":"Property","name":"l","schema":"long"},{"@type":"Property","name":"x","schema":"double"}]}"#
  private static let twins = 6000
  /// Values of a property: few enough that a value is in several rows, enough that it is in few pages.
  private static let values = 3000

  /// A graph with twins, made once.
  private static let base: Result<Graph, any Error> = Result {
    var graph = Graph()
    try graph.apply(.addModels([Array(model.utf8)]), Stamp(sequence: 1, milliseconds: 1))
    var random = Seeded(11)
    for index in 0..<twins {
      let change = Change.putTwin(
        id: "t\(index)", model: "dtmi:f:A;1", properties: "snlx".compactMap { edit($0, &random) })
      try graph.apply(change, Stamp(sequence: UInt64(index + 2), milliseconds: 1))
    }
    return graph
  }

  private static func edit(_ name: Character, _ random: inout Seeded) -> PropertyEdit? {
    let number = Int.random(in: 0..<values, using: &random)
    if random.chance(10) { return nil }
    switch name {
    case "s": return PropertyEdit("s", .string("value-\(number)"))
    case "x": return PropertyEdit("x", .double(Double(number) / 2))
    default: return PropertyEdit(String(name), .integer(Int64(number)))
    }
  }

  private static func condition(_ random: inout Seeded) -> String {
    let number = Int.random(in: 0..<values, using: &random)
    let text = "T.s = 'value-\(number)'"
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return text
    case 1: return "T.n = \(number)"
    case 2: return "T.x = \(Double(number) / 2)"
    case 3: return "T.l IN [\(number), \(number / 2), 'no number']"
    case 4: return "T.s IN ['value-\(number)', 'value-\(number / 3)', 'none']"
    case 5: return "\(text) OR T.n = \(number)"
    case 6: return "T.n = \(number).0 AND T.x >= 0"
    default: return "T.l = \(number / 100) AND (T.n = \(number / 100) OR \(text) OR T.s = 'value-7')"
    }
  }

  private func rows(_ graph: Graph, _ condition: String) throws -> [String] {
    let page = try Query.parse(
      "SELECT T.$dtId FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, 'dtmi:f:A;1') AND (\(condition))"
    ).execute(on: graph, pageSize: QueryLimits.pageRows)
    return (0..<page.count).map { String(decoding: page.row($0), as: UTF8.self) }
  }

  private func check(_ graph: Graph, _ random: inout Seeded, _ seed: UInt64) throws {
    let condition = Self.condition(&random)
    // What is denied twice is not looked for by filters.
    #expect(
      try rows(graph, condition) == rows(graph, "NOT (NOT (\(condition)))"), "seed \(seed): \(condition)")
  }

  @Test("Whatever is written before, while and after filters are filled, in whichever fork", arguments: 0..<6)
  func forks(_ seed: UInt64) throws {
    var random = Seeded(seed)
    var graphs = [try Self.base.get()]
    var sequence: UInt64 = 10_000
    var unfilled: [Graph] = []
    for step in 0..<700 {
      var graph = graphs.remove(at: Int.random(in: 0..<graphs.count, using: &random))
      let before = graph
      var journal = UndoJournal()
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        sequence += 1
        let stamp = Stamp(sequence: sequence, milliseconds: Int64(sequence))
        _ = try? graph.apply(Self.change(&random), stamp, &journal)
      }
      if random.chance(20) { graph.undo(journal) }
      if random.chance(4) {
        let query = try Query.parse("SELECT * FROM DIGITALTWINS T WHERE \(Self.condition(&random))")
        if graph.addFilters(try query.execute(on: graph).filterRequests) { unfilled.append(graph) }
      }
      // Filled from a state that is no longer anyone's newest.
      if random.chance(10), !unfilled.isEmpty { unfilled.removeFirst().fillFilters() }
      graphs.append(graph)
      if random.chance(8) { graphs.append(before) }
      if graphs.count > 4 { graphs.remove(at: Int.random(in: 0..<graphs.count, using: &random)) }
      if step % 5 == 0 { try check(random.pick(graphs), &random, seed) }
    }
    for graph in graphs + unfilled { for _ in 0..<10 { try check(graph, &random, seed) } }
  }

  private static func change(_ random: inout Seeded) -> Change {
    let id = "t\(Int.random(in: 0..<twins + 3000, using: &random))"
    if random.chance(10) { return .deleteTwin(id: id) }
    if random.chance(15) {
      return .putTwin(id: id, model: "dtmi:f:A;1", properties: "snlx".compactMap { edit($0, &random) })
    }
    let name = random.pick(Array("snlx"))
    return .patchTwin(id: id, edits: [edit(name, &random) ?? PropertyEdit(String(name), nil)])
  }

  @Test("A filter skips nearly all pages, and is made anew when updates have worn it")
  func wear() throws {
    var graph = try Self.base.get()
    let query = try Query.parse("SELECT * FROM DIGITALTWINS T WHERE T.n = 123456")
    let requests = try query.execute(on: graph).filterRequests
    #expect(requests.map { "\($0.model) \($0.path)" } == ["dtmi:f:A;1 n"])
    #expect(try query.explain(on: graph).description.contains("by columns where"))
    var isNew = graph.addFilters(requests)
    #expect(isNew)
    isNew = graph.addFilters(requests)
    #expect(!isNew)
    let early = graph
    early.fillFilters()
    #expect(try query.execute(on: graph).filterRequests.isEmpty)
    for index in 0..<30_000 {
      let edit = PropertyEdit("n", .integer(Int64(1_000_000 + index)))
      try graph.apply(
        .patchTwin(id: "t\(index * 7 % Self.twins)", edits: [edit]), Stamp(sequence: 1 << 20, milliseconds: 1)
      )
    }
    for state in [early, graph] {
      let tree = try query.explain(on: state).description
      let pages = try #require(tree.split(separator: ", ").first { $0.contains("of 47 pages") }, "\(tree)")
      #expect(try #require(Int(pages.prefix { $0.isNumber })) < 8, "\(tree)")
    }
  }

  @Test("Small tables get no filters, and a table only so many")
  func limits() throws {
    var graph = Graph()
    let properties = (0..<GraphLimits.filteredColumns + 2).map {
      #"{"@type":"Property","name":"p\#($0)","schema":"integer"}"#
    }
    let model =
      #"{"@id":"dtmi:f:W;1","@type":"Interface","@context":"dtmi:dtdl:context;3","contents":[\#(properties.joined(separator: ","))]}"#
    try graph.apply(.addModels([Array(model.utf8)]), Stamp(sequence: 1, milliseconds: 1))
    for index in 0..<GraphLimits.filteredRows {
      let query = try Query.parse("SELECT * FROM DIGITALTWINS T WHERE T.p0 = 5")
      if index % 1000 == 0 { #expect(try query.execute(on: graph).filterRequests.isEmpty) }
      try graph.apply(
        .putTwin(id: "t\(index)", model: "dtmi:f:W;1", properties: []),
        Stamp(sequence: UInt64(index + 2), milliseconds: 1))
    }
    var added = 0
    for column in properties.indices {
      let query = try Query.parse("SELECT * FROM DIGITALTWINS T WHERE T.p\(column) = 5")
      if graph.addFilters(try query.execute(on: graph).filterRequests) { added += 1 }
    }
    #expect(added == GraphLimits.filteredColumns)
  }
}
