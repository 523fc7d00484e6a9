import TwinModels
public import TwinValues

/// When and as which change something is applied.
public struct Stamp: Sendable {
  /// The change's sequence.
  public let sequence: UInt64
  /// Its recorded time, in whole milliseconds since the epoch.
  public let milliseconds: Int64
  /// Makes a stamp.
  public init(sequence: UInt64, milliseconds: Int64) {
    self.sequence = sequence
    self.milliseconds = milliseconds
  }
}

extension Graph {
  /// Applies a change, checked against its models. When it throws, the graph is as it was.
  ///
  /// Returns the sequence of the previous change of the same twin (for relationships: of the previous change of
  /// one of its source's relationships), 0 for none; the log keeps it so that history can walk back.
  /// - Throws: `NuriError` that names the twin, the property and the rule.
  @discardableResult
  public mutating func apply(_ change: Change, _ stamp: Stamp) throws(NuriError) -> UInt64 {
    var journal = UndoJournal(isRecording: false)
    return try apply(change, stamp, &journal)
  }

  /// Applies a change like `apply(_:_:)` and notes in the journal how to undo it.
  /// - Throws: `NuriError` that names the twin, the property and the rule; the graph and the journal then are as
  ///   they were.
  public mutating func apply(
    _ change: Change, _ stamp: Stamp, _ journal: inout UndoJournal
  ) throws(NuriError) -> UInt64 {
    switch change {
    case .putTwin(let id, let model, let properties):
      return try putTwin(id, model, properties, stamp, &journal)
    case .patchTwin(let id, let edits): return try patchTwin(id, edits, stamp, &journal)
    case .putRelationship(let source, let id, let name, let target, let properties):
      return try putRelationship(source, id, name, target, properties, stamp, &journal)
    default:
      journal.keep(self)
      return try applyRare(change, stamp)
    }
  }

  /// The kinds of change that journals undo by a copy.
  private mutating func applyRare(_ change: Change, _ stamp: Stamp) throws(NuriError) -> UInt64 {
    switch change {
    case .putTwin, .patchTwin, .putRelationship: return try apply(change, stamp)
    case .deleteTwin(let id): return try deleteTwin(id, stamp)
    case .deleteRelationship(let source, let id): return try deleteRelationship(source, id, stamp)
    case .addModels(let documents): return try addModels(documents, stamp)
    case .decommissionModel(let id, let isOut): return try decommission(id, isOut)
    case .deleteModel(let id): return try deleteModel(id)
    case .telemetry(let twin, _, _):
      _ = try slot(ofTwin: twin)
      return 0
    case .putEventRoute(let route):
      try putEventRoute(route)
      return 0
    case .deleteEventRoute(let id):
      try deleteEventRoute(id)
      return 0
    case .putWorld, .discardWorld, .putRecord, .deleteRecord:
      try applyToLiveWorld(change)
      state.liveWorldOnly.add(stamp.sequence...stamp.sequence)
      return 0
    }
  }

  private mutating func applyToLiveWorld(_ change: Change) throws(NuriError) {
    switch change {
    case .putWorld(let entry): try putWorld(entry)
    case .discardWorld(let number): try removeWorld(number)
    case .putRecord(let record): try putRecord(record)
    case .deleteRecord(let kind, let id): try deleteRecord(kind, id)
    default: return
    }
  }

  /// The slot of a twin that exists.
  @inline(__always)
  func slot(ofTwin id: String) throws(NuriError) -> Int {
    if let slot = id.withBytes({ state.twinSlot($0) }), state.twins[slot].isAlive { return slot }
    throw NuriError(.twinNotFound, "There is no twin \"\(id)\".")
  }

  // MARK: Twins

  private mutating func putTwin(
    _ id: String, _ model: String, _ properties: [PropertyEdit], _ stamp: Stamp,
    _ journal: inout UndoJournal
  ) throws(NuriError) -> UInt64 {
    try TwinId.check(id)
    let existing = id.withBytes { state.twinSlot($0) }
    let isAlive = existing.map { state.twins[$0].isAlive } ?? false
    let tableIndex = try tableForWriting(model)
    let layout = state.tables[tableIndex].layout
    if state.decommissioned.contains(model), !isAlive || state.twins[existing ?? 0].table != tableIndex {
      throw NuriError(
        .modelDecommissioned, "The model \(model) is decommissioned and takes no new twins.",
        at: "twin \(id)", advice: "Use another version, or put the model back into use.")
    }
    if existing == nil, state.twins.count >= GraphLimits.twins {
      throw NuriError(.limitExceeded, "The world is full: it holds \(GraphLimits.twins) twins.")
    }
    var columns: [Int] = []
    columns.reserveCapacity(properties.count)
    for edit in properties { columns.append(try check(edit, layout, id)) }

    if existing != nil { journal.keep(self) }
    own()
    let slot = existing ?? state.newTwin(id)
    journal.add(.newTwin(slot: slot))
    let previous = state.twins[slot].sequence
    let old = state.twins[slot]
    var row = Int(old.row)
    if !isAlive {
      row = state.writableTable(tableIndex).addRow(twin: UInt32(slot))
      state.twinCount += 1
    } else if old.table != tableIndex {
      state.writableTable(old.table).removeRow(row)
      row = state.writableTable(tableIndex).addRow(twin: UInt32(slot))
    }
    let writable = state.writableTable(tableIndex)
    if isAlive, old.table == tableIndex {
      for column in writable.columns.indices where !columns.contains(column) {
        writable.columns[column].clear(row)
      }
    }
    for (edit, column) in zip(properties, columns) {
      if let value = edit.value {
        _ = writable.columns[column].set(row, value, time: stamp.milliseconds)
      } else {
        writable.columns[column].clear(row)
      }
    }
    state.twins.update(slot) {
      $0.sequence = stamp.sequence
      $0.table = tableIndex
      $0.time = stamp.milliseconds
      $0.isAlive = true
      $0.row = UInt32(row)
    }
    return previous
  }

