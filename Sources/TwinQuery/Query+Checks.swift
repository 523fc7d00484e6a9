import TwinValues

extension Query {
  /// The query with every name resolved, when it makes sense.
  func checked() throws(QueryFault) -> Query {
    var query = self
    if let condition { query.condition = try resolved(condition) }
    query.selection = []
    for item in selection {
      var item = item
      item.expression = try resolved(item.expression)
      query.selection.append(item)
    }
    query.groups = []
    for group in groups { query.groups.append(try resolved(group)) }
    query.orders = []
    for order in orders {
      var order = order
      if let output = output(order.expression) {
        order.expression = output
      } else {
        order.expression = try resolved(order.expression)
      }
      query.orders.append(order)
    }
    try query.checkKinds()
    try query.checkGrouping()
    return query
  }

  // MARK: Names

  /// ORDER BY may name a column of SELECT by its alias.
  private func output(_ expression: Expression) -> Expression? {
    guard case .path(let path) = expression, path.parts.count == 1,
      let index = selection.firstIndex(where: { $0.alias == path.parts[0] })
    else { return nil }
    return .output(index, path.parts[0], path.spot)
  }

  private func resolved(_ list: [Expression]) throws(QueryFault) -> [Expression] {
    var result: [Expression] = []
    for expression in list { result.append(try resolved(expression)) }
    return result
  }

  private func resolved(_ expression: Expression) throws(QueryFault) -> Expression {
    switch expression {
    case .null, .literal, .output: return expression
    case .path(let path): return .path(try resolved(path))
    case .not(let inner): return .not(try resolved(inner))
    case .negate(let inner): return .negate(try resolved(inner))
    case .all(let parts): return .all(try resolved(parts))
    case .any(let parts): return .any(try resolved(parts))
    case .compare(let comparison, let left, let right):
      return .compare(comparison, try resolved(left), try resolved(right))
    case .member(let value, let list, let isNegated):
      return .member(try resolved(value), list, isNegated: isNegated)
    case .arithmetic(let operation, let left, let right):
      return .arithmetic(operation, try resolved(left), try resolved(right))
    case .call(let function, let arguments, let spot):
      return .call(function, try resolved(arguments), spot)
    case .aggregate(let aggregate, let inner, let spot):
      guard let inner else { return expression }
      guard !inner.hasAggregate else {
        throw QueryFault("An aggregate can't stand inside another", at: spot.offset)
      }
      return .aggregate(aggregate, try resolved(inner), spot)
    case .isOfModel(let path, _, let model, let isExact, let spot):
      return try isOfModel(path, model, isExact, spot)
    }
  }

  private func isOfModel(
    _ path: Path?, _ model: String, _ isExact: Bool, _ spot: Spot
  ) throws(QueryFault) -> Expression {
    guard let path else {
      guard let only = soleCollection, collections[only].kind == .twin else {
        throw QueryFault(
          "IS_OF_MODEL needs to know whose model: write IS_OF_MODEL(name, 'dtmi:…')", at: spot.offset)
      }
      return .isOfModel(nil, collection: only, model: model, isExact: isExact, spot)
    }
    let found = try resolved(path)
    guard found.steps.isEmpty, collections[found.collection].kind == .twin else {
      throw QueryFault("IS_OF_MODEL needs a collection of twins", at: path.spot.offset)
    }
    return .isOfModel(found, collection: found.collection, model: model, isExact: isExact, spot)
  }

  /// The collection that names without a prefix belong to.
  private var soleCollection: Int? {
    source.joins.isEmpty && (source.pattern?.steps.isEmpty ?? true) ? 0 : nil
  }

  private func resolved(_ path: Path) throws(QueryFault) -> Path {
    var path = path
    let first = path.parts[0]
    let known = collections.firstIndex { $0.name == first }
    if let index = known ?? fallback(path) {
      path.collection = index
      path.isBare = false
      return path
    }
    if let index = soleCollection {
      path.collection = index
      try checkDifference(path)
      return path
    }
    let names = collections.compactMap { $0.name }
    let guess = nearest(first, names).map { "; did you mean \($0)?" } ?? ""
    throw QueryFault(
      "Nothing is named \(first) here\(guess)", at: path.spot.offset,
      advice: "Known names: \(names.joined(separator: ", ")).")
  }

