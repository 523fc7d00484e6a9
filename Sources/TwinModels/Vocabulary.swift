/// The terms that a context gives to DTMIs.
struct Vocabulary: Sendable {
  /// The context's DTMI without version.
  let name: String
  let version: Int
  let terms: [String: String]
  /// Prefixes of ids that models using the context may not define.
  var reserved: [String] = []
  /// The limit set that the context stands for, if any.
  var limits: LimitSet?
}

/// All contexts that Nuri knows.
enum Vocabularies {
  static let corePrefix = "dtmi:dtdl:context;"

  /// The language's own terms, by version.
  static let core: [DTDLVersion: Vocabulary] = {
    var table: [DTDLVersion: Vocabulary] = [:]
    for version in DTDLVersion.allCases {
      table[version] = Vocabulary(
        name: "dtmi:dtdl:context", version: version.rawValue, terms: coreTerms(version),
        reserved: ["dtmi:dtdl:", "dtmi:standard:"])
    }
    return table
  }()

  /// Prefixes no model may define, whatever its context.
  static let allReserved = ["dtmi:dtdl:", "dtmi:standard:", "dtmi:iotcentral:", "dtmi:iotoperations:"]

  /// Extension contexts by DTMI without version, then by version.
  static let affiliates: [String: [Int: Vocabulary]] = {
    var table: [String: [Int: Vocabulary]] = [:]
    for item in extensions() + operators() + limits() { table[item.name, default: [:]][item.version] = item }
    return table
  }()

  private static func coreTerms(_ version: DTDLVersion) -> [String: String] {
    let tail = ";\(version.rawValue)"
    var terms: [String: String] = [:]
    for item in MaterialClass.allCases where item.versions.contains(version) {
      terms[item.name] = item.id(in: version)
    }
    let supplementary = version == .v2 ? ["exponent", "symbol"] : ["exponent", "symbol", "aliasFor"]
    for name in Metamodel.propertyNames(in: version).union(["languageMajorVersion"]).union(supplementary) {
      terms[name] = "dtmi:dtdl:property:\(name)\(tail)"
    }
    for (name, kind) in StandardElements.primitives where kind.versions.contains(version) {
      terms[name] = "dtmi:dtdl:instance:Schema:\(name)\(tail)"
    }
    for name in ["asynchronous", "synchronous"] {
      terms[name] = "dtmi:dtdl:instance:CommandType:\(name)\(tail)"
    }
    for name in StandardElements.shapes { terms[name] = "dtmi:standard:schema:geospatial:\(name)\(tail)" }
    for name in ["SemanticType", "SemanticUnit"] { terms[name] = "dtmi:dtdl:class:\(name)\(tail)" }
    if version == .v2 { return terms.merging(quantities(Quantities.editions[0])) { old, _ in old } }
    for name in ["AdjunctType", "Alias"] { terms[name] = "dtmi:dtdl:class:\(name)\(tail)" }
    for name in ["DtdlExtension", "metamodel", "model"] { terms[name] = "dtmi:dtdl:meta:\(name)\(tail)" }
    if version == .v4 { terms["scaledDecimal"] = "dtmi:standard:schema:scaledDecimal;4" }
    return terms
  }

  private static func quantities(_ edition: Quantities.Edition) -> [String: String] {
    var terms: [String: String] = [:]
    for (family, units) in Quantities.units(in: edition) {
      terms[family] = edition.familyId(family)
      for unit in units { terms[unit] = edition.unitId(unit) }
    }
    for (family, names) in Quantities.prefixes(in: edition) {
      terms[family] = edition.familyId(family)
      for name in names { terms[name] = edition.prefixId(name) }
    }
    if !edition.isStandard {
      for (alias, family) in QuantityFacts.familyAliases { terms[alias] = edition.familyId(family) }
    }
    for names in Quantities.semanticTypes(in: edition).values {
      for name in names { terms[name] = edition.typeId(name) }
    }
    let types = ["QuantitativeType", "BinaryUnit", "DecimalUnit", "RatioUnit"]
    for name in edition.isStandard ? types : types + ["SymbolicUnit", "UnitPrefix"] {
      terms[name] = edition.typeId(name)
    }
    for name in ["unit", "baseUnit", "prefix", "bottomUnit", "topUnit"] {
      terms[name] = edition.propertyId(name)
    }
    return terms
  }

  private static func extensions() -> [Vocabulary] {
    var found: [Vocabulary] = []
    for edition in Quantities.editions where !edition.isStandard {
      found.append(
        Vocabulary(
          name: "dtmi:dtdl:extension:quantitativeTypes", version: edition.number, terms: quantities(edition)))
    }
    for (name, versions) in [
      ("annotation", 1...2), ("historization", 1...2), ("mqtt", 1...4), ("overriding", 1...2),
      ("requirement", 1...2),
    ] {
      for version in versions {
        let base = "dtmi:dtdl:extension:\(name):v\(version):"
        found.append(
          Vocabulary(
            name: "dtmi:dtdl:extension:\(name)", version: version,
            terms: terms(of: SupplementalTypes.extensions.filter { $0.id.hasPrefix(base) })))
      }
    }
    return found
  }

  private static func operators() -> [Vocabulary] {
    let central = SupplementalTypes.byId.values.filter { $0.id.hasPrefix("dtmi:iotcentral:") }
    var terms: [String: String] = [
      "vector": "dtmi:iotcentral:schema:vector;2", "geopoint": "dtmi:iotcentral:schema:geopoint;2",
    ]
    for type in central { terms[type.term] = type.id }
    return [
      Vocabulary(
        name: "dtmi:iotcentral:context", version: 2, terms: terms, reserved: ["dtmi:iotcentral:"]),
      Vocabulary(
        name: "dtmi:iotoperations:context", version: 4, terms: self.terms(of: SupplementalTypes.operations),
        reserved: ["dtmi:iotoperations:"]),
    ]
  }

  private static func limits() -> [Vocabulary] {
    [LimitSet.aio, .onvif].map { Vocabulary(name: $0.rawValue, version: 1, terms: [:], limits: $0) }
  }

  private static func terms(of types: [SupplementalType]) -> [String: String] {
    var terms: [String: String] = [:]
    for type in types {
      terms[type.term] = type.id
      for property in type.properties { terms[property.term] = property.id }
    }
    return terms
  }
}
