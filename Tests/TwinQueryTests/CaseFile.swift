import Foundation
import Testing
import TwinValues

@testable import TwinQuery

/// A text file of cases, `Tests/Cases/query/*.case`; see its first lines and docs/query.md for the form.
struct CaseFile: CustomTestStringConvertible, Sendable {
  let name: String
  /// JSON lines of models, twins and relationships.
  var setUp: [String] = []
  var cases: [QueryCase] = []

  var testDescription: String { name }

  static func all() -> [CaseFile] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Cases/query")
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "case" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
      .map { file in
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return CaseFile(file.lastPathComponent, text)
      }
  }

  init(_ name: String, _ text: String) {
    self.name = name
    var isSetUp = false
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = String(line)
      if line == "graph" {
        isSetUp = true
      } else if line == "end" {
        isSetUp = false
      } else if line.isEmpty || line.hasPrefix("#") {
        continue
      } else if isSetUp {
        setUp.append(line)
      } else if line.hasPrefix("> ") {
        cases.append(QueryCase(query: String(line.dropFirst(2)), line: number + 1))
      } else if line.hasPrefix("  "), cases.last?.expected.isEmpty == true {
        cases[cases.count - 1].query += "\n" + line
      } else if !cases.isEmpty {
        cases[cases.count - 1].expected.append(line)
      }
    }
  }
}

/// A query and what must come of it.
struct QueryCase: Sendable {
  var query: String
  let line: Int
  /// `= printed`, `! column: message`, `| plan line`, `- none` or a row as JSON.
  var expected: [String] = []

  /// Checks what can be checked without a graph.
  func checkReading(_ file: String) {
    let place = "\(file):\(line)"
    do {
      let query = try Query.parse(query)
      let again = try Query.parse(query.description)
      #expect(again == query, "\(place): printing changed the query to \(query)")
      for line in expected where line.hasPrefix("= ") {
        #expect(query.description == line.dropFirst(2), "\(place)")
      }
      for line in expected where line.hasPrefix("! ") {
        Issue.record("\(place): expected a refusal, \(line)")
      }
    } catch {
      let column = error.place?.split(separator: " ").last ?? ""
      let sentence = error.message.split(separator: "\n").first ?? ""
      #expect(expected.first == "! \(column): \(sentence)", "\(place): \(error)")
    }
  }
}
