public import TwinGraph
public import TwinValues

/// A query asked of one twin at a time: whether the twin is in its result, and what its row looks like.
///
/// That is only a question for a query in which a twin's row depends on nothing but that twin: twins of one collection
/// with any WHERE and SELECT, but no JOIN or MATCH, no aggregates, no order and no limits. Not for several threads at
/// once; make one for each.
public final class TwinCondition {
  private let query: Query
  private var bound: Bound?

  /// The query's parts for one state of the models.
  private struct Bound {
    let condition: Term?
    let shape: RowShape
    let tables: Int
  }

  /// Takes a query that depends on nothing but the twin.
  /// - Throws: `NuriError` with code `invalidQuery` that says what can't be asked of one twin.
  public init(_ query: Query) throws(NuriError) {
    if let what = query.whatNeedsMoreThanOneTwin {
      throw NuriError(
        .invalidQuery, "A query that is followed can't have \(what): it is asked of each changed twin alone.",
        advice: "Write SELECT … FROM DIGITALTWINS T WHERE …, with conditions on T only.")
    }
    self.query = query
  }

  /// Forgets what it knows of the models: call it after a change of models.
  public func rebind() { bound = nil }

  /// Whether a twin is in the query's result.
  public func holds(_ twin: TwinRef, in graph: Graph) -> Bool {
    let bound = bind(graph)
    guard let condition = bound.condition else { return true }
    return evaluator(twin, graph).truth(condition) == true
  }

  /// A twin's row as JSON; `nil` when the twin is not in the query's result.
  public func row(_ twin: TwinRef, in graph: Graph) -> [UInt8]? {
    let bound = bind(graph)
    let evaluator = evaluator(twin, graph)
    if let condition = bound.condition, evaluator.truth(condition) != true { return nil }
    var writer = JSONWriter()
    bound.shape.write(evaluator, query, into: &writer)
    return writer.bytes
  }

  private func evaluator(_ twin: TwinRef, _ graph: Graph) -> Evaluator {
    let evaluator = Evaluator(graph, collections: 1, differences: [])
    evaluator.slots[0] = twin.slot
    return evaluator
  }

  /// The terms over this graph. They name tables, so a table that is new makes them anew.
  private func bind(_ graph: Graph) -> Bound {
    if let bound, bound.tables == graph.tableCount { return bound }
    let binder = Binder(query: query, graph: graph)
    let fresh = Bound(
      condition: query.condition.map { binder.term($0) }, shape: RowShape(query, binder),
      tables: graph.tableCount)
    bound = fresh
    return fresh
  }
}

extension Query {
  /// What keeps the query from being asked of one twin alone.
  fileprivate var whatNeedsMoreThanOneTwin: String? {
    switch source.kind {
    case .relationships: return "RELATIONSHIPS"
    case .difference: return "DIFF"
    case .twins: break
    }
    if isExplained { return "EXPLAIN" }
    if source.pattern != nil { return "MATCH" }
    if !source.joins.isEmpty { return "JOIN" }
    if isGrouped { return "GROUP BY or aggregates" }
    if !orders.isEmpty { return "ORDER BY" }
    if top != nil || limit != nil || offset != nil { return "TOP, LIMIT or OFFSET" }
    if source.world != .here { return "IN WORLD or AS OF" }
    return nil
  }
}
