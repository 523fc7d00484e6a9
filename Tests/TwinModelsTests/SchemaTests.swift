import Testing
import TwinModels
import TwinValues

/// Values against schemas.
@Suite struct SchemaTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let schema: String
    let good: [String]
    let bad: [String]
    var testDescription: String { schema }
  }

  static let object = """
    {"@type": "Object", "fields": [
      {"name": "x", "schema": "double"}, {"name": "tags", "schema": {"@type": "Array", "elementSchema": "string"}}]}
    """
  static let letters = """
    {"@type": "Enum", "valueSchema": "string",
     "enumValues": [{"name": "a", "enumValue": "A"}, {"name": "b", "enumValue": "B"}]}
    """
  static let map = """
    {"@type": "Map", "mapKey": {"name": "k", "schema": "string"}, "mapValue": {"name": "v", "schema": "integer"}}
    """

  static let cases = [
    Case(schema: "\"boolean\"", good: ["true"], bad: ["1", "\"true\"", "null"]),
    Case(schema: "\"byte\"", good: ["-128", "127"], bad: ["128", "-129", "1.0"]),
    Case(schema: "\"short\"", good: ["-32768"], bad: ["32768"]),
    Case(schema: "\"integer\"", good: ["2147483647", "-0"], bad: ["2147483648", "1.5", "\"1\"", "1e3"]),
    Case(
      schema: "\"long\"", good: ["9223372036854775807", "-9223372036854775808"], bad: ["9223372036854775808"]),
    Case(schema: "\"unsignedByte\"", good: ["0", "255"], bad: ["256", "-1", "-0"]),
    Case(schema: "\"unsignedShort\"", good: ["65535"], bad: ["65536"]),
    Case(schema: "\"unsignedInteger\"", good: ["4294967295"], bad: ["4294967296"]),
    Case(schema: "\"unsignedLong\"", good: ["18446744073709551615"], bad: ["18446744073709551616", "-1"]),
    Case(schema: "\"double\"", good: ["1", "1.5", "-1e300"], bad: ["\"1\"", "true"]),
    Case(schema: "\"float\"", good: ["3.4e38"], bad: ["3.5e38"]),
    Case(schema: "\"decimal\"", good: ["\"1.50\"", "\"-0\""], bad: ["1.5", "\"01\"", "\".5\"", "\"\""]),
    Case(schema: "\"string\"", good: ["\"\"", "\"서울\""], bad: ["1", "null"]),
    Case(
      schema: "\"date\"", good: ["\"2024-02-29\""], bad: ["\"2023-02-29\"", "\"2024-2-1\"", "\"2024-13-01\""]),
    Case(
      schema: "\"dateTime\"", good: ["\"2024-02-29T23:59:59.5+09:00\"", "\"2024-01-01T00:00:00Z\""],
      bad: ["\"2024-01-01\"", "\"2024-01-01T00:00:00\"", "\"2024-01-01T24:00:00Z\""]),
    Case(schema: "\"time\"", good: ["\"09:30:00Z\""], bad: ["\"09:30Z\"", "\"09:30:60Z\""]),
    Case(
      schema: "\"duration\"", good: ["\"P1DT2H\"", "\"P2W\"", "\"PT0.5S\""],
      bad: ["\"P\"", "\"PT\"", "\"P1H\""]),
    Case(
      schema: "\"uuid\"", good: ["\"847564d3-7359-4947-bab2-b187e6639d34\""],
      bad: ["\"847564d373594947bab2b187e6639d34\"", "\"x47564d3-7359-4947-bab2-b187e6639d34\""]),
    Case(schema: "\"bytes\"", good: ["\"\"", "\"aGk=\""], bad: ["\"aGk\"", "\"a-k=\""]),
    Case(schema: letters, good: ["\"A\""], bad: ["\"C\"", "1"]),
    Case(
      schema: object, good: ["{}", "{\"x\": 1, \"tags\": []}", "{\"tags\": [\"a\"]}"],
      bad: ["{\"y\": 1}", "{\"x\": null}", "{\"tags\": [1]}", "[]"]),
    Case(schema: map, good: ["{}", "{\"가\": 3}"], bad: ["{\"a\": 1.5}", "[]"]),
    Case(
      schema: "\"point\"",
      good: [
        "{\"type\": \"Point\", \"coordinates\": [127.03, 37.5]}",
        "{\"coordinates\": [0, 0, 9], \"type\": \"Point\"}",
      ],
      bad: [
        "{\"type\": \"Point\"}", "{\"type\": \"Polygon\", \"coordinates\": [1, 2]}",
        "{\"type\": \"Point\", \"coordinates\": [181, 0]}", "{\"type\": \"Point\", \"coordinates\": [0, 91]}",
        "{\"type\": \"Point\", \"coordinates\": [0]}",
        "{\"type\": \"Point\", \"coordinates\": [0, 1], \"crs\": 1}",
      ]),
    Case(
      schema: "\"polygon\"",
      good: ["{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[1,0],[1,1],[0,0]]]}"],
      bad: [
        "{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[1,0],[1,1],[0,1]]]}",
        "{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[1,0],[0,0]]]}",
      ]),
    Case(
      schema: "\"lineString\"", good: ["{\"type\": \"LineString\", \"coordinates\": [[0,0],[1,1]]}"],
      bad: ["{\"type\": \"LineString\", \"coordinates\": [[0,0]]}"]),
    Case(
      schema: "\"multiPolygon\"",
      good: ["{\"type\": \"MultiPolygon\", \"coordinates\": [[[[0,0],[1,0],[1,1],[0,0]]]]}"],
      bad: ["{\"type\": \"MultiPolygon\", \"coordinates\": [[[0,0],[1,0],[1,1],[0,0]]]}"]),
    Case(
      schema: "\"scaledDecimal\"", good: ["{\"value\": \"12\", \"scale\": -3}"],
      bad: ["{\"value\": 12}", "{\"size\": 1}"]),
  ]

  private func schema(_ text: String) throws -> Schema {
    let set = try Models.set(Models.contents(Models.property("p", text), 4))
    return try #require(set[Models.dtmi("dtmi:test:thing;1")]?.property("p")?.schema)
  }

  @Test(arguments: cases)
  func valuesAreHeldAgainstTheSchema(item: Case) throws {
    let schema = try schema(item.schema)
    for text in item.good {
      let value = try schema.value(from: JSONDocument(text).root, at: "/p")
      try schema.check(value, at: "/p")
    }
    for text in item.bad {
      #expect(throws: NuriError.self, "\(text)") { try schema.value(from: JSONDocument(text).root, at: "/p") }
      if let value = Value(try JSONDocument(text).root) {
        #expect(throws: NuriError.self, "\(text)") { try schema.check(value, at: "/p") }
      }
    }
  }

  @Test func casesOfValueFollowTheSchema() throws {
    func value(_ schema: PrimitiveSchema, _ text: String) throws -> Value {
      try Schema.primitive(schema).value(from: JSONDocument(text).root, at: "")
    }
    #expect(try value(.double, "3") == .double(3))
    #expect(try value(.long, "3") == .integer(3))
    #expect(try value(.unsignedLong, "3") == .integer(3))
    #expect(try value(.unsignedLong, "18446744073709551615") == .unsigned(.max))
    #expect(try value(.date, "\"2024-01-01\"") == .string("2024-01-01"))
    #expect(
      try schema(Self.object).value(from: JSONDocument("{ \"x\" : 1 }").root, at: "")
        == .json(Array("{\"x\":1}".utf8)))
  }

  @Test func errorsSayWhereAndWhat() throws {
    let schema = try schema(Self.object)
    let error = #expect(throws: NuriError.self) {
      try schema.value(from: JSONDocument("{\"tags\": [\"a\", 2]}").root, at: "/p")
    }
    #expect(error?.code == .invalidValue)
    #expect(error?.place == "/p/tags/1")
    #expect(error?.message == "Expected string, found 2.")
  }

  @Test func namesAreForPeople() throws {
    #expect(Schema.primitive(.dateTime).displayName == "dateTime")
    #expect(try schema(Self.letters).displayName == "enum of string")
    #expect(try schema(Self.map).displayName == "map of integer")
    #expect(
      try schema("{\"@type\": \"Array\", \"elementSchema\": \(Self.object)}").displayName == "array of object"
    )
    #expect(try schema("\"point\"").displayName == "geospatial point")
  }

  @Test func schemasMayHoldThemselvesInVersion4() throws {
    let tree = """
      "schemas": {"@id": "dtmi:test:tree;1", "@type": "Object", "fields": [
        {"name": "leaf", "schema": "string"},
        {"name": "branches", "schema": {"@type": "Array", "elementSchema": "dtmi:test:tree;1"}}]},
      "contents": \(Models.property("p", "\"dtmi:test:tree;1\""))
      """
    let set = try Models.set(Models.interface(4, tree))
    let schema = try #require(set.interfaces.first?.property("p")?.schema)
    _ = try schema.value(
      from: JSONDocument("{\"branches\": [{\"leaf\": \"a\"}, {\"branches\": []}]}").root, at: "")
    #expect(throws: NuriError.self) {
      try schema.value(from: JSONDocument("{\"branches\": [{\"leaf\": 1}]}").root, at: "")
    }
    #expect(SchemaChange.between(schema, schema) == .same)
  }
}
