/// The classes of the DTDL metamodel that elements are made of.
///
/// Abstract classes (`schema`, `content` …) are here too, because rules and co-type constraints name them.
enum MaterialClass: UInt8, Sendable, CaseIterable {
  case array, boolean, byte, bytes, command, commandPayload, commandRequest, commandResponse, commandType
  case complexSchema, component, content, date, dateTime, decimal, double, duration, entity, `enum`, enumValue
  case field, float, integer, interface, latentType, long, map, mapKey, mapValue, namedEntity, namedLatentType
  case numericSchema, object, primitiveSchema, property, relationship, schema, schemaField, short, string
  case telemetry, temporalSchema, time, unit, unitAttribute, unsignedByte, unsignedInteger, unsignedLong
  case unsignedShort, uuid

  /// The name in `@type`.
  var name: String {
    let name = String(describing: self)
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  /// The versions that have the class.
  var versions: [DTDLVersion] {
    switch self {
    case .byte, .bytes, .decimal, .short, .unsignedByte, .unsignedInteger, .unsignedLong, .unsignedShort,
      .uuid:
      [.v4]
    case .commandRequest, .commandResponse, .latentType, .namedLatentType: [.v3, .v4]
    default: [.v2, .v3, .v4]
    }
  }

  /// The class's DTMI in a version.
  func id(in version: DTDLVersion) -> String { "dtmi:dtdl:class:\(name);\(version.rawValue)" }

  private static let byName: [String: MaterialClass] = {
    var table: [String: MaterialClass] = [:]
    for item in allCases {
      table[item.name] = item
      for version in item.versions { table[item.id(in: version)] = item }
    }
    return table
  }()

  /// The class that a `@type` string names, by term or by the DTMI of any version.
  init?(typeName: String) {
    guard let found = Self.byName[typeName] else { return nil }
    self = found
  }

  /// The class and its abstract ancestors that rules speak of.
  var lineage: ClassSet {
    switch self {
    case .boolean, .string, .bytes, .uuid: [self, .primitiveSchema, .schema, .entity]
    case .byte, .decimal, .double, .float, .integer, .long, .short, .unsignedByte, .unsignedInteger,
      .unsignedLong, .unsignedShort:
      [self, .numericSchema, .primitiveSchema, .schema, .entity]
    case .date, .dateTime, .duration, .time: [self, .temporalSchema, .primitiveSchema, .schema, .entity]
    case .array, .enum, .map, .object: [self, .complexSchema, .schema, .entity]
    case .command, .component, .property, .relationship, .telemetry: [self, .content, .namedEntity, .entity]
    case .commandRequest, .commandResponse: [self, .commandPayload, .schemaField, .namedEntity, .entity]
    case .commandPayload, .field, .mapValue: [self, .schemaField, .namedEntity, .entity]
    case .enumValue, .mapKey, .unitAttribute: [self, .namedEntity, .entity]
    default: [self, .entity]
    }
  }
}

/// A set of classes in one word.
struct ClassSet: Sendable, Equatable, ExpressibleByArrayLiteral {
  private var bits: UInt64 = 0

  init(arrayLiteral elements: MaterialClass...) {
    for element in elements { bits |= 1 << UInt64(element.rawValue) }
  }

  private init(bits: UInt64) { self.bits = bits }

  func contains(_ item: MaterialClass) -> Bool { bits & (1 << UInt64(item.rawValue)) != 0 }
  func intersects(_ other: ClassSet) -> Bool { bits & other.bits != 0 }
  func union(_ other: ClassSet) -> ClassSet { ClassSet(bits: bits | other.bits) }

  /// The members' names, for messages.
  var names: String {
    MaterialClass.allCases.filter(contains).map(\.name).joined(separator: ", ")
  }

  static let contents: ClassSet = [.command, .component, .property, .relationship, .telemetry]
  static let complexSchemas: ClassSet = [.array, .enum, .map, .object]
  static let primitives: ClassSet = [
    .boolean, .byte, .bytes, .date, .dateTime, .decimal, .double, .duration, .float, .integer, .long, .short,
    .string, .time, .unsignedByte, .unsignedInteger, .unsignedLong, .unsignedShort, .uuid,
  ]
  static let schemas = primitives.union(complexSchemas)
  /// Every class a co-type could sit on.
  static let all = schemas.union(contents).union([
    .commandPayload, .commandRequest, .commandResponse, .commandType, .enumValue, .field, .interface,
    .latentType,
    .mapKey, .mapValue, .namedLatentType, .unit, .unitAttribute,
  ])
}
