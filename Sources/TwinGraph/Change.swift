public import TwinValues

/// A property of a twin and its new value (`nil` takes it away).
public struct PropertyEdit: Hashable, Sendable {
  /// `property` or `component.property`.
  public let path: String
  /// The new value.
  public let value: Value?
  /// Makes an edit.
  public init(_ path: String, _ value: Value?) {
    self.path = path
    self.value = value
  }
}

/// One atomic step of a world: what the log records and the graph applies.
///
/// A change says what came out, not how it was asked for: preconditions, JSON Patch and merges are settled by
/// the engine before a change is made, so that replaying changes needs nothing but the graph.
public enum Change: Hashable, Sendable {
  /// Creates a twin, or replaces it wholly. `properties` are all it has afterwards.
  case putTwin(id: String, model: String, properties: [PropertyEdit])
  /// Changes some properties of a twin.
  case patchTwin(id: String, edits: [PropertyEdit])
  /// Deletes a twin that has no relationships left.
  case deleteTwin(id: String)
  /// Creates a relationship, or replaces it wholly. `properties` is a JSON object, empty for none.
  case putRelationship(source: String, id: String, name: String, target: String, properties: [UInt8])
  /// Deletes a relationship.
  case deleteRelationship(source: String, id: String)
  /// Adds models, each a DTDL JSON object; together with those already there they must be self-contained.
  case addModels([[UInt8]])
  /// Takes a model out of use (`true`: no new twins) or back into it.
  case decommissionModel(id: String, Bool)
  /// Deletes a model that no twin and no other model uses.
  case deleteModel(id: String)
  /// A passing value of a twin; the graph's state does not change, history keeps it.
  case telemetry(twin: String, component: String?, payload: [UInt8])
  /// Adds a fork to the catalogue, or changes its label or expiry (live world only).
  case putWorld(WorldEntry)
  /// Takes a fork out of the catalogue (live world only).
  case discardWorld(number: UInt32)
  /// Adds an event route, or replaces it.
  case putEventRoute(EventRoute)
  /// Deletes an event route.
  case deleteEventRoute(id: String)
  /// Adds a record, or replaces it (live world only).
  case putRecord(Record)
  /// Deletes a record (live world only).
  case deleteRecord(RecordKind, id: String)
}

extension Change {
  /// The twin the change is about: a relationship's source, `nil` for changes of models, worlds, routes and records.
  public var twin: String? {
    switch self {
    case .putTwin(let id, _, _), .patchTwin(let id, _), .deleteTwin(let id): id
    case .putRelationship(let source, _, _, _, _), .deleteRelationship(let source, _): source
    case .telemetry(let twin, _, _): twin
    case .addModels, .decommissionModel, .deleteModel, .putWorld, .discardWorld, .putEventRoute,
      .deleteEventRoute, .putRecord, .deleteRecord:
      nil
    }
  }

  /// Whether only the live world takes the change: its catalogue of worlds and its records.
  public var isOfLiveWorldOnly: Bool {
    switch self {
    case .putWorld, .discardWorld, .putRecord, .deleteRecord: true
    default: false
    }
  }

  /// Whether the change is about a relationship.
  public var isRelationship: Bool {
    switch self {
    case .putRelationship, .deleteRelationship: true
    default: false
    }
  }
}

extension NuriError.Code {
  /// No such twin.
  public static let twinNotFound = Self("twinNotFound")
  /// A twin with that id exists.
  public static let twinExists = Self("twinExists")
  /// No such relationship.
  public static let relationshipNotFound = Self("relationshipNotFound")
  /// A relationship with that id exists on that source.
  public static let relationshipExists = Self("relationshipExists")
  /// A twin still has relationships.
  public static let relationshipsNotDeleted = Self("relationshipsNotDeleted")
  /// A model with that id exists.
  public static let modelExists = Self("modelExists")
  /// The model is out of use: it takes no new twins.
  public static let modelDecommissioned = Self("modelDecommissioned")
  /// The model has no such property.
  public static let propertyNotDeclared = Self("propertyNotDeclared")
  /// A relationship that the source's model does not declare, or a wrong target.
  public static let relationshipNotDeclared = Self("relationshipNotDeclared")
}
