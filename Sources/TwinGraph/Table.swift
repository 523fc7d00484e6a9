/// The twins of one model, as columns. Shared between graphs until written.
@usableFromInline
final class Table: @unchecked Sendable {
  // Unchecked: mutated only while uniquely referenced by the one graph being written.
  @usableFromInline let layout: TableLayout
  @usableFromInline var columns: ContiguousArray<Column>
  /// The twin in each row; `Table.vacant` where there is none.
  @usableFromInline var twinOfRow: PagedArray<UInt32>
  /// Rows whose twin is gone, to be used again.
  var vacantRows: [UInt32]
  /// Rows in use.
  @usableFromInline var count: Int

  @usableFromInline static var vacant: UInt32 { .max }

  init(_ layout: TableLayout) {
    self.layout = layout
    columns = ContiguousArray(layout.fields.map { Column(kind: $0.kind, choices: $0.choices) })
    twinOfRow = PagedArray(filler: Table.vacant)
    vacantRows = []
    count = 0
  }

  private init(copying other: Table, layout: TableLayout) {
    self.layout = layout
    columns = other.columns
    twinOfRow = other.twinOfRow
    vacantRows = other.vacantRows
    count = other.count
  }

  func copy() -> Table { Table(copying: self, layout: layout) }

  /// The same rows under a layout that has the same columns.
  func copy(layout: TableLayout) -> Table { Table(copying: self, layout: layout) }

  func addRow(twin: UInt32) -> Int {
    count += 1
    if let row = vacantRows.popLast() {
      twinOfRow.update(Int(row)) { $0 = twin }
      return Int(row)
    }
    let row = twinOfRow.count
    twinOfRow.grow(to: row + 1)
    twinOfRow.update(row) { $0 = twin }
    return row
  }

  func removeRow(_ row: Int) {
    for i in columns.indices { columns[i].clear(row) }
    twinOfRow.update(row) { $0 = Table.vacant }
    vacantRows.append(UInt32(row))
    count -= 1
  }
}
