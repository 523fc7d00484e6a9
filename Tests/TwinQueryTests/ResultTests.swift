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
