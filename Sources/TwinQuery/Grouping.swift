import TwinValues

/// Folds rows into groups.
struct Grouping {
  /// What rows are grouped by, then the aggregates: the `held` values of a group in this order.
  let held: [Expression]
  let keys: [Term]
  let aggregates: [(kind: Aggregate, argument: Term?)]
  private var groups: [[Cell]: Int] = [:]
  private var order: [[Cell]] = []
  /// For each group its aggregates, one after another.
  var totals: [Total] = []
  /// While pages are scanned: the group of each row, and of each stored value of a single key column.
  var groupOfRow = [Int](repeating: 0, count: 128)
  var groupOfValue: [Int64: Int] = [:]
  var tableOfValues = -1

  init(_ query: Query, _ binder: Binder) {
    var found: [Expression] = []
    func collect(_ expression: Expression) {
      if case .aggregate = expression {
        if !found.contains(expression) { found.append(expression) }
      } else {
        for child in expression.children { collect(child) }
      }
    }
    for item in query.selection { collect(item.expression) }
    for order in query.orders { collect(order.expression) }
    held = query.groups + found
    keys = query.groups.map(binder.term)
    aggregates = found.compactMap {
      guard case .aggregate(let kind, let argument, _) = $0 else { return nil }
      return (kind, argument.map(binder.term))
    }
    if keys.isEmpty { add(group: []) }
  }

  var count: Int { order.count }

  /// Whether all that is asked is how many rows there are.
  var isPlainCount: Bool {
    keys.isEmpty && aggregates.allSatisfy { $0.kind == .count && $0.argument == nil }
  }

  @discardableResult
  private mutating func add(group key: [Cell]) -> Int {
    groups[key] = order.count
    order.append(key)
    totals += aggregates.map { _ in Total() }
    return order.count - 1
  }

  /// The group of rows with a key.
  mutating func group(_ key: [Cell]) throws(NuriError) -> Int {
    if let index = groups[key] { return index }
    guard order.count < QueryLimits.heldRows else {
      throw NuriError(.limitExceeded, "GROUP BY makes more than \(QueryLimits.heldRows) groups.")
    }
    return add(group: key)
  }

  /// The group of the evaluator's row.
  mutating func group(_ evaluator: Evaluator) throws(NuriError) -> Int {
    keys.isEmpty ? 0 : try group(keys.map { evaluator.cell($0).groupKey })
  }

  /// Takes in the evaluator's row.
  mutating func add(_ evaluator: Evaluator) throws(NuriError) {
    let first = try group(evaluator) * aggregates.count
    for (i, aggregate) in aggregates.enumerated() {
      if let argument = aggregate.argument {
        totals[first + i].add(evaluator.cell(argument), aggregate.kind)
      } else {
        totals[first + i].count += 1
      }
    }
  }

  /// Counts rows that were never made, when only their number matters.
  mutating func add(rows: Int) {
    for i in aggregates.indices { totals[i].count += rows }
  }

  /// The values that expressions over a group refer to.
  func held(_ group: Int) -> [Cell] {
    let first = group * aggregates.count
    return order[group] + aggregates.indices.map { totals[first + $0].result(aggregates[$0].kind) }
  }
}
