public import TwinValues

/// A model, resolved: everything it has, inherited things included.
///
/// Instances never change and may be used from any thread.
public final class Interface: Sendable {
  /// The model's identifier.
  public let id: DTMI
  /// The language version it is written in.
  public let version: DTDLVersion
  /// A name to show.
  public let displayName: LanguageMap
  /// A description to show.
  public let description: LanguageMap
  /// The author's comment.
  public let comment: String?
  /// The JSON text as it was given. An interface that was defined inside another one's text stands there as its
  /// DTMI, and has its own text here with the context that was in force.
  public let source: [UInt8]
  /// The interfaces it extends directly.
  public let extends: [DTMI]
  /// All interfaces it extends, directly or through others, nearest first.
  public let allBases: [DTMI]
  /// Properties, its own first, then inherited ones.
  public let properties: [PropertyDefinition]
  /// Telemetry, its own first, then inherited.
  public let telemetry: [TelemetryDefinition]
  /// Commands, its own first, then inherited ones.
  public let commands: [CommandDefinition]
  /// Components, its own first, then inherited ones.
  public let components: [ComponentDefinition]
  /// Relationships, its own first, then inherited ones.
  public let relationships: [RelationshipDefinition]

  /// Schemas that the interface itself defines for reuse, in order.
  public let schemas: [Schema]

  private let bases: Set<DTMI>
  private let index: [String: ContentIndex]

  private enum ContentIndex {
    case property(Int)
    case telemetry(Int)
    case command(Int)
    case component(Int)
    case relationship(Int)
  }

  init(_ element: ModelElement, source: [UInt8], allBases: [DTMI], contents: InterfaceContents) {
    id = DTMI(checked: element.id)
    version = element.version
    displayName = element.displayName
    description = element.description
    comment = element.comment
    self.source = source
    extends = Inheritance.bases(of: element).map { DTMI(checked: $0.id) }
    self.allBases = allBases
    bases = Set(allBases)
    properties = contents.properties
    telemetry = contents.telemetry
    commands = contents.commands
    components = contents.components
    relationships = contents.relationships
    schemas = contents.schemas
    var index: [String: ContentIndex] = [:]
    for (i, item) in properties.enumerated() { index[item.name] = .property(i) }
    for (i, item) in telemetry.enumerated() { index[item.name] = .telemetry(i) }
    for (i, item) in commands.enumerated() { index[item.name] = .command(i) }
    for (i, item) in components.enumerated() { index[item.name] = .component(i) }
    for (i, item) in relationships.enumerated() { index[item.name] = .relationship(i) }
    self.index = index
  }

  /// The property with a name.
  public func property(_ name: String) -> PropertyDefinition? {
    if case .property(let i)? = index[name] { properties[i] } else { nil }
  }

  /// The telemetry with a name.
  public func telemetry(_ name: String) -> TelemetryDefinition? {
    if case .telemetry(let i)? = index[name] { telemetry[i] } else { nil }
  }

  /// The command with a name.
  public func command(_ name: String) -> CommandDefinition? {
    if case .command(let i)? = index[name] { commands[i] } else { nil }
  }

  /// The component with a name.
  public func component(_ name: String) -> ComponentDefinition? {
    if case .component(let i)? = index[name] { components[i] } else { nil }
  }

  /// The relationship with a name.
  public func relationship(_ name: String) -> RelationshipDefinition? {
    if case .relationship(let i)? = index[name] { relationships[i] } else { nil }
  }

  /// The part with a name, whatever it is.
  public func content(_ name: String) -> (any ContentDefinition)? {
    switch index[name] {
    case .property(let i)?: properties[i]
    case .telemetry(let i)?: telemetry[i]
    case .command(let i)?: commands[i]
    case .component(let i)?: components[i]
    case .relationship(let i)?: relationships[i]
    case nil: nil
    }
  }

  /// Whether the interface is `other` or extends it.
  public func isA(_ other: DTMI) -> Bool { id == other || bases.contains(other) }
}
