/// The DTDL metamodel: for each version, the properties of each class that a model can define, with their rules.
///
/// Sources: DTDL v2, v3 and v4 references, the property table of each class.
enum Metamodel {
  /// Classes an author can define, in place or at the top.
  static let definable: ClassSet = [
    .array, .command, .commandPayload, .commandRequest, .commandResponse, .component, .enum, .enumValue,
    .field,
    .interface, .map, .mapKey, .mapValue, .object, .property, .relationship, .telemetry,
  ]

  private static let tables: [DTDLVersion: [MaterialClass: ClassRules]] = {
    var tables: [DTDLVersion: [MaterialClass: ClassRules]] = [:]
    for version in DTDLVersion.allCases {
      for item in MaterialClass.allCases where definable.contains(item) && item.versions.contains(version) {
        let rules = ClassTable(version: version).rules(of: item)
        tables[version, default: [:]][item] = ClassRules(rules)
      }
    }
    return tables
  }()

  /// The properties of a class in a version; none for classes that only exist as standard elements.
  static func rules(of item: MaterialClass, in version: DTDLVersion) -> ClassRules {
    tables[version]?[item] ?? ClassRules([])
  }

  /// Every property name of a version, for its context.
  static func propertyNames(in version: DTDLVersion) -> Set<String> {
    var names: Set<String> = []
    for rules in (tables[version] ?? [:]).values { names.formUnion(rules.properties.map(\.name)) }
    return names
  }

  /// The rule for documents: an interface with an id.
  static let root = ElementRule(classes: [.interface], definable: [.interface], requiresId: true)
}

/// Builds the tables of one version.
private struct ClassTable {
  let version: DTDLVersion

  func rules(of item: MaterialClass) -> [PropertyRule] {
    entity + (item.lineage.contains(.namedEntity) ? [name] : []) + own(item)
  }

  private func rule(_ name: String, required: Bool = false, _ value: ValueRule) -> PropertyRule {
    PropertyRule(
      name: name, id: "dtmi:dtdl:property:\(name);\(version.rawValue)", isRequired: required, value: value)
  }

  private var entity: [PropertyRule] {
    [
      rule("comment", .string(isName: false, maximum: { $0.commentLength })),
      rule("description", .text(maximum: { $0.descriptionLength })),
      rule("displayName", .text(maximum: { $0.displayNameLength })),
    ]
  }

  private var name: PropertyRule {
    rule("name", required: true, .string(isName: true, maximum: { $0.nameLength }))
  }

  /// This version and older ones.
  private var upToHere: [DTDLVersion] { DTDLVersion.allCases.filter { $0 <= version } }

  private func schema(_ name: String = "schema") -> PropertyRule {
    rule(
      name, required: true,
      .elements(
        ElementRule(classes: .schemas, definable: .complexSchemas, minimum: 1, versions: upToHere)))
  }

  private func payload(_ name: String, _ item: MaterialClass) -> PropertyRule {
    let item: MaterialClass = version == .v2 ? .commandPayload : item
    return rule(
      name, .elements(ElementRule(classes: [item], definable: [item], inferred: item, versions: [version])))
  }

  private func standard(_ name: String, _ classes: ClassSet, required: Bool, values: [String]) -> PropertyRule
  {
    rule(
      name, required: required,
      .elements(
        ElementRule(
          classes: classes, definable: [], minimum: required ? 1 : 0, requiresId: true, versions: upToHere,
          values: values)))
  }

  private func primitives(_ names: String...) -> [String] {
    names.map { "dtmi:dtdl:instance:Schema:\($0);2" }
  }

  private func own(_ item: MaterialClass) -> [PropertyRule] {
    switch item {
    case .array: [schema("elementSchema")]
    case .command: command
    case .commandPayload, .commandRequest, .commandResponse:
      [schema()] + (version == .v4 ? [rule("nullable", .boolean)] : [])
    case .component:
      [
        rule(
          "schema", required: true,
          .elements(
            ElementRule(
              classes: [.interface], definable: [.interface], minimum: 1, requiresId: true,
              versions: upToHere)))
      ]
    case .enum: enumeration
    case .enumValue: [rule("enumValue", required: true, .literal)]
    case .field, .mapValue, .telemetry: [schema()]
    case .interface: interface
    case .map: map
    case .mapKey: [standard("schema", [.string], required: true, values: primitives("string"))]
    case .object:
      [
        rule(
          "fields", required: version == .v2,
          .elements(
            ElementRule(
              classes: [.field], definable: [.field], inferred: .field, isPlural: true,
              minimum: version == .v2 ? 1 : 0, versions: [version], segment: "name")))
      ]
    case .property: [schema(), rule("writable", .boolean)]
    case .relationship: relationship
    default: []
    }
  }

  private var command: [PropertyRule] {
    let types = ["asynchronous", "synchronous"].map {
      "dtmi:dtdl:instance:CommandType:\($0);\(version.rawValue)"
    }
    return [
      standard("commandType", [.commandType], required: false, values: types),
      payload("request", .commandRequest),
      payload("response", .commandResponse),
    ]
  }

  private var enumeration: [PropertyRule] {
    [
      rule(
        "enumValues", required: version == .v2,
        .elements(
          ElementRule(
            classes: [.enumValue], definable: [.enumValue], inferred: .enumValue, isPlural: true,
            minimum: version == .v2 ? 1 : 0, versions: [version], segment: "name"))),
      standard("valueSchema", .primitives, required: true, values: primitives("integer", "string")),
    ]
  }

  private var interface: [PropertyRule] {
    [
      rule(
        "contents",
        .elements(
          ElementRule(
            classes: .contents, definable: .contents, isPlural: true, versions: upToHere, segment: "name"))),
      rule(
        "extends",
        .elements(
          ElementRule(
            classes: [.interface], definable: [.interface], isPlural: true, requiresId: true,
            versions: upToHere))),
      rule(
        "schemas",
        .elements(
          ElementRule(
            classes: .complexSchemas, definable: .complexSchemas, isPlural: true, requiresId: true,
            versions: [version]))),
    ]
  }

  private var map: [PropertyRule] {
    let parts: [(String, MaterialClass)] = [("mapKey", .mapKey), ("mapValue", .mapValue)]
    return parts.map { name, item in
      rule(
        name, required: true,
        .elements(
          ElementRule(classes: [item], definable: [item], inferred: item, minimum: 1, versions: [version])))
    }
  }

  private var relationship: [PropertyRule] {
    [
      rule("maxMultiplicity", .integer(minimum: 1, maximum: { $0.maxMultiplicity })),
      rule("minMultiplicity", .integer(minimum: 0, maximum: { _ in 0 })),
      rule(
        "properties",
        .elements(
          ElementRule(
            classes: [.property], definable: [.property], isPlural: true, versions: upToHere, segment: "name")
        )),
      rule("target", .identifier),
      rule("writable", .boolean),
    ]
  }
}
