import Testing

@testable import NuriCommands

@Suite struct TextTests {
  @Test(arguments: [
    ("abc", 3), ("역삼", 4), ("e\u{301}", 1), ("ａ", 2), ("🏙️", 2), ("", 0), ("한 a", 4), ("\u{1100}\u{1161}", 2),
    ("…", 1), ("日本", 4),
  ])
  func widths(_ text: String, _ width: Int) { #expect(DisplayWidth.of(text) == width) }

  @Test(arguments: [
    ("abcdef", 4, "abc…"), ("abc", 4, "abc"), ("역삼동", 5, "역삼…"), ("역삼동", 4, "역…"), ("역삼동", 6, "역삼동"),
    ("abc", 0, ""),
  ])
  func truncates(_ text: String, _ columns: Int, _ expected: String) {
    #expect(DisplayWidth.truncate(text, to: columns) == expected)
  }

  @Test func tablesLineUp() {
    var table = TextTable(["이름", "#height", "note"])
    table.add(["강남파이낸스센터", "206", "x"])
    table.add(["a\nb", "7", ""])
    let lines = table.lines(width: nil, style: .plain)
    #expect(lines == ["이름              height  note", "강남파이낸스센터     206  x", "a b                    7"])
  }

  @Test func tablesFitTheTerminal() {
    var table = TextTable(["a", "b", "c"])
    table.add([String(repeating: "가", count: 40), String(repeating: "y", count: 30), "z"])
    for width in [80, 40, 24] {
      for line in table.lines(width: width, style: .plain) {
        #expect(DisplayWidth.of(line) <= width, "\(line)")
      }
    }
  }

  @Test func wraps() {
    #expect(DisplayWidth.wrap("aa bb cc", to: 5) == ["aa bb", "cc"])
    #expect(DisplayWidth.wrap("역삼 동네", to: 6) == ["역삼", "동네"])
  }

  @Test func quantities() {
    #expect(Quantity.count(1_234_567) == "1,234,567")
    #expect(Quantity.count(12) == "12")
    #expect(Quantity.seconds(7.26) == "7.3 s")
    #expect(Quantity.seconds(125) == "2 min 5 s")
    #expect(Quantity.bytes(12_500_000) == "12.5 MB")
  }

  @Test func colourOnlyOnATerminal() throws {
    let shell = try Shell()
    #expect(!shell.run("help").output.contains("\u{1b}"))
    #expect(shell.run("help", width: 80).output.contains("\u{1b}"))
    #expect(!shell.run("help", width: 80, environment: ["NO_COLOR": "1"]).output.contains("\u{1b}"))
    #expect(!shell.run("help", "--no-color", width: 80).output.contains("\u{1b}"))
  }

  @Test(arguments: [("90s", 90), ("15m", 900), ("1h", 3600), ("7d", 604_800)])
  func spans(_ text: String, _ seconds: Int64) throws {
    #expect(try TimeSpan.microseconds(text) == seconds * 1_000_000)
  }

  @Test(arguments: ["", "h", "0h", "-1h", "1w", "1.5h"])
  func noSpans(_ text: String) { #expect(throws: CommandError.self) { try TimeSpan.microseconds(text) } }
}
