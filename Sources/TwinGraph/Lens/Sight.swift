/// Which rows of a table are there for somebody: a bit a row.
final class RowMask: Sendable {
  let words: ContiguousArray<UInt64>

  init(_ words: ContiguousArray<UInt64>) { self.words = words }

  @inline(__always)
  subscript(row: Int) -> Bool { row >> 6 < words.count && words[row >> 6] >> UInt64(row & 63) & 1 != 0 }

  @inline(__always)
  func word(_ index: Int) -> UInt64 { index < words.count ? words[index] : 0 }

  /// How many rows there are before one.
  func rank(_ row: Int) -> Int {
    var count = 0
    for index in 0..<min(row >> 6, words.count) { count += words[index].nonzeroBitCount }
    return count + (word(row >> 6) & ((1 << UInt64(row & 63)) - 1)).nonzeroBitCount
  }

  /// The row before which there are `rank` others; one past the last for none.
  func select(_ rank: Int) -> Int {
    var left = rank
    for (index, word) in words.enumerated() {
      let count = word.nonzeroBitCount
      if left >= count {
        left -= count
        continue
      }
      var bits = word
      for _ in 0..<left { bits &= bits &- 1 }
      return index << 6 | bits.trailingZeroBitCount
    }
    return words.count << 6
  }
}

/// What somebody sees of a table's rows, or of one column of them.
enum Sight {
  case all
  case none
  case rows(RowMask)

  @inline(__always)
  func shows(_ row: Int) -> Bool {
    switch self {
    case .all: true
    case .none: false
    case .rows(let mask): mask[row]
    }
  }

  /// The bits of 64 rows.
  @inline(__always)
  func word(_ index: Int) -> UInt64 {
    switch self {
    case .all: .max
    case .none: 0
    case .rows(let mask): mask.word(index)
    }
  }

  var isAll: Bool {
    if case .all = self { return true }
    return false
  }

  var isNone: Bool {
    if case .none = self { return true }
    return false
  }
}

/// What somebody sees of one table.
///
/// `@unchecked Sendable`: it never changes, and the pages it keeps are copied before anyone writes them.
final class TableSight: @unchecked Sendable {
  let layout: TableLayout
  /// Which twin was in which row: as long as this is so, the sight holds.
  let twinOfRow: PagedArray<UInt32>
  let twin: Sight
  /// For each column; `nil` where it is seen wherever its twin is.
  let columns: [Sight?]
  /// For each name of a relationship some rule speaks of, by index: from which sources it is seen.
  let names: [Int: Sight]
  /// How many twins are seen.
  let count: Int

  init(
    layout: TableLayout, twinOfRow: PagedArray<UInt32>, twin: Sight, columns: [Sight?], names: [Int: Sight],
    count: Int
  ) {
    self.layout = layout
    self.twinOfRow = twinOfRow
    self.twin = twin
    self.columns = columns
    self.names = names
    self.count = count
  }

  /// What is seen of a table that the lens does not know.
  static let hidden = TableSight(
    layout: TableLayout(model: "", interface: nil, fields: [], components: []),
    twinOfRow: PagedArray(filler: Table.vacant), twin: .none, columns: [], names: [:], count: 0)

  /// Notes by slot which of its twins are seen, on pages where that is not as it was in an earlier sight.
  func note(in shown: inout [UInt64], since earlier: TableSight?) {
    if earlier === self { return }
    for start in stride(from: 0, to: twinOfRow.count, by: 64) {
      let bits = twin.word(start >> 6)
      if let earlier, start < earlier.twinOfRow.count, earlier.twin.word(start >> 6) == bits,
        earlier.twinOfRow.sharesPage(of: start, with: twinOfRow)
      {
        continue
      }
      twinOfRow.withPage(of: start) { twins in
        for row in 0..<min(64, twinOfRow.count - start) where twins[row] != Table.vacant {
          let (word, bit) = (Int(twins[row]) >> 6, UInt64(1) << UInt64(twins[row] & 63))
          if bits >> UInt64(row) & 1 != 0 { shown[word] |= bit } else { shown[word] &= ~bit }
        }
      }
    }
  }

  @inline(__always)
  func shows(_ row: Int, column: Int) -> Bool {
    twin.shows(row) && (column < columns.count ? columns[column]?.shows(row) ?? true : false)
  }

  /// The bits of a column's 64 rows.
  @inline(__always)
  func word(_ index: Int, column: Int) -> UInt64 {
    guard column < columns.count else { return 0 }
    return twin.word(index) & (columns[column]?.word(index) ?? .max)
  }

  /// Whether a component of a row's twin is seen: any of its properties, or, having none, the twin.
  func shows(_ row: Int, component: String) -> Bool {
    guard twin.shows(row) else { return false }
    var hasAny = false
    for (column, field) in layout.fields.enumerated() where field.component == component {
      if shows(row, column: column) { return true }
      hasAny = true
    }
    return !hasAny
  }
}
