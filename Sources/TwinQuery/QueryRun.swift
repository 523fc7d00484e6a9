import TwinGraph
import TwinValues

/// One page's worth of running a query.
struct QueryRun {
  private let query: Query
  private let evaluator: Evaluator
  private let execution: Execution
  private let shape: RowShape
  private let binder: Binder
  private var grouping: Grouping?
  /// Whether rows are only counted.
  private let isDry: Bool
  private var writer = JSONWriter()
  private var rows: [Range<Int>] = []
  private var next: Continuation?

  init(
    _ query: Query, _ graph: Graph, _ differences: [DifferenceRow], isDry: Bool = false,
    isOver: @escaping () -> Bool
  ) {
    self.query = query
    self.isDry = isDry
    evaluator = Evaluator(graph, collections: query.collections.count, differences: differences)
    var planner = Planner(query, graph)
    execution = Execution(planner.plan(), evaluator, isOver: isOver)
    var binder = Binder(query: query, graph: graph)
    if query.isGrouped {
      let grouping = Grouping(query, binder)
      binder.held = grouping.held
      self.grouping = grouping
    }
    self.binder = binder
    shape = RowShape(query, binder)
  }

  mutating func page(after place: Continuation, isFirst: Bool, size: Int) throws(NuriError) -> QueryPage {
    let remaining = max(0, (query.rowLimit ?? .max) - place.delivered)
    if remaining > 0 {
      if grouping != nil {
        try grouped(place, size, remaining)
      } else if !query.orders.isEmpty, !isDry {
        try ordered(place, size, remaining)
      } else {
        try streamed(place, isFirst, size, remaining)
      }
    }
    try execution.requireTime()
    let work = Double(execution.testedTwins + execution.followed) / 1000 + Double(rows.count) / 100
    return QueryPage(
      bytes: writer.bytes, rows: rows, columns: shape.columns.map { $0.name }, nextContinuation: next?.text,
      queryCharge: 1 + (work * 100).rounded() / 100, filterRequests: execution.filterRequests)
  }

  private mutating func write() {
    let start = writer.bytes.count
    if !isDry {
      shape.write(evaluator, query, into: &writer)
    }
    rows.append(start..<writer.bytes.count)
    if !isDry { writer.newline() }
  }

  private func continuation(_ place: Continuation, _ position: Execution.Position = .init()) -> Continuation {
    Continuation(
      query: query.fingerprint, sequence: place.sequence, delivered: place.delivered + rows.count,
      position: told(position))
  }

  // A token is for others to see: in it a row is a number among those that are seen, or it would tell how many are
  // hidden before it.

  private func told(_ position: Execution.Position) -> Execution.Position {
    guard let table = execution.table(at: position.major) else { return position }
    var told = position
    told.minor = evaluator.graph.ordinal(ofRow: position.minor, table: table)
    return told
  }

  private func meant(_ told: Execution.Position) -> Execution.Position {
    guard let table = execution.table(at: told.major) else { return told }
    var position = told
    position.minor = evaluator.graph.row(ofOrdinal: told.minor, table: table)
    return position
  }

  // MARK: As rows come

  private mutating func streamed(
    _ place: Continuation, _ isFirst: Bool, _ size: Int, _ remaining: Int
  ) throws(NuriError) {
    var toSkip = isFirst ? query.offset ?? 0 : 0
    try execution.run(from: meant(place.position)) { () throws(NuriError) in
      if toSkip > 0 {
        toSkip -= 1
        return true
      }
      if rows.count == size {
        next = continuation(place, execution.position)
        return false
      }
      write()
      return rows.count < remaining
    }
  }

  // MARK: Sorted or grouped

  /// How many rows, from the first one on, this page needs to know.
  private func wanted(_ place: Continuation, _ size: Int) -> Int {
    let first = saturatingSum(query.offset ?? 0, place.delivered)
    let end = saturatingSum(query.offset ?? 0, query.rowLimit ?? .max)
    // One more than the page shows whether there is another.
    return min(end, saturatingSum(first, saturatingSum(size, 1)))
  }

