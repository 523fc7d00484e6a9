import Testing
import TwinGraph
import TwinValues

@testable import TwinQuery

/// The same question answered in two ways must have one answer.
@Suite("Two ways to one answer")
struct DifferentialTests {
  @Test("Scanning columns finds what asking twin by twin finds")
  func scans() throws {
    let world = try RandomGraph(seed: 1, twins: 700, relationships: 0)
    for seed in 0..<1500 as Range<UInt64> {
      var generator = RandomCondition(seed: seed)
      let text = generator.text()
      let query = try Query.parse("SELECT $dtId FROM DIGITALTWINS WHERE " + text)
      let found = try ids(query, world.graph)
      let term = Binder(query: query, graph: world.graph).term(try #require(query.condition))
      let evaluator = Evaluator(world.graph, collections: 1, differences: [])
      let wanted = world.ids.filter { id in
        guard let twin = world.graph.twin(id) else { return false }
        evaluator.slots[0] = twin.slot
        return evaluator.truth(term) == true
      }
      #expect(found.sorted() == wanted.sorted(), "seed \(seed): \(text)")
      let count = try Query.parse("SELECT COUNT() FROM DIGITALTWINS WHERE " + text).execute(on: world.graph)
      #expect(String(decoding: count.row(0), as: UTF8.self) == "{\"COUNT\":\(wanted.count)}", "seed \(seed)")
    }
  }

  @Test("A condition and its negation never hold both")
  func negations() throws {
    let world = try RandomGraph(seed: 2, twins: 300, relationships: 0)
    for seed in 0..<500 as Range<UInt64> {
      var generator = RandomCondition(seed: seed)
      let text = generator.text()
      let yes = Set(try ids(Query.parse("SELECT $dtId FROM DIGITALTWINS WHERE " + text), world.graph))
      let no = Set(try ids(Query.parse("SELECT $dtId FROM DIGITALTWINS WHERE NOT (\(text))"), world.graph))
      #expect(yes.isDisjoint(with: no), "seed \(seed): \(text)")
    }
  }

  @Test("Joins find what nested loops over all relationships find")
  func joins() throws {
    for seed in 0..<20 as Range<UInt64> {
      let world = try RandomGraph(seed: seed, twins: 40, relationships: 90)
      let start = world.ids[Int(seed)]
      for condition in ["", " WHERE a.$dtId = '\(start)'", " WHERE c.$dtId = '\(start)'", " WHERE a.s = c.s"]
      {
        let query = try Query.parse(
          "SELECT a.$dtId, b.$dtId, c.$dtId FROM DIGITALTWINS a JOIN b RELATED a.to JOIN c RELATED b.up"
            + condition)
        var wanted: [String] = []
        for first in world.edges where first.name == "to" {
          for second in world.edges where second.name == "up" && second.from == first.to {
            let row = [first.from, first.to, second.to].map { world.ids[$0] }
            if condition.contains("a.$dtId"), row[0] != start { continue }
            if condition.contains("c.$dtId"), row[2] != start { continue }
            if condition.contains("a.s") {
              let texts = try [0, 2].map { try #require(world.graph.twin(row[$0])) }
                .map { world.graph.value($0, "s") }
              guard let a = texts[0], a == texts[1] else { continue }
            }
            wanted.append(row.joined(separator: " "))
          }
        }
        #expect(try rows(query, world.graph).sorted() == wanted.sorted(), "seed \(seed)\(condition)")
      }
    }
  }

  @Test("Variable hops reach what enumerating all paths reaches", arguments: ["->", "-"])
  func hops(_ direction: String) throws {
    for seed in 0..<12 as Range<UInt64> {
      let world = try RandomGraph(seed: seed, twins: 20, relationships: 26)
      for (hops, bounds) in [("*..3", 1...3), ("*2", 2...2), ("*1..4", 2...4), ("", 1...1)] {
        for from in [0, 3] {
          let start = world.ids[from]
          let query = try Query.parse(
            "SELECT b.$dtId FROM DIGITALTWINS MATCH (a)-[:to|up\(hops)]\(direction)(b) WHERE a.$dtId = '\(start)'"
          )
          var wanted: Set<Int> = []
          walk(world, from, [], bounds, isDirected: direction == "->", &wanted)
          // Nearest first, either way: the twin it starts from is not its own end (docs/query.md).
          if direction == "-", bounds.lowerBound == 1, hops != "" { wanted.remove(from) }
          let found = Set(try rows(query, world.graph))
          #expect(found == Set(wanted.map { world.ids[$0] }), "seed \(seed) \(start) \(hops)")
        }
      }
    }
  }

  private func walk(
    _ world: RandomGraph, _ at: Int, _ used: [Int], _ bounds: ClosedRange<Int>, isDirected: Bool,
    _ found: inout Set<Int>
  ) {
    if used.count >= bounds.lowerBound { found.insert(at) }
    guard used.count < bounds.upperBound else { return }
    for (i, edge) in world.edges.enumerated() where !used.contains(i) {
      if edge.from == at { walk(world, edge.to, used + [i], bounds, isDirected: isDirected, &found) }
      if !isDirected, edge.to == at, edge.from != at {
        walk(world, edge.from, used + [i], bounds, isDirected: isDirected, &found)
      }
    }
  }

  @Test("Pages of any size hold the rows of one large page, once each and in order")
  func pages() throws {
    let world = try RandomGraph(seed: 5, twins: 400, relationships: 900)
    let queries = [
      "SELECT $dtId FROM DIGITALTWINS", "SELECT $dtId FROM DIGITALTWINS WHERE x > 0 OR n > 0",
      "SELECT TOP(37) $dtId FROM DIGITALTWINS OFFSET 5", "SELECT $dtId FROM DIGITALTWINS OFFSET 380",
      "SELECT $dtId, s FROM DIGITALTWINS ORDER BY s, n DESC",
      "SELECT $dtId FROM DIGITALTWINS ORDER BY n LIMIT 50 OFFSET 7",
      "SELECT s, COUNT() FROM DIGITALTWINS GROUP BY s",
      "SELECT s, COUNT() AS c FROM DIGITALTWINS GROUP BY s ORDER BY c DESC LIMIT 4",
      "SELECT a.$dtId, b.$dtId FROM DIGITALTWINS a JOIN b RELATED a.to",
      "SELECT TOP(90) a.$dtId, c.$dtId FROM DIGITALTWINS a JOIN b RELATED a.to JOIN c RELATED b.up OFFSET 3",
      "SELECT $relationshipId, $sourceId FROM RELATIONSHIPS",
      "SELECT $relationshipId FROM RELATIONSHIPS WHERE $targetId IN ['\(world.ids[0])', '\(world.ids[1])', '\(world.ids[2])']",
      "SELECT a.$dtId, b.$dtId FROM DIGITALTWINS MATCH (a)-[*..2]-(b) WHERE a.$dtId IN ['\(world.ids[3])', '\(world.ids[9])']",
      "SELECT $dtId FROM DIGITALTWINS WHERE $dtId IN ['t3', 't4', 't9', 'u1', 'none']",
    ]
    var random = Seeded(3)
    for text in queries {
      let query = try Query.parse(text)
      let whole = try rows(query, world.graph)
      for _ in 0..<6 {
        var found: [String] = []
        var token: String?
        repeat {
          let size = Int.random(in: 1...40, using: &random)
          let page = try query.execute(on: world.graph, sequence: 4, continuation: token, pageSize: size)
          #expect(page.count <= size)
          found += (0..<page.count).map { row(page, $0) }
          token = page.nextContinuation
        } while token != nil
        #expect(found == whole, "\(text)")
      }
    }
  }

  @Test("Groups of a scan are those of the same twins named one by one")
  func groups() throws {
    let world = try RandomGraph(seed: 8, twins: 600, relationships: 0)
    let list = world.ids.map { "'\($0)'" }.joined(separator: ", ")
    let sums =
      "COUNT() AS c, COUNT(x) AS d, SUM(n) AS e, AVG(n) AS f, MIN(n) AS g, MAX(x) AS h, MIN(s) AS i, MAX(m.k) AS j"
    for key in ["", "b", "n", "s", "$metadata.$model", "b, s", "m.k", "n > 0"] {
      for condition in ["n != 0.5", "x > -2 OR IS_DEFINED(b)", "true"] {
        let select = key.isEmpty ? sums : "\(key), \(sums)"
        let group = key.isEmpty ? "" : " GROUP BY \(key)"
        let start = "SELECT \(select) FROM DIGITALTWINS WHERE (\(condition))"
        let scanned = try rows(Query.parse(start + group), world.graph)
        let named = try rows(Query.parse(start + " AND $dtId IN [\(list)]" + group), world.graph)
        #expect(scanned.count >= 1)
        #expect(scanned.sorted() == named.sorted(), "\(key) \(condition)")
      }
    }
  }

  @Test("A scan in order is that of the same twins named one by one")
  func orders() throws {
    let world = try RandomGraph(seed: 12, twins: 1500, relationships: 0)
    for keys in ["x", "n DESC", "n, s DESC", "x DESC, $dtId", "s", "n * 2 DESC, $dtId DESC", "b DESC, n"] {
      let query = try Query.parse("SELECT $dtId FROM DIGITALTWINS WHERE n != 9 ORDER BY \(keys), $dtId")
      let all = try rows(query, world.graph)
      for size in [1, 7, 100] {
        var found: [String] = []
        var token: String?
        while found.count < 40 {
          let page = try query.execute(on: world.graph, continuation: token, pageSize: size)
          found += (0..<page.count).map { row(page, $0) }
          token = page.nextContinuation
        }
        #expect(Array(all.prefix(found.count)) == found, "\(keys) by \(size)")
      }
      var shuffle = Seeded(2)
      let list = all.shuffled(using: &shuffle).prefix(500).map { "'\($0)'" }.joined(separator: ", ")
      let named = try Query.parse(
        "SELECT $dtId FROM DIGITALTWINS WHERE $dtId IN [\(list)] ORDER BY \(keys), $dtId")
      let wanted = all.filter { list.contains("'\($0)'") }
      #expect(try rows(named, world.graph) == wanted, "\(keys)")
    }
  }

  @Test("A token is refused for another query, another state, or when it was tampered with")
  func tokens() throws {
    let world = try RandomGraph(seed: 6, twins: 50, relationships: 0)
    let query = try Query.parse("SELECT $dtId FROM DIGITALTWINS")
    let page = try query.execute(on: world.graph, sequence: 7, pageSize: 10)
    let token = try #require(page.nextContinuation)
    let other = try Query.parse("SELECT $dtId FROM DIGITALTWINS WHERE x > 0")
    #expect(throws: NuriError.self) { try other.execute(on: world.graph, sequence: 7, continuation: token) }
    #expect(throws: NuriError.self) { try query.execute(on: world.graph, sequence: 8, continuation: token) }
    var random = Seeded(1)
    for _ in 0..<2000 {
      var scalars = Array(token.utf8)
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        scalars[Int.random(in: 0..<scalars.count, using: &random)] = random.pick(
          Array("0123456789abcdef-z".utf8))
      }
      let forged = String(decoding: scalars, as: UTF8.self)
      _ = try? query.execute(on: world.graph, sequence: 7, continuation: forged)
    }
  }

  private func ids(_ query: Query, _ graph: Graph) throws -> [String] { try rows(query, graph) }

  /// Each row's values, joined by blanks.
  private func rows(_ query: Query, _ graph: Graph) throws -> [String] {
    let page = try query.execute(on: graph, pageSize: QueryLimits.pageRows)
    #expect(page.nextContinuation == nil)
    return (0..<page.count).map { row(page, $0) }
  }

  private func row(_ page: QueryPage, _ index: Int) -> String {
    guard let document = try? JSONDocument(Array(page.row(index))) else { return "?" }
    return document.root.members.map { $0.value.string ?? $0.value.sourceText }.joined(separator: " ")
  }
}
