import Testing
import TwinValues

@Suite("Reading JSON")
struct ParserTests {
  @Test(
    "What RFC 8259 allows",
    arguments: [
      "null", "true", " false\n", "0", "-0", "-0.0", "1E5", "1e+5", "1e-05", "0.00", "-1.5e0", "\"\"",
      "\"\\u0000\"", "\"\\ud83d\\ude42\"", "\"\u{7f}\"", "\"\u{10ffff}\"", "[]", "[ ]", "{}", "{\t}",
      "[[],{}]",
      "{\"\":null}", "{\"a\":1,\"A\":2}", "[1,\r\n2]", "\u{feff}1", "123456789012345678901234567890",
      "1e308", "4.9e-324", "1e-999", "\"\\/\\b\\f\\n\\r\\t\\\\\\\"\"", "[\"\u{2028}\"]",
    ])
  func accepts(_ text: String) {
    #expect(throws: Never.self) { try JSONDocument(text) }
  }

  @Test(
    "What it does not",
    arguments: [
      "", " ", "nul", "True", "truex", "+1", "01", "-01", "00", "1.", ".5", "-", "-.5", "1e", "1e+", "0x1",
      "1_0",
      "NaN", "Infinity", "-Infinity", "1e309", "-1e999", "'a'", "\"", "\"a", "\"\\\"", "\"\\x41\"",
      "\"\\u12\"",
      "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800a\"", "\"\\ud800\\n\"", "\"\\ud800\\ud800\"", "\"\\udc00\"",
      "\"\u{1f}\"", "\"\n\"", "[", "[1", "[1,", "[1,]", "[,]", "[1 2]", "]", "{", "{\"a\"", "{\"a\":",
      "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}", "[}",
      "{]",
      "1 2", "[] []", "//a\n1", "/**/1", "1\u{0}", "\u{a0}1", "\u{feff}\u{feff}1", "\u{feff}", "\\u0031",
    ])
  func rejects(_ text: String) {
    #expect(throws: NuriError.self) { try JSONDocument(text) }
  }

  @Test(
    "Bytes that are not UTF-8 are refused, in strings plain and escaped",
    arguments: [
      [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80],
      [0xef, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80], [0xfe], [0xff], [0xe1, 0x80, 0x41], [0xf1, 0x80, 0x80, 0x22],
    ] as [[UInt8]])
  func notUTF8(_ bytes: [UInt8]) {
    for before in ["\"", "\"\\n", "\"0123456789abcdef"] {
      #expect(throws: NuriError.self) { try JSONDocument(Array(before.utf8) + bytes + Array("\"".utf8)) }
      #expect(throws: NuriError.self) { try JSONDocument(Array(before.utf8) + bytes) }
    }
    #expect(throws: NuriError.self) { try JSONDocument(bytes) }
  }

  @Test(
    "A fault is placed by line and column",
    arguments: [
      ("", "line 1, column 1"), ("[1,\n 2,\n x]", "line 3, column 2"), ("{\"a\":01}", "line 1, column 6"),
      ("{\"a\":1,\n\"a\":2}", "line 2, column 1"), ("[1] x", "line 1, column 5"),
      ("\"ab\\q\"", "line 1, column 4"), ("[\"\\ud800\"]", "line 1, column 3"),
      ("[1,\r\n]", "line 2, column 1"),
      ("[1e999]", "line 1, column 2"), ("\"한\u{1}\"", "line 1, column 5"),
    ])
  func places(_ text: String, _ place: String) {
    let error = #expect(throws: NuriError.self) { try JSONDocument(text) }
    #expect(error?.code == .invalidJSON && error?.place == place)
  }

