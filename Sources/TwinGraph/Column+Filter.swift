import TwinValues

/// Page filters: so that looking for a value reads only the pages that may hold it.
///
/// A column has none until someone has looked for a value in it. Then the world's writer gives it empty groups
/// (`addFilter`), from when on every write adds its value; what was there before is added by any thread from any
/// state that has the groups (`fillFilter`). Two states that share a group may differ, so a write to a page that
/// is not filled yet adds the value it replaces too: whoever fills may see only what came after.
extension Column {
  /// Makes groups that note every value from now on. They say nothing until they are filled.
  mutating func addFilter() {
    guard kind.isFiltered, filter == nil else { return }
    let pages = chunks.count << Self.chunkShift
    filter = ContiguousArray(
      (0..<(pages + FilterGroup.pages - 1) / FilterGroup.pages).map { _ in FilterGroup(isFilled: false) })
  }

  /// Adds what this column holds to its groups that are not filled.
  func fillFilter() {
    guard let filter else { return }
    for (index, group) in filter.enumerated() where !group.isFilled {
      add(to: group, index)
      group.setFilled()
    }
  }

  private func add(to group: FilterGroup, _ index: Int) {
    for page in 0..<FilterGroup.pages {
      guard let values = self.page(index * FilterGroup.pages + page) else { continue }
      let presence = values.header.presence
      for (bits, first) in [(presence.0, 0), (presence.1, 64)] {
        var rest = bits
        while rest != 0 {
          group.add(values.key(first + rest.trailingZeroBitCount, kind), page: page, isNew: false)
          rest &= rest &- 1
        }
      }
    }
  }

  /// Notes that a row is about to get a value, or to lose the one it has.
  mutating func note(_ row: Int, _ value: Value?) {
    guard let count = filter?.count else { return }
    let index = row / FilterGroup.rows
    let inGroup = row >> 7 & (FilterGroup.pages - 1)
    // Past the last group no row has been written yet.
    for _ in count..<max(count, index + 1) { filter?.append(FilterGroup(isFilled: true)) }
    guard let group = filter?[index] else { return }
    if !group.isFilled, let page = page(of: row), page.isPresent(row & 127) {
      group.add(page.key(row & 127, kind), page: inGroup, isNew: false)
    }
    guard let value, let key = FilterKey.of(value, kind) else { return }
    if group.isWorn, group.isFilled {
      let sharp = FilterGroup(isFilled: true)
      add(to: sharp, index)
      sharp.add(key, page: inGroup, isNew: true)
      filter?[index] = sharp
    } else {
      group.add(key, page: inGroup, isNew: true)
    }
  }

  /// The pages that may hold one of the keys, 64 to a word; `nil` when the column has no filter.
  func pages(holding keys: [UInt64]) -> [UInt64]? {
    filter?.map { group in
      group.isFilled ? keys.reduce(0) { $0 | group.pages(holding: $1) } : .max
    }
  }
}
