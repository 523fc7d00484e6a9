import Testing
import TwinModels
import TwinValues

/// Models that use the language's corners rightly.
@Suite struct ValidModelTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let documents: [String]

    init(_ name: String, _ documents: String...) {
      testDescription = name
      self.documents = documents
    }
  }

  private static let quantities = "\"dtmi:dtdl:extension:quantitativeTypes;"

  static let language: [Case] = [
    Case("no documents at all"),
    Case("an empty array of models", "[]"),
    Case("models in nested arrays", "[[\(Models.interface())], []]"),
    Case("a byte-order mark", "\u{feff}" + Models.interface()),
    Case("properties by DTMI", Models.interface(3, "\"dtmi:dtdl:property:comment;3\": \"a\"")),
    Case(
      "a type by DTMI",
      "{\"@context\": \"dtmi:dtdl:context;2\", \"@id\": \"dtmi:t:a;1\", \"@type\": \"dtmi:dtdl:class:Interface;2\"}"
    ),
    Case("an identifier without version", Models.interface(3, id: "dtmi:test:thing")),
    Case("a minor version", Models.interface(4, id: "dtmi:test:thing;1.2")),
    Case(
      "single values in arrays",
      Models.interface(
        3,
        "\"comment\": [\"a\"], \"contents\": {\"@type\": [\"Telemetry\"], \"name\": [\"t\"], \"schema\": [\"double\"]}"
      )),
    Case(
      "a value object",
      Models.contents(
        Models.property("p", "\"double\"", "\"writable\": {\"@value\": true, \"@type\": \"xsd:boolean\"}"))),
    Case(
      "a language map",
      Models.interface(3, "\"displayName\": {\"en\": \"a\", \"ko-KR\": \"가\", \"zh-Hant-TW\": \"b\"}")),
    Case(
      "tagged strings",
      Models.interface(3, "\"description\": [\"plain\", {\"@language\": \"ko\", \"@value\": \"가\"}]")),
    Case(
      "an integer with a fraction of zero",
      Models.contents("{\"@type\": \"Relationship\", \"name\": \"r\", \"maxMultiplicity\": 2.0}")),
    Case(
      "a target that is nowhere",
      Models.contents("{\"@type\": \"Relationship\", \"name\": \"r\", \"target\": \"dtmi:else:where;1\"}")),
    Case(
      "a v3 model extending a v2 one", Models.interface(3, "\"extends\": \"dtmi:test:b;1\""),
      Models.interface(2, id: "dtmi:test:b;1")),
    Case(
      "a shared schema",
      Models.interface(
        3,
        "\"schemas\": [{\"@id\": \"dtmi:test:s;1\", \"@type\": \"Enum\", \"valueSchema\": \"string\"}], \"contents\": [\(Models.property("p", "\"dtmi:test:s;1\""))]"
      )),
    Case(
      "an older version's primitive",
      Models.contents(Models.property("p", "\"dtmi:dtdl:instance:Schema:double;2\""), 4)),
    Case("unknown keywords in v2", Models.interface(2, "\"@index\": 3")),
    Case(
      "undefined types and properties in v2",
      Models.interface(
        2,
        "\"contents\": {\"@type\": [\"Telemetry\", \"Mine\"], \"name\": \"t\", \"schema\": \"long\", \"mine\": [1, {}]}"
      )),
    Case(
      "a context further in",
      Models.contents(
        "{\"@context\": \(quantities)2\", \"@type\": [\"Property\", \"Length\"], \"name\": \"p\", \"schema\": \"short\", \"unit\": \"metre\"}",
        4)),
    Case(
      "command payloads without type",
      Models.contents(
        "{\"@type\": \"Command\", \"name\": \"c\", \"commandType\": \"synchronous\", \"request\": {\"name\": \"r\", \"schema\": \"time\"}}",
        2)),
  ]

  private static func quantity(_ version: Int, _ context: String, _ type: String, _ unit: String) -> String {
    Models.contents(
      "{\"@type\": [\"Telemetry\", \"\(type)\"], \"name\": \"t\", \"schema\": \"double\", \"unit\": \"\(unit)\"}",
      version,
      context: context)
  }

  static let extensions: [Case] = [
    Case("v2 units", quantity(2, "", "Temperature", "degreeFahrenheit")),
    Case("v2 unit by DTMI", quantity(2, "", "Mass", "dtmi:standard:unit:gram;2")),
    Case("quantitativeTypes 1", quantity(3, "\(quantities)1\"", "Concentration", "partsPerMillion")),
    Case("quantitativeTypes 3", quantity(4, "\(quantities)3\"", "DynamicViscosity", "centipoise")),
    Case(
      "a unit overridden",
      Models.contents(
        """
        {"@type": ["Telemetry", "EnergyRate"], "name": "e", "schema": "double", "unit": "kilowatt"},
        {"@type": ["Property", "ValueAnnotation", "Override"], "name": "o", "schema": "EnergyRateUnit",
         "annotates": "e", "overrides": "unit"}
        """, 4,
        context:
          "\(quantities)2\", \"dtmi:dtdl:extension:annotation;2\", \"dtmi:dtdl:extension:overriding;2\"")),
    Case(
      "history",
      Models.contents(
        "{\"@type\": [\"Property\", \"Historized\"], \"name\": \"p\", \"schema\": \"double\"}", 4,
        context: "\"dtmi:dtdl:extension:historization;2\"")),
    Case(
      "a required field",
      Models.contents(
        Models.property(
          "p",
          "{\"@type\": \"Object\", \"fields\": {\"@type\": [\"Field\", \"Required\"], \"name\": \"f\", \"schema\": \"double\"}}"
        ), context: "\"dtmi:dtdl:extension:requirement;1\"")),
    Case(
      "topics",
      """
      {"@context": ["dtmi:dtdl:context;3", "dtmi:dtdl:extension:mqtt;4"], "@id": "dtmi:test:a;1",
       "@type": ["Interface", "Mqtt"], "payloadFormat": "Json/ecma/404", "commandTopic": "a/{commandName}/{ex:x}",
       "telemetryTopic": "b/$c", "cmdServiceGroupId": "g-1", "contents": [
         {"@type": ["Command", "Idempotent", "Cacheable"], "name": "c", "ttl": "PT10M"},
         {"@type": ["Telemetry", "Indexed"], "name": "t", "schema": "double", "index": 1},
         {"@type": ["Telemetry", "Indexed"], "name": "u", "schema": "double", "index": 2}]}
      """),
    Case(
      "a result",
      Models.contents(
        """
        {"@type": "Command", "name": "c", "response": {"name": "r", "schema": {"@type": ["Object", "Result"], "fields": [
          {"@type": ["Field", "NormalResult"], "name": "n", "schema": "double"},
          {"@type": ["Field", "ErrorResult"], "name": "e", "schema": {"@type": ["Object", "Error"], "fields": [
            {"@type": ["Field", "ErrorMessage"], "name": "m", "schema": "string"}]}}]}}}
        """, context: "\"dtmi:dtdl:extension:mqtt;3\"")),
    Case(
      "bounds and scale",
      Models.contents(
        "{\"@type\": [\"Property\", \"Limited\", \"Precise\"], \"name\": \"p\", \"schema\": \"integer\", \"minimum\": 1.0, \"maximum\": 9, \"decimalPlaces\": 2}",
        4, context: "\"dtmi:iotoperations:context;4\"")),
    Case(
      "IoT Central in front",
      "{\"@context\": [\"dtmi:iotcentral:context;2\", \"dtmi:dtdl:context;2\"], \"@id\": \"dtmi:test:a;1\", \"@type\": \"Interface\", "
        + "\"contents\": [{\"@type\": [\"Telemetry\", \"Location\"], \"name\": \"l\", \"schema\": \"geopoint\"}]}"
    ),
    Case(
      "the language's own limits",
      "{\"@context\": [\"dtmi:dtdl:context;4#limitless\", \"dtmi:dtdl:context;4#limits\"], \"@id\": \"dtmi:t:a;1\", \"@type\": \"Interface\"}"
    ),
  ]

  @Test(arguments: language + extensions)
  func loads(item: Case) throws {
    let faults = try ModelSet.empty.faults(adding: item.documents.map { Array($0.utf8) })
    #expect(faults == [])
  }

  @Test func oldFaultsAreTakenWhereAsked() throws {
    let documents = [
      Models.interface(2, "\"extends\": {\"@id\": \"dtmi:test:b;1\"}"),
      Models.contents("\(Models.property("p")), \(Models.property("p", "\"long\""))", 2, id: "dtmi:test:b;1"),
      Models.interface(2, id: "dtmi:standard:mine;1"),
    ].map { Array($0.utf8) }
    #expect(
      try ModelSet.empty.faults(adding: documents).map(\.rule) == [.idReference, .notUnique, .reservedId])
    let set = try ModelSet.empty.adding(documents, options: ModelOptions(toleratesSolecisms: true))
    #expect(set[Models.dtmi("dtmi:test:thing;1")]?.property("p")?.schema.displayName == "double")
  }
}
