import Testing
import TwinValues

@Suite struct DTMITests {
  @Test(arguments: ["dtmi:a;1", "dtmi:com:example:Thermo_stat1;123456789", "dtmi:a:b9;1"])
  func everyVersionTakesPlainOnes(text: String) {
    #expect(DTMI.isValid(text, syntax: .v2))
    #expect(DTMI.isValid(text, syntax: .v3))
    #expect(DTMI.isValid(text))
  }

  @Test(arguments: ["dtmi:a", "dtmi:a:b;1.2", "dtmi:a;1.123456"])
  func optionalAndMinorVersionsComeWithV3(text: String) {
    #expect(!DTMI.isValid(text, syntax: .v2))
    #expect(DTMI.isValid(text, syntax: .v3))
  }

  @Test(arguments: ["dtmi:_a;1", "dtmi:a:__b1;1", "dtmi:a;1#part", "dtmi:a;1#", "dtmi:a#_x", "dtmi:a:_9"])
  func systemFormsAreNotForModels(text: String) {
    #expect(DTMI.isValid(text))
    #expect(!DTMI.isValid(text, syntax: .v2))
    #expect(!DTMI.isValid(text, syntax: .v3))
  }

  @Test(arguments: [
    "", "dtmi:", "dtmi:;1", "dtm:a;1", "DTMI:a;1", "dtmi:a:;1", "dtmi::a;1", "dtmi:1a;1", "dtmi:a_;1",
    "dtmi:a-b;1",
    "dtmi:a;", "dtmi:a;0", "dtmi:a;01", "dtmi:a;1234567890", "dtmi:a;1.", "dtmi:a;1.0", "dtmi:a;1.1234567",
    "dtmi:a;1 ", "dtmi:a;1;1", "dtmi:a;1#1", "dtmi:a;1#a_", "dtmi:가;1", "dtmi:_;1", "dtmi:a.b;1",
  ])
  func othersAreNone(text: String) {
    #expect(!DTMI.isValid(text))
    #expect(throws: NuriError.self) { try DTMI(text) }
  }

  @Test func partsAreFound() throws {
    let id = try DTMI("dtmi:com:example:_Thing;12.3#part")
    #expect(id.labels == ["com", "example", "_Thing"])
    #expect(id.majorVersion == 12)
    #expect(id.minorVersion == 3)
    #expect(id.versionless == "dtmi:com:example:_Thing#part")
    #expect(id.fragment == "#part")
    #expect(id.isReserved)
    let plain = try DTMI("dtmi:a")
    #expect(plain.majorVersion == 0 && plain.minorVersion == 0 && plain.fragment.isEmpty && !plain.isReserved)
  }

  @Test(arguments: [
    (DTMI.Syntax.any, DTMI.maximumBytes), (.v2, DTMI.maximumUserBytes), (.v3, DTMI.maximumUserBytes),
  ])
  func lengthIsBounded(syntax: DTMI.Syntax, limit: Int) {
    let longest = "dtmi:" + String(repeating: "a", count: limit - 7) + ";1"
    #expect(DTMI.isValid(longest, syntax: syntax))
    #expect(!DTMI.isValid("dtmi:a" + longest.dropFirst(5), syntax: syntax))
  }
}
