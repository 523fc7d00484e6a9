import Testing
import TwinValues

/// Percent-encoding and hexadecimal, there and back.
@Suite("Percent-encoding and hexadecimal")
struct TextCodingTests {
  @Test("Any text comes back from its encoding, which is ASCII that every URI may hold")
  func thereAndBack() {
    for text in ["", "a/ü b", "100 %", "+&=?#", "누리/世界", "~-._", "\u{0}", "\u{1F3D9}\u{7f}\n"] {
      let encoded = PercentCoding.encode(text)
      #expect(encoded.utf8.allSatisfy { (0x21...0x7e).contains($0) })
      #expect(PercentCoding.decode(encoded.utf8) == text)
      #expect(Hexadecimal.decode(Hexadecimal.encode(text.utf8)) == Array(text.utf8))
    }
    #expect(PercentCoding.encode("a/ü b") == "a%2F%C3%BC%20b")
    #expect(Hexadecimal.encode([0, 10, 255]) == "000aff")
    #expect(Hexadecimal.decode("0AfF") == [10, 255])
  }

  @Test("Nothing is repaired")
  func refused() {
    for text in ["%", "%0", "%zz", "a%ff", "a b", "ü", "\n", "%-1", "%+1"] {
      #expect(PercentCoding.decode(text.utf8) == nil, "\(text)")
    }
    for text in ["0", "0g", "é0", "-1", " 00"] { #expect(Hexadecimal.decode(text) == nil, "\(text)") }
  }

  @Test("A plus is a space in a query string only")
  func plus() {
    #expect(PercentCoding.decode("a+b%2B".utf8) == "a+b+")
    #expect(PercentCoding.decode("a+b%2B".utf8, plusIsSpace: true) == "a b+")
  }
}
