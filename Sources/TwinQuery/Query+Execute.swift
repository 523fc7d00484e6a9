public import TwinGraph
public import TwinValues

extension Query {
  /// Runs the query over a graph and returns one page of its rows.
  ///
  /// A page and those before it have the same order over the same graph; a continuation token only works with
  /// the query and the sequence it was made for.
  /// - Parameters:
  ///   - graph: the state of the world that `world` names.
  ///   - differences: the rows of `FROM DIFF(…)`, which the caller works out from `difference`.
  ///   - sequence: which state of the world `graph` is.
  ///   - continuation: the last page's `nextContinuation`.
  ///   - pageSize: the most rows wanted, at most `QueryLimits.pageRows`.
  ///   - isOver: whether the time for it is up; asked often.
  /// - Throws: `NuriError` with code `invalidContinuation`, `limitExceeded` or `queryTimeout`.
  public func execute(
    on graph: Graph, differences: [DifferenceRow] = [], sequence: UInt64 = 0, continuation: String? = nil,
    pageSize: Int = QueryLimits.defaultPageRows, isOver: @escaping () -> Bool = { false }
  ) throws(NuriError) -> QueryPage {
    if isExplained {
      return explanation(try explain(on: graph, differences: differences, isOver: isOver))
    }
    var place = Continuation(query: 0, sequence: sequence, delivered: 0, position: .init())
    if let continuation { place = try Continuation(continuation, for: self, sequence: sequence) }
    var run = QueryRun(self, graph, differences, isOver: isOver)
    let size = max(1, min(pageSize, QueryLimits.pageRows))
    return try run.page(after: place, isFirst: continuation == nil, size: size)
  }

  /// Runs the query to its end without keeping rows, and tells how.
  /// - Throws: as `execute` does.
  public func explain(
    on graph: Graph, differences: [DifferenceRow] = [], isOver: @escaping () -> Bool = { false }
  ) throws(NuriError) -> PlanTree {
    var run = QueryRun(self, graph, differences, isDry: true, isOver: isOver)
    let place = Continuation(query: 0, sequence: 0, delivered: 0, position: .init())
    let page = try run.page(after: place, isFirst: true, size: .max)
    return run.tree(rows: page.count)
  }

  private func explanation(_ tree: PlanTree) -> QueryPage {
    var writer = JSONWriter()
    var rows: [Range<Int>] = []
    tree.write(into: &writer, &rows)
    return QueryPage(
      bytes: writer.bytes, rows: rows, columns: ["depth", "step", "estimatedRows", "actualRows"],
      nextContinuation: nil, queryCharge: 1, filterRequests: [])
  }
}
