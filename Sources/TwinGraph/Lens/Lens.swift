/// What somebody sees of one state of a world. `Graph.seen(through:)` puts it before a graph, and from then on the
/// graph answers as though the rest were not there.
///
/// A lens belongs to the state it was made for (`LensSource`); through it every other state shows less, never more.
///
/// `@unchecked Sendable`: it never changes, and the pages it keeps are copied before anyone writes them.
public final class Lens: @unchecked Sendable {
  let rules: SightRules
  let tables: ContiguousArray<TableSight>
  /// Which twins are seen, a bit for each slot: a walk along relationships then needs nothing else of the twins it
  /// meets.
  private let shown: [UInt64]
  /// The names of relationships there were.
  let names: [String]
  /// What it was held against: the lenses of the worlds and times that show at least as much.
  let bounds: [Lens]
  /// Twins that are seen.
  let count: Int
  /// Whether any twin is hidden.
  let hidesTwins: Bool
  /// Whether any property of a twin that is seen is hidden.
  let hidesColumns: Bool
  /// Whether any relationship between twins that are seen is hidden.
  let hidesNames: Bool

  /// - Parameter earlier: the lens of an earlier state; what did not change since is taken from it.
  init(
    _ rules: SightRules, _ tables: ContiguousArray<TableSight>, slots: Int, names: [String], bounds: [Lens],
    earlier: Lens?
  ) {
    self.rules = rules
    self.tables = tables
    var shown = earlier?.shown ?? []
    shown += repeatElement(0, count: max(0, (slots + 63) >> 6 - shown.count))
    for (index, table) in tables.enumerated() {
      table.note(in: &shown, since: earlier.flatMap { index < $0.tables.count ? $0.tables[index] : nil })
    }
    self.shown = shown
    self.names = names
    self.bounds = bounds
    count = tables.reduce(0) { $0 + $1.count }
    hidesTwins = tables.contains { !$0.twin.isAll }
    hidesColumns = tables.contains { $0.columns.contains { $0 != nil } }
    hidesNames = tables.contains { !$0.names.isEmpty }
  }

  /// Whether it may hide paths, also of twins and relationships as only other states have them.
  var mayHidePaths: Bool { hidesColumns || hidesNames || rules.hidesPaths }

  /// Whether everything is seen.
  public var hidesNothing: Bool { !hidesTwins && !hidesColumns && !hidesNames }

  /// What is seen of a table; nothing of one that came later.
  func table(_ index: Int) -> TableSight? { index < tables.count ? tables[index] : .hidden }

  func twinCount(table index: Int) -> Int { index < tables.count ? tables[index].count : 0 }

  /// Whether a living twin is seen.
  @inline(__always)
  func sees(_ slot: Int) -> Bool { slot >> 6 < shown.count && shown[slot >> 6] >> UInt64(slot & 63) & 1 != 0 }

  @inline(__always)
  func sees(_ twin: TwinRecord, column: Int) -> Bool {
    twin.table < tables.count && tables[twin.table].shows(Int(twin.row), column: column)
  }

  /// Whether a relationship is seen: both its ends are, and its name at its source.
  @inline(__always)
  func sees(_ relationship: RelationshipRecord, in state: GraphState) -> Bool {
    if hidesTwins, !sees(Int(relationship.source)) { return false }
    return sees(relationship, from: relationship.source, in: state)
  }

  /// Whether a relationship of a twin that is seen is seen.
  @inline(__always)
  func sees(_ relationship: RelationshipRecord, from twin: UInt32, in state: GraphState) -> Bool {
    let other = relationship.source == twin ? relationship.target : relationship.source
    if hidesTwins, !sees(Int(other)) { return false }
    guard hidesNames else { return true }
    let source = state.twins[Int(relationship.source)]
    return source.table < tables.count
      && tables[source.table].names[relationship.name]?.shows(Int(source.row)) ?? true
  }

  /// Whether a path of a living twin is seen: of a property, or the name of a relationship that leaves it.
  func sees(_ slot: Int, path: String, in state: GraphState) -> Bool {
    guard sees(slot) else { return false }
    let twin = state.twins[slot]
    let table = tables[twin.table]
    if let column = table.layout.column(path) { return table.shows(Int(twin.row), column: column) }
    if let name = state.indexOfName[path], name < names.count {
      return table.names[name]?.shows(Int(twin.row)) ?? true
    }
    return rules.decision(slot, path: path, in: state).allows
  }
}

/// A state that shows at least as much as another: a fork's parent as it is now, the present of a past. What is hidden
/// there is hidden here too; what does not exist there is judged here alone.
public struct LensBound: Sendable {
  let graph: Graph
  let lens: Lens

  /// Makes a bound of a state and the lens that was made for it.
  public init(_ graph: Graph, _ lens: Lens) {
    self.graph = graph.withoutLens
    self.lens = lens
  }

  /// The slot of a twin of another state.
  func slot(_ slot: Int, _ id: UnsafeBufferPointer<UInt8>) -> Int? {
    let state = graph.state
    if slot < state.twins.count, state.twins[slot].isAlive, let page = state.twinIds.page(of: slot),
      page.withBytes(slot & 127, { equalBytes($0, id) })
    {
      return slot
    }
    guard let found = state.twinSlot(id), state.twins[found].isAlive else { return nil }
    return found
  }

  func sees(_ slot: Int, _ id: UnsafeBufferPointer<UInt8>) -> Bool {
    self.slot(slot, id).map { lens.sees($0) } ?? true
  }

  func sees(_ slot: Int, _ id: UnsafeBufferPointer<UInt8>, path: String) -> Bool {
    self.slot(slot, id).map { lens.sees($0, path: path, in: graph.state) } ?? true
  }
}

extension Graph {
  /// The same state as somebody sees it: what the lens hides is not there, for any question.
  public func seen(through lens: Lens) -> Graph {
    var graph = self
    graph.lens = lens.hidesNothing ? nil : lens
    return graph
  }

  /// Whether a lens hides something of the state.
  public var isFiltered: Bool { lens != nil }

  /// The whole state. For those who move it on or judge others by it, never for those who answer.
  package var withoutLens: Graph {
    var graph = self
    graph.lens = nil
    return graph
  }
}
