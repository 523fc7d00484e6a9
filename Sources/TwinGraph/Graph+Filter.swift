/// A column in which values are looked for, by names that hold in every graph of a world.
public struct FilterRequest: Hashable, Sendable {
  /// The model whose twins the column belongs to.
  public let model: String
  /// The property, as in `TableLayout.Field.path`.
  public let path: String
}

extension Graph {
  /// The pages of a table that may hold one of the values with these keys (`FilterKey`), 64 to a word, the first
  /// page in the lowest bit; pages past the last word hold none. `nil` when the column has no filter, so that every
  /// page must be looked at.
  public func pages(table: Int, column: Int, holding keys: [UInt64]) -> [UInt64]? {
    if let sight = lens?.table(table), sight.columns[column] != nil { return nil }
    return state.tables[table].columns[column].pages(holding: keys)
  }

  /// What to ask a world's writer for, when a filter would help to find values in a column that has none.
  public func filterRequest(table index: Int, column: Int) -> FilterRequest? {
    let table = state.tables[index]
    guard canFilter(table, column) else { return nil }
    return FilterRequest(model: table.layout.model, path: table.layout.fields[column].path)
  }

  private func canFilter(_ table: Table, _ column: Int) -> Bool {
    table.columns[column].filter == nil && table.columns[column].kind.isFiltered
      && table.twinOfRow.count >= GraphLimits.filteredRows
      && table.columns.count { $0.filter != nil } < GraphLimits.filteredColumns
  }

  /// Gives columns filters that note what is written from now on. They help once `fillFilters` has run on this
  /// graph or on one that comes from it. Returns whether there is anything to fill.
  public mutating func addFilters(_ requests: some Sequence<FilterRequest>) -> Bool {
    var isNew = false
    for request in requests {
      guard let index = state.tableOfModel[request.model],
        let column = state.tables[index].layout.column(request.path), canFilter(state.tables[index], column)
      else { continue }
      own()
      state.writableTable(index).columns[column].addFilter()
      isNew = true
    }
    return isNew
  }

  /// Adds everything this graph holds to those of its filters that don't know it yet. It may run on any thread,
  /// while another copy of the graph is written; it takes about 10 ns a twin.
  public func fillFilters() {
    for table in state.tables {
      for column in table.columns { column.fillFilter() }
    }
  }
}

/// Sets of pages, 64 to a word.
enum PageSet {
  /// The first page of a set from `page` on; `Int.max >> 7` when there is none.
  static func next(in words: [UInt64], from page: Int) -> Int {
    var index = page >> 6
    guard index < words.count else { return .max >> 7 }
    var word = words[index] & (.max << UInt64(page & 63))
    while word == 0 {
      index += 1
      guard index < words.count else { return .max >> 7 }
      word = words[index]
    }
    return index << 6 + word.trailingZeroBitCount
  }
}
