extension SupplementalTypes {
  private static let valued: ClassSet = [
    .commandRequest, .commandResponse, .field, .mapValue, .property, .telemetry,
  ]

  private static func type(
    _ name: String, _ hosts: ClassSet, _ properties: [SupplementalProperty] = [], numeric: Bool = false
  ) -> SupplementalType {
    SupplementalType(
      id: operations(name), term: name, kind: .adjunct, hosts: hosts, versions: [.v4], properties: properties,
      constraints: numeric ? [ValueConstraint(property: "schema", types: [.material(.numericSchema)])] : [])
  }

  private static func operations(_ name: String) -> String { "dtmi:iotoperations:class:\(name);4" }

  private static func property(
    _ name: String, _ value: SupplementalProperty.Value, optional: Bool = false, conformsTo: String? = nil
  ) -> SupplementalProperty {
    SupplementalProperty(
      id: "dtmi:iotoperations:property:\(name);4", term: name, value: value, isOptional: optional,
      conformsTo: conformsTo)
  }

  /// `dtmi:iotoperations:context;4` (metamodel digest of the Digital Twin Consortium).
  static let operations: [SupplementalType] = {
    let short = SupplementalProperty.Value.string(maximum: 128)
    var composite = type("Composite", [.interface], [property("ontology", short)])
    composite.excludes = [operations("Event")]
    var capability = type("HasCapability", [.relationship])
    capability.excludes = [operations("HasComponent")]
    var subject = type("Subject", [.field])
    subject.parents = [
      ParentConstraint(property: "fields", types: [operations("Detail")], noOther: operations("Subject"))
    ]
    return [
      composite, capability, subject,
      type("Congruence", ClassSet.complexSchemas.union([.interface]), [property("typeRef", short)]),
      type("Detail", [.object]),
      type("Event", [.interface]),
      type("GroupMember", [.command], [property("group", .string(maximum: 128, pattern: .name))]),
      type("HasComponent", [.relationship]),
      type(
        "Limited", valued,
        [
          property("maximum", .number, optional: true, conformsTo: "schema"),
          property("minimum", .number, optional: true, conformsTo: "schema"),
        ], numeric: true),
      type("Precise", valued, [property("decimalPlaces", .integer())], numeric: true),
      type(
        "Qualified", [.command, .component, .field, .property, .relationship, .telemetry],
        [property("namespace", short)]),
      type(
        "ScaledStatically", valued, [property("scaleFactor", .number, conformsTo: "schema")], numeric: true),
    ]
  }()
}
