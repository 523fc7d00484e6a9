import TwinModels
public import TwinValues

/// A twin inside one graph: a number that stays the same while the graph's lineage goes on.
public struct TwinRef: Hashable, Sendable {
  /// The slot.
  public let slot: UInt32
  @inlinable init(_ slot: Int) { self.slot = UInt32(slot) }
}

/// A relationship inside one graph value. Not stable across changes: a deleted one's number is used again.
public struct RelationshipRef: Hashable, Sendable {
  /// The slot.
  public let slot: UInt32
  @inlinable init(_ slot: Int) { self.slot = UInt32(slot) }
}

extension Graph {
  // MARK: Twins

  /// Twins that exist.
  public var twinCount: Int { lens?.count ?? state.twinCount }

  /// The twin with an id.
  public func twin(_ id: String) -> TwinRef? {
    guard let slot = id.withBytes({ state.twinSlot($0) }), state.twins[slot].isAlive else { return nil }
    return seen(TwinRef(slot))
  }

  /// The twin, unless it is hidden.
  @inline(__always)
  func seen(_ twin: TwinRef) -> TwinRef? { hides(twin) ? nil : twin }

  /// Whether a lens hides a living twin.
  @inline(__always)
  func hides(_ twin: TwinRef) -> Bool {
    guard let lens else { return false }
    return !lens.sees(Int(twin.slot))
  }

  /// The twin with an id, also when it was deleted: then nothing but its last changes may be asked of it. Through a
  /// lens there are no deleted twins: the graph does not know where they stood.
  public func twinEver(_ id: String) -> TwinRef? {
    if lens != nil { return twin(id) }
    return id.withBytes { state.twinSlot($0) }.map { TwinRef($0) }
  }

  /// The last change of a twin by id, deleted twins included: where its history starts. 0 when there never was one.
  /// Through a lens only relationships that exist and are seen count.
  public func lastSequences(ofTwin id: String) -> (twin: UInt64, relationships: UInt64) {
    guard let twin = twinEver(id) else { return (0, 0) }
    let slot = Int(twin.slot)
    let relationships =
      lens == nil
      ? state.links[slot].relationSequence : outgoing(twin).reduce(0) { max($0, sequence(of: $1)) }
    return (state.twins[slot].sequence, relationships)
  }

