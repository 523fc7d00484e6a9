import ProofServers
import Testing
import TwinValues

@testable import TwinExchange

@Suite struct CSVTests {
  private func rows(_ text: String, delimiter: Character = ",") throws -> [[String]] {
    try rows(Array(text.utf8), delimiter)
  }

  private func rows(_ bytes: [UInt8], _ delimiter: Character = ",") throws -> [[String]] {
    let folder = try TemporaryFolder()
    var parser = CSVParser(
      try InputFile(try folder.file("t.csv", bytes)), delimiter: delimiter.asciiValue ?? 0x2c)
    var rows: [[String]] = []
    while let row = try parser.next() { rows.append(row) }
    return rows
  }

  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
    ("\u{feff}a,b\n1,\n", [["a", "b"], ["1", ""]]),
    ("\"a\",\"b,c\"\n\"1\n2\",\"say \"\"hi\"\"\"\n", [["a", "b,c"], ["1\n2", "say \"hi\""]]),
    ("a\n\n\nb\n", [["a"], ["b"]]),
    ("이름,값\n\"역삼, 1동\",3\n", [["이름", "값"], ["역삼, 1동", "3"]]),
    ("\"\",x\n", [["", "x"]]), ("a,\"\"\n", [["a", ""]]),
  ])
  func splits(_ text: String, _ expected: [[String]]) throws {
    #expect(try rows(text) == expected)
  }

  @Test func otherDelimiters() throws {
    #expect(try rows("a;b\n1,5;2\n", delimiter: ";") == [["a", "b"], ["1,5", "2"]])
    #expect(try rows("a\tb\n", delimiter: "\t") == [["a", "b"]])
  }

  @Test(arguments: [
    ("a,b\n\"1,2\n", "does not end", 2), ("a,b\n\"1\"x,2\n", "after a closing quote", 2),
    ("a,b\n1x\"y\",2\n", "not quoted", 2), ("a,b\n\"1\n2\"\n\"3\"4,5\n", "after a closing quote", 4),
  ])
  func faultsNameTheirLine(_ text: String, _ words: String, _ line: Int) throws {
    let error = #expect(throws: NuriError.self) { try rows(text) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.place == "t.csv, line \(line)")
  }

  @Test func raggedRowsDuplicateColumnsAndForeignBytes() throws {
    let folder = try TemporaryFolder()
    func reader(_ bytes: [UInt8]) throws -> CSVReader {
      try CSVReader(try InputFile(try folder.file("r.csv", bytes)))
    }
    #expect(throws: NuriError.self) { try reader(Array("a,a\n1,2\n".utf8)) }
    #expect(throws: NuriError.self) { try reader([]) }
    var ragged = try reader(Array("a,b\n1,2\n1,2,3\n".utf8))
    _ = try ragged.next()
    let error = #expect(throws: NuriError.self) { _ = try ragged.next() }
    #expect(error?.message.contains("3 cells") == true)
    #expect(error?.place == "r.csv, line 3")
    // EUC-KR: the bytes of 가.
    let foreign = #expect(throws: NuriError.self) { try reader([0xb0, 0xa1, 0x0a]) }
    #expect(foreign?.advice?.contains("CP949") == true)
  }

  /// Random cells, written and read again, are the same.
  @Test(arguments: 0..<6)
  func whatIsWrittenReadsBack(_ seed: Int) throws {
    var random = SeededRandom(UInt64(seed))
    let alphabet = Array("ab,\"\n\r;한 \t1")
    let folder = try TemporaryFolder()
    var table = CSVTable()
    var expected: [[String]] = []
    var json: [[UInt8]] = []
    for _ in 0..<200 {
      let cells = (0..<3).map { _ in
        String(
          (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in alphabet.randomElement(using: &random)
          })
      }
      var writer = JSONWriter()
      writer.beginObject()
      for (i, cell) in cells.enumerated() {
        writer.key("c\(i)")
        writer.string(cell)
      }
      writer.endObject()
      json.append(writer.bytes)
      if cells.contains(where: { !$0.isEmpty }) { expected.append(cells) } else { json.removeLast() }
    }
    for row in json { try table.learn(row) }
    let path = "\(folder.path)/t.csv"
    try table.begin(path)
    for row in json { try table.add(row) }
    try table.end()
    #expect(try rows(try PosixFiles.read(path)) == [["c0", "c1", "c2"]] + expected)
  }
}
