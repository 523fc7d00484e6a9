import Testing
import TwinValues

@testable import TwinQuery

@Suite("Random queries")
struct FuzzTests {
  @Test("Printing a query and reading it again gives the same query")
  func roundTrip() throws {
    for seed in 0..<4000 as Range<UInt64> {
      var generator = RandomQuery(seed: seed)
      let text = generator.text()
      do {
        let query = try Query.parse(text)
        let again = try Query.parse(query.description)
        #expect(again == query, "seed \(seed): \(text)")
        #expect(again.description == query.description, "seed \(seed)")
      } catch {
        Issue.record("seed \(seed): \(text)\n\(error)")
      }
    }
  }

  @Test("Token soup is read or refused, never a crash")
  func soup() {
    let words = [
      "SELECT", "*", "FROM", "DIGITALTWINS", "RELATIONSHIPS", "WHERE", "T", "T.x", ".", ",", "(", ")", "[",
      "]",
      "[[", "]]", "-", ">", "<", "<=", "=", "!=", "'a'", "'", "\"", "5", "1.5", "1..2", "AND", "OR", "NOT",
      "IN",
      "NIN", "JOIN", "RELATED", "MATCH", "-[", "]->", "*..3", ":", "|", "COUNT", "()", "TOP", "AS", "OF",
      "WORLD",
      "GROUP", "BY", "ORDER", "LIMIT", "OFFSET", "DIFF", "EXPLAIN", "IS_OF_MODEL", "ST_DISTANCE", "POINT",
      "{", "}",
      "{\"a\":1}", "\\", "@", "한", "\u{0}", "$dtId", "exact", "null", "-", "+", "/",
    ]
    var random = Seeded(7)
    for _ in 0..<20000 {
      let count = Int.random(in: 1...24, using: &random)
      let start = random.chance(60) ? "SELECT * FROM DIGITALTWINS " : ""
      read(start + (0..<count).map { _ in random.pick(words) }.joined(separator: random.pick([" ", ""])))
    }
  }

  @Test("Mutated queries are read or refused, never a crash")
  func mutations() {
    var random = Seeded(11)
    for seed in 0..<3000 as Range<UInt64> {
      var generator = RandomQuery(seed: seed)
      var scalars = Array(generator.text().unicodeScalars)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: scalars.remove(at: at)
        case 1: scalars.insert(random.pick(Array("'()[]{}.,*-<>=:|\\\"0aE \n한".unicodeScalars)), at: at)
        case 2: scalars = Array(scalars[..<at])
        default: scalars.swapAt(at, Int.random(in: 0..<scalars.count, using: &random))
        }
        if scalars.isEmpty { break }
      }
      read(String(String.UnicodeScalarView(scalars)))
    }
  }

  @Test("Random queries run over a random world, whatever they ask")
  func runs() throws {
    let world = try RandomGraph(seed: 21, twins: 120, relationships: 200)
    let differences = [
      DifferenceRow(kind: "twinAdded", id: "a"), DifferenceRow(kind: "x", id: "b", old: .bool(true)),
    ]
    var answered = 0
    for seed in 0..<1500 as Range<UInt64> {
      var generator = RandomQuery(seed: seed)
      var text = generator.text()
      for (name, real) in [
        (".x", ".n"), ("기온", "x"), ("_u", "s"), ("[[a b]]", "to"), (".has", ".up"), ("[[1]]", "m.k"),
      ] {
        text = text.replacing(name, with: real)
      }
      guard let query = try? Query.parse(text) else { continue }
      answered += 1
      var token: String?
      for _ in 0..<3 {
        let page = try query.execute(
          on: world.graph, differences: differences, continuation: token, pageSize: 7)
        for i in 0..<page.count {
          #expect(throws: Never.self, "\(text)") { try JSONDocument(Array(page.row(i))) }
        }
        #expect(page.table().rows.count == page.count)
        token = page.nextContinuation
        if token == nil { break }
      }
      #expect(!(try query.explain(on: world.graph, differences: differences).title.isEmpty))
    }
    #expect(answered > 800)
  }

  @Test("Numbers of rows may be as large as they like")
  func largeCounts() throws {
    let world = try RandomGraph(seed: 22, twins: 30, relationships: 0)
    let most = "9223372036854775807"
    for rest in ["", " ORDER BY n", " GROUP BY $dtId"] {
      let whole = try Query.parse("SELECT TOP(\(most)) $dtId FROM DIGITALTWINS\(rest) LIMIT \(most)")
      #expect(try whole.execute(on: world.graph).count == world.ids.count)
      let none = try Query.parse("SELECT $dtId FROM DIGITALTWINS\(rest) LIMIT \(most) OFFSET \(most)")
      #expect(try none.execute(on: world.graph, pageSize: .max).count == 0)
      #expect(try none.execute(on: world.graph, pageSize: -1).count == 0)
    }
    #expect(throws: NuriError.self) {
      try Query.parse("SELECT * FROM DIGITALTWINS LIMIT 9223372036854775808")
    }
  }

  private func read(_ text: String) {
    guard let query = try? Query.parse(text) else { return }
    #expect((try? Query.parse(query.description)) == query, "\(text)")
  }
}
