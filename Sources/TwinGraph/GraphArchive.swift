import TwinModels
public import TwinValues

/// Writes a graph as named sections of bytes, and reads it back: the content of a checkpoint.
///
/// Pages are written as they lie in memory (little-endian), so that reading is little more than copying. Hash
/// indices are left out and rebuilt.
public enum GraphArchive {
  /// Takes bytes in order.
  public typealias Sink = (UnsafeRawBufferPointer) throws(NuriError) -> Void
  /// Fills the buffer with the next bytes, wholly, or throws.
  public typealias Source = (UnsafeMutableRawBufferPointer) throws(NuriError) -> Void

  /// Times that can be told as an instant, in milliseconds since the epoch.
  static let milliseconds = Int64.min / 1000...Int64.max / 1000

  /// The newest version of the content's layout. Version 1 has no records; a graph that never had any is still written
  /// so. Version 2 does not say which changes were the live world's only.
  public static let version: UInt32 = 3

  /// The sections a graph is written as, in order.
  public static func sections(of graph: Graph) -> [String] {
    ["models", "twins", "relationships"] + graph.state.tables.indices.map { "table-\($0)" }
  }

  /// Writes one section.
  /// - Throws: what `sink` throws.
  public static func write(_ section: String, of graph: Graph, to sink: @escaping Sink) throws(NuriError) {
    guard !graph.isFiltered else {
      throw NuriError(
        .undecodableCheckpoint, "An archive holds the whole state, not what somebody sees of it.")
    }
    let out = ArchiveWriter(sink)
    let state = graph.state
    switch section {
    case "models": try writeModels(state, out)
    case "twins":
      try out.integer(UInt64(state.twinCount))
      try out.array(state.twins)
      try out.array(state.links)
      try out.column(state.twinIds)
    case "relationships":
      try out.integer(UInt64(state.relationshipCount))
      try out.integer(UInt64(state.firstFreeRelationship))
      try out.array(state.relationships)
      try out.column(state.relationshipIds)
      try out.column(state.relationshipProperties)
    default:
      guard let index = Int(section.dropFirst(6)), index < state.tables.count else { return }
      let table = state.tables[index]
      try out.integer(UInt64(table.count))
      try out.integer(UInt64(table.vacantRows.count))
      for row in table.vacantRows { try out.integer(UInt64(row)) }
      try out.array(table.twinOfRow)
      for column in table.columns { try out.column(column) }
    }
  }

  private static func writeModels(_ state: GraphState, _ out: ArchiveWriter) throws(NuriError) {
    let isPlain = state.records.isEmpty && state.liveWorldOnly.isEmpty
    try out.integer(isPlain ? 1 : UInt64(version))
    let ids = state.models.ids
    try out.integer(UInt64(ids.count))
    for id in ids {
      try out.text(id.text)
      try out.bytes(state.models[id]?.source ?? [])
      try out.integer(UInt64(bitPattern: state.modelTimes[id.text] ?? 0))
      try out.integer(state.decommissioned.contains(id.text) ? 1 : 0)
    }
    try out.integer(UInt64(state.names.count))
    for name in state.names { try out.text(name) }
    try out.integer(UInt64(state.nextWorldNumber))
    try out.integer(UInt64(state.worlds.count))
    for entry in state.worlds { try out.world(entry) }
    try out.integer(UInt64(state.eventRoutes.count))
    for route in state.eventRoutes { try out.eventRoute(route) }
    if !isPlain {
      try writeRecords(state, out)
      try writeLiveWorldOnly(state, out)
    }
    try out.integer(UInt64(state.tables.count))
    for (index, table) in state.tables.enumerated() {
      try out.text(table.layout.model)
      let isLive = state.tableOfModel[table.layout.model] == index
      let use: TableUse = isLive ? .live : table.count > 0 ? .orphaned : .empty
      try out.integer(use.rawValue)
      try out.text(table.layout.fingerprint)
      if use == .orphaned { try writeLayout(table.layout, out) }
    }
  }

  /// What a table is for.
  private enum TableUse: UInt64 {
    /// Its model was deleted and has no twins: the table only keeps its number.
    case empty = 0
    /// It is its model's.
    case live = 1
    /// Its model was deleted and left twins behind: the layout follows.
    case orphaned = 2
  }