  /// `has.role`, where a JOIN follows `has` and gives the relationship no name of its own.
  private func fallback(_ path: Path) -> Int? {
    guard path.parts.count > 1 else { return nil }
    let found = collections.indices.filter {
      collections[$0].name == nil && collections[$0].fallbackName == path.parts[0]
    }
    return found.count == 1 ? found[0] : nil
  }

  /// What the rows of a DIFF are made of.
  static let differenceColumns = ["kind", "id", "model", "property", "old", "new"]

  private func checkDifference(_ path: Path) throws(QueryFault) {
    guard collections[path.collection].kind == .difference, let step = path.steps.first,
      !Self.differenceColumns.contains(step)
    else { return }
    let guess = nearest(step, Self.differenceColumns).map { "; did you mean \($0)?" } ?? ""
    throw QueryFault(
      "A difference has no \(step)\(guess)", at: path.spot.offset,
      advice: "Its columns: \(Self.differenceColumns.joined(separator: ", ")).")
  }

  // MARK: Kinds

  private func checkKinds() throws(QueryFault) {
    if let condition {
      try need(.truth, condition)
      if condition.hasAggregate {
        throw QueryFault("WHERE can't hold an aggregate", at: aggregateSpot(condition))
      }
    }
    for item in selection {
      if case .path = item.expression { continue }
      try check(item.expression)
    }
    for group in groups {
      try needValue(group)
      if group.hasAggregate {
        throw QueryFault("GROUP BY can't hold an aggregate", at: aggregateSpot(group))
      }
    }
    for order in orders { try needValue(order.expression) }
  }

  private func aggregateSpot(_ expression: Expression) -> Int {
    if case .aggregate(_, _, let spot) = expression { return spot.offset }
    return expression.children.first { $0.hasAggregate }.map(aggregateSpot) ?? expression.spot.offset
  }

  private func need(_ kind: Kind, _ expression: Expression) throws(QueryFault) {
    let found = expression.kind
    guard found == kind || found == .unknown else {
      throw QueryFault("Expected \(kind.name), found \(found.name)", at: expression.spot.offset)
    }
    try check(expression)
  }

  /// Any value, but not a whole twin.
  private func needValue(_ expression: Expression) throws(QueryFault) {
    if expression.kind == .collection { try need(.unknown, expression) }
    try check(expression)
  }

  private func check(_ expression: Expression) throws(QueryFault) {
    switch expression {
    case .null, .literal, .path, .output, .isOfModel: return
    case .not(let inner): try need(.truth, inner)
    case .negate(let inner): try need(.number, inner)
    case .all(let parts), .any(let parts): for part in parts { try need(.truth, part) }
    case .compare(_, let left, let right):
      try needValue(left)
      try needValue(right)
    case .member(let value, _, _): try needValue(value)
    case .arithmetic(_, let left, let right):
      try need(.number, left)
      try need(.number, right)
    case .call(let function, let arguments, _):
      for (argument, kind) in zip(arguments, function.parameters) {
        if kind == .unknown { try needValue(argument) } else { try need(kind, argument) }
      }
    case .aggregate(let aggregate, let inner, _):
      guard let inner else { return }
      switch aggregate {
      case .count: try check(inner)
      case .sum, .average: try need(.number, inner)
      case .minimum, .maximum: try needValue(inner)
      }
    }
  }

  // MARK: Groups

  /// Once rows are grouped, a column is either an aggregate or something they are grouped by.
  private func checkGrouping() throws(QueryFault) {
    guard isGrouped else { return }
    if selectsAll {
      throw QueryFault(
        "SELECT * can't be grouped", at: groups.first?.spot.offset ?? 0,
        advice: "Name the columns: SELECT x, COUNT() … GROUP BY x.")
    }
    for expression in selection.map({ $0.expression }) + orders.map({ $0.expression }) {
      if let stray = ungrouped(expression) {
        throw QueryFault(
          "This is neither an aggregate nor in GROUP BY", at: stray.spot.offset,
          advice: "Add it to GROUP BY, or put it in COUNT, SUM, AVG, MIN or MAX.")
      }
    }
  }

  private func ungrouped(_ expression: Expression) -> Expression? {
    if groups.contains(expression) { return nil }
    switch expression {
    case .aggregate, .literal, .null, .output: return nil
    case .path, .isOfModel: return expression
    default:
      for child in expression.children {
        if let stray = ungrouped(child) { return stray }
      }
      return nil
    }
  }
}
