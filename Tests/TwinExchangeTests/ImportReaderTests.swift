import ProofServers
import Testing
import TwinValues

@testable import TwinExchange

@Suite struct ImportReaderTests {
  private func read(_ bytes: [UInt8]) throws -> [ImportSection: Int] {
    let folder = try TemporaryFolder()
    var reader = ImportReader(LineReader(try InputFile(try folder.file("f.ndjson", bytes))))
    var counts: [ImportSection: Int] = [:]
    while let section = try reader.next() { counts[section, default: 0] += 1 }
    return counts
  }

  @Test func countsRecords() throws {
    let counts = try read(Array(Fixture.text(twins: 5).utf8))
    #expect(counts == [.models: 2, .twins: 5, .relationships: 4])
  }

  @Test func sectionsMayBeMissing() throws {
    #expect(try read(Array((Fixture.header.joined(separator: "\n") + "\n").utf8)) == [:])
  }

  /// What is wrong, the line it is on, and words of the message.
  static let faults: [(String, [String], Int?, String)] = [
    ("empty", [], nil, "no header"),
    ("no header", ["{\"Section\":\"Twins\"}"], 1, "no header"),
    ("a record first", ["{\"$dtId\":\"a\"}"], 1, "does not start with a header"),
    ("empty header", ["{\"Section\":\"Header\"}", "{\"Section\":\"Twins\"}"], 2, "header is empty"),
    ("wrong version", ["{\"Section\":\"Header\"}", "{\"fileVersion\":\"2.0.0\"}"], 2, "2.0.0"),
    ("no version", ["{\"Section\":\"Header\"}", "{\"author\":\"x\"}"], 2, "no fileVersion"),
    ("two header lines", Fixture.header + ["{\"fileVersion\":\"1.0.0\"}"], 3, "more than one line"),
    ("unknown section", Fixture.header + ["{\"Section\":\"Twinz\"}"], 3, "no section \"Twinz\""),
    ("section of a number", Fixture.header + ["{\"Section\":4}"], 3, "no section \"4\""),
    (
      "twice", Fixture.header + ["{\"Section\":\"Twins\"}", "{\"a\":1}", "{\"Section\":\"Twins\"}"], 5,
      "comes twice"
    ),
    (
      "wrong order", Fixture.header + ["{\"Section\":\"Twins\"}", "{\"Section\":\"Models\"}"], 4,
      "comes after Twins"
    ),
    ("no JSON", Fixture.header + ["{\"Section\":\"Twins\"}", "{\"a\":"], 4, "Not valid JSON"),
    ("no object", Fixture.header + ["{\"Section\":\"Twins\"}", "[1]"], 4, "is a JSON object"),
    (
      "duplicate keys", Fixture.header + ["{\"Section\":\"Twins\"}", "{\"a\":1,\"a\":2}"], 4, "Not valid JSON"
    ),
  ]

  @Test(arguments: faults.indices)
  func faultsAreNamed(_ index: Int) throws {
    let (what, lines, line, words) = Self.faults[index]
    let error = #expect(throws: NuriError.self, "\(what)") {
      try read(Array(lines.joined(separator: "\n").utf8))
    }
    #expect(error?.message.contains(words) == true, "\(what): \(error?.message ?? "")")
    if let line { #expect(error?.place?.contains("f.ndjson, line \(line)") == true, "\(error?.place ?? "")") }
  }

  @Test func bytesThatAreNotUTF8AreNamed() throws {
    let start = (Fixture.header + ["{\"Section\":\"Twins\"}"]).joined(separator: "\n") + "\n"
    let error = #expect(throws: NuriError.self) {
      try read(Array(start.utf8) + Array("{\"$dtId\":\"".utf8) + [0xb0, 0xa1] + Array("\"}".utf8))
    }
    #expect(error?.message.contains("UTF-8") == true)
    #expect(error?.place?.contains("line 4") == true)
  }

  /// Damage of any kind gives an error or fewer records, never a crash.
  @Test(arguments: 0..<8)
  func survivesMutations(_ seed: Int) throws {
    var random = SeededRandom(UInt64(seed))
    let original = Array(Fixture.text(twins: 6).utf8)
    for _ in 0..<150 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        guard !bytes.isEmpty else { break }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
        default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...200, using: &random)))
        }
      }
      do {
        _ = try read(bytes)
      } catch let error as NuriError {
        #expect(!error.message.isEmpty)
      }
    }
  }
}
