import TwinGraph
import TwinValues

/// Keeps rows in the order of ORDER BY, and no more of them than will be shown.
struct Ordering {
  struct Row {
    var keys: [Cell]
    var slots: [UInt32]
    var held: [Cell]
    /// Which row it was; rows that sort alike keep the order they came in.
    var ordinal: Int
  }

  private let terms: [Term]
  private let isDescending: [Bool]
  /// The most rows wanted; `nil` for all.
  private let wanted: Int?
  private var rows: [Row] = []
  private var ordinal = 0
  /// Once more rows came than are wanted: the last of those kept. Rows that don't sort before it are no use.
  private var last: [Cell]?

  init(_ query: Query, _ binder: Binder, wanted: Int?) {
    terms = query.orders.map { binder.term($0.expression) }
    isDescending = query.orders.map { $0.isDescending }
    self.wanted = wanted
  }

  /// Takes in the evaluator's row or group.
  mutating func add(_ evaluator: Evaluator) {
    if let last, let first = terms.first {
      let key = evaluator.cell(first)
      // Rows that tie with the last one came after it.
      let isBefore = Cell.sorts(key, before: last[0], isDescending: isDescending[0])
      if isBefore == false || isBefore == nil && terms.count == 1 {
        ordinal += 1
        return
      }
    }
    rows.append(
      Row(keys: terms.map(evaluator.cell), slots: evaluator.slots, held: evaluator.held, ordinal: ordinal))
    ordinal += 1
    // Sorting now and then instead of keeping a heap: the same work a row, and simpler.
    if let wanted, rows.count >= max(1024, wanted * 2) {
      sort()
      rows.removeLast(rows.count - min(wanted, rows.count))
      last = rows.last?.keys
    }
  }

  /// The column that rows are ordered by first, when it holds numbers.
  func leadingColumn(_ table: Int, _ graph: Graph) -> (column: Int, kind: ColumnKind)? {
    guard case .path(let path)? = terms.first, case .column(let column) = path.place(table, graph) else {
      return nil
    }
    let kind = graph.layout(table: table).fields[column].kind
    return kind == .double || kind == .int32 || kind == .int64 ? (column, kind) : nil
  }

  /// What a row's leading number must fulfil to be of any use, once more rows came than are wanted.
  var threshold: (comparison: Comparison, number: Double)? {
    guard let number = last?.first?.number else { return nil }
    // With more to order by, rows that tie in the first may still come before the last one kept.
    let isStrict = terms.count == 1 && abs(number) < 0x1p53
    return (
      isDescending[0] ? (isStrict ? .greater : .greaterOrEqual) : isStrict ? .less : .lessOrEqual, number
    )
  }

  /// Counts rows that are of no use.
  mutating func pass(over count: Int) { ordinal += count }

  private mutating func sort() {
    let isDescending = isDescending
    rows.sort { a, b in
      for i in isDescending.indices {
        if let before = Cell.sorts(a.keys[i], before: b.keys[i], isDescending: isDescending[i]) {
          return before
        }
      }
      return a.ordinal < b.ordinal
    }
  }

  /// The rows wanted, in order.
  mutating func sorted() -> [Row] {
    sort()
    return rows
  }

  /// How many rows there were.
  var total: Int { ordinal }
}
