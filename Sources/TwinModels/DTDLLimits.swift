/// The numbers a model may not go past, by language version and limit set.
///
/// Sources: DTDL v2, v3 and v4 references, the table of each class and, in v4, "Complex schema" and "Changes from
/// Version 3"; Onvif extension, "Revised property limits"; for `aio` and the ids under both sets the metamodel digest
/// of the Digital Twin Consortium's parser, there being no other document.
public struct DTDLLimits: Sendable, Equatable {
  /// Longest `comment`, in UTF-16 units as in all texts here.
  public let commentLength = 512
  /// Longest `description` in any language.
  public let descriptionLength: Int
  /// Longest `displayName` in any language.
  public let displayNameLength: Int
  /// Longest `name`.
  public let nameLength: Int
  /// Longest identifier.
  public let identifierLength: Int
  /// Longest identifier of an interface.
  public let interfaceIdentifierLength: Int
  /// Longest `target` of a relationship.
  public let targetLength = 2048
  /// Most contents of an interface, inherited ones counted; `nil` where only `interfaceElements` counts.
  public let contents: Int?
  /// Most interfaces named directly in `extends`.
  public let directExtends: Int?
  /// Longest chain of `extends`.
  public let extendsDepth: Int
  /// Most interfaces reached through `extends`, counted along every path.
  public let totalExtends: Int?
  /// Most values of an enum.
  public let enumValues: Int?
  /// Most fields of an object.
  public let fields: Int?
  /// Most properties of a relationship.
  public let relationshipProperties: Int?
  /// Largest `maxMultiplicity`.
  public let maxMultiplicity: Int?
  /// Deepest nesting of complex schemas.
  public let schemaDepth: Int
  /// Most elements in the hierarchy below an interface.
  public let interfaceElements: Int?
  /// Longest JSON text of one interface, in bytes.
  public let interfaceBytes: Int?

  /// The limits of a version with a limit set (which only version 4 can have).
  public init(_ version: DTDLVersion, _ set: LimitSet = .standard) {
    let old = version == .v2
    descriptionLength = set == .onvif ? 4096 : set == .aio ? 2048 : 512
    displayNameLength = old ? 64 : 512
    nameLength = old ? 64 : 512
    identifierLength = set == .standard ? 2048 : 512
    interfaceIdentifierLength = set == .standard ? 128 : 256
    contents = old ? 300 : nil
    directExtends = old ? 2 : nil
    extendsDepth = version == .v4 ? 12 : 10
    totalExtends = old ? nil : 1024
    enumValues = old ? 100 : nil
    fields = old ? 30 : nil
    relationshipProperties = old ? 300 : nil
    maxMultiplicity = old ? 500 : nil
    schemaDepth = version < .v4 ? 5 : set == .onvif ? 24 : set == .aio ? 12 : 8
    interfaceElements = old ? nil : 100_000
    interfaceBytes = old ? nil : 1 << 20
  }
}
