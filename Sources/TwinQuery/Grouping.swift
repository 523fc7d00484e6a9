import TwinValues

/// Folds rows into groups.
struct Grouping {
  /// What rows are grouped by, then the aggregates: the `held` values of a group in this order.
  let held: [Expression]
  private let keys: [Term]
  private let aggregates: [(kind: Aggregate, argument: Term?)]
  private var groups: [[Cell]: Int] = [:]
  private var order: [[Cell]] = []
  private var totals: [[Total]] = []

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
    totals.append(aggregates.map { _ in Total() })
    return order.count - 1
  }

  /// Takes in the evaluator's row.
  mutating func add(_ evaluator: Evaluator) throws(NuriError) {
    let key = keys.map { evaluator.cell($0).groupKey }
    let index = groups[key] ?? add(group: key)
    guard order.count <= QueryLimits.heldRows else {
      throw NuriError(.limitExceeded, "GROUP BY makes more than \(QueryLimits.heldRows) groups.")
    }
    for (i, aggregate) in aggregates.enumerated() {
      if let argument = aggregate.argument {
        totals[index][i].add(evaluator.cell(argument), aggregate.kind)
      } else {
        totals[index][i].count += 1
      }
    }
  }

  /// Counts rows that were never made, when only their number matters.
  mutating func add(rows: Int) {
    for i in aggregates.indices { totals[0][i].count += rows }
  }

  /// The values that expressions over a group refer to.
  func held(_ group: Int) -> [Cell] {
    order[group] + zip(aggregates, totals[group]).map { $1.result($0.kind) }
  }
}

/// One aggregate of one group.
struct Total {
  var count = 0
  private var whole: Int64 = 0
  private var isWhole = true
  private var sum = 0.0
  private var extreme = Cell.missing

  mutating func add(_ cell: Cell, _ kind: Aggregate) {
    if case .missing = cell { return }
    switch kind {
    case .count: count += 1
    case .sum, .average:
      guard let number = cell.number else { return }
      count += 1
      sum += number
      guard isWhole, case .value(.integer(let integer)) = cell else {
        isWhole = false
        return
      }
      let (total, overflow) = whole.addingReportingOverflow(integer)
      whole = total
      isWhole = !overflow
    case .minimum, .maximum:
      guard case .value = cell else { return }
      if case .missing = extreme {
        extreme = cell
      } else if Cell.sorts(cell, before: extreme, isDescending: kind == .maximum) == true {
        extreme = cell
      }
    }
  }

  func result(_ kind: Aggregate) -> Cell {
    switch kind {
    case .count: .value(.integer(Int64(count)))
    case .sum: count == 0 ? .missing : isWhole ? .value(.integer(whole)) : .number(sum)
    case .average: count == 0 ? .missing : .number(sum / Double(count))
    case .minimum, .maximum: extreme
    }
  }
}
