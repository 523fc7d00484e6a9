import TwinGraph
import TwinValues

/// Decides how to run a query over a graph.
///
/// Each condition is asked as soon as everything it speaks of is bound. Rows start from the collection that is
/// expected to have the fewest twins, and follow whichever relationship is expected to bring the fewest rows.
struct Planner {
  let query: Query
  let graph: Graph
  private let binder: Binder
  /// The parts of WHERE that must all hold, and which collections each speaks of.
  private var conditions: [(expression: Expression, collections: Set<Int>)] = []

  init(_ query: Query, _ graph: Graph) {
    self.query = query
    self.graph = graph
    binder = Binder(query: query, graph: graph)
    var parts: [Expression] = []
    Self.split(query.condition, into: &parts)
    for part in parts {
      var collections: Set<Int> = []
      part.forEachPath { collections.insert($0.collection) }
      conditions.append((part, collections))
    }
  }

  private static func split(_ expression: Expression?, into parts: inout [Expression]) {
    switch expression {
    case nil: return
    case .all(let inner)?: for part in inner { split(part, into: &parts) }
    case let part?: parts.append(part)
    }
  }

  mutating func plan() -> Plan {
    switch query.source.kind {
    case .relationships: return relationshipPlan()
    case .difference:
      return Plan(start: .differences(conditions.map { binder.term($0.expression) }), estimates: [0])
    case .twins: return twinPlan()
    }
  }

  // MARK: Relationships

  private func relationshipPlan() -> Plan {
    var access = RelationshipAccess(collection: 0, terms: [])
    for (condition, _) in conditions {
      // Names are compared by number; that takes the place of comparing texts.
      if access.names == nil, let names = ids(condition, "$relationshipName") {
        access.names = names.compactMap { graph.nameIndex($0) }
      } else {
        access.terms.append(binder.term(condition))
      }
    }
    var estimate = graph.expectedRelationships
    let degree = estimate / Double(max(1, graph.twinCount))
    if let sources = named("$sourceId", of: 0) {
      access.sources = sources
      estimate = Double(sources.count) * degree
    } else if let targets = named("$targetId", of: 0) {
      access.targets = targets
      estimate = Double(targets.count) * degree
    }
    return Plan(start: .relationships(access), estimates: [estimate])
  }

  // MARK: Twins

