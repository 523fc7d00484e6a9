public import TwinValues

/// What every part of an interface has.
public struct ContentDetails: Sendable {
  /// Its name in data.
  public let name: String
  /// A name to show.
  public let displayName: LanguageMap
  /// A description to show.
  public let description: LanguageMap
  /// The author's comment.
  public let comment: String?
  /// Semantic types, by term: `Temperature`.
  public let semanticTypes: [String]
  /// Adjunct types of extensions, by term (`Historized`), then types of extensions that Nuri does not know.
  public let adjunctTypes: [String]
  /// The unit of its value, by term: `degreeCelsius`.
  public let unit: String?
  /// The model that defines it.
  public let ownerModel: DTMI

  init(_ element: ModelElement) {
    name = element.name ?? ""
    displayName = element.displayName
    description = element.description
    comment = element.comment
    semanticTypes = element.types.filter { $0.kind == .semantic }.map(\.term)
    adjunctTypes = element.types.filter { $0.kind == .adjunct }.map(\.term) + element.undefinedTypes
    ownerModel = DTMI(checked: element.model)
    var unit: String?
    for property in element.types.flatMap(\.properties) where property.term == "unit" {
      let id = element.link(property.id)?.id
      unit = id?.prefix { $0 != ";" }.split(separator: ":").last.map(String.init) ?? unit
    }
    self.unit = unit
  }
}

/// A part of an interface.
public protocol ContentDefinition: AnyObject, Sendable {
  /// Its name in data.
  var name: String { get }
  /// What every part has.
  var details: ContentDetails { get }
}

extension ContentDefinition {
  /// A name to show.
  public var displayName: LanguageMap { details.displayName }
  /// A description to show.
  public var description: LanguageMap { details.description }
  /// The author's comment.
  public var comment: String? { details.comment }
  /// Semantic types, by term: `Temperature`.
  public var semanticTypes: [String] { details.semanticTypes }
  /// Adjunct types of extensions, by term (`Historized`), then types of extensions that Nuri does not know.
  public var adjunctTypes: [String] { details.adjunctTypes }
  /// The unit of its value, by term: `degreeCelsius`.
  public var unit: String? { details.unit }
  /// The model that defines it.
  public var ownerModel: DTMI { details.ownerModel }
}

/// A property of an interface or of a relationship.
public final class PropertyDefinition: ContentDefinition {
  /// Its name in data.
  public let name: String
  /// What every part has.
  public let details: ContentDetails
  /// The schema of its value.
  public let schema: Schema
  /// Whether the device may be asked to change it.
  public let writable: Bool

  init(_ element: ModelElement, _ builder: SchemaBuilder) {
    details = ContentDetails(element)
    name = details.name
    schema = builder.schema(element.link("schema"))
    writable = element.writable
  }
}

/// Data that an interface sends.
public final class TelemetryDefinition: ContentDefinition {
  /// Its name in data.
  public let name: String
  /// What every part has.
  public let details: ContentDetails
  /// The schema of its value.
  public let schema: Schema

  init(_ element: ModelElement, _ builder: SchemaBuilder) {
    details = ContentDetails(element)
    name = details.name
    schema = builder.schema(element.link("schema"))
  }
}

/// A part of an interface that is an interface itself.
public final class ComponentDefinition: ContentDefinition {
  /// Its name in data.
  public let name: String
  /// What every part has.
  public let details: ContentDetails
  /// The interface of the part.
  public let interface: DTMI

  init(_ element: ModelElement) {
    details = ContentDetails(element)
    name = details.name
    interface = DTMI(checked: element.link("schema")?.id ?? "")
  }
}

/// Something that an interface can be asked to do.
public final class CommandDefinition: ContentDefinition {
  /// A request or a response.
  public struct Payload: Sendable {
    /// What every part has.
    public let details: ContentDetails
    /// The schema of its value.
    public let schema: Schema
    /// Whether it may be left out (DTDL v4).
    public let nullable: Bool
  }

