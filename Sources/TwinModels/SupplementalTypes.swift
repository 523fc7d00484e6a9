/// Every supplemental type of the language and its extensions.
enum SupplementalTypes {
  /// All types, by DTMI.
  static let byId: [String: SupplementalType] = {
    var table: [String: SupplementalType] = [:]
    for type in core + extensions + central + operations + Quantities.types { table[type.id] = type }
    return table
  }()

  /// A type and its ancestors, nearest first.
  static func lineage(of type: SupplementalType) -> [SupplementalType] {
    var found = [type]
    var next = type.parent.flatMap { byId[$0] }
    while let parent = next, found.count < 8 {
      found.append(parent)
      next = parent.parent.flatMap { byId[$0] }
    }
    return found
  }

  /// The abstract roots of the types below, and aliases (metamodel digest of the Digital Twin Consortium).
  private static let core: [SupplementalType] = {
    var types: [SupplementalType] = []
    for version in DTDLVersion.allCases {
      let number = version.rawValue
      let roots: [(String, SupplementalType.Kind)] =
        [("SemanticType", .semantic), ("SemanticUnit", .semanticUnit)]
        + (version == .v2 ? [] : [("AdjunctType", .adjunct)])
      for (name, kind) in roots {
        types.append(
          SupplementalType(id: "dtmi:dtdl:class:\(name);\(number)", term: name, kind: kind, isAbstract: true))
      }
      guard version != .v2 else { continue }
      types.append(
        SupplementalType(
          id: "dtmi:dtdl:class:Alias;\(number)", term: "Alias", kind: .adjunct, hosts: .all,
          versions: [version],
          properties: [
            SupplementalProperty(
              id: "dtmi:dtdl:property:aliasFor;\(number)", term: "aliasFor",
              value: .reference(type: .material(.entity), childOf: nil))
          ]))
    }
    return types
  }()

  /// `dtmi:iotcentral:context;2` (IoT Central extension).
  private static let central: [SupplementalType] = {
    func type(_ name: String, unit: String? = nil, _ constraint: ValueConstraint) -> SupplementalType {
      SupplementalType(
        id: "dtmi:iotcentral:class:\(name);2", term: name, kind: .semantic, hosts: [.property, .telemetry],
        versions: [.v2],
        properties: unit.map { family in
          [
            SupplementalProperty(
              id: "dtmi:dtdl:property:unit;2", term: "unit",
              value: .reference(type: .supplemental("dtmi:standard:class:\(family);2"), childOf: nil),
              isOptional: true)
          ]
        } ?? [], constraints: [constraint])
    }
    let shapes = StandardElements.shapes.map { "dtmi:standard:schema:geospatial:\($0);2" }
    let vector = ValueConstraint(property: "schema", values: ["dtmi:iotcentral:schema:vector;2"])
    return [
      type("AccelerationVector", unit: "AccelerationUnit", vector),
      type("VelocityVector", unit: "VelocityUnit", vector),
      type(
        "Event", ValueConstraint(property: "schema", types: [.material(.numericSchema), .material(.string)])),
      type(
        "Location",
        ValueConstraint(property: "schema", values: shapes + ["dtmi:iotcentral:schema:geopoint;2"])),
      type("State", ValueConstraint(property: "schema", types: [.material(.enum)])),
    ]
  }()
}