  /// A twin's id.
  public func id(of twin: TwinRef) -> String {
    withId(of: twin) { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with the bytes of a twin's id.
  public func withId<R>(of twin: TwinRef, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    guard !hides(twin), let page = state.twinIds.page(of: Int(twin.slot)) else {
      return try body(UnsafeBufferPointer(start: nil, count: 0))
    }
    return try page.withBytes(Int(twin.slot) & 127, body)
  }

  /// The index of a twin's table: one table per model that has or had twins.
  public func table(of twin: TwinRef) -> Int { state.twins[Int(twin.slot)].table }

  /// A twin's row in its table.
  public func row(of twin: TwinRef) -> Int { Int(state.twins[Int(twin.slot)].row) }

  /// A twin's model.
  public func model(of twin: TwinRef) -> String { layout(of: twin).model }

  /// Where a twin's properties live.
  public func layout(of twin: TwinRef) -> TableLayout { state.tables[table(of: twin)].layout }

  /// The last change of a twin: its ETag.
  public func sequence(of twin: TwinRef) -> UInt64 { hides(twin) ? 0 : state.twins[Int(twin.slot)].sequence }

  /// When a twin last changed.
  public func updated(_ twin: TwinRef) -> Instant {
    Instant(microseconds: hides(twin) ? 0 : state.twins[Int(twin.slot)].time * 1000)
  }

  /// A property by its column.
  public func value(_ twin: TwinRef, column: Int) -> Value? {
    let record = state.twins[Int(twin.slot)]
    if let lens, !lens.sees(record, column: column) { return nil }
    return state.tables[record.table].columns[column].value(Int(record.row))
  }

  /// A property by path; `nil` when it has no value or the model no such property.
  public func value(_ twin: TwinRef, _ path: String) -> Value? {
    layout(of: twin).column(path).flatMap { value(twin, column: $0) }
  }

  /// When a property was last written; `nil` when it has no value.
  public func updated(_ twin: TwinRef, column: Int) -> Instant? {
    let record = state.twins[Int(twin.slot)]
    if let lens, !lens.sees(record, column: column) { return nil }
    return state.tables[record.table].columns[column].time(Int(record.row)).map {
      Instant(microseconds: $0 * 1000)
    }
  }

  // MARK: Relationships

  /// Relationships that exist. Through a lens that hides any they are counted one by one.
  public var relationshipCount: Int {
    guard let lens, lens.hidesTwins || lens.hidesNames else { return state.relationshipCount }
    var count = 0
    forEachRelationship { _ in
      count += 1
      return true
    }
    return count
  }

  /// About how many relationships there are, for planning. Through a lens a guess that tells nothing of hidden ones.
  public var expectedRelationships: Double {
    lens == nil ? Double(state.relationshipCount) : 4 * Double(twinCount)
  }

  /// A relationship by its source and id.
  public func relationship(_ source: TwinRef, _ id: String) -> RelationshipRef? {
    id.withBytes { state.relationshipSlot(Int(source.slot), $0) }.flatMap { relationship(slot: $0) }
  }

  /// A relationship's id, unique among those of its source.
  public func id(of relationship: RelationshipRef) -> String {
    guard let page = state.relationshipIds.page(of: Int(relationship.slot)) else { return "" }
    return page.withBytes(Int(relationship.slot) & 127) { String(decoding: $0, as: UTF8.self) }
  }

  /// A relationship's name.
  public func name(of relationship: RelationshipRef) -> String {
    state.names[state.relationships[Int(relationship.slot)].name]
  }

  /// The index of a relationship's name, for comparing names quickly.
  public func nameIndex(of relationship: RelationshipRef) -> Int {
    state.relationships[Int(relationship.slot)].name
  }

  /// The index of a name, when any relationship ever had it.
  public func nameIndex(_ name: String) -> Int? { state.indexOfName[name] }

  /// Where a relationship leaves.
  public func source(of relationship: RelationshipRef) -> TwinRef {
    TwinRef(Int(state.relationships[Int(relationship.slot)].source))
  }

  /// Where a relationship arrives.
  public func target(of relationship: RelationshipRef) -> TwinRef {
    TwinRef(Int(state.relationships[Int(relationship.slot)].target))
  }

  /// The last change of a relationship: its ETag.
  public func sequence(of relationship: RelationshipRef) -> UInt64 {
    state.relationships[Int(relationship.slot)].sequence
  }

  /// A relationship's properties as one JSON object; empty bytes when it has none.
  public func properties(of relationship: RelationshipRef) -> [UInt8] {
    let slot = Int(relationship.slot)
    guard let page = state.relationshipProperties.page(of: slot), page.isPresent(slot & 127) else {
      return []
    }
    return page.withBytes(slot & 127) { Array($0) }
  }

  /// How many relationships leave a twin and arrive at it.
  public func degree(of twin: TwinRef) -> (outgoing: Int, incoming: Int) {
    if lens != nil {
      return (outgoing(twin).reduce(0) { n, _ in n + 1 }, incoming(twin).reduce(0) { n, _ in n + 1 })
    }
    let links = state.links[Int(twin.slot)]
    return (Int(links.outCount), Int(links.inCount))
  }

  /// The relationships that leave a twin, newest first.
  public func outgoing(_ twin: TwinRef) -> Adjacency {
    Adjacency(
      state, next: hides(twin) ? .max : state.links[Int(twin.slot)].firstOut, isOutgoing: true, lens)
  }

  /// The relationships that arrive at a twin, newest first.
  public func incoming(_ twin: TwinRef) -> Adjacency {
    Adjacency(
      state, next: hides(twin) ? .max : state.links[Int(twin.slot)].firstIn, isOutgoing: false, lens)
  }

  /// Calls `body` with every relationship; stops when it returns `false`.
  public func forEachRelationship(_ body: (RelationshipRef) throws -> Bool) rethrows {
    for slot in 0..<state.relationships.count {
      guard let relationship = relationship(slot: slot) else { continue }
      guard try body(relationship) else { return }
    }
  }

  /// One past the greatest relationship slot, for paging through `relationship(slot:)`.
  public var relationshipSlots: Int { state.relationships.count }

  /// The relationship in a slot, when the slot is in use.
  public func relationship(slot: Int) -> RelationshipRef? {
    guard slot < state.relationships.count else { return nil }
    let record = state.relationships[slot]
    guard record.source != .max, lens?.sees(record, in: state) ?? true else { return nil }
    return RelationshipRef(slot)
  }
}

/// The relationships on one side of a twin.
public struct Adjacency: Sequence, IteratorProtocol {
  private let state: GraphState
  private var upcoming: UInt32
  private let isOutgoing: Bool
  private let lens: Lens?

  init(_ state: GraphState, next: UInt32, isOutgoing: Bool, _ lens: Lens? = nil) {
    self.state = state
    self.lens = lens
    upcoming = next
    self.isOutgoing = isOutgoing
  }

  /// The next relationship.
  public mutating func next() -> RelationshipRef? {
    while upcoming != .max {
      let slot = Int(upcoming)
      let record = state.relationships[slot]
      upcoming = isOutgoing ? record.nextOut : record.nextIn
      let near = isOutgoing ? record.source : record.target
      if let lens, !lens.sees(record, from: near, in: state) { continue }
      return RelationshipRef(slot)
    }
    return nil
  }
}
