import TwinModels
public import TwinValues

/// One difference between two graphs.
public enum Difference: Hashable, Sendable {
  /// A property that differs; `nil` where it has no value.
  public struct Property: Hashable, Sendable {
    /// `property` or `component.property`.
    public let path: String
    /// The value in the first graph.
    public let old: Value?
    /// The value in the second graph.
    public let new: Value?

    /// Makes one.
    public init(path: String, old: Value?, new: Value?) {
      self.path = path
      self.old = old
      self.new = new
    }
  }

  /// A relationship as it stands in one graph.
  public struct Relationship: Hashable, Sendable {
    /// The source twin's id.
    public let source: String
    /// Its id among the source's.
    public let id: String
    /// Its name.
    public let name: String
    /// The target twin's id.
    public let target: String
    /// Its properties, a JSON object; empty for none.
    public let properties: [UInt8]

    /// Makes one.
    public init(source: String, id: String, name: String, target: String, properties: [UInt8]) {
      self.source = source
      self.id = id
      self.name = name
      self.target = target
      self.properties = properties
    }
  }

  /// A twin only the second graph has.
  case twinAdded(id: String, model: String, properties: [Property])
  /// A twin only the first graph has.
  case twinRemoved(id: String, model: String, properties: [Property])
  /// A twin whose model or properties differ.
  case twinChanged(id: String, oldModel: String, newModel: String, properties: [Property])
  /// A relationship only the second graph has.
  case relationshipAdded(Relationship)
  /// A relationship only the first graph has.
  case relationshipRemoved(Relationship)
  /// A relationship whose name, target or properties differ.
  case relationshipChanged(old: Relationship, new: Relationship)
  /// A model only the second graph has.
  case modelAdded(String)
  /// A model only the first graph has.
  case modelRemoved(String)
  /// An event route only the second graph has.
  case eventRouteAdded(EventRoute)
  /// An event route only the first graph has.
  case eventRouteRemoved(EventRoute)
  /// An event route whose endpoint or filter differ.
  case eventRouteChanged(old: EventRoute, new: EventRoute)
}

extension Graph {
  /// Calls `body` with every difference on the way from `old` to `new` — models, twins, relationships,
  /// event routes — until it returns `false`.
  ///
  /// Pages that both graphs share are skipped unread, so the cost follows what was written since they parted. Through
  /// lenses the differences are those of the whole states that are seen on both sides: what comes into sight or goes
  /// out of it without being changed is no difference.
  /// - Parameter sharedThrough: the last sequence both lineages have in common; records whose last change is
  ///   the same one and not after it are equal without looking.
  public static func differences(
    from old: Graph, to new: Graph, sharedThrough: UInt64, _ body: (Difference) -> Bool
  ) {
    var walk = DiffWalk(old: old.withoutLens, new: new.withoutLens, sharedThrough: sharedThrough)
    if old.isFiltered || new.isFiltered {
      walk.sight = DiffSight(old: old, new: new)
    }
    guard walk.models(body), walk.twins(body), walk.relationships(body) else { return }
    _ = walk.eventRoutes(body)
  }
}

private struct DiffWalk {
  let old: Graph
  let new: Graph
  let sharedThrough: UInt64
  /// What is seen of each side; `nil` for everything.
  var sight: DiffSight?

  func models(_ body: (Difference) -> Bool) -> Bool {
    for id in old.models.ids where new.models[id] == nil {
      guard body(.modelRemoved(id.text)) else { return false }
    }
    for id in new.models.ids where old.models[id] == nil {
      guard body(.modelAdded(id.text)) else { return false }
    }
    return true
  }

  func eventRoutes(_ body: (Difference) -> Bool) -> Bool {
    for route in old.eventRoutes {
      guard let now = new.eventRoute(route.id) else {
        guard body(.eventRouteRemoved(route)) else { return false }
        continue
      }
      if now != route, !body(.eventRouteChanged(old: route, new: now)) { return false }
    }
    for route in new.eventRoutes where old.eventRoute(route.id) == nil {
      guard body(.eventRouteAdded(route)) else { return false }
    }
    return true
  }

  // MARK: Twins

  func twins(_ body: (Difference) -> Bool) -> Bool {
    let fromOld = forEachUnsharedTwin(of: old, against: new) { twin, other in
      if let sight, sight.old.hides(twin) || other.map(sight.new.hides) ?? false { return true }
      guard let other else {
        return body(
          .twinRemoved(
            id: old.id(of: twin), model: old.model(of: twin), properties: values(twin, old, isOld: true)))
      }
      let sequence = old.sequence(of: twin)
      if sequence == new.sequence(of: other), sequence <= sharedThrough { return true }
      guard let change = compare(twin, other) else { return true }
      return body(change)
    }
    guard fromOld else { return false }
    return forEachUnsharedTwin(of: new, against: old) { twin, other in
      other != nil || sight?.new.hides(twin) ?? false
        || body(
          .twinAdded(
            id: new.id(of: twin), model: new.model(of: twin), properties: values(twin, new, isOld: false)))
    }
  }

