import Testing
import TwinModels
import TwinValues

/// One model for each rule, breaking it and nothing else that is checked before it.
@Suite struct RuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let rule: ModelRule
    let documents: [String]
    var testDescription: String { rule.rawValue }

    init(_ rule: ModelRule, _ documents: String...) {
      self.rule = rule
      self.documents = documents
    }
  }

  private static func property(_ schema: String = "\"double\"", _ members: String = "") -> String {
    Models.property("p", schema, members)
  }

  static let contexts: [Case] = [
    Case(.missingContext, "{\"@id\": \"dtmi:test:thing;1\", \"@type\": \"Interface\"}"),
    Case(
      .invalidContext,
      "{\"@context\": {\"a\": \"dtmi:a:b;1\"}, \"@id\": \"dtmi:test:thing;1\", \"@type\": \"Interface\"}"),
    Case(
      .missingDtdlContext,
      "{\"@context\": \"dtmi:dtdl:extension:mqtt;1\", \"@id\": \"dtmi:t:a;1\", \"@type\": \"Interface\"}"),
    Case(.unrecognizedContextVersion, Models.interface(9)),
    Case(.invalidContextSpecifier, Models.interface(3, context: "\"http://example.com\"")),
    Case(.missingContextVersion, Models.interface(3, context: "\"dtmi:example:context\"")),
    Case(.unresolvableContext, Models.interface(3, context: "\"dtmi:example:context;1\"")),
    Case(
      .dtdlContextFollowsAffiliate,
      Models.interface(3, context: "\"dtmi:dtdl:extension:mqtt;1\", \"dtmi:dtdl:context;3\"")),
    Case(
      .invalidContextFragment,
      "{\"@context\": \"dtmi:dtdl:context;3#limitless\", \"@id\": \"dtmi:t:a;1\", \"@type\": \"Interface\"}"),
    Case(
      .missingLimitContext,
      "{\"@context\": \"dtmi:dtdl:context;4#limitless\", \"@id\": \"dtmi:t:a;1\", \"@type\": \"Interface\"}"),
    Case(
      .disallowedLimitContext,
      "{\"@context\": [\"dtmi:dtdl:context;4#limitless\", \"dtmi:dtdl:limits:aio;1\"], \"@id\": \"dtmi:t:a;1\", \"@type\": \"Interface\"}"
    ),
    Case(.misplacedLimitContext, Models.interface(4, context: "\"dtmi:dtdl:limits:aio;1\"")),
  ]

  static let shapes: [Case] = [
    Case(.notObject, "[3]"),
    Case(
      .notInterface,
      "{\"@context\": \"dtmi:dtdl:context;3\", \"@id\": \"dtmi:t:a;1\", \"@type\": \"Property\"}"),
    Case(.missingId, "{\"@context\": \"dtmi:dtdl:context;3\", \"@type\": \"Interface\"}"),
    Case(.idNotString, "{\"@context\": \"dtmi:dtdl:context;3\", \"@id\": 3, \"@type\": \"Interface\"}"),
    Case(.invalidId, Models.interface(id: "dtmi:test:_thing;1")),
    Case(.idTooLong, Models.interface(id: "dtmi:test:" + String(repeating: "a", count: 128) + ";1")),
    Case(.reservedId, Models.interface(id: "dtmi:dtdl:thing;1")),
    Case(.duplicateId, Models.interface(), Models.interface()),
    Case(.graphNotAllowed, Models.interface(3, "\"@graph\": []")),
    Case(.keywordNotAllowed, Models.interface(3, "\"@index\": 1")),
    Case(
      .interfaceTooLarge,
      Models.interface(
        3, "\"comment\": \"\(String(repeating: " ", count: 8))\"" + String(repeating: " ", count: 1 << 20))),
  ]

  static let types: [Case] = [
    Case(.missingType, Models.contents("{\"name\": \"p\", \"schema\": \"double\"}")),
    Case(
      .typeNotString,
      Models.contents("{\"@type\": [\"Property\", 3], \"name\": \"p\", \"schema\": \"double\"}")),
    Case(.invalidType, Models.contents("{\"@type\": \"Field\", \"name\": \"p\", \"schema\": \"double\"}")),
    Case(
      .multipleTypes,
      Models.contents("{\"@type\": [\"Property\", \"Telemetry\"], \"name\": \"p\", \"schema\": \"double\"}")),
    Case(
      .undefinedType,
      Models.contents("{\"@type\": [\"Property\", \"Foo\"], \"name\": \"p\", \"schema\": \"double\"}")),
    Case(
      .irrelevantType,
      Models.contents("{\"@type\": [\"Property\", \"point\"], \"name\": \"p\", \"schema\": \"double\"}")),
    Case(
      .abstractType,
      Models.contents(
        "{\"@type\": [\"Property\", \"SemanticType\"], \"name\": \"p\", \"schema\": \"double\"}")),
    Case(
      .versionNotAllowed, Models.interface(2, "\"extends\": \(Models.interface(3, id: "dtmi:test:base;1"))")),
    Case(.undefinedProperty, Models.interface(3, "\"foo\": 1")),
    Case(.irrelevantProperty, Models.interface(3, "\"writable\": true")),
    Case(.invalidProperty, Models.interface(3, "\"http://example.com/foo\": true")),
    Case(.unknownProperty, Models.interface(2, "\"foo\": true")),
    Case(
      .duplicateProperty, Models.interface(3, "\"comment\": \"a\", \"dtmi:dtdl:property:comment;3\": \"b\"")),
    Case(.missingRequired, Models.contents("{\"@type\": \"Property\", \"name\": \"p\"}")),
  ]

  static let values: [Case] = [
    Case(.multipleValues, Models.interface(3, "\"comment\": [\"a\", \"b\"]")),
    Case(.notString, Models.interface(3, "\"comment\": 3")),
    Case(.stringTooLong, Models.interface(3, "\"comment\": \"\(String(repeating: "x", count: 513))\"")),
    Case(.invalidString, Models.contents(Models.property("my-name"))),
    Case(.invalidName, Models.contents("{\"@type\": \"Property\", \"name\": true, \"schema\": \"double\"}")),
    Case(.notBoolean, Models.contents(property("\"double\"", "\"writable\": 1"))),
    Case(
      .notInteger, Models.contents("{\"@type\": \"Relationship\", \"name\": \"r\", \"maxMultiplicity\": 1.5}")
    ),
    Case(
      .tooSmall, Models.contents("{\"@type\": \"Relationship\", \"name\": \"r\", \"maxMultiplicity\": 0}")),
    Case(
      .tooLarge, Models.contents("{\"@type\": \"Relationship\", \"name\": \"r\", \"minMultiplicity\": 1}")),
    Case(
      .notIdentifier, Models.contents("{\"@type\": \"Relationship\", \"name\": \"r\", \"target\": \"here\"}")),
    Case(.invalidValueObject, Models.interface(3, "\"comment\": {\"@value\": \"a\", \"b\": 1}")),
    Case(
      .invalidLiteralType, Models.interface(3, "\"comment\": {\"@value\": \"a\", \"@type\": \"xsd:integer\"}")
    ),
    Case(.invalidLanguage, Models.interface(3, "\"displayName\": {\"English\": \"a\"}")),
    Case(.invalidLanguageMap, Models.interface(3, "\"displayName\": {\"@value\": \"a\"}")),
    Case(
      .invalidLiteral,
      Models.contents(
        property(
          "{\"@type\": \"Enum\", \"valueSchema\": \"integer\", \"enumValues\": [{\"name\": \"a\", \"enumValue\": null}]}"
        ))),
    Case(.notElement, Models.interface(3, "\"extends\": 3")),
    Case(.idReference, Models.interface(3, "\"extends\": {\"@id\": \"dtmi:test:base;1\"}")),
    Case(.invalidReference, Models.contents(property("\"colour\""))),
    Case(.tooFew, Models.contents("{\"@type\": \"Property\", \"name\": \"p\", \"schema\": []}")),
  ]

  static let sets: [Case] = [
    Case(.unresolvedReference, Models.interface(3, "\"extends\": \"dtmi:test:base;1\"")),
    Case(
      .invalidValue,
      Models.contents(property("{\"@type\": \"Enum\", \"valueSchema\": \"double\", \"enumValues\": []}"))),
    Case(
      .referenceIntoOtherModel,
      Models.contents(
        "{\"@type\": \"Property\", \"@id\": \"dtmi:test:p;1\", \"name\": \"p\", \"schema\": \"double\"}"),
      Models.interface(3, "\"contents\": \"dtmi:test:p;1\"", id: "dtmi:test:other;1")),
    Case(.notUnique, Models.contents("\(Models.property("p")), \(Models.property("p"))")),
    Case(.recursiveExtends, Models.interface(3, "\"extends\": \"dtmi:test:thing;1\"")),
    Case(
      .recursiveSchema,
      Models.interface(
        3,
        "\"schemas\": {\"@id\": \"dtmi:test:s;1\", \"@type\": \"Array\", \"elementSchema\": \"dtmi:test:s;1\"}"
      )),
    Case(
      .nestedComponent,
      Models.contents("{\"@type\": \"Component\", \"name\": \"c\", \"schema\": \"dtmi:test:b;1\"}"),
      Models.contents(
        "{\"@type\": \"Component\", \"name\": \"c\", \"schema\": \"dtmi:test:c;1\"}", id: "dtmi:test:b;1"),
      Models.interface(id: "dtmi:test:c;1")),
    Case(
      .arrayNotAllowed, Models.contents(property("{\"@type\": \"Array\", \"elementSchema\": \"double\"}"), 2)),
    Case(
      .invalidEnumValue,
      Models.contents(
        property(
          "{\"@type\": \"Enum\", \"valueSchema\": \"integer\", \"enumValues\": [{\"name\": \"a\", \"enumValue\": \"a\"}]}"
        ))),
    Case(.excessiveDepth, Models.nested(6)),
    Case(
      .tooMany, Models.interface(2, "\"extends\": [\"dtmi:test:a;1\", \"dtmi:test:b;1\", \"dtmi:test:c;1\"]"),
      Models.interface(2, id: "dtmi:test:a;1"), Models.interface(2, id: "dtmi:test:b;1"),
      Models.interface(2, id: "dtmi:test:c;1")),
  ]

  private static let mqtt = "\"dtmi:dtdl:extension:mqtt;4\""
  private static let quantities = "\"dtmi:dtdl:extension:quantitativeTypes;1\""
  private static let overriding =
    "\(quantities), \"dtmi:dtdl:extension:annotation;1\", \"dtmi:dtdl:extension:overriding;1\""
  private static let temperature =
    "{\"@type\": [\"Telemetry\", \"Temperature\"], \"name\": \"t\", \"schema\": \"double\", \"unit\": \"kelvin\"}"

  private static func override(_ schema: String, name: String = "o", annotates: String = "t") -> String {
    "{\"@type\": [\"Property\", \"ValueAnnotation\", \"Override\"], \"name\": \"\(name)\", \"schema\": \(schema), "
      + "\"annotates\": \"\(annotates)\", \"overrides\": \"unit\"}"
  }

  private static func object(_ type: String, _ fields: String) -> String {
    Models.contents(property("{\"@type\": [\"Object\"\(type)], \"fields\": [\(fields)]}"), context: mqtt)
  }

  static let cotypes: [Case] = [
    Case(
      .invalidCotype,
      Models.contents(
        "{\"@type\": [\"Command\", \"Historized\"], \"name\": \"c\"}",
        context: "\"dtmi:dtdl:extension:historization;1\"")),
    Case(
      .invalidCotypeVersion,
      Models.contents(
        "{\"@type\": [\"Property\", \"Historized\"], \"name\": \"c\", \"schema\": \"double\"}", 4,
        context: "\"dtmi:dtdl:extension:historization;1\"")),
    Case(
      .missingCotype,
      Models.contents(
        "{\"@type\": [\"Command\", \"Cacheable\"], \"name\": \"c\", \"ttl\": \"PT1S\"}", context: mqtt)),
    Case(
      .excludedCotype,
      Models.contents(
        "{\"@type\": [\"Relationship\", \"HasCapability\", \"HasComponent\"], \"name\": \"c\"}", 4,
        context: "\"dtmi:iotoperations:context;4\"")),
    Case(
      .conflictingCotypes,
      Models.contents(
        "{\"@type\": [\"Property\", \"Temperature\", \"Mass\"], \"name\": \"t\", \"schema\": \"double\", \"unit\": \"kelvin\"}",
        2)),
    Case(
      .invalidCotypeValue,
      Models.contents(
        "{\"@type\": [\"Property\", \"Temperature\"], \"name\": \"t\", \"schema\": \"string\", \"unit\": \"kelvin\"}",
        2)),
    Case(
      .notDuration,
      Models.contents(
        "{\"@type\": [\"Command\", \"Idempotent\", \"Cacheable\"], \"name\": \"c\", \"ttl\": \"1s\"}",
        context: mqtt)),
    Case(
      .notNumber,
      Models.contents(
        "{\"@type\": [\"Property\", \"Limited\"], \"name\": \"c\", \"schema\": \"double\", \"minimum\": \"a\"}",
        4, context: "\"dtmi:iotoperations:context;4\"")),
    Case(
      .nonConformingValue,
      Models.contents(
        "{\"@type\": [\"Property\", \"Limited\"], \"name\": \"c\", \"schema\": \"integer\", \"minimum\": 1.5}",
        4, context: "\"dtmi:iotoperations:context;4\"")),
    Case(
      .missingParentCotype,
      object("", "{\"@type\": [\"Field\", \"NormalResult\"], \"name\": \"n\", \"schema\": \"double\"}")),
    Case(
      .duplicateCotype,
      object(
        ", \"Result\"",
        "{\"@type\": [\"Field\", \"NormalResult\"], \"name\": \"n\", \"schema\": \"double\"}, {\"@type\": [\"Field\", \"NormalResult\"], \"name\": \"m\", \"schema\": \"double\"}"
      )),
    Case(
      .missingSiblingCotype,
      object(
        ", \"Result\"",
        "{\"@type\": [\"Field\", \"ErrorInfo\"], \"name\": \"n\", \"schema\": {\"@type\": \"Object\", \"fields\": []}}"
      )),
    Case(
      .invalidSibling,
      Models.contents(
        "\(temperature), \(override("\"TemperatureUnit\"", annotates: "plain")), \(Models.property("plain"))",
        context: overriding)),
    Case(
      .invalidOverride, Models.contents("\(temperature), \(override("\"MassUnit\""))", context: overriding)),
    Case(
      .duplicateReference,
      Models.contents(
        "\(temperature), \(override("\"TemperatureUnit\"")), \(override("\"TemperatureUnit\"", name: "q"))",
        context: overriding)),
  ]

  static let all = contexts + shapes + types + values + sets + cotypes

  @Test(arguments: all)
  func isFound(_ item: Case) throws {
    let faults = try ModelSet.empty.faults(adding: item.documents.map { Array($0.utf8) })
    #expect(faults.contains { $0.rule == item.rule }, "\(faults)")
    #expect(throws: NuriError.self) { try ModelSet.empty.adding(item.documents.map { Array($0.utf8) }) }
  }

  /// Rules that need a set or options to be broken; other tests break them.
  static let elsewhere: Set<ModelRule> = [.alreadyDefined, .disallowedContextVersion, .excessiveCount]

  @Test func everyRuleHasACase() {
    let tried = Set(Self.all.map(\.rule)).union(Self.elsewhere)
    #expect(ModelRule.allCases.filter { !tried.contains($0) } == [])
  }

  @Test func alreadyDefinedModelsAreRefused() throws {
    let set = try Models.set(Models.interface())
    let faults = try set.faults(adding: [Array(Models.interface().utf8)])
    #expect(faults.map(\.rule) == [.alreadyDefined])
  }

  @Test func newerVersionsCanBeRefused() throws {
    let faults = try ModelSet.empty.faults(
      adding: [Array(Models.interface(4).utf8)], options: ModelOptions(maximumVersion: .v3))
    #expect(faults.map(\.rule) == [.disallowedContextVersion])
  }

  @Test func faultsNameModelElementAndPlace() throws {
    let text = """
      {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:thing;1", "@type": "Interface", "contents": [
        {"@type": "Property", "name": "ok", "schema": "double"},
        {"@type": "Telemetry", "name": "bad", "schema":
          {"@type": "Object", "fields": [{"name": "my field", "schema": "double"}]}}]}
      """
    let faults = try ModelSet.empty.faults(adding: [Array(text.utf8)])
    #expect(faults.count == 1)
    #expect(faults.first?.model?.text == "dtmi:test:thing;1")
    #expect(faults.first?.path == "contents/1/schema/fields/0/name")
    #expect(faults.first?.rule == .invalidString)
    #expect(faults.first?.place == "line 4, column 45")
  }

  @Test func atMostAHundredFaultsAreKept() throws {
    let contents = (0..<300).map { Models.property("p-\($0)") }.joined(separator: ", ")
    let faults = try ModelSet.empty.faults(adding: [Array(Models.contents(contents).utf8)])
    #expect(faults.count == 100)
  }
}
