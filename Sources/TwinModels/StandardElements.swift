/// An element that the language or an extension defines, so that models may refer to it.
struct StandardElement: Sendable {
  let id: String
  let kind: MaterialClass
  let version: DTDLVersion
  /// Families the element belongs to, as supplemental types (units of DTDL v2).
  var types: [String] = []
  /// The enum it is a value of.
  var parent: String?
  /// Levels of schema below it (see `DTDLLimits.schemaDepth`).
  var depth = 0
  /// Whether an array is found below it.
  var holdsArray = false
}

/// Every standard element.
enum StandardElements {
  /// GeoJSON shapes, with levels of schema below each (DTDL v2 to v4 references, "Geospatial Schemas").
  static let shapeDepths = [
    ("point", 2), ("multiPoint", 3), ("lineString", 3), ("multiLineString", 4), ("polygon", 4),
    ("multiPolygon", 5),
  ]

  /// The names of the shapes.
  static let shapes = shapeDepths.map(\.0)

  /// Primitive schemas, in order of version.
  static let primitives: [(name: String, kind: MaterialClass)] = MaterialClass.allCases
    .filter { ClassSet.primitives.contains($0) }
    .map { (String(describing: $0), $0) }

  /// The element with a DTMI, an alias of an older version's element resolved to it.
  static func element(_ id: String) -> StandardElement? { byId[aliases[id] ?? id] }

  /// Primitive schemas of v3 and v4 that are the same thing as in v2.
  private static let aliases: [String: String] = {
    var table: [String: String] = [:]
    for (name, kind) in primitives where kind.versions.contains(.v2) {
      for version in [3, 4] {
        table["dtmi:dtdl:instance:Schema:\(name);\(version)"] = "dtmi:dtdl:instance:Schema:\(name);2"
      }
    }
    return table
  }()

  private static let byId: [String: StandardElement] = {
    var table: [String: StandardElement] = [:]
    for element in schemas + geospatial + iotcentral + quantities { table[element.id] = element }
    return table
  }()

  private static let schemas: [StandardElement] = {
    var found: [StandardElement] = []
    for (name, kind) in primitives {
      let first = kind.versions.first ?? .v4
      found.append(
        StandardElement(id: "dtmi:dtdl:instance:Schema:\(name);\(first.rawValue)", kind: kind, version: first)
      )
    }
    for version in DTDLVersion.allCases {
      for name in ["asynchronous", "synchronous"] {
        found.append(
          StandardElement(
            id: "dtmi:dtdl:instance:CommandType:\(name);\(version.rawValue)", kind: .commandType,
            version: version))
      }
    }
    found.append(
      StandardElement(id: "dtmi:standard:schema:scaledDecimal;4", kind: .object, version: .v4, depth: 1))
    return found
  }()

  private static let geospatial: [StandardElement] = {
    let arrays = [
      ("position", 1), ("positionArray", 2), ("lineStringCoordinateArray", 2),
      ("linearRingCoordinateArray", 2),
      ("lineStringCoordinateArrayArray", 3), ("polygonCoordinateArray", 3),
      ("polygonCoordinateArrayArray", 4),
    ]
    let base = "dtmi:standard:schema:geospatial"
    var found: [StandardElement] = []
    for version in DTDLVersion.allCases {
      let tail = ";\(version.rawValue)"
      func add(_ id: String, _ kind: MaterialClass, depth: Int = 0, array: Bool = false) {
        found.append(
          StandardElement(id: id + tail, kind: kind, version: version, depth: depth, holdsArray: array))
      }
      for (name, depth) in arrays { add("\(base):\(name)", .array, depth: depth, array: true) }
      for (name, depth) in shapeDepths {
        add("\(base):\(name)", .object, depth: depth, array: true)
        add("\(base):\(name):type", .field, depth: 1)
        add("\(base):\(name):coordinates", .field, depth: depth, array: true)
        add("\(base)\(name.prefix(1).uppercased())\(name.dropFirst())Type", .enum)
        add("\(base):enumValue:\(name)", .enumValue)
      }
    }
    return found
  }()

  private static let iotcentral: [StandardElement] = {
    var found: [StandardElement] = []
    for (name, fields) in [("vector", ["x", "y", "z"]), ("geopoint", ["lat", "lon", "alt"])] {
      let base = "dtmi:iotcentral:schema:\(name)"
      found.append(StandardElement(id: "\(base);2", kind: .object, version: .v2, depth: 1))
      found += fields.map { StandardElement(id: "\(base):\($0);2", kind: .field, version: .v2, depth: 1) }
    }
    return found
  }()

  private static let quantities: [StandardElement] = Quantities.editions.flatMap { edition in
    var found: [StandardElement] = []
    func add(_ family: String, _ ids: [String], _ standard: MaterialClass) {
      let familyId = edition.familyId(family)
      if !edition.isStandard {
        found.append(StandardElement(id: familyId, kind: .enum, version: edition.version))
      }
      for id in ids {
        found.append(
          StandardElement(
            id: id, kind: edition.isStandard ? standard : .enumValue, version: edition.version,
            types: edition.isStandard ? [familyId] : [], parent: edition.isStandard ? nil : familyId))
      }
    }
    for (family, units) in Quantities.units(in: edition) { add(family, units.map(edition.unitId), .unit) }
    for (family, names) in Quantities.prefixes(in: edition) {
      add(family, names.map(edition.prefixId), .unitAttribute)
    }
    return found
  }
}
