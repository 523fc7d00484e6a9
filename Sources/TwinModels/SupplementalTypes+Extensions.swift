/// One version of a feature extension: `dtmi:dtdl:extension:mqtt;3` defines `dtmi:dtdl:extension:mqtt:v3:Mqtt`.
private struct Extension {
  let name: String
  let version: Int

  /// From which version an extension also serves DTDL v4.
  var versions: [DTDLVersion] {
    name == "requirement" || version > 1 ? [.v3, .v4] : [.v3]
  }

  func id(_ name: String) -> String { "dtmi:dtdl:extension:\(self.name):v\(version):\(name)" }

  func type(_ name: String, _ hosts: ClassSet, _ properties: [SupplementalProperty] = []) -> SupplementalType
  {
    SupplementalType(
      id: id(name), term: name, kind: .adjunct, hosts: hosts, versions: versions, properties: properties)
  }

  func property(
    _ type: String, _ name: String, _ value: SupplementalProperty.Value, optional: Bool = false,
    unique: Bool = false
  ) -> SupplementalProperty {
    SupplementalProperty(
      id: id("\(type):\(name)"), term: name, value: value, isOptional: optional, isUnique: unique)
  }
}

extension SupplementalTypes {
  /// The feature extensions `annotation`, `historization`, `mqtt`, `overriding` and `requirement`, each as its own
  /// document of the DTDL v3 and v4 extension set says.
  static let extensions: [SupplementalType] =
    [1, 2].flatMap { annotation($0) + overriding($0) + historization($0) + requirement($0) }
    + [1, 2, 3, 4].flatMap { mqtt($0) }

  private static let contentPair: [TypeName] = [.material(.property), .material(.telemetry)]

  private static func annotation(_ version: Int) -> [SupplementalType] {
    let home = Extension(name: "annotation", version: version)
    let annotates = home.property("ValueAnnotation", "annotates", .string())
    var type = home.type("ValueAnnotation", [.property, .telemetry], [annotates])
    type.siblings = [SiblingConstraint(keyReference: annotates.id, types: contentPair, excludedType: type.id)]
    return [type]
  }

  private static func overriding(_ version: Int) -> [SupplementalType] {
    let home = Extension(name: "overriding", version: version)
    let annotation = Extension(name: "annotation", version: version)
    let key = annotation.id("ValueAnnotation:annotates")
    let overrides = home.property("Override", "overrides", .identifier)
    var type = home.type("Override", [.property], [overrides])
    type.requires = [annotation.id("ValueAnnotation")]
    type.excludes = [Extension(name: "initialization", version: version).id("Initialized")]
    type.constraints = [ValueConstraint(property: "schema", siblingParent: (key, overrides.id))]
    type.siblings = [
      SiblingConstraint(keyReference: key, path: overrides.id, uniqueWith: overrides.id),
      SiblingConstraint(keyReference: key, types: contentPair),
    ]
    return [type]
  }

  private static func historization(_ version: Int) -> [SupplementalType] {
    [Extension(name: "historization", version: version).type("Historized", [.property, .telemetry])]
  }

  private static func requirement(_ version: Int) -> [SupplementalType] {
    let hosts: ClassSet = version == 1 ? [.field] : [.field, .property]
    return [Extension(name: "requirement", version: version).type("Required", hosts)]
  }

  private static func mqtt(_ version: Int) -> [SupplementalType] {
    let home = Extension(name: "mqtt", version: version)
    var cacheable = home.type("Cacheable", [.command], [home.property("Cacheable", "ttl", .duration)])
    cacheable.requires = [home.id("Idempotent")]
    let index = home.property("Indexed", "index", .integer(minimum: 1), unique: true)
    let indexed: ClassSet =
      version < 4 ? [.enumValue, .field, .telemetry] : [.enumValue, .field, .property, .telemetry]
    var types = [
      cacheable, home.type("Idempotent", [.command]), home.type("Indexed", indexed, [index]), topics(home),
    ]
    if version >= 2 {
      var transparent = home.type("Transparent", [.commandRequest, .commandResponse])
      transparent.constraints = [ValueConstraint(property: "schema", types: [.material(.object)])]
      types.append(transparent)
    }
    if version >= 3 { types += results(home) }
    if version >= 4 { types += propertyResults(home) }
    return types
  }

  private static func topics(_ home: Extension) -> SupplementalType {
    var names: [(String, TextPattern)] = [("commandTopic", .topic), ("telemetryTopic", .topic)]
    if home.version >= 2 {
      names += [("cmdServiceGroupId", .serviceGroup), ("telemServiceGroupId", .serviceGroup)]
    }
    if home.version >= 4 { names.append(("propertyTopic", .topic)) }
    let optional = names.map { home.property("Mqtt", $0, .string(pattern: $1), optional: true) }
    return home.type("Mqtt", [.interface], [home.property("Mqtt", "payloadFormat", .string())] + optional)
  }

  /// A type for fields of an object that has one of `parents`, at most one field each.
  private static func field(
    _ home: Extension, _ name: String, in parents: [String], schema: TypeName? = nil, required: String? = nil,
    excludesRequired: Bool = true
  ) -> SupplementalType {
    var type = home.type(name, [.field])
    type.parents = [
      ParentConstraint(
        property: "fields", types: parents.map(home.id), noOther: type.id, someOther: required.map(home.id))
    ]
    if let schema { type.constraints = [ValueConstraint(property: "schema", types: [schema])] }
    if excludesRequired { type.excludes = [Extension(name: "requirement", version: 1).id("Required")] }
    return type
  }

  private static func results(_ home: Extension) -> [SupplementalType] {
    let error = TypeName.supplemental(home.id("Error"))
    var result = home.type("Result", [.object])
    let parts = ["NormalResult", "ErrorResult"] + (home.version >= 4 ? ["ErrorCode", "ErrorInfo"] : [])
    result.constraints = [
      ValueConstraint(property: "fields", types: parts.map { .supplemental(home.id($0)) })
    ]
    return [
      home.type("Error", [.object]),
      field(home, "ErrorMessage", in: ["Error"], schema: .material(.string), excludesRequired: false),
      field(home, "ErrorResult", in: ["Result"], schema: error),
      field(home, "NormalResult", in: ["Result"]),
      result,
    ]
  }

  private static func propertyResults(_ home: Extension) -> [SupplementalType] {
    let error = TypeName.supplemental(home.id("Error"))
    var fragmented = home.type("Fragmented", [.property])
    fragmented.alternatives = [home.id("PropertyValue")]
    fragmented.constraints = [ValueConstraint(property: "schema", types: [.material(.map)])]
    var indirect = home.type("Indirect", [.field])
    indirect.excludes = [Extension(name: "requirement", version: 1).id("Required")]
    var result = home.type("PropertyResult", [.object])
    result.constraints = [
      ValueConstraint(
        property: "fields",
        types: ["PropertyValue", "ReadError", "WriteError"].map { .supplemental(home.id($0)) })
    ]
    let both = ["Result", "Error"]
    return [
      fragmented, indirect, result,
      field(home, "ErrorCode", in: both, schema: .material(.enum), excludesRequired: false),
      field(
        home, "ErrorInfo", in: both, schema: .material(.object), required: "ErrorCode",
        excludesRequired: false),
      field(home, "PropertyValue", in: ["PropertyResult"]),
      field(home, "ReadError", in: ["PropertyResult"], schema: error),
      field(home, "WriteError", in: ["PropertyResult"], schema: error),
    ]
  }
}
