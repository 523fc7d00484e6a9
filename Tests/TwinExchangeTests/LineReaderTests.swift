import ProofServers
import Testing
import TwinValues

@testable import TwinExchange

@Suite struct LineReaderTests {
  private func lines(_ text: String, limit: Int = 1 << 20) throws -> [String] {
    let folder = try TemporaryFolder()
    let reader = LineReader(try InputFile(try folder.file("lines", text)), limit: limit)
    var lines: [String] = []
    while try reader.next() { lines.append(String(decoding: reader.line, as: UTF8.self)) }
    #expect(reader.number == lines.count)
    return lines
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb", ["a", "b"]), ("\n\n", ["", ""]),
    ("\u{feff}a\nb\n", ["a", "b"]), ("a\r", ["a"]),
  ])
  func splits(_ text: String, _ expected: [String]) throws {
    #expect(try lines(text) == expected)
  }

  @Test func longLinesCrossBlocks() throws {
    let long = String(repeating: "x", count: 3 << 20)
    #expect(try lines("a\n\(long)\nb\n", limit: 4 << 20).map(\.utf8.count) == [1, 3 << 20, 1])
  }

  @Test func tooLongALineIsNamed() throws {
    let error = #expect(throws: NuriError.self) {
      try lines("a\n" + String(repeating: "x", count: 200), limit: 100)
    }
    #expect(error?.code == .limitExceeded)
    #expect(error?.place == "lines, line 2")
  }

  @Test func missingFilesAndFoldersAreNamed() throws {
    #expect(throws: NuriError.self) { try InputFile("/nowhere/at/all") }
    #expect(throws: NuriError.self) { try InputFile("/tmp") }
  }

  @Test func packedFilesAreUnpackedWhateverTheirName() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/out.zst"
    let output = try OutputFile(path)
    let text = (0..<50_000).map { "line \($0)\n" }.joined()
    try output.write(Array(text.utf8))
    try output.finish()
    let packed = try PosixFiles.read(path)
    #expect(packed.count < text.utf8.count / 3)
    // Two frames one after another, under another name.
    let twice = try folder.file("twice.txt", packed + packed)
    let reader = LineReader(try InputFile(twice))
    var count = 0
    while try reader.next() { count += 1 }
    #expect(count == 100_000)
    let torn = try folder.file("torn.zst", Array(packed.dropLast(20)))
    let tornReader = LineReader(try InputFile(torn))
    let error = #expect(throws: NuriError.self) { while try tornReader.next() {} }
    #expect(error?.message.contains("ends in the middle") == true)
  }

  /// Damaged packed bytes end in an error or in other lines, never in a crash.
  @Test(arguments: 0..<4)
  func damagedPacksAreSurvived(_ seed: Int) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/out.zst"
    let output = try OutputFile(path)
    try output.write(Array((0..<2000).map { "line \($0 * 7919 % 1000)\n" }.joined().utf8))
    try output.finish()
    let packed = try PosixFiles.read(path)
    var random = SeededRandom(UInt64(seed))
    var damaged = 0
    for _ in 0..<100 {
      var bytes = packed
      bytes[Int.random(in: 4..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      do {
        let reader = LineReader(try InputFile(try folder.file("d.zst", bytes)), limit: 1 << 20)
        while try reader.next() {}
      } catch let error as NuriError {
        #expect(error.code == .invalidImport || error.code == .limitExceeded)
        damaged += 1
      }
    }
    // The checksum at the end of the frame notices nearly everything that the format does not.
    #expect(damaged > 90)
  }

  @Test func nothingAppearsBeforeItIsWhole() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/out"
    do {
      let output = try OutputFile(path)
      try output.write([1, 2, 3])
    }
    #expect(throws: NuriError.self) { try PosixFiles.read(path) }
    #expect(throws: NuriError.self) { try PosixFiles.read(path + ".part") }
  }
}