  @Test("Depth, size and keys are limited by name")
  func limits() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try JSONDocument(nested(128)) }
    let error = #expect(throws: NuriError.self) { try JSONDocument(nested(129)) }
    #expect(error?.message.contains("128 levels") == true && error?.place == "line 1, column 129")
    #expect(throws: NuriError.self) { try JSONDocument(String(repeating: "{\"a\":", count: 100_000)) }
    let small = JSONLimits(maximumDepth: 1, maximumBytes: 5)
    #expect(throws: Never.self) { try JSONDocument("[1,2]", limits: small) }
    #expect(throws: NuriError.self) { try JSONDocument("[1,22]", limits: small) }
    #expect(throws: NuriError.self) { try JSONDocument("[[]]", limits: small) }
  }

  @Test("No key twice, however it is spelt and however many there are")
  func duplicateKeys() throws {
    #expect(throws: NuriError.self) { try JSONDocument(#"{"a":1,"b":2,"a":3}"#) }
    #expect(throws: NuriError.self) { try JSONDocument(#"{"a":1,"\u0061":3}"#) }
    #expect(throws: NuriError.self) { try JSONDocument(#"{"x":{"":1,"":2}}"#) }
    #expect(throws: Never.self) { try JSONDocument("{\"\u{e9}\":1,\"e\u{301}\":2}") }
    let many = (0..<300).map { "\"k\($0)\":[{\"k\($0)\":0}]" }.joined(separator: ",")
    #expect(throws: Never.self) { try JSONDocument("{\(many)}") }
    let error = #expect(throws: NuriError.self) { try JSONDocument("{\(many),\n\"k7\":0}") }
    #expect(error?.place == "line 2, column 1")
    let lenient = try JSONDocument(#"{"a":1,"a":2}"#, limits: JSONLimits(rejectsDuplicateKeys: false))
    #expect(lenient.root["a"]?.int64 == 1 && lenient.root.count == 2)
  }

  @Test("Numbers keep their kind and every bit")
  func numbers() throws {
    func node(_ text: String) throws -> (Int64?, UInt64?, Double?, JSONNode.Kind) {
      let root = try JSONDocument("[\(text)]")
      guard let node = root.root.elements.first(where: { _ in true }) else { return (nil, nil, nil, .null) }
      return (node.int64, node.uint64, node.double, node.kind)
    }
    for value in [0, 1, -1, 1 << 53, 1 << 53 + 1, 1 << 53 - 1, -(1 << 53) - 1, .max, .min] as [Int64] {
      #expect(try node("\(value)").0 == value)
    }
    #expect(try node("18446744073709551615") == (nil, .max, 0x1p64, .integer))
    #expect(try node("9223372036854775808") == (nil, 1 << 63, 0x1p63, .integer))
    #expect(try node("18446744073709551616") == (nil, nil, 0x1p64, .number))
    #expect(try node("-9223372036854775809") == (nil, nil, -0x1p63, .number))
    #expect(try node("-0") == (nil, nil, 0, .number))
    #expect(try node("-0").2?.sign == .minus && node("-0.0").2?.sign == .minus)
    #expect(try node("1.0") == (nil, nil, 1, .number) && node("1e0").3 == .number)
    #expect(try node("-1").1 == nil)
    let exact = [
      "0.1", "123456.789e3", "9007199254740993.0", "1e22", "1e23", "8.5e-22", "2.2250738585072011e-308",
      "1.7976931348623157e308", "4.9406564584124654e-324", "1e-400", "0.30000000000000004",
      "100000000000000000000000000000000e-32", "5e-324", "9.5367431640625e-7", "0.000000000000000000000001",
    ]
    for text in exact { #expect(try node(text).2 == Double(text) ?? 0, "\(text)") }
  }

  @Test("A document is parsed into again, and a failed parse leaves null")
  func reuse() throws {
    let document = JSONDocument()
    #expect(document.root.isNull)
    for round in 0..<50 {
      let text = "[\(String(repeating: "\"a\\n\(round)\",", count: round * 9))\"\\u00e9\"]"
      try document.parse(text)
      #expect(document.root.count == round * 9 + 1)
      #expect(document.root.elements.reduce("") { $1.string ?? $0 } == "é")
    }
    #expect(throws: NuriError.self) { try document.parse("[1,") }
    #expect(document.root.isNull && document.root.count == 0)
  }
}
