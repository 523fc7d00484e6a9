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
