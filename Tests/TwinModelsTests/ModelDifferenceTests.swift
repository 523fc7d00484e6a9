import Testing
import TwinModels
import TwinValues

@Suite struct ModelDifferenceTests {
  private func differences(_ old: String, _ new: String, _ others: String...) throws -> [ModelDifference] {
    let documents = [
      Models.contents(old, 4, id: "dtmi:test:a;1"), Models.contents(new, 4, id: "dtmi:test:a;2"),
    ]
    let set = try ModelSet.empty.adding((documents + others).map { Array($0.utf8) })
    return try set.compare(old: Models.dtmi("dtmi:test:a;1"), new: Models.dtmi("dtmi:test:a;2"))
  }

  @Test func sameModelsDoNotDiffer() throws {
    let contents = "\(Models.property("p")), {\"@type\": \"Relationship\", \"name\": \"r\"}"
    #expect(try differences(contents, contents) == [])
  }

  @Test func partsComeAndGo() throws {
    let found = try differences(
      "\(Models.property("a")), {\"@type\": \"Command\", \"name\": \"c\"}",
      "\(Models.property("b")), {\"@type\": \"Command\", \"name\": \"c\", \"request\": {\"name\": \"x\", \"schema\": \"double\"}}"
    )
    #expect(
      found == [
        ModelDifference(part: .property, name: "a", change: .removed),
        ModelDifference(part: .property, name: "b", change: .added),
        ModelDifference(part: .command, name: "c/request", change: .added),
      ])
    #expect(found.map(\.breaksData) == [true, false, false])
  }

  struct Change: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let change: SchemaChange
    var testDescription: String { "\(old) → \(new)" }
  }

  private static func object(_ fields: (String, String)...) -> String {
    let texts = fields.map { "{\"name\": \"\($0.0)\", \"schema\": \"\($0.1)\"}" }
    return "{\"@type\": \"Object\", \"fields\": [\(texts.joined(separator: ", "))]}"
  }

  private static func letters(_ letters: String...) -> String {
    let texts = letters.map { "{\"name\": \"\($0)\", \"enumValue\": \"\($0)\"}" }
    return
      "{\"@type\": \"Enum\", \"valueSchema\": \"string\", \"enumValues\": [\(texts.joined(separator: ", "))]}"
  }

  static let changes = [
    Change(old: "\"integer\"", new: "\"long\"", change: .widened),
    Change(old: "\"long\"", new: "\"short\"", change: .narrowed),
    Change(old: "\"unsignedByte\"", new: "\"short\"", change: .widened),
    Change(old: "\"unsignedLong\"", new: "\"long\"", change: .incompatible),
    Change(old: "\"float\"", new: "\"double\"", change: .widened),
    Change(old: "\"integer\"", new: "\"double\"", change: .widened),
    Change(old: "\"date\"", new: "\"string\"", change: .widened),
    Change(old: "\"double\"", new: "\"string\"", change: .incompatible),
    Change(old: letters("a"), new: letters("a", "b"), change: .widened),
    Change(old: letters("a"), new: letters("b"), change: .incompatible),
    Change(old: letters("a"), new: "\"string\"", change: .widened),
    Change(old: object(("x", "double")), new: object(("x", "double"), ("y", "double")), change: .widened),
    Change(old: object(("x", "double"), ("y", "double")), new: object(("x", "double")), change: .narrowed),
    Change(old: object(("x", "float"), ("y", "double")), new: object(("x", "double")), change: .incompatible),
    Change(
      old: "{\"@type\": \"Array\", \"elementSchema\": \"integer\"}",
      new: "{\"@type\": \"Array\", \"elementSchema\": \"long\"}", change: .widened),
    Change(old: "\"point\"", new: "\"polygon\"", change: .incompatible),
  ]

  @Test(arguments: changes)
  func schemasWidenAndNarrow(item: Change) throws {
    let found = try differences(Models.property("p", item.old), Models.property("p", item.new))
    #expect(found == [ModelDifference(part: .property, name: "p", change: .schema(item.change))])
    #expect(found.first?.breaksData == (item.change != .widened))
  }

  @Test func targetsFollowInheritance() throws {
    let base = Models.interface(4, id: "dtmi:test:base;1")
    let derived = Models.interface(4, "\"extends\": \"dtmi:test:base;1\"", id: "dtmi:test:derived;1")
    func relationship(_ target: String, _ maximum: Int) -> String {
      "{\"@type\": \"Relationship\", \"name\": \"r\", \"target\": \"\(target)\", \"maxMultiplicity\": \(maximum)}"
    }
    let found = try differences(
      relationship("dtmi:test:derived;1", 3), relationship("dtmi:test:base;1", 2), base, derived)
    #expect(
      found.map(\.change) == [
        .target(old: Models.dtmi("dtmi:test:derived;1"), new: Models.dtmi("dtmi:test:base;1"), .widened),
        .multiplicity(old: 3, new: 2),
      ])
    #expect(found.map(\.breaksData) == [false, true])
  }

  @Test func absentModelsAreNamed() throws {
    let set = try Models.set(Models.interface())
    let error = #expect(throws: NuriError.self) {
      try set.compare(old: Models.dtmi("dtmi:test:thing;1"), new: Models.dtmi("dtmi:test:gone;1"))
    }
    #expect(error?.code == .modelNotFound)
    #expect(error?.message.contains("dtmi:test:gone;1") == true)
  }
}