  private static func writeLayout(_ layout: TableLayout, _ out: ArchiveWriter) throws(NuriError) {
    try out.integer(UInt64(layout.components.count))
    for name in layout.components { try out.text(name) }
    try out.integer(UInt64(layout.fields.count))
    for field in layout.fields {
      try out.text(field.component ?? "")
      try out.text(field.name)
      try out.integer(UInt64(field.kind.rawValue))
      try out.integer(UInt64(field.choices.count))
      for choice in field.choices { try out.text(choice) }
    }
  }

  private static func readLayout(
    of model: String, _ reader: ArchiveReader
  ) throws(NuriError) -> TableLayout {
    var components: [String] = []
    for _ in 0..<(try reader.count()) { components.append(try reader.text()) }
    var fields: [TableLayout.Field] = []
    for _ in 0..<(try reader.count()) {
      let component = try reader.text()
      let name = try reader.text()
      let number = try reader.integer()
      guard let kind = ColumnKind(rawValue: .init(truncatingIfNeeded: number)),
        UInt64(kind.rawValue) == number
      else {
        throw NuriError(.undecodableCheckpoint, "The checkpoint has a column of a kind there is not.")
      }
      var choices: [String] = []
      for _ in 0..<(try reader.count()) { choices.append(try reader.text()) }
      fields.append(
        TableLayout.Field(
          path: component.isEmpty ? name : "\(component).\(name)",
          component: component.isEmpty ? nil : component,
          name: name, schema: nil, kind: kind, choices: choices))
    }
    return TableLayout(model: model, interface: nil, fields: fields, components: components)
  }

  /// Reads a graph. `source` is asked for each section in the order of `sections(of:)`.
  /// - Throws: `NuriError` with code `undecodableCheckpoint` when the bytes are no graph, or what `source` throws.
  public static func read(_ source: (String) throws(NuriError) -> Source) throws(NuriError) -> Graph {
    let graph = Graph()
    let state = graph.state
    let models = ArchiveReader(try source("models"))
    let live = try readModels(state, models)
    let twins = ArchiveReader(try source("twins"))
    state.twinCount = try twins.count()
    try twins.array(&state.twins)
    try twins.array(&state.links)
    guard state.links.count == state.twins.count else {
      throw NuriError(.undecodableCheckpoint, "The checkpoint's twins and their links differ in number.")
    }
    try twins.column(&state.twinIds, rows: state.twins.count)
    let relationships = ArchiveReader(try source("relationships"))
    state.relationshipCount = try relationships.count()
    state.firstFreeRelationship = UInt32(truncatingIfNeeded: try relationships.integer())
    try relationships.array(&state.relationships)
    let slots = state.relationships.count
    try relationships.column(&state.relationshipIds, rows: slots)
    try relationships.column(&state.relationshipProperties, rows: slots)
    for index in state.tables.indices {
      let reader = ArchiveReader(try source("table-\(index)"))
      let table = state.tables[index]
      table.count = try reader.count()
      for _ in 0..<(try reader.count()) {
        table.vacantRows.append(UInt32(truncatingIfNeeded: try reader.integer()))
      }
      try reader.array(&table.twinOfRow)
      for column in table.columns.indices {
        try reader.column(&table.columns[column], rows: table.twinOfRow.count)
      }
      if live[index] { state.tableOfModel[table.layout.model] = index }
    }
    try state.checkSoundness()
    state.rebuildIndices()
    return graph
  }

