import Testing
import TwinGraph
import TwinValues

@testable import TwinQuery

@Suite("What queries answer")
struct ResultTests {
  @Test("Every text case has the rows it says", arguments: CaseFile.all().filter { !$0.setUp.isEmpty })
  func rows(_ file: CaseFile) throws {
    let graph = try file.graph()
    for item in file.cases where item.isAboutRows {
      for pageSize in [QueryLimits.pageRows, 1] { try item.checkRows(file.name, graph, pageSize: pageSize) }
    }
  }
}

@Suite("Around the rows")
struct PageTests {
  @Test("A difference is asked like any collection")
  func differences() throws {
    let rows = [
      DifferenceRow(
        kind: "propertyChanged", id: "a", model: "dtmi:x;1", property: "t", old: .integer(1),
        new: .double(2.5)),
      DifferenceRow(kind: "twinAdded", id: "b", model: "dtmi:x;1"),
      DifferenceRow(kind: "propertyChanged", id: "c", property: "t", old: .integer(3), new: .integer(1)),
    ]
    func ask(_ rest: String) throws -> [String] {
      let query = try Query.parse(rest.replacing("FROM D", with: "FROM DIFF(WORLD 'a', WORLD 'b') D"))
      let page = try query.execute(on: Graph(), differences: rows)
      return (0..<page.count).map { String(decoding: page.row($0), as: UTF8.self) }
    }
    #expect(try ask("SELECT id FROM D WHERE new > old") == [#"{"id":"a"}"#])
    #expect(
      try ask("SELECT * FROM D WHERE kind = 'twinAdded'") == [
        #"{"kind":"twinAdded","id":"b","model":"dtmi:x;1"}"#
      ])
    #expect(
      try ask("SELECT D.id AS x FROM D WHERE IS_DEFINED(D.old) ORDER BY D.old - D.new DESC") == [
        #"{"x":"c"}"#, #"{"x":"a"}"#,
      ])
    #expect(
      try ask("SELECT kind, COUNT() AS n FROM D GROUP BY kind ORDER BY n") == [
        #"{"kind":"twinAdded","n":1}"#, #"{"kind":"propertyChanged","n":2}"#,
      ])
  }

  @Test("A page can be shown as JSON and as a table, and says what it cost")
  func page() throws {
    let file = try #require(CaseFile.all().first { $0.name == "results.case" })
    let graph = try file.graph()
    let rooms = try Query.parse(
      "SELECT $dtId, seats, temperature FROM DIGITALTWINS WHERE seats > 3 ORDER BY seats DESC")
    let page = try rooms.execute(on: graph)
    #expect(page.columns == ["$dtId", "seats", "temperature"])
    #expect(page.table().rows.first == [.string("r2"), .integer(10), .integer(24)])
    #expect(
      String(decoding: page.json, as: UTF8.self)
        == #"[{"$dtId":"r2","seats":10,"temperature":24},{"$dtId":"r1","seats":4,"temperature":21.5},{"$dtId":"r3","seats":4,"temperature":18.25}]"#
    )
    #expect(page.queryCharge > 1)
    let all = try Query.parse("SELECT * FROM DIGITALTWINS").execute(on: graph).table()
    #expect(all.columns.starts(with: ["$dtId", "name", "location", "$model"]))
    #expect(all.rows.count == 9)
    #expect(all.rows.allSatisfy { $0.count == all.columns.count })
  }

  @Test("EXPLAIN shows the way taken, with rows expected and got")
  func explain() throws {
    let file = try #require(CaseFile.all().first { $0.name == "results.case" })
    let graph = try file.graph()
    let query = try Query.parse(
      "SELECT TOP(1) F.name, COUNT() AS n FROM DIGITALTWINS F JOIN R RELATED F.has WHERE R.seats > 3 GROUP BY F.name ORDER BY n"
    )
    let tree = try query.explain(on: graph)
    #expect(
      tree.description.split(separator: "\n").map { $0.split(separator: "(").first ?? "" }
        == [
          "at most 1 rows  ", "  sort by n  ", "    group by F.name  ", "      follow ",
          "        scan twins R of 1 of 4 models by columns  ",
        ])
    #expect(tree.inputs[0].inputs[0].inputs[0].actualRows == 3)
  }
}

extension CaseFile {
  /// The world the file sets up; line by line, each change a second after the one before.
  func graph() throws -> Graph {
    var graph = Graph()
    var sequence: UInt64 = 0
    for line in setUp {
      sequence += 1
      let stamp = Stamp(sequence: sequence, milliseconds: Int64(sequence) * 1000)
      let node = try JSONDocument(line).root
      if node["@id"] != nil {
        try graph.apply(.addModels([Array(line.utf8)]), stamp)
      } else if node["$relationshipId"] != nil {
        try graph.apply(try graph.relationshipChange(from: node), stamp)
      } else {
        try graph.apply(try graph.twinChange(from: node), stamp)
      }
    }
    return graph
  }
}

extension QueryCase {
  var isAboutRows: Bool { expected.first.map { $0.hasPrefix("{") || $0.hasPrefix("-") } ?? false }

  /// Compares the rows of all pages with what is expected.
  func checkRows(_ file: String, _ graph: Graph, pageSize: Int) throws {
    let query = try Query.parse(query)
    var rows: [String] = []
    var token: String?
    repeat {
      let page = try query.execute(on: graph, sequence: 9, continuation: token, pageSize: pageSize)
      #expect(page.count <= pageSize || query.isExplained)
      for i in 0..<page.count { rows.append(String(decoding: page.row(i), as: UTF8.self)) }
      token = page.nextContinuation
    } while token != nil
    var wanted = try expected.filter { $0.hasPrefix("{") }.map { line in
      var writer = JSONWriter()
      writer.node(try JSONDocument(line).root)
      return writer.text
    }
    if query.orders.isEmpty, !query.isExplained {
      rows.sort()
      wanted.sort()
    }
    #expect(rows == wanted, "\(file):\(line) in pages of \(pageSize): \(query)")
  }
}
