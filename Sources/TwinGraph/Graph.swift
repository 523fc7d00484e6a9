import TwinModels
import TwinValues

/// A whole world's state as a value: models, twins with their properties, relationships.
///
/// Copying a graph takes one reference count; the copies share every page until one of them writes, and then
/// only the pages it touches are copied. A graph is written from one thread at a time; copies may be read from
/// any thread while another copy is written.
///
/// What a reader may see is a property of the value he holds: with a `Lens` before it, a graph answers every question
/// as though what the lens hides did not exist.
public struct Graph: Sendable {
  @usableFromInline var state: GraphState
  /// What hides parts of the state from whoever holds this value; `nil` for nothing. Every public question respects
  /// it; changes and archives are for those who see everything.
  var lens: Lens?

  /// A graph without models or twins.
  public init() { state = GraphState() }

  /// Gives this graph a state of its own, when it shares it.
  @inline(__always)
  mutating func own() {
    if !isKnownUniquelyReferenced(&state) { state = state.copy() }
  }
}

/// What a graph is made of. Everything in it is copy-on-write, so copying it copies references.
@usableFromInline
final class GraphState: @unchecked Sendable {
  // Unchecked: mutated only while uniquely referenced by the one graph being written.
  var models: ModelSet
  var decommissioned: Set<String>
  /// When each model was added, milliseconds since the epoch.
  var modelTimes: [String: Int64]
  @usableFromInline var tables: ContiguousArray<Table>
  var tableOfModel: [String: Int]

  var twins: PagedArray<TwinRecord>
  /// The twins' relationships, by the same numbers.
  var links: PagedArray<TwinLinks>
  var twinIds: Column
  var twinIndex: IdIndex
  var twinCount: Int

  var relationships: PagedArray<RelationshipRecord>
  var relationshipIds: Column
  /// Properties of relationships that have any, each a JSON object.
  var relationshipProperties: Column
  var hubIndex: IdIndex
  var relationshipCount: Int
  var firstFreeRelationship: UInt32
  var names: [String]
  var indexOfName: [String: Int]
  var worlds: [WorldEntry]
  var nextWorldNumber: UInt32
  /// In order of their ids.
  var eventRoutes: [EventRoute]
  var records: [RecordKind: RecordList]
  var liveWorldOnly: SequenceStretches

  init() {
    models = .empty
    decommissioned = []
    modelTimes = [:]
    tables = []
    tableOfModel = [:]
    twins = PagedArray(filler: TwinRecord())
    links = PagedArray(filler: TwinLinks())
    twinIds = Column(kind: .text, isTimed: false)
    twinIndex = IdIndex()
    twinCount = 0
    relationships = PagedArray(filler: RelationshipRecord())
    relationshipIds = Column(kind: .text, isTimed: false)
    relationshipProperties = Column(kind: .json, isTimed: false)
    hubIndex = IdIndex()
    relationshipCount = 0
    firstFreeRelationship = .max
    names = []
    indexOfName = [:]
    worlds = []
    nextWorldNumber = 1
    eventRoutes = []
    records = [:]
    liveWorldOnly = SequenceStretches()
  }

  private init(copying other: GraphState) {
    models = other.models
    decommissioned = other.decommissioned
    modelTimes = other.modelTimes
    tables = other.tables
    tableOfModel = other.tableOfModel
    twins = other.twins
    links = other.links
    twinIds = other.twinIds
    twinIndex = other.twinIndex
    twinCount = other.twinCount
    relationships = other.relationships
    relationshipIds = other.relationshipIds
    relationshipProperties = other.relationshipProperties
    hubIndex = other.hubIndex
    relationshipCount = other.relationshipCount
    firstFreeRelationship = other.firstFreeRelationship
    names = other.names
    indexOfName = other.indexOfName
    worlds = other.worlds
    nextWorldNumber = other.nextWorldNumber
    eventRoutes = other.eventRoutes
    records = other.records
    liveWorldOnly = other.liveWorldOnly
  }

  func copy() -> GraphState { GraphState(copying: self) }

  /// The table at an index, ready to be written.
  @inline(__always)
  func writableTable(_ index: Int) -> Table {
    if !isKnownUniquelyReferenced(&tables[index]) { tables[index] = tables[index].copy() }
    return tables[index]
  }

  /// The record of a twin id, alive or deleted.
  @inline(__always)
  func twinSlot(_ id: UnsafeBufferPointer<UInt8>) -> Int? {
    twinIndex.find(hashBytes(id)) { slot in
      guard let page = twinIds.page(of: slot) else { return false }
      return page.withBytes(slot & 127) { equalBytes($0, id) }
    }
  }

  func relationshipHash(_ source: Int, _ id: UnsafeBufferPointer<UInt8>) -> UInt64 {
    hashBytes(id, seed: UInt64(source) &+ 1)
  }

  /// The record of a relationship by its source and id.
  func relationshipSlot(_ source: Int, _ id: UnsafeBufferPointer<UInt8>) -> Int? {
    let twin = twins[source]
    if twin.isHub {
      return hubIndex.find(relationshipHash(source, id)) { slot in
        relationships[slot].source == UInt32(source) && hasRelationshipId(slot, id)
      }
    }
    var slot = links[source].firstOut
    while slot != .max {
      if hasRelationshipId(Int(slot), id) { return Int(slot) }
      slot = relationships[Int(slot)].nextOut
    }
    return nil
  }

  private func hasRelationshipId(_ slot: Int, _ id: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let page = relationshipIds.page(of: slot) else { return false }
    return page.withBytes(slot & 127) { equalBytes($0, id) }
  }
}
