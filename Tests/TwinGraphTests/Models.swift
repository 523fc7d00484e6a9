import TwinGraph
import TwinValues

/// Three models that between them have every kind of column: machines with a component, special machines that
/// extend them, and parts.
enum Models {
  static let machine = "dtmi:test:Machine;1"
  static let special = "dtmi:test:Special;1"
  static let part = "dtmi:test:Part;1"

  static let documents: [[UInt8]] = [
    """
    {"@context": "dtmi:dtdl:context;4", "@id": "dtmi:test:Part;1", "@type": "Interface", "contents": [
      {"@type": "Property", "name": "wear", "schema": "double"},
      {"@type": "Property", "name": "label", "schema": "string"},
      {"@type": "Relationship", "name": "fits", "target": "dtmi:test:Machine;1"}]}
    """,
    """
    {"@context": "dtmi:dtdl:context;4", "@id": "dtmi:test:Machine;1", "@type": "Interface", "contents": [
      {"@type": "Property", "name": "on", "schema": "boolean"},
      {"@type": "Property", "name": "count", "schema": "integer"},
      {"@type": "Property", "name": "total", "schema": "long"},
      {"@type": "Property", "name": "number", "schema": "unsignedLong"},
      {"@type": "Property", "name": "heat", "schema": "double"},
      {"@type": "Property", "name": "mode", "schema": {"@type": "Enum", "valueSchema": "string", "enumValues": [
        {"name": "idle", "enumValue": "idle"}, {"name": "busy", "enumValue": "바쁨"},
        {"name": "off", "enumValue": "off"}]}},
      {"@type": "Property", "name": "note", "schema": "string"},
      {"@type": "Property", "name": "box", "schema": {"@type": "Object", "fields": [
        {"name": "width", "schema": "double"}, {"name": "tag", "schema": "string"}]}},
      {"@type": "Component", "name": "rotor", "schema": "dtmi:test:Part;1"},
      {"@type": "Relationship", "name": "feeds", "properties": [
        {"@type": "Property", "name": "flow", "schema": "double"}]},
      {"@type": "Relationship", "name": "holds", "target": "dtmi:test:Part;1"},
      {"@type": "Relationship", "name": "guards", "maxMultiplicity": 2}]}
    """,
    """
    {"@context": "dtmi:dtdl:context;4", "@id": "dtmi:test:Special;1", "@type": "Interface",
     "extends": "dtmi:test:Machine;1", "contents": [
      {"@type": "Property", "name": "rank", "schema": "integer"}]}
    """,
  ].map { Array($0.utf8) }

  /// A graph with the models, added by change 1.
  static func graph() throws -> Graph {
    var graph = Graph()
    try graph.apply(.addModels(documents), Stamp(sequence: 1, milliseconds: 0))
    return graph
  }

  static let partPaths = ["wear", "label"]
  static let machinePaths = [
    "on", "count", "total", "number", "heat", "mode", "note", "box", "rotor.wear", "rotor.label",
  ]

  static func paths(_ model: String) -> [String] {
    switch model {
    case part: partPaths
    case machine: machinePaths
    default: ["rank"] + machinePaths
    }
  }

  /// Whether a model's property may have a value, said a second time, apart from the code under test.
  static func accepts(_ path: String, _ value: Value) -> Bool {
    switch (path, value) {
    case ("on", .bool), ("note", .string), ("label", .string), ("rotor.label", .string): true
    case ("count", .integer(let number)), ("rank", .integer(let number)): Int32(exactly: number) != nil
    case ("total", .integer), ("number", .unsigned): true
    case ("number", .integer(let number)): number >= 0
    case ("heat", .double), ("wear", .double), ("rotor.wear", .double): true
    case ("mode", .string(let text)): ["idle", "바쁨", "off"].contains(text)
    case ("box", .json(let bytes)): bytes != Array(#"{"depth":1}"#.utf8)
    default: false
    }
  }
}

extension Graph {
  /// A copy through a change that must be accepted.
  func after(_ change: Change, _ sequence: UInt64, at milliseconds: Int64 = 0) throws -> Graph {
    var copy = self
    try copy.apply(change, Stamp(sequence: sequence, milliseconds: milliseconds))
    return copy
  }
}

/// The code of the error that `body` throws.
func code(_ body: () throws -> Void) -> NuriError.Code? {
  do {
    try body()
    return nil
  } catch let error as NuriError {
    return error.code
  } catch {
    return nil
  }
}

/// What a test found that it should not have.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
