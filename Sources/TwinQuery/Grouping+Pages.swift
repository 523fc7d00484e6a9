import TwinGraph
import TwinValues

/// Groups rows of a scan a page at a time: keys and aggregates that are columns are read where they lie.
extension Grouping {
  mutating func add(
    _ page: TablePage, _ rows: Mask, table: Int, _ access: TwinAccess, _ evaluator: Evaluator
  ) throws(NuriError) {
    evaluator.open(page, access.collection)
    defer { evaluator.page = nil }
    try assign(page, rows, table, access, evaluator)
    for (i, aggregate) in aggregates.enumerated() {
      guard let argument = aggregate.argument else {
        if keys.isEmpty {
          totals[i].count += rows.count
        } else {
          forEach(rows, i) { total, _ in total.count += 1 }
        }
        continue
      }
      if case .path(let path) = argument, case .column(let column) = path.place(table, evaluator.graph),
        add(page, rows, column, evaluator.pageFields[column].kind, i, aggregate.kind)
      {
        continue
      }
      forEach(rows, i) { total, row in
        evaluator.slots[access.collection] = page.twins[row]
        evaluator.pageRow = row
        total.add(evaluator.cell(argument), aggregate.kind)
      }
    }
  }

  /// Adds a column of numbers; `false` when it is another kind of column.
  private mutating func add(
    _ page: TablePage, _ rows: Mask, _ column: Int, _ kind: ColumnKind, _ index: Int, _ aggregate: Aggregate
  ) -> Bool {
    let known = rows & Mask(page.presence(column))
    switch kind {
    case .double:
      page.withValues(column, as: Double.self) { values in
        forEach(known, index) { $0.add(double: values[$1], aggregate) }
      }
    case .int32:
      page.withValues(column, as: Int32.self) { values in
        forEach(known, index) { $0.add(integer: values[$1], aggregate) }
      }
    default: return false
    }
    return true
  }

  @inline(__always)
  private mutating func forEach(_ rows: Mask, _ index: Int, _ body: (inout Total, Int) -> Void) {
    let width = aggregates.count
    totals.withUnsafeMutableBufferPointer { totals in
      groupOfRow.withUnsafeBufferPointer { groups in
        _ = rows.forEach { row in
          body(&totals[groups[row] &* width &+ index], row)
          return true
        }
      }
    }
  }

  // MARK: Which group

  private mutating func assign(
    _ page: TablePage, _ rows: Mask, _ table: Int, _ access: TwinAccess, _ evaluator: Evaluator
  ) throws(NuriError) {
    if keys.isEmpty { return }
    if tableOfValues != table {
      tableOfValues = table
      groupOfValue.removeAll(keepingCapacity: true)
    }
    var column: Int?
    if keys.count == 1, case .path(let path) = keys[0],
      case .column(let found) = path.place(table, evaluator.graph)
    {
      column = found
    }
    let known = column.map { Mask(page.presence($0)) } ?? .none
    var failure: NuriError?
    _ = rows.forEach { row in
      let stored = column.flatMap {
        known[row] ? Self.stored(page, $0, evaluator.pageFields[$0].kind, row) : nil
      }
      if let stored, let group = groupOfValue[stored] {
        groupOfRow[row] = group
        return true
      }
      evaluator.slots[access.collection] = page.twins[row]
      evaluator.pageRow = row
      do throws(NuriError) {
        groupOfRow[row] = try group(evaluator)
        if let stored { groupOfValue[stored] = groupOfRow[row] }
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
  }

  /// A value as it is stored, for columns where equal values are stored alike.
  private static func stored(_ page: TablePage, _ column: Int, _ kind: ColumnKind, _ row: Int) -> Int64? {
    switch kind {
    case .bool: page.withValues(column, as: UInt8.self) { Int64($0[row]) }
    case .int32: page.withValues(column, as: Int32.self) { Int64($0[row]) }
    case .choice: page.withValues(column, as: UInt32.self) { Int64($0[row]) }
    default: nil
    }
  }
}
