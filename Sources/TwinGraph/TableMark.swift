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

  /// Calls `body` with each page (128 rows) below `count` that may be another now: its twins, the columns' values, what
  /// is seen of them.
  func forEachOther(_ table: Table, below count: Int, sight other: TableSight?, _ body: (Int) -> Void) {
    guard columns.allSatisfy({ $0.index < table.columns.count }) else { return (0..<count).forEach(body) }
    let sameRows = twinOfRow.isIdentical(to: table.twinOfRow)
    let isChunk = 1 << Column.chunkShift
    for first in stride(from: 0, to: count, by: isChunk) {
      let pages = first..<min(first + isChunk, count)
      let chunk = first >> Column.chunkShift
      // Chunks that both share need no look at their pages.
      let differing = columns.filter { !$0.column.sharesChunk(chunk, with: table.columns[$0.index]) }
      if sameRows, differing.isEmpty, sight === other { continue }
      for page in pages {
        let isSame =
          differing.allSatisfy { $0.column.page(page) === table.columns[$0.index].page(page) }
          && (sameRows || sharesRows(page << 7, table)) && (sight === other || seesSame(page << 7, other))
        if !isSame { body(page) }
      }
    }
  }

  private func sharesRows(_ row: Int, _ table: Table) -> Bool {
    stride(from: row, to: row + 128, by: PagedArray<UInt32>.pageSize).allSatisfy { start in
      let isHere = start < twinOfRow.count
      guard isHere == (start < table.twinOfRow.count) else { return false }
      return !isHere || twinOfRow.sharesPage(of: start, with: table.twinOfRow)
    }
  }

  private func seesSame(_ row: Int, _ other: TableSight?) -> Bool {
    [row >> 6, row >> 6 + 1].allSatisfy { word in
      (sight?.twin.word(word) ?? .max) == (other?.twin.word(word) ?? .max)
        && columns.allSatisfy { index, _ in
          (sight?.word(word, column: index) ?? .max) == (other?.word(word, column: index) ?? .max)
        }
    }
  }
}

extension Column {
  /// Whether a chunk of pages is the very same memory in both, or in neither.
  fileprivate func sharesChunk(_ index: Int, with other: Column) -> Bool {
    guard index < chunks.count, index < other.chunks.count else {
      return index >= chunks.count && index >= other.chunks.count
    }
    return chunks[index].withUnsafeBufferPointer { a in
      other.chunks[index].withUnsafeBufferPointer { b in a.baseAddress == b.baseAddress && a.count == b.count
      }
    }
  }
}

extension Graph {
  /// A mark of some columns of a table.
  public func mark(table: Int, columns: [Int]) -> TableMark {
    TableMark(state.tables[table], columns: columns, sight: lens?.table(table))
  }

  /// Calls `body` with each page (128 rows) of a table below `count` that may be another than a mark of that table saw;
  /// pages that both share are skipped unread.
  public func forEachPage(
    table: Int, notHeldBy mark: TableMark, below count: Int, _ body: (Int) -> Void
  ) {
    mark.forEachOther(state.tables[table], below: count, sight: lens?.table(table), body)
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
