/// Some columns of a table as somebody saw them in one state, kept to find out later, page by page, what may have
/// changed. It keeps those pages in memory, no others.
///
/// `@unchecked Sendable`: it never changes, and the pages it keeps are copied before anyone writes them.
public final class TableMark: @unchecked Sendable {
  private let columns: [(index: Int, column: Column)]
  private let twinOfRow: PagedArray<UInt32>
  private let sight: TableSight?

  init(_ table: Table, columns: [Int], sight: TableSight?) {
    self.columns = columns.map { ($0, table.columns[$0]) }
    twinOfRow = table.twinOfRow
    self.sight = sight
  }

  /// Whether nothing in a page (128 rows) has changed: its twins, the columns' values, what is seen of them. May say
  /// no when nothing did.
  func holds(page: Int, of table: Table, sight other: TableSight?) -> Bool {
    let row = page << 7
    for (index, column) in columns {
      guard index < table.columns.count, column.page(page) === table.columns[index].page(page) else {
        return false
      }
    }
    let rows = PagedArray<UInt32>.pageSize
    for start in stride(from: row, to: row + 128, by: rows) {
      let isHere = start < twinOfRow.count
      guard isHere == (start < table.twinOfRow.count) else { return false }
      if isHere, !twinOfRow.sharesPage(of: start, with: table.twinOfRow) { return false }
    }
    if sight === other { return true }
    return [row >> 6, row >> 6 + 1].allSatisfy { word in
      (sight?.twin.word(word) ?? .max) == (other?.twin.word(word) ?? .max)
        && columns.allSatisfy { index, _ in
          (sight?.word(word, column: index) ?? .max) == (other?.word(word, column: index) ?? .max)
        }
    }
  }
}

extension Graph {
  /// A mark of some columns of a table.
  public func mark(table: Int, columns: [Int]) -> TableMark {
    TableMark(state.tables[table], columns: columns, sight: lens?.table(table))
  }

  /// Whether a page (128 rows) of a table is in every way what a mark of that table saw. May say no when it is.
  public func holds(_ mark: TableMark, table: Int, page: Int) -> Bool {
    mark.holds(page: page, of: state.tables[table], sight: lens?.table(table))
  }
}

extension Graph {
  /// Calls `body` with the bytes of the id of the twin in a slot, as a page of a table names it.
  public func withId<R>(ofSlot slot: UInt32, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    try withId(of: TwinRef(Int(slot)), body)
  }

  /// Calls `body` with the bytes of the id of the twin in a table's row; with none when there is no twin to be seen.
  public func withId<R>(
    ofRow row: Int, table: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
  ) rethrows -> R {
    let rows = state.tables[table].twinOfRow
    guard row < rows.count, rows[row] != Table.vacant else {
      return try body(UnsafeBufferPointer(start: nil, count: 0))
    }
    return try withId(of: TwinRef(Int(rows[row])), body)
  }
}
