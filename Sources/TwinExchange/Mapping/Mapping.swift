public import TwinValues

/// How a row becomes a twin: what a mapping file says.
public struct Mapping: Sendable {
  /// The model of the twins.
  public let model: String
  let id: TextTemplate
  let properties: [MappedProperty]
  let relationships: [MappedRelationship]

  /// Reads a mapping.
  /// - Throws: `NuriError` with code `invalidMapping` that says where and what to write instead.
  public init(_ json: [UInt8]) throws(NuriError) {
    let document = try JSONDocument(json)
    let root = document.root
    try root.expectKeys(["model", "id", "properties", "relationships"], in: "a mapping")
    model = try root.needText("model")
    id = try TextTemplate(try root.needText("id"), at: root)
    properties = try MappedProperty.list(root["properties"])
    var relationships: [MappedRelationship] = []
    for node in root["relationships"]?.elements ?? document.root.elements {
      try node.expectKeys(["name", "target", "properties"], in: "a relationship")
      guard let target = node["target"] else {
        throw NuriError(.invalidMapping, "A relationship needs a \"target\".", at: node.place)
      }
      relationships.append(
        MappedRelationship(
          name: try node.needText("name"), target: try MappedValue(target),
          properties: try MappedProperty.list(node["properties"])))
    }
    self.relationships = relationships
  }

  /// Every column the mapping reads.
  var columns: Set<String> {
    var columns = Set(id.columns)
    for property in properties { columns.formUnion(property.value.columns) }
    for relationship in relationships {
      columns.formUnion(relationship.target.columns)
      for property in relationship.properties { columns.formUnion(property.value.columns) }
    }
    return columns
  }
}

/// A property of a twin or relationship, and the value it gets.
struct MappedProperty: Sendable {
  /// `["address", "road"]`
  let path: [String]
  let value: MappedValue

  static func list(_ node: JSONNode?) throws(NuriError) -> [MappedProperty] {
    guard let node else { return [] }
    guard node.kind == .object else {
      throw NuriError(
        .invalidMapping, "\"properties\" is an object of property names and values.", at: node.place)
    }
    var list: [MappedProperty] = []
    for (name, value) in node.members {
      let path = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard path.allSatisfy({ !$0.isEmpty }) else {
        throw NuriError(.invalidMapping, "\"\(name)\" is no path of a property.", at: value.place)
      }
      list.append(MappedProperty(path: path, value: try MappedValue(value)))
    }
    return list
  }
}

/// A relationship each row makes.
struct MappedRelationship: Sendable {
  let name: String
  let target: MappedValue
  let properties: [MappedProperty]
}

/// Text with columns in braces: `exit {ref} of {name}`.
struct TextTemplate: Sendable {
  enum Part: Sendable {
    case text(String)
    case column(String)
  }

  let parts: [Part]

  init(_ template: String, at node: JSONNode) throws(NuriError) {
    var parts: [Part] = []
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw NuriError(.invalidMapping, "A brace is not closed in \"\(template)\".", at: node.place)
      }
      parts.append(.column(String(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  var columns: [String] {
    parts.compactMap {
      switch $0 {
      case .column(let column): column
      case .text: nil
      }
    }
  }
}

extension JSONNode {
  /// Makes sure that an object has no keys but these.
  func expectKeys(_ keys: [String], in what: String) throws(NuriError) {
    guard kind == .object else {
      throw NuriError(.invalidMapping, "Here stands no JSON object for \(what).", at: place)
    }
    for (key, value) in members where !keys.contains(key) {
      throw NuriError(
        .invalidMapping, "\"\(key)\" means nothing in \(what).", at: value.place,
        advice: "The keys are \(keys.joined(separator: ", ")).")
    }
  }

  func needText(_ key: String) throws(NuriError) -> String {
    guard let text = self[key]?.string, !text.isEmpty else {
      throw NuriError(.invalidMapping, "The text \"\(key)\" is missing.", at: place)
    }
    return text
  }
}