  private mutating func ordered(_ place: Continuation, _ size: Int, _ remaining: Int) throws(NuriError) {
    let wanted = wanted(place, size)
    var ordering = Ordering(query, binder, wanted: min(wanted, QueryLimits.heldRows))
    if let access = scan {
      order(&ordering, access)
    } else {
      try execution.run { () throws(NuriError) in
        ordering.add(evaluator)
        return true
      }
    }
    guard wanted <= QueryLimits.heldRows || ordering.total <= QueryLimits.heldRows else {
      throw NuriError(
        .limitExceeded, "ORDER BY reaches past the first \(QueryLimits.heldRows) rows.",
        advice: "Ask for less with WHERE.")
    }
    writeSorted(&ordering, place, size, remaining)
  }

  private mutating func writeSorted(
    _ ordering: inout Ordering, _ place: Continuation, _ size: Int, _ remaining: Int
  ) {
    let first = saturatingSum(query.offset ?? 0, place.delivered)
    guard first < ordering.total else { return }
    let sorted = ordering.sorted()
    for row in sorted.dropFirst(first).prefix(min(size, remaining)) {
      evaluator.slots = row.slots
      evaluator.held = row.held
      write()
    }
    if rows.count == size, rows.count < remaining, ordering.total > first + rows.count {
      next = continuation(place)
    }
  }

  private mutating func grouped(_ place: Continuation, _ size: Int, _ remaining: Int) throws(NuriError) {
    guard var groups = grouping else { return }
    if let access = scan {
      if groups.isPlainCount {
        groups.add(rows: execution.countMatches(access))
      } else {
        try group(&groups, access)
      }
    } else {
      try execution.run { () throws(NuriError) in
        try groups.add(evaluator)
        return true
      }
    }
    // Without ORDER BY groups come in the order of their first rows.
    var ordering = Ordering(query, binder, wanted: nil)
    for group in 0..<groups.count {
      evaluator.held = groups.held(group)
      ordering.add(evaluator)
    }
    grouping = groups
    writeSorted(&ordering, place, size, remaining)
  }
}

/// The sum of two counts, or the greatest number.
private func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}

extension QueryRun {
  /// The scan that is all there is to the plan, so that its pages can be worked through whole.
  private var scan: TwinAccess? {
    guard execution.plan.steps.isEmpty, case .twins(let access) = execution.plan.start, access.ids == nil
    else {
      return nil
    }
    return access
  }

  /// Orders the rows of a scan, passing over those whose leading column shows that they come too late.
  private func order(_ ordering: inout Ordering, _ access: TwinAccess) {
    for (index, entry) in access.tables.enumerated() {
      let leading = ordering.leadingColumn(entry.table, evaluator.graph)
      execution.forEachMatch(access, index, from: 0) { page, matches in
        execution.produced[0] += matches.count
        var rows = matches
        if let leading, let (comparison, number) = ordering.threshold {
          let test = PageTest.number(leading.column, leading.kind, comparison, number)
          rows = evaluator.truth(test, page, matches, collection: access.collection).yes
          ordering.pass(over: matches.count - rows.count)
        }
        evaluator.open(page, access.collection)
        defer { evaluator.page = nil }
        return rows.forEach { row in
          evaluator.slots[access.collection] = page.twins[row]
          evaluator.pageRow = row
          ordering.add(evaluator)
          return true
        }
      }
    }
  }

  /// Groups the rows of a scan, page by page.
  private func group(_ groups: inout Grouping, _ access: TwinAccess) throws(NuriError) {
    var failure: NuriError?
    for (index, entry) in access.tables.enumerated() {
      execution.forEachMatch(access, index, from: 0) { page, matches in
        execution.produced[0] += matches.count
        do throws(NuriError) {
          try groups.add(page, matches, table: entry.table, access, evaluator)
          return true
        } catch {
          failure = error
          return false
        }
      }
      if let failure { throw failure }
    }
  }
}