  /// Fills models, names and empty tables; returns which tables are their model's current one.
  private static func readModels(_ state: GraphState, _ reader: ArchiveReader) throws(NuriError) -> [Bool] {
    let version = try reader.integer()
    guard (1...UInt64(Self.version)).contains(version) else {
      throw NuriError(
        .undecodableCheckpoint,
        "The checkpoint's content has version \(version); this Nuri reads 1 to \(Self.version).",
        advice: "Open it with the version of Nuri that wrote it.")
    }
    var documents: [[UInt8]] = []
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      documents.append(try reader.bytes())
      let added = Int64(bitPattern: try reader.integer())
      guard milliseconds.contains(added) else {
        throw NuriError(.undecodableCheckpoint, "The checkpoint has a model whose time no clock can show.")
      }
      state.modelTimes[id] = added
      if try reader.integer() != 0 { state.decommissioned.insert(id) }
    }
    state.models = try ModelSet.empty.adding(documents)
    for _ in 0..<(try reader.count()) { _ = state.intern(try reader.text()) }
    state.nextWorldNumber = UInt32(truncatingIfNeeded: try reader.integer())
    for _ in 0..<(try reader.count()) { state.worlds.append(try reader.world()) }
    for _ in 0..<(try reader.count(atMost: GraphLimits.eventRoutes)) {
      state.eventRoutes.append(try reader.eventRoute())
    }
    if version > 1 { try readRecords(state, reader) }
    if version > 2 { try readLiveWorldOnly(state, reader) }
    var live: [Bool] = []
    for _ in 0..<(try reader.count()) {
      let model = try reader.text()
      guard let use = TableUse(rawValue: try reader.integer()) else {
        throw NuriError(.undecodableCheckpoint, "The checkpoint has a table of a use there is not.")
      }
      live.append(use == .live)
      let fingerprint = try reader.text()
      let layout: TableLayout
      if use == .live, let dtmi = try? DTMI(model), let interface = state.models[dtmi] {
        layout = TableLayout(interface, in: state.models)
      } else if use == .orphaned {
        layout = try readLayout(of: model, reader)
      } else {
        // Whatever came after has tables of other numbers: only an empty one is left of this.
        layout = TableLayout(model: model, interface: nil, fields: [], components: [])
      }
      guard layout.fields.isEmpty || layout.fingerprint == fingerprint else {
        throw NuriError(
          .undecodableCheckpoint, "The checkpoint lays out \(model) in another way than this Nuri does.",
          advice: "Open it with the version of Nuri that wrote it.")
      }
      state.tables.append(Table(layout))
    }
    return live
  }
}

extension GraphArchive {
  private static func writeRecords(_ state: GraphState, _ out: ArchiveWriter) throws(NuriError) {
    try out.integer(UInt64(state.records.count))
    for (kind, list) in state.records.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try out.integer(UInt64(kind.rawValue))
      try out.integer(UInt64(list.all.count))
      for record in list.all {
        try out.text(record.id)
        try out.bytes(record.body)
      }
    }
  }

  private static func readRecords(_ state: GraphState, _ reader: ArchiveReader) throws(NuriError) {
    for _ in 0..<(try reader.count(atMost: 256)) {
      let kind = RecordKind(rawValue: UInt8(truncatingIfNeeded: try reader.integer()))
      var records: [Record] = []
      for _ in 0..<(try reader.count(atMost: GraphLimits.recordsPerKind)) {
        records.append(Record(kind, try reader.text(), try reader.bytes()))
      }
      let isInOrder = zip(records, records.dropFirst()).allSatisfy {
        $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
      }
      guard isInOrder, !records.isEmpty, state.records[kind] == nil else {
        throw NuriError(.undecodableCheckpoint, "The checkpoint's records are out of order.")
      }
      state.records[kind] = RecordList(records)
    }
  }

  private static func writeLiveWorldOnly(_ state: GraphState, _ out: ArchiveWriter) throws(NuriError) {
    let ranges = state.liveWorldOnly.ranges
    try out.integer(UInt64(ranges.count))
    for range in ranges {
      try out.integer(range.lowerBound)
      try out.integer(range.upperBound)
    }
  }

  private static func readLiveWorldOnly(
    _ state: GraphState, _ reader: ArchiveReader
  ) throws(NuriError) {
    var latest: UInt64 = 0
    for _ in 0..<(try reader.count()) {
      let (first, last) = (try reader.integer(), try reader.integer())
      guard first > latest, last >= first, last < 1 << 48 else {
        throw NuriError(
          .undecodableCheckpoint, "The checkpoint's changes of the live world only are no list.")
      }
      state.liveWorldOnly.add(first...last)
      latest = last
    }
  }
}

extension NuriError.Code {
  /// A checkpoint whose checksums are right but whose content is not a graph of this version.
  public static let undecodableCheckpoint = Self("undecodableCheckpoint")
}

extension TableLayout {
  /// The columns' names and kinds, to tell whether pages on disk fit.
  var fingerprint: String {
    fields.map {
      "\($0.path):\($0.kind.rawValue)\($0.choices.isEmpty ? "" : "=\($0.choices.joined(separator: ","))")"
    }
    .joined(separator: " ")
  }
}

extension GraphState {
  fileprivate func rebuildIndices() {
    for slot in 0..<twins.count {
      guard let page = twinIds.page(of: slot) else { continue }
      page.withBytes(slot & 127) { twinIndex.insert(hashBytes($0), slot) }
    }
    for slot in 0..<relationships.count {
      let source = relationships[slot].source
      guard source != .max, twins[Int(source)].isHub, let page = relationshipIds.page(of: slot) else {
        continue
      }
      page.withBytes(slot & 127) { hubIndex.insert(relationshipHash(Int(source), $0), slot) }
    }
  }
}
