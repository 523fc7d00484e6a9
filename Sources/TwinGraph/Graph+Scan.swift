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

  /// Which rows hold a value in a column, a bit a row.
  public func presence(_ column: Int) -> (UInt64, UInt64) {
    table.columns[column].page(firstRow >> 7)?.header.presence ?? (0, 0)
  }

  /// Calls `body` with a column's values for this page's 128 rows, when any was ever written.
  ///
  /// The element type must fit the column's kind: `UInt8` for bool, `Int32` for int32, `UInt32` for choice,
  /// `Int64`, `UInt64`, `Double`.
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
    try columnPage(column)?.withBytes(row, body)
  }

  @usableFromInline
  func columnPage(_ column: Int) -> ColumnPage? { table.columns[column].page(firstRow >> 7) }
}

extension Graph {
  /// How many tables there are (one per model that has or had twins).
  public var tableCount: Int { state.tables.count }

  /// A table's layout.
  public func layout(table: Int) -> TableLayout { state.tables[table].layout }

  /// How many twins a table holds.
  public func twinCount(table: Int) -> Int { state.tables[table].count }

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
        if half == 0 { occupied.0 = bits } else { occupied.1 = bits }
      }
      let goesOn = try withUnsafePointer(to: &twins) { pointer in
        try body(
          TablePage(
            firstRow: start,
            twins: UnsafeBufferPointer(
              start: UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt32.self), count: n),
            occupied: occupied, table: table))
      }
      guard goesOn else { return }
      start += 128
    }
  }

  /// The twin with a number taken from a page.
  public func twin(number: UInt32) -> TwinRef { TwinRef(Int(number)) }

  /// One past the greatest twin number, deleted ones included.
  public var twinSlots: Int { state.twins.count }

  /// The twin in a slot, when one lives there.
  public func twin(slot: Int) -> TwinRef? {
    slot < state.twins.count && state.twins[slot].isAlive ? TwinRef(slot) : nil
  }
}