  /// Its name in data.
  public let name: String
  /// What every part has.
  public let details: ContentDetails
  /// What it takes.
  public let request: Payload?
  /// What it answers.
  public let response: Payload?

  init(_ element: ModelElement, _ builder: SchemaBuilder) {
    details = ContentDetails(element)
    name = details.name
    func payload(_ name: String) -> Payload? {
      element.elements(name).first.map {
        Payload(details: ContentDetails($0), schema: builder.schema($0.link("schema")), nullable: $0.nullable)
      }
    }
    request = payload("request")
    response = payload("response")
  }
}

/// A link that twins of an interface can have to other twins.
public final class RelationshipDefinition: ContentDefinition {
  /// Its name in data.
  public let name: String
  /// What every part has.
  public let details: ContentDetails
  /// The interface that targets must be of; any when `nil`. It need not be in the set.
  public let target: DTMI?
  /// Fewest relationships of the name a twin should have.
  public let minMultiplicity: Int?
  /// Most relationships of the name a twin may have.
  public let maxMultiplicity: Int?
  /// Whether the device may be asked to change it.
  public let writable: Bool
  /// Properties of each relationship.
  public let properties: [PropertyDefinition]
  private let index: [String: Int]

  init(_ element: ModelElement, _ builder: SchemaBuilder) {
    details = ContentDetails(element)
    name = details.name
    target = element.target.map { DTMI(checked: $0) }
    minMultiplicity = element.minMultiplicity
    maxMultiplicity = element.maxMultiplicity
    writable = element.writable
    properties = element.elements("properties").map { PropertyDefinition($0, builder) }
    index = Dictionary(properties.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The property of the relationship with a name.
  public func property(_ name: String) -> PropertyDefinition? { index[name].map { properties[$0] } }
}

/// The parts of an interface, gathered from itself and its bases.
struct InterfaceContents {
  var properties: [PropertyDefinition] = []
  var telemetry: [TelemetryDefinition] = []
  var commands: [CommandDefinition] = []
  var components: [ComponentDefinition] = []
  var relationships: [RelationshipDefinition] = []
  var schemas: [Schema] = []

  /// Definitions made for elements of the batch and of models in the set.
  final class Table {
    fileprivate let builder = SchemaBuilder()
    private var made: [ObjectIdentifier: any ContentDefinition] = [:]
    private let set: ModelSet

    init(set: ModelSet) { self.set = set }

    /// The definition that a model in the set has of an element of it, so that derived models share it.
    private func existing(_ element: ModelElement) -> (any ContentDefinition)? {
      guard let name = element.name, let owner = set[DTMI(checked: element.model)] else { return nil }
      return owner.content(name)
    }

    fileprivate func definition(of element: ModelElement) -> (any ContentDefinition)? {
      let key = ObjectIdentifier(element)
      if let found = made[key] { return found }
      if let found = existing(element) { return found }
      let definition: (any ContentDefinition)? =
        switch element.kind {
        case .property: PropertyDefinition(element, builder)
        case .telemetry: TelemetryDefinition(element, builder)
        case .command: CommandDefinition(element, builder)
        case .component: ComponentDefinition(element)
        case .relationship: RelationshipDefinition(element, builder)
        default: nil
        }
      made[key] = definition
      return definition
    }
  }

  init(_ elements: [ModelElement], schemas: [ModelElement.Link], _ table: Table) {
    self.schemas = schemas.map { table.builder.schema($0) }
    for element in elements {
      switch table.definition(of: element) {
      case let item as PropertyDefinition: properties.append(item)
      case let item as TelemetryDefinition: telemetry.append(item)
      case let item as CommandDefinition: commands.append(item)
      case let item as ComponentDefinition: components.append(item)
      case let item as RelationshipDefinition: relationships.append(item)
      default: break
      }
    }
  }
}
