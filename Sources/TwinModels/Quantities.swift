/// Semantic types and units, built from `QuantityFacts`: those of DTDL v2 and of quantitativeTypes 1, 2 and 3.
enum Quantities {
  /// One vocabulary that defines quantities.
  struct Edition: Sendable {
    /// The letters of the generations it contains.
    let generations: Set<Character>
    /// The version of quantitativeTypes; 0 for DTDL v2.
    let number: Int
    /// The language version of elements that may use it.
    let version: DTDLVersion

    var isStandard: Bool { number == 0 }
    private var base: String { "dtmi:dtdl:extension:quantitativeTypes:v\(number)" }

    func typeId(_ name: String) -> String {
      isStandard ? "dtmi:standard:class:\(name);2" : "\(base):class:\(name)"
    }
    func familyId(_ name: String) -> String {
      isStandard ? "dtmi:standard:class:\(name);2" : "\(base):enum:\(name)"
    }
    func unitId(_ name: String) -> String {
      isStandard ? "dtmi:standard:unit:\(name);2" : "\(base):unit:\(name)"
    }
    func prefixId(_ name: String) -> String {
      isStandard ? "dtmi:standard:unitprefix:\(name);2" : "\(base):unitprefix:\(name)"
    }
    func propertyId(_ name: String) -> String {
      isStandard ? "dtmi:dtdl:property:\(name);2" : "\(base):property:\(name)"
    }
    /// `symbol` and `exponent` belong to the language.
    func coreId(_ name: String) -> String { "dtmi:dtdl:property:\(name);\(version.rawValue)" }
  }

  static let editions = [
    Edition(generations: ["a"], number: 0, version: .v2),
    Edition(generations: ["a", "b"], number: 1, version: .v3),
    Edition(generations: ["a", "b"], number: 2, version: .v4),
    Edition(generations: ["a", "b", "c"], number: 3, version: .v4),
  ]

  /// Family → units, of an edition.
  static func units(in edition: Edition) -> [String: [String]] { table(QuantityFacts.units, edition) }

  /// Family → semantic types, of an edition.
  static func semanticTypes(in edition: Edition) -> [String: [String]] { table(QuantityFacts.types, edition) }

  /// Family → prefixes, of an edition.
  static func prefixes(in edition: Edition) -> [String: [String]] {
    var table: [String: [String]] = [:]
    for line in QuantityFacts.prefixes.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 2, words[0] != (edition.isStandard ? "e" : "s") else { continue }
      table[words[1], default: []] += words.dropFirst(2)
    }
    return table
  }

  private static func table(_ text: String, _ edition: Edition) -> [String: [String]] {
    var table: [String: [String]] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 2, let generation = words[0].first, edition.generations.contains(generation) else {
        continue
      }
      table[String(words[1]), default: []] += words.dropFirst(2).map(String.init)
    }
    return table
  }

  /// Every type of every edition.
  static let types: [SupplementalType] = editions.flatMap { types(in: $0) }

  private static func types(in edition: Edition) -> [SupplementalType] {
    let hosts: ClassSet =
      edition.isStandard
      ? [.property, .telemetry]
      : [.commandRequest, .commandResponse, .field, .mapValue, .property, .telemetry]
    var root = SupplementalType(
      id: edition.typeId("QuantitativeType"), term: "QuantitativeType", kind: .semantic, isAbstract: true)
    root.parent = "dtmi:dtdl:class:SemanticType;\(edition.version.rawValue)"
    root.constraints = [ValueConstraint(property: "schema", types: [.material(.numericSchema)])]
    var types = [root]
    for (family, names) in semanticTypes(in: edition) {
      for name in names {
        types.append(
          SupplementalType(
            id: edition.typeId(name), term: name, kind: .semantic, parent: root.id, hosts: hosts,
            versions: [edition.version], properties: [unit(of: family, edition)]))
      }
    }
    return types + (edition.isStandard ? standardUnitTypes(edition) : enumUnitTypes(edition))
  }

  private static func unit(of family: String, _ edition: Edition) -> SupplementalProperty {
    let value: SupplementalProperty.Value =
      edition.isStandard
      ? .reference(type: .supplemental(edition.familyId(family)), childOf: nil)
      : .reference(type: .material(.enumValue), childOf: edition.familyId(family))
    return SupplementalProperty(id: edition.propertyId("unit"), term: "unit", value: value)
  }

  private static func reference(
    _ edition: Edition, _ name: String, _ type: TypeName, optional: Bool = false
  ) -> SupplementalProperty {
    SupplementalProperty(
      id: edition.propertyId(name), term: name, value: .reference(type: type, childOf: nil),
      isOptional: optional)
  }

  /// DTDL v2: families are classes of units; prefixed and ratio units are types of `Unit`.
  private static func standardUnitTypes(_ edition: Edition) -> [SupplementalType] {
    var types = (Array(units(in: edition).keys) + prefixes(in: edition).keys).map {
      SupplementalType(id: edition.familyId($0), term: $0, kind: .unit)
    }
    for (name, prefix) in [("BinaryUnit", "BinaryPrefix"), ("DecimalUnit", "DecimalPrefix")] {
      types.append(
        SupplementalType(
          id: edition.typeId(name), term: name, kind: .semanticUnit, hosts: [.unit], versions: [.v2],
          properties: [
            reference(edition, "baseUnit", .material(.unit)),
            reference(edition, "prefix", .supplemental(edition.familyId(prefix)), optional: true),
          ]))
    }
    types.append(
      SupplementalType(
        id: edition.typeId("RatioUnit"), term: "RatioUnit", kind: .semanticUnit, hosts: [.unit],
        versions: [.v2],
        properties: ["bottomUnit", "topUnit"].map { reference(edition, $0, .material(.unit)) }))
    return types
  }

  /// quantitativeTypes: units are values of enums, and so are prefixes.
  private static func enumUnitTypes(_ edition: Edition) -> [SupplementalType] {
    let value = TypeName.material(.enumValue)
    let symbol = SupplementalProperty(id: edition.coreId("symbol"), term: "symbol", value: .string())
    let exponent = SupplementalProperty(id: edition.coreId("exponent"), term: "exponent", value: .integer())
    func type(
      _ name: String, _ properties: [SupplementalProperty], hosts: ClassSet = [.enumValue],
      versions: [DTDLVersion]? = nil
    ) -> SupplementalType {
      SupplementalType(
        id: edition.typeId(name), term: name, kind: .adjunct, hosts: hosts,
        versions: versions ?? [edition.version], properties: properties)
    }
    let prefixed = [
      reference(edition, "baseUnit", value), reference(edition, "prefix", value, optional: true),
    ]
    return [
      type(
        "BinaryUnit", prefixed, hosts: .all, versions: DTDLVersion.allCases.filter { $0 <= edition.version }),
      type("DecimalUnit", prefixed),
      type("RatioUnit", ["bottomUnit", "topUnit"].map { reference(edition, $0, value) }),
      type("SymbolicUnit", [symbol]),
      type("UnitPrefix", [exponent, symbol]),
    ]
  }
}
