import Foundation
import Testing
import TwinValues

@testable import TwinQuery

@Suite("Reading queries")
struct ParsingTests {
  @Test("Every text case is read or refused as it says", arguments: CaseFile.all())
  func syntaxCases(_ file: CaseFile) throws {
    for item in file.cases { item.checkReading(file.name) }
  }

  @Test("An error shows the line and points at the character")
  func caret() {
    let error = #expect(throws: NuriError.self) {
      try Query.parse("SELECT *\nFROM DIGITALTWINS\nWHERE 이름 == 'x'")
    }
    #expect(error?.code == .invalidQuery)
    #expect(error?.place == "line 3, column 10")
    #expect(
      error?.message == "There is no operator ==; did you mean =?\n  WHERE 이름 == 'x'\n             ^")
  }

  @Test("Long lines are cut around the caret")
  func longLine() {
    let text = "SELECT * FROM DIGITALTWINS WHERE x IN [" + String(repeating: "1, ", count: 300) + "]"
    let error = #expect(throws: NuriError.self) { try Query.parse(text) }
    #expect((error?.message.utf8.count ?? 0) < 400)
    #expect(error?.message.contains("…") == true)
  }

  @Test("The world and the sides of a difference can be read off a query")
  func worlds() throws {
    let query = try Query.parse(
      "SELECT * FROM DIGITALTWINS T IN WORLD 'plan-b' AS OF '2018-06-04T18:00:00+09:00'")
    #expect(query.world.name == "plan-b")
    #expect(query.world.asOf == .instant(try Instant("2018-06-04T09:00:00Z")))
    let difference = try Query.parse("SELECT * FROM DIFF(WORLD 'a' AS OF 7, WORLD 'b')")
    #expect(difference.difference?.before == WorldReference(name: "a", asOf: .sequence(7)))
    #expect(difference.world == WorldReference(name: "b"))
    #expect(try Query.parse("SELECT * FROM DIGITALTWINS").world == .here)
  }

  @Test("The examples of docs/query.md are read")
  func documentation() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/query.md")
    let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```")
    let examples = parts.filter { $0.hasPrefix("sql\n") }.map { String($0.dropFirst(4)) }
    #expect(examples.count >= 6)
    for example in examples { #expect(throws: Never.self, "\(example)") { try Query.parse(example) } }
  }

  @Test("What is too long, too deep or too many is refused")
  func bounds() throws {
    let start = "SELECT * FROM DIGITALTWINS WHERE "
    let deep = String(repeating: "(", count: 5000)
    let nots = String(repeating: "NOT ", count: 5000)
    let minus = String(repeating: "- ", count: 5000)
    let sums = String(repeating: "1 + ", count: 5000)
    let list = (0...QueryLimits.listValues).map(String.init).joined(separator: ", ")
    let calls = String(repeating: "IS_NULL(", count: 5000)
    let json = String(repeating: "{\"a\":", count: 5000)
    for text in [deep, nots + "a", minus + "a", "a = " + sums + "1", "a IN [\(list)]", calls, json] {
      #expect(throws: NuriError.self) { try Query.parse(start + text) }
    }
    #expect(throws: NuriError.self) {
      try Query.parse(start + "a = '" + String(repeating: "x", count: QueryLimits.textBytes) + "'")
    }
    let wide = Array(repeating: "a = 1", count: 4000).joined(separator: " OR ")
    #expect(throws: Never.self) { try Query.parse(start + wide) }
  }
}
