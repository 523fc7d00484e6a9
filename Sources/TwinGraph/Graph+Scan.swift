import TwinModels
import TwinValues

/// One page (128 rows) of one table, for scanning. Valid only inside the call that hands it out.
public struct TablePage {
  /// The first row.
  public let firstRow: Int
  /// The twins of the rows; `UInt32.max` where a row is vacant.
  public let twins: UnsafeBufferPointer<UInt32>
  /// Which rows hold a twin, a bit a row.
  public let occupied: (UInt64, UInt64)
  let table: Table
  /// What is seen of the table; `nil` for everything.
  let sight: TableSight?

  /// Which rows hold a value in a column, a bit a row.
  public func presence(_ column: Int) -> (UInt64, UInt64) {
    let presence = table.columns[column].page(firstRow >> 7)?.header.presence ?? (0, 0)
    guard let sight else { return presence }
    return (
      presence.0 & sight.word(firstRow >> 6, column: column),
      presence.1 & sight.word(firstRow >> 6 + 1, column: column)
    )
  }

  /// Calls `body` with a column's values for this page's 128 rows, when any was ever written.
  ///
  /// The element type must fit the column's kind: `UInt8` for bool, `Int32` for int32, `UInt32` for choice,
  /// `Int64`, `UInt64`, `Double`. Where `presence` has no bit the value means nothing and must not be shown.
  @inlinable
  public func withValues<T: BitwiseCopyable, R>(
    _ column: Int, as type: T.Type, _ body: (UnsafePointer<T>) -> R
  ) -> R? {
    columnPage(column)?.withValues(type) { body(UnsafePointer($0)) }
  }

  /// Calls `body` with the bytes of a text or JSON value of a row (0 to 127) that is present.
  @inlinable
  public func withBytes<R>(
    _ column: Int, _ row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
  ) rethrows -> R? {
    guard shows(column, row) else { return nil }
    return try columnPage(column)?.withBytes(row, body)
  }

  @usableFromInline
  func columnPage(_ column: Int) -> ColumnPage? {
    if let sight, column >= sight.columns.count || sight.columns[column]?.isNone ?? false { return nil }
    return table.columns[column].page(firstRow >> 7)
  }

  @usableFromInline
  func shows(_ column: Int, _ row: Int) -> Bool { sight?.shows(firstRow + row, column: column) ?? true }
}

extension Graph {
  /// How many tables there are (one per model that has or had twins).
  public var tableCount: Int { state.tables.count }

  /// A table's layout.
  public func layout(table: Int) -> TableLayout { state.tables[table].layout }

  /// How many twins a table holds.
  public func twinCount(table: Int) -> Int { lens?.twinCount(table: table) ?? state.tables[table].count }

  /// The table of a model, when it has or had twins.
  public func table(ofModel id: String) -> Int? { state.tableOfModel[id] }

  /// One past a table's greatest row.
  public func rowCount(table: Int) -> Int { state.tables[table].twinOfRow.count }

  /// Calls `body` with each page of a table from the page that holds `firstRow` on; stops when it returns `false`.
  /// - Parameter pages: the only pages to visit, 64 to a word, as `pages(table:column:holding:)` names them;
  ///   all when `nil`.
  public func forEachPage(
    table index: Int, from firstRow: Int = 0, among pages: [UInt64]? = nil, _ body: (TablePage) throws -> Bool
  ) rethrows {
    let table = state.tables[index]
    let sight = lens?.table(index)
    if let sight, sight.twin.isNone { return }
    let count = table.twinOfRow.count
    var twins = InlineArray<128, UInt32>(repeating: .max)
    var start = firstRow & ~127
    while start < count {
      if let pages {
        start = PageSet.next(in: pages, from: start >> 7) << 7
        if start >= count { return }
        table.prefetchPage(PageSet.next(in: pages, from: start >> 7 + 1))
      }
      let n = min(128, count - start)
      var occupied: (UInt64, UInt64) = (0, 0)
      for half in 0..<2 {
        let base = start + half * 64
        guard base < count else { break }
        var bits: UInt64 = 0
        table.twinOfRow.withPage(of: base) { page in
          for i in 0..<min(64, count - base) {
            twins[half * 64 + i] = page[i]
            if page[i] != Table.vacant { bits |= 1 << UInt64(i) }
          }
        }
        if let sight {
          var hidden = bits & ~sight.twin.word(base >> 6)
          bits &= ~hidden
          while hidden != 0 {
            twins[half * 64 + hidden.trailingZeroBitCount] = Table.vacant
            hidden &= hidden &- 1
          }
        }
        if half == 0 { occupied.0 = bits } else { occupied.1 = bits }
      }
      let goesOn = try withUnsafePointer(to: &twins) { pointer in
        try body(
          TablePage(
            firstRow: start,
            twins: UnsafeBufferPointer(
              start: UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt32.self), count: n),
            occupied: occupied, table: table, sight: sight))
      }
      guard goesOn else { return }
      start += 128
    }
  }

  /// How many tables have twins.
  public var occupiedTableCount: Int {
    state.tables.indices.count { twinCount(table: $0) > 0 }
  }

  /// A row's number among those that are seen: what may be told to others, where the row itself would tell how many
  /// are hidden before it.
  public func ordinal(ofRow row: Int, table: Int) -> Int {
    guard case .rows(let mask)? = lens?.table(table)?.twin else { return row }
    return mask.rank(row)
  }

  /// The row that has a number among those that are seen; one past the last when there is none.
  public func row(ofOrdinal ordinal: Int, table: Int) -> Int {
    guard case .rows(let mask)? = lens?.table(table)?.twin else { return ordinal }
    return mask.select(ordinal)
  }

  /// The twin with a number taken from a page.
  public func twin(number: UInt32) -> TwinRef { TwinRef(Int(number)) }

  /// One past the greatest twin number, deleted ones included.
  public var twinSlots: Int { state.twins.count }

  /// The twin in a slot, when one lives there.
  public func twin(slot: Int) -> TwinRef? {
    slot < state.twins.count && state.twins[slot].isAlive ? seen(TwinRef(slot)) : nil
  }
}
