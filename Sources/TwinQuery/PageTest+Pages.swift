import TwinGraph

/// Which pages a test needs to look at.
extension PageTest {
  /// The pages of a table that may have a row that passes, 64 to a word, none past the last word; `nil`
  /// when any may.
  ///
  /// - Parameter requests: gets the columns in which a value is looked for and that have no filter yet.
  func pages(_ graph: Graph, table: Int, _ requests: inout Set<FilterRequest>) -> [UInt64]? {
    switch self {
    case .all(let parts):
      var pages: [UInt64]?
      for part in parts {
        guard let more = part.pages(graph, table: table, &requests) else { continue }
        pages = pages.map { zip($0, more).map { $0 & $1 } } ?? more
      }
      return pages
    case .any(let parts):
      var pages: [UInt64] = []
      for part in parts {
        guard let more = part.pages(graph, table: table, &requests) else { return nil }
        let (short, long) = pages.count < more.count ? (pages, more) : (more, pages)
        pages = zip(short, long).map { $0 | $1 } + long[short.count...]
      }
      return pages
    default:
      guard let (column, keys) = lookup else { return nil }
      if let pages = graph.pages(table: table, column: column, holding: keys) { return pages }
      if let request = graph.filterRequest(table: table, column: column) { requests.insert(request) }
      return nil
    }
  }

  /// The column and the keys of the only values that pass, for a test of equality.
  private var lookup: (column: Int, keys: [UInt64])? {
    switch self {
    case .text(let column, .compare(.equal, let text)): (column, [Self.key(text)])
    case .text(let column, .member(let list, isNegated: false)): (column, list.map(Self.key))
    case .integer(let column, _, .equal, let number): (column, [FilterKey.of(number)])
    case .number(let column, .double, .equal, let number): (column, [FilterKey.of(number)])
    case .number(let column, .int32, .equal, let number):
      Int64(exactly: number).map { (column, [FilterKey.of($0)]) }
    default: nil
    }
  }

  private static func key(_ text: [UInt8]) -> UInt64 { text.withUnsafeBufferPointer { FilterKey.of($0) } }
}