  private mutating func patchTwin(
    _ id: String, _ edits: [PropertyEdit], _ stamp: Stamp, _ journal: inout UndoJournal
  ) throws(NuriError) -> UInt64 {
    let slot = try slot(ofTwin: id)
    let record = state.twins[slot]
    let layout = state.tables[record.table].layout
    if edits.count == 1 {
      let column = try check(edits[0], layout, id)
      own()
      write(edits[0], column, record, stamp, &journal)
    } else {
      var columns: [Int] = []
      columns.reserveCapacity(edits.count)
      for edit in edits { columns.append(try check(edit, layout, id)) }
      own()
      for (edit, column) in zip(edits, columns) { write(edit, column, record, stamp, &journal) }
    }
    journal.add(.twin(slot: slot, record))
    state.twins.update(slot) {
      $0.sequence = stamp.sequence
      $0.time = stamp.milliseconds
    }
    return record.sequence
  }

  @inline(__always)
  private func write(
    _ edit: PropertyEdit, _ column: Int, _ record: TwinRecord, _ stamp: Stamp, _ journal: inout UndoJournal
  ) {
    let table = state.writableTable(record.table)
    let row = Int(record.row)
    journal.add(
      .cell(
        table: record.table, column: column, row: row, table.columns[column].value(row),
        time: table.columns[column].time(row) ?? 0))
    if let value = edit.value {
      _ = table.columns[column].set(row, value, time: stamp.milliseconds)
    } else {
      table.columns[column].clear(row)
    }
  }

  /// The column an edit goes to, after its value passed the schema.
  @inline(__always)
  private func check(_ edit: PropertyEdit, _ layout: TableLayout, _ id: String) throws(NuriError) -> Int {
    guard let column = layout.column(edit.path) else {
      throw NuriError(
        .propertyNotDeclared, "The model \(layout.model) declares no property \"\(edit.path)\".",
        at: "twin \(id)", advice: layout.nearest(to: edit.path).map { "Did you mean \"\($0)\"?" })
    }
    guard let schema = layout.fields[column].schema else { throw layout.orphanedError.inside("twin \(id)") }
    if let value = edit.value {
      do {
        try schema.check(value, at: edit.path)
      } catch {
        throw error.inside("twin \(id)")
      }
      guard value.storedBytes <= GraphLimits.valueBytes else {
        throw NuriError(
          .limitExceeded, "The value has \(value.storedBytes) bytes; the limit is \(GraphLimits.valueBytes).",
          at: "twin \(id), \(edit.path)")
      }
    }
    return column
  }

  private mutating func deleteTwin(_ id: String, _ stamp: Stamp) throws(NuriError) -> UInt64 {
    let slot = try slot(ofTwin: id)
    let record = state.twins[slot]
    let links = state.links[slot]
    guard links.outCount == 0, links.inCount == 0 else {
      throw NuriError(
        .relationshipsNotDeleted,
        "The twin \"\(id)\" still has \(links.outCount) outgoing and \(links.inCount) incoming relationships.",
        advice: "Delete them first.")
    }
    own()
    state.writableTable(record.table).removeRow(Int(record.row))
    state.twinCount -= 1
    state.twins.update(slot) {
      $0.sequence = stamp.sequence
      $0.time = stamp.milliseconds
      $0.isAlive = false
    }
    return record.sequence
  }
}

extension GraphState {
  func newTwin(_ id: String) -> Int {
    let slot = twins.count
    twins.grow(to: slot + 1)
    links.grow(to: slot + 1)
    id.withBytes {
      twinIds.setBytes(slot, $0, time: 0)
      twinIndex.insert(hashBytes($0), slot)
    }
    return slot
  }
}

extension Value {
  /// Bytes the value takes beyond a fixed cell.
  fileprivate var storedBytes: Int {
    switch self {
    case .string(let text): text.utf8.count
    case .json(let bytes): bytes.count
    case .bool, .integer, .unsigned, .double: 0
    }
  }
}