  private func twinPlan() -> Plan {
    let edges = self.edges()
    let nodes = Set(edges.flatMap { [$0.from, $0.to] }).union(edges.isEmpty ? [firstNode] : [])
    var named: [Int: [TwinRef]] = [:]
    for node in nodes { named[node] = self.named("$dtId", of: node) }
    var start = access(firstNode, named[firstNode])
    var estimate = self.estimate(start)
    if let best = named.min(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }) {
      if best.key != firstNode { start = access(best.key, best.value) }
      estimate = Double(best.value.count)
    } else {
      for node in nodes.sorted() where node != firstNode {
        let other = access(node, nil)
        let rows = self.estimate(other)
        // Starting elsewhere changes the order rows come in, so it must be worth it.
        if rows < estimate / 2 {
          start = other
          estimate = rows
        }
      }
    }
    var plan = Plan(start: .twins(start), estimates: [estimate])
    addSteps(edges, named, &plan, bound: start.collection)
    return plan
  }

  private var firstNode: Int { query.source.pattern?.nodes.first ?? 0 }

  /// The twins a condition names by `field = 'x'` or `field IN ['x', …]`, when one does.
  private func named(_ field: String, of collection: Int) -> [TwinRef]? {
    var best: [String]?
    for (condition, collections) in conditions where collections == [collection] {
      guard let ids = ids(condition, field) else { continue }
      if ids.count < best?.count ?? .max { best = ids }
    }
    guard let best else { return nil }
    var seen: Set<TwinRef> = []
    return best.compactMap { graph.twin($0) }.filter { seen.insert($0).inserted }
  }

  private func ids(_ condition: Expression, _ field: String) -> [String]? {
    func isField(_ expression: Expression) -> Bool {
      guard case .path(let path) = expression else { return false }
      return path.steps.count == 1 && path.steps.first == field
    }
    func text(_ expression: Expression) -> String? {
      guard case .literal(.string(let text), _) = expression else { return nil }
      return text
    }
    switch condition {
    case .compare(.equal, let left, let right):
      if isField(left), let id = text(right) { return [id] }
      if isField(right), let id = text(left) { return [id] }
      return nil
    case .member(let value, let list, isNegated: false) where isField(value):
      return list.compactMap(text)
    default: return nil
    }
  }

  private func access(_ collection: Int, _ ids: [TwinRef]?) -> TwinAccess {
    let terms = conditions.filter { $0.collections.isSubset(of: [collection]) }
      .map { binder.term($0.expression) }
    var tables: [(Int, PageTest)] = []
    if ids == nil {
      for table in 0..<graph.tableCount where graph.twinCount(table: table) > 0 {
        let test = PageBinder(graph, table: table).test(all: terms)
        if !test.isNever { tables.append((table, test)) }
      }
    }
    return TwinAccess(collection: collection, ids: ids, tables: tables, terms: terms)
  }

  private func estimate(_ access: TwinAccess) -> Double {
    if let ids = access.ids { return Double(ids.count) }
    return access.tables.reduce(0) {
      $0 + Double(graph.twinCount(table: $1.table)) * $1.test.selectivity
    }
  }

  // MARK: Steps

  /// A relationship of the query between two collections of twins, as it is written.
  private struct Edge {
    var from: Int
    var to: Int
    var direction: Hop.Direction
    var names: [String]
    var hops: ClosedRange<Int>
    var relationship: Int?
    var index: Int
  }

  private func edges() -> [Edge] {
    if let pattern = query.source.pattern {
      return pattern.steps.indices.map { i in
        let step = pattern.steps[i]
        let direction: Hop.Direction =
          switch step.direction {
          case .right: .outgoing
          case .left: .incoming
          case .any: .either
          }
        return Edge(
          from: pattern.nodes[i], to: pattern.nodes[i + 1], direction: direction, names: step.names,
          hops: step.hops.bounds, relationship: step.relationship, index: i)
      }
    }
    return query.source.joins.enumerated().map { i, join in
      Edge(
        from: join.from, to: join.target, direction: .outgoing, names: [join.name], hops: 1...1,
        relationship: join.relationship, index: i)
    }
  }

  private func addSteps(_ edges: [Edge], _ named: [Int: [TwinRef]], _ plan: inout Plan, bound start: Int) {
    var rest = edges
    var bound: Set<Int> = [start]
    let degree = graph.expectedRelationships / Double(max(1, graph.twinCount))
    var asked = Set(conditions.indices.filter { conditions[$0].collections.isSubset(of: bound) })
    while !rest.isEmpty {
      var best: (index: Int, growth: Double)?
      for (i, edge) in rest.enumerated() where bound.contains(edge.from) || bound.contains(edge.to) {
        let closes = bound.contains(edge.from) && bound.contains(edge.to)
        let next = bound.contains(edge.from) ? edge.to : edge.from
        var growth =
          closes ? 0.1 : degree * Double(edge.hops.upperBound) * (edge.direction == .either ? 2 : 1)
        if let twins = named[next], !closes {
          growth *= Double(max(1, twins.count)) / Double(max(1, graph.twinCount))
        }
        if growth < best?.growth ?? .infinity { best = (i, growth) }
      }
      guard let best else { return }
      let edge = rest.remove(at: best.index)
      let others =
        query.source.pattern == nil
        ? [] : plan.steps.compactMap { $0.relationship }
      var hop = hop(edge, bound, named, others)
      bound.formUnion([edge.from, edge.to])
      if let relationship = edge.relationship { bound.insert(relationship) }
      for i in conditions.indices where !asked.contains(i) && conditions[i].collections.isSubset(of: bound) {
        asked.insert(i)
        hop.terms.append(binder.term(conditions[i].expression))
      }
      plan.steps.append(hop)
      plan.estimates.append((plan.estimates.last ?? 1) * max(best.growth, 1e-9))
    }
  }

  private func hop(_ edge: Edge, _ bound: Set<Int>, _ named: [Int: [TwinRef]], _ others: [Int]) -> Hop {
    let isForward = bound.contains(edge.from)
    let direction: Hop.Direction =
      switch (edge.direction, isForward) {
      case (.either, _): .either
      case (.outgoing, true), (.incoming, false): .outgoing
      default: .incoming
      }
    let to = isForward ? edge.to : edge.from
    return Hop(
      from: isForward ? edge.from : edge.to, to: to, direction: direction,
      names: edge.names.isEmpty ? nil : edge.names.compactMap { graph.nameIndex($0) },
      hops: edge.hops, relationship: edge.relationship,
      closes: bound.contains(edge.from) && bound.contains(edge.to),
      targets: named[to].map { Set($0.map { $0.slot }) }, terms: [], others: others,
      edge: edge.index)
  }
}