  /// Calls `body` with each twin of `graph` on a page that `other` does not share, and its like there.
  private func forEachUnsharedTwin(
    of graph: Graph, against other: Graph, _ body: (TwinRef, TwinRef?) -> Bool
  ) -> Bool {
    let size = PagedArray<TwinRecord>.pageSize
    for start in stride(from: 0, to: graph.twinSlots, by: size) {
      if graph.state.twins.sharesPage(of: start, with: other.state.twins) { continue }
      for slot in start..<min(start + size, graph.twinSlots) {
        guard let twin = graph.twin(slot: slot) else { continue }
        let like = graph.withId(of: twin) { id -> TwinRef? in
          if let same = other.twin(slot: slot), other.withId(of: same, { equalBytes($0, id) }) { return same }
          guard let found = other.state.twinSlot(id) else { return nil }
          return other.twin(slot: found)
        }
        guard body(twin, like) else { return false }
      }
    }
    return true
  }

  private func values(_ twin: TwinRef, _ graph: Graph, isOld: Bool) -> [Difference.Property] {
    let graph = sight.map { isOld ? $0.old : $0.new } ?? graph
    return graph.layout(of: twin).fields.enumerated().compactMap { column, field in
      graph.value(twin, column: column).map {
        Difference.Property(path: field.path, old: isOld ? $0 : nil, new: isOld ? nil : $0)
      }
    }
  }

  private func compare(_ a: TwinRef, _ b: TwinRef) -> Difference? {
    let before = old.layout(of: a)
    let after = new.layout(of: b)
    var properties: [Difference.Property] = []
    for (column, field) in before.fields.enumerated() {
      let was = old.value(a, column: column)
      let now = before === after ? new.value(b, column: column) : new.value(b, field.path)
      if let sight, !sight.shows(field.path, a, b) { continue }
      if was != now { properties.append(Difference.Property(path: field.path, old: was, new: now)) }
    }
    if before !== after {
      for (column, field) in after.fields.enumerated() where before.column(field.path) == nil {
        guard let now = new.value(b, column: column), sight?.shows(field.path, a, b) ?? true else { continue }
        properties.append(Difference.Property(path: field.path, old: nil, new: now))
      }
    }
    if properties.isEmpty, before.model == after.model { return nil }
    return .twinChanged(
      id: old.id(of: a), oldModel: before.model, newModel: after.model, properties: properties)
  }

  // MARK: Relationships

  func relationships(_ body: (Difference) -> Bool) -> Bool {
    let fromOld = forEachUnsharedRelationship(of: old, against: new) { relationship, other in
      if let sight, !sight.old.shows(relationship) || !(other.map(sight.new.shows) ?? true) { return true }
      guard let other else { return body(.relationshipRemoved(describe(relationship, old))) }
      let sequence = old.sequence(of: relationship)
      if sequence == new.sequence(of: other), sequence <= sharedThrough { return true }
      let was = describe(relationship, old)
      let now = describe(other, new)
      return was == now || body(.relationshipChanged(old: was, new: now))
    }
    guard fromOld else { return false }
    return forEachUnsharedRelationship(of: new, against: old) { relationship, other in
      other != nil || !(sight?.new.shows(relationship) ?? true)
        || body(.relationshipAdded(describe(relationship, new)))
    }
  }

  private func forEachUnsharedRelationship(
    of graph: Graph, against other: Graph, _ body: (RelationshipRef, RelationshipRef?) -> Bool
  ) -> Bool {
    let size = PagedArray<RelationshipRecord>.pageSize
    for start in stride(from: 0, to: graph.relationshipSlots, by: size) {
      if graph.state.relationships.sharesPage(of: start, with: other.state.relationships) { continue }
      for slot in start..<min(start + size, graph.relationshipSlots) {
        guard let relationship = graph.relationship(slot: slot) else { continue }
        guard body(relationship, like(relationship, of: graph, in: other)) else { return false }
      }
    }
    return true
  }

  private func like(_ relationship: RelationshipRef, of graph: Graph, in other: Graph) -> RelationshipRef? {
    let source = graph.withId(of: graph.source(of: relationship)) { id -> TwinRef? in
      other.state.twinSlot(id).flatMap { other.twin(slot: $0) }
    }
    return source.flatMap { other.relationship($0, graph.id(of: relationship)) }
  }

  private func describe(_ relationship: RelationshipRef, _ graph: Graph) -> Difference.Relationship {
    graph.describe(relationship)
  }
}

/// The two sides of a difference as somebody sees them.
private struct DiffSight {
  let old: Graph
  let new: Graph

  /// Whether a path is seen of a twin on both sides.
  func shows(_ path: String, _ a: TwinRef, _ b: TwinRef) -> Bool {
    old.shows(path, of: a) && new.shows(path, of: b)
  }
}

extension Graph {
  fileprivate func shows(_ relationship: RelationshipRef) -> Bool {
    self.relationship(slot: Int(relationship.slot)) != nil
  }

  fileprivate func shows(_ path: String, of twin: TwinRef) -> Bool {
    lens?.sees(Int(twin.slot), path: path, in: state) ?? true
  }
}

extension Graph {
  /// A relationship with everything it holds.
  public func describe(_ relationship: RelationshipRef) -> Difference.Relationship {
    Difference.Relationship(
      source: id(of: source(of: relationship)), id: id(of: relationship), name: name(of: relationship),
      target: id(of: target(of: relationship)), properties: properties(of: relationship))
  }
}