// MARK: EXPLAIN

extension QueryRun {
  /// The plan as a tree, after it ran.
  func tree(rows: Int) -> PlanTree {
    let plan = execution.plan
    var tree = PlanTree(
      title: startTitle(plan.start), estimatedRows: plan.estimates.first ?? 0,
      actualRows: execution.produced[0], inputs: [])
    for (i, step) in plan.steps.enumerated() {
      tree = PlanTree(
        title: (step.closes ? "check " : "follow ") + edgeText(step), estimatedRows: plan.estimates[i + 1],
        actualRows: execution.produced[i + 1], inputs: [tree])
    }
    if let grouping {
      let keys = query.groups.map { $0.text() }.joined(separator: ", ")
      tree = PlanTree(
        title: keys.isEmpty ? "aggregate all rows" : "group by \(keys)",
        estimatedRows: keys.isEmpty ? 1 : tree.estimatedRows.squareRoot(), actualRows: grouping.count,
        inputs: [tree])
    }
    if !query.orders.isEmpty {
      let keys = query.orders.map { $0.expression.text() + ($0.isDescending ? " DESC" : "") }
      tree = PlanTree(
        title: "sort by \(keys.joined(separator: ", "))", estimatedRows: tree.estimatedRows,
        actualRows: tree.actualRows, inputs: [tree])
    }
    if query.rowLimit != nil || query.offset != nil {
      let most = query.rowLimit.map { "at most \($0) rows" } ?? "all rows"
      tree = PlanTree(
        title: most + (query.offset.map { " after \($0)" } ?? ""),
        estimatedRows: min(tree.estimatedRows, Double(query.rowLimit ?? .max)), actualRows: rows,
        inputs: [tree])
    }
    return tree
  }

  private func startTitle(_ start: Plan.Start) -> String {
    let condition = query.condition.map { " where " + $0.text() } ?? ""
    switch start {
    case .differences: return "go through the differences" + condition
    case .relationships(let access):
      if let twins = access.sources { return "relationships that leave \(twins.count) twins" + condition }
      if let twins = access.targets { return "relationships that arrive at \(twins.count) twins" + condition }
      return "scan all relationships" + condition
    case .twins(let access):
      let name = query.collections[access.collection].name.map { " \($0)" } ?? ""
      if let ids = access.ids { return "look up \(ids.count) twins\(name) by $dtId" }
      let graph = evaluator.graph
      let all = graph.isFiltered ? graph.occupiedTableCount : graph.tableCount
      let tables = "\(access.tables.count) of \(all) models"
      let way = access.tables.contains { $0.test.isVectorised } ? " by columns" : ""
      // Through a lens it would tell which pages hold a hidden value.
      let isTold = execution.skippedPages > 0 && !graph.isFiltered
      let pages =
        isTold
        ? ", \(execution.visitedPages) of \(execution.visitedPages + execution.skippedPages) pages" : ""
      return "scan twins\(name) of \(tables)\(way)\(pages)"
        + (execution.plan.steps.isEmpty ? condition : "")
    }
  }

  private func edgeText(_ step: Hop) -> String {
    if let pattern = query.source.pattern {
      let names = [pattern.nodes[step.edge], pattern.nodes[step.edge + 1]]
        .map { query.collections[$0].name ?? "" }
      return "(\(names[0]))\(query.stepText(pattern.steps[step.edge]))(\(names[1]))"
    }
    let join = query.source.joins[step.edge]
    let names = [join.from, join.target].map { query.collections[$0].name ?? "" }
    return "(\(names[0]))-[:\(quoted(join.name))]->(\(names[1]))"
  }
}

extension PageTest {
  /// Whether a scan compares whole columns rather than working row by row.
  fileprivate var isVectorised: Bool {
    switch self {
    case .rows, .constant: false
    case .not(let inner): inner.isVectorised
    case .all(let parts), .any(let parts): parts.contains { $0.isVectorised }
    default: true
    }
  }
}
