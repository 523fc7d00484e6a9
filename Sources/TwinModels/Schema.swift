public import TwinValues

/// The shape of values: of a property, a telemetry, a field, an element of an array.
///
/// A schema never changes once its model is in a set, and may be used from any thread. Schemas of DTDL v4 may
/// hold themselves; such a schema is never freed.
public final class Schema: @unchecked Sendable {
  /// What a schema is.
  public enum Kind: Sendable {
    /// A value without parts.
    case primitive(PrimitiveSchema)
    /// One of a list of values.
    case enumeration(EnumSchema)
    /// Named fields, each of which may be left out.
    case object(ObjectSchema)
    /// Values under keys of the user's choice.
    case map(MapSchema)
    /// Values in order.
    case array(Schema)
    /// A GeoJSON geometry.
    case geospatial(GeospatialShape)
  }

  /// What the schema is.
  public var kind: Kind { storage }
  /// The DTMI of a schema that models can refer to.
  public let id: DTMI?

  /// Written once by `SchemaBuilder`, before the schema is handed out.
  private var storage: Kind

  init(_ kind: Kind, id: DTMI? = nil) {
    storage = kind
    self.id = id
  }

  func complete(_ kind: Kind) { storage = kind }

  private static let primitives: [PrimitiveSchema: Schema] = {
    var table: [PrimitiveSchema: Schema] = [:]
    for item in PrimitiveSchema.allCases { table[item] = Schema(.primitive(item)) }
    return table
  }()

  /// The schema of a primitive.
  public static func primitive(_ kind: PrimitiveSchema) -> Schema {
    primitives[kind] ?? Schema(.primitive(kind))
  }

  /// The schema for people: `double`, `enum of string`, `array of object`.
  public var displayName: String {
    switch kind {
    case .primitive(let primitive): primitive.rawValue
    case .enumeration(let schema): "enum of \(schema.valueSchema.rawValue)"
    case .object: "object"
    case .map(let schema): "map of \(schema.value.shortName)"
    case .array(let element): "array of \(element.shortName)"
    case .geospatial(let shape): "geospatial \(shape.rawValue)"
    }
  }

  /// The name without what is inside, so that names stay short and finite.
  private var shortName: String {
    switch kind {
    case .map: "map"
    case .array: "array"
    default: displayName
    }
  }
}

/// Schemas without parts (DTDL v2 and v4 references, "Primitive schema").
public enum PrimitiveSchema: String, Sendable, CaseIterable {
  /// `true` or `false`.
  case boolean
  /// A signed integer of 1 byte (v4).
  case byte
  /// Base64 text (v4).
  case bytes
  /// An RFC 3339 date.
  case date
  /// An RFC 3339 date and time.
  case dateTime
  /// Decimal digits as text (v4).
  case decimal
  /// A number of IEEE 754 double precision.
  case double
  /// An ISO 8601 duration.
  case duration
  /// A number of IEEE 754 single precision.
  case float
  /// A signed integer of 4 bytes.
  case integer
  /// A signed integer of 8 bytes.
  case long
  /// A signed integer of 2 bytes (v4).
  case short
  /// Text.
  case string
  /// An RFC 3339 time.
  case time
  /// An unsigned integer of 1 byte (v4).
  case unsignedByte
  /// An unsigned integer of 4 bytes (v4).
  case unsignedInteger
  /// An unsigned integer of 8 bytes (v4).
  case unsignedLong
  /// An unsigned integer of 2 bytes (v4).
  case unsignedShort
  /// An RFC 9562 UUID (v4).
  case uuid
}

/// GeoJSON geometries that schemas know (RFC 7946, §3.1).
public enum GeospatialShape: String, Sendable, CaseIterable {
  /// One position.
  case point
  /// Positions.
  case multiPoint
  /// A line.
  case lineString
  /// Lines.
  case multiLineString
  /// An area with holes.
  case polygon
  /// Areas.
  case multiPolygon

  /// The `type` in GeoJSON.
  public var typeName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// An enum: values, each with a name.
public struct EnumSchema: Sendable {
  /// One of its values.
  public struct Member: Sendable {
    /// Its name.
    public let name: String
    /// The value that stands for it in data: `integer` or `string`.
    public let value: Value
    /// A name to show.
    public let displayName: LanguageMap
  }

  /// `integer` or `string`.
  public let valueSchema: PrimitiveSchema
  /// Its values, in order.
  public let members: [Member]
  private let values: Set<Value>

  init(valueSchema: PrimitiveSchema, members: [Member]) {
    self.valueSchema = valueSchema
    self.members = members
    values = Set(members.map(\.value))
  }

  /// Whether the enum has a value.
  public func contains(_ value: Value) -> Bool { values.contains(value) }
}

/// An object: named fields.
public struct ObjectSchema: Sendable {
  /// One field.
  public struct Field: Sendable {
    /// Its name.
    public let name: String
    /// The schema of its value.
    public let schema: Schema
    /// A name to show.
    public let displayName: LanguageMap
    /// Whether a value must have it (DTDL requirement extension).
    public let isRequired: Bool
  }

  /// Its fields, in order.
  public let fields: [Field]
  private let index: [String: Int]

  init(fields: [Field]) {
    self.fields = fields
    index = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The field with a name.
  public func field(_ name: String) -> Field? { index[name].map { fields[$0] } }
}

/// A map: values of one schema under keys of the user's choice.
public struct MapSchema: Sendable {
  /// What keys are called.
  public let keyName: String
  /// What values are called.
  public let valueName: String
  /// The schema of each value.
  public let value: Schema
}
