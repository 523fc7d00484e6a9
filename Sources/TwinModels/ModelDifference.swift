public import TwinValues

/// One difference between two models, usually two versions of one model.
public struct ModelDifference: Sendable, Equatable {
  /// What differs.
  public enum Part: String, Sendable {
    /// The interfaces that the model extends.
    case base
    /// A property.
    case property
    /// Telemetry.
    case telemetry
    /// A command.
    case command
    /// A component.
    case component
    /// A relationship.
    case relationship
  }

  /// How it differs.
  public enum Change: Sendable, Equatable {
    /// Only the new model has it.
    case added
    /// Only the old model has it.
    case removed
    /// Its values follow another schema.
    case schema(SchemaChange)
    /// Its values are in another unit.
    case unit(old: String?, new: String?)
    /// It became writable, or stopped being so.
    case writable(Bool)
    /// The interface of a component or the target of a relationship is another one; `nil` is any.
    case target(old: DTMI?, new: DTMI?, SchemaChange)
    /// More or fewer relationships are allowed; `nil` is without bound.
    case multiplicity(old: Int?, new: Int?)
  }

  /// What differs.
  public let part: Part
  /// Its name; of a relationship's property `relationship/property`, of a command's parts `command/request`.
  public let name: String
  /// How it differs.
  public let change: Change

  /// Makes a difference.
  public init(part: Part, name: String, change: Change) {
    self.part = part
    self.name = name
    self.change = change
  }

  /// Whether data that was right for the old model may be wrong for the new one.
  public var breaksData: Bool {
    switch change {
    case .added, .writable: false
    case .removed: part != .telemetry && part != .command
    case .schema(let change): change != .same && change != .widened
    case .unit: true
    case .target(_, _, let change): change != .widened
    case .multiplicity(let old, let new): (new ?? .max) < (old ?? .max)
    }
  }
}

extension ModelSet {
  /// What changed between two models of the set, part by part, inherited parts included.
  /// - Throws: `NuriError` with code `modelNotFound`.
  public func compare(old: DTMI, new: DTMI) throws(NuriError) -> [ModelDifference] {
    guard let a = self[old], let b = self[new] else {
      throw NuriError(.modelNotFound, "There is no model \(self[old] == nil ? old : new).")
    }
    var comparison = ModelComparison(set: self)
    comparison.compare(a, b)
    return comparison.differences
  }
}

/// Gathers differences.
private struct ModelComparison {
  let set: ModelSet
  var differences: [ModelDifference] = []

  init(set: ModelSet) { self.set = set }

  private mutating func note(_ part: ModelDifference.Part, _ name: String, _ change: ModelDifference.Change) {
    differences.append(ModelDifference(part: part, name: name, change: change))
  }

  mutating func compare(_ old: Interface, _ new: Interface) {
    for base in old.allBases where !new.allBases.contains(base) { note(.base, base.text, .removed) }
    for base in new.allBases where !old.allBases.contains(base) { note(.base, base.text, .added) }
    pair(.property, old.properties, new.properties, new.property) { $0.compare($1, $2, at: $1.name) }
    pair(.telemetry, old.telemetry, new.telemetry, new.telemetry) { comparison, a, b in
      comparison.schema(.telemetry, a.name, a.schema, b.schema)
      comparison.unit(.telemetry, a.name, a.details, b.details)
    }
    pair(.command, old.commands, new.commands, new.command) { comparison, a, b in
      comparison.payload("\(a.name)/request", a.request, b.request)
      comparison.payload("\(a.name)/response", a.response, b.response)
    }
    pair(.component, old.components, new.components, new.component) { comparison, a, b in
      comparison.target(.component, a.name, a.interface, b.interface)
    }
    pair(.relationship, old.relationships, new.relationships, new.relationship) { $0.compare($1, $2) }
  }

  private mutating func pair<T: ContentDefinition>(
    _ part: ModelDifference.Part, _ old: [T], _ new: [T], _ find: (String) -> T?,
    _ compare: (inout ModelComparison, T, T) -> Void
  ) {
    let names = Set(old.map(\.name))
    for item in old {
      if let other = find(item.name) { compare(&self, item, other) } else { note(part, item.name, .removed) }
    }
    for item in new where !names.contains(item.name) { note(part, item.name, .added) }
  }

  private mutating func schema(_ part: ModelDifference.Part, _ name: String, _ old: Schema, _ new: Schema) {
    let change = SchemaChange.between(old, new)
    if change != .same { note(part, name, .schema(change)) }
  }

  private mutating func unit(
    _ part: ModelDifference.Part, _ name: String, _ old: ContentDetails, _ new: ContentDetails
  ) {
    if old.unit != new.unit { note(part, name, .unit(old: old.unit, new: new.unit)) }
  }

  private mutating func compare(
    _ old: PropertyDefinition, _ new: PropertyDefinition, at name: String,
    part: ModelDifference.Part = .property
  ) {
    schema(part, name, old.schema, new.schema)
    unit(part, name, old.details, new.details)
    if old.writable != new.writable { note(part, name, .writable(new.writable)) }
  }

  private mutating func payload(
    _ name: String, _ old: CommandDefinition.Payload?, _ new: CommandDefinition.Payload?
  ) {
    switch (old, new) {
    case (nil, nil): break
    case (nil, _?): note(.command, name, .added)
    case (_?, nil): note(.command, name, .removed)
    case (let a?, let b?): schema(.command, name, a.schema, b.schema)
    }
  }

  private mutating func target(_ part: ModelDifference.Part, _ name: String, _ old: DTMI?, _ new: DTMI?) {
    guard old != new else { return }
    let change: SchemaChange
    if let old, let new {
      change =
        set.isSubtype(old, of: new) ? .widened : set.isSubtype(new, of: old) ? .narrowed : .incompatible
    } else {
      change = new == nil ? .widened : .narrowed
    }
    note(part, name, .target(old: old, new: new, change))
  }

  private mutating func compare(_ old: RelationshipDefinition, _ new: RelationshipDefinition) {
    let name = old.name
    target(.relationship, name, old.target, new.target)
    if old.maxMultiplicity != new.maxMultiplicity {
      note(.relationship, name, .multiplicity(old: old.maxMultiplicity, new: new.maxMultiplicity))
    }
    if old.writable != new.writable { note(.relationship, name, .writable(new.writable)) }
    let names = Set(old.properties.map(\.name))
    for property in old.properties {
      if let other = new.property(property.name) {
        compare(property, other, at: "\(name)/\(property.name)", part: .relationship)
      } else {
        note(.relationship, "\(name)/\(property.name)", .removed)
      }
    }
    for property in new.properties where !names.contains(property.name) {
      note(.relationship, "\(name)/\(property.name)", .added)
    }
  }
}

extension ModelDifference.Change {
  /// The change in a few English words.
  public var text: String {
    switch self {
    case .added: "added"
    case .removed: "removed"
    case .schema(let change): "schema \(change.rawValue)"
    case .unit(let old, let new): "unit \(old ?? "-") → \(new ?? "-")"
    case .writable(let isWritable): isWritable ? "writable" : "not writable"
    case .target(let old, let new, let change):
      "target \(old?.description ?? "*") → \(new?.description ?? "*") (\(change.rawValue))"
    case .multiplicity(let old, let new):
      "at most \(old.map(String.init) ?? "any") → \(new.map(String.init) ?? "any")"
    }
  }
}
