import TwinGraph
import TwinValues

/// Turns terms over one collection of twins into tests of one table.
struct PageBinder {
  let graph: Graph
  let table: Int
  private let layout: TableLayout

  init(_ graph: Graph, table: Int) {
    self.graph = graph
    self.table = table
    layout = graph.layout(table: table)
  }

  /// All conditions together, the cheapest first.
  func test(all terms: [Term]) -> PageTest {
    let parts = terms.map(test).filter {
      if case .constant(true?) = $0 { return false }
      return true
    }
    if parts.contains(where: { $0.isNever }) { return .constant(false) }
    if parts.count <= 1 { return parts.first ?? .constant(true) }
    return .all(parts.sorted { $0.cost < $1.cost })
  }

  func test(_ term: Term) -> PageTest {
    switch term {
    case .all(let parts): return .all(parts.map(test).sorted { $0.cost < $1.cost })
    case .any(let parts): return .any(parts.map(test).sorted { $0.cost < $1.cost })
    case .not(let inner):
      let test = test(inner)
      if case .constant(let truth) = test { return .constant(truth.map { !$0 }) }
      return .not(test)
    case .isOfModel(_, let tables): return .constant(tables.contains(table))
    case .constant(let cell): return .constant(cell.truth)
    case .compare(let comparison, .path(let access), .constant(let cell)):
      return compare(comparison, access, cell) ?? numbers(term)
    case .compare(let comparison, .constant(let cell), .path(let access)):
      return compare(comparison.mirrored, access, cell) ?? numbers(term)
    case .compare(let comparison, .call(.distance, let arguments), .constant(let cell)):
      return distance(comparison, arguments, cell) ?? .rows(term)
    case .compare(let comparison, .constant(let cell), .call(.distance, let arguments)):
      return distance(comparison.mirrored, arguments, cell) ?? .rows(term)
    case .compare: return numbers(term)
    case .member(.path(let access), let list, let isNegated):
      return member(access, list, isNegated) ?? .rows(term)
    case .call(let function, let arguments): return call(function, arguments) ?? .rows(term)
    case .path(let access):
      guard case .column(let column) = place(access), layout.fields[column].kind == .bool else {
        return .rows(term)
      }
      return .flag(column, whenTrue: true, whenFalse: false)
    default: return .rows(term)
    }
  }

  private func place(_ access: PathAccess) -> PathAccess.Place { access.place(table, graph) }

  // MARK: Comparisons with a constant

  private func compare(_ comparison: Comparison, _ access: PathAccess, _ cell: Cell) -> PageTest? {
    switch place(access) {
    case .nothing: return .constant(nil)
    case .model: return .constant(Cell.compare(comparison, .text(layout.model), cell))
    case .id:
      guard case .value(.string(let text)) = cell else { return nil }
      return .id(.compare(comparison, Array(text.utf8)))
    case .column(let column):
      guard case .value(let value) = cell else { return nil }
      return compare(comparison, column, value)
    default: return nil
    }
  }

  private func compare(_ comparison: Comparison, _ column: Int, _ value: Value) -> PageTest? {
    let field = layout.fields[column]
    switch (field.kind, value) {
    case (.int32, .integer(let number)), (.int64, .integer(let number)):
      return .integer(column, field.kind, comparison, number)
    case (.int32, .double(let number)), (.int64, .double(let number)), (.double, .double(let number)):
      return .number(column, field.kind, comparison, number)
    case (.double, .integer(let number)):
      return .number(column, field.kind, comparison, Double(number))
    case (.bool, .bool):
      return .flag(
        column, whenTrue: Cell.compare(comparison, .truth(true), .value(value)),
        whenFalse: Cell.compare(comparison, .truth(false), .value(value)))
    case (.choice, _):
      return .choice(column, field.choices.map { Cell.compare(comparison, .text($0), .value(value)) })
    case (.text, .string(let text)): return .text(column, .compare(comparison, Array(text.utf8)))
    case (.json, _), (.uint64, _), (_, .unsigned): return nil
    default: return .constant(nil)
    }
  }

  private func member(_ access: PathAccess, _ list: [Cell], _ isNegated: Bool) -> PageTest? {
    let texts: [[UInt8]] = list.compactMap {
      guard case .value(.string(let text)) = $0 else { return nil }
      return Array(text.utf8)
    }
    switch place(access) {
    case .nothing: return .constant(nil)
    case .model:
      return .constant(list.contains { Cell.compare(.equal, .text(layout.model), $0) == true } != isNegated)
    case .id: return .id(.member(texts, isNegated: isNegated))
    case .column(let column):
      let field = layout.fields[column]
      switch field.kind {
      case .text: return .text(column, .member(texts, isNegated: isNegated))
      case .choice:
        return .choice(
          column,
          field.choices.map { choice in
            list.contains { Cell.compare(.equal, .text(choice), $0) == true } != isNegated
          })
      case .int32, .int64, .double: return memberNumbers(column, list, isNegated)
      default: return nil
      }
    default: return nil
    }
  }

  /// A list of numbers as comparisons with each; what is no number in it can't be equal.
  private func memberNumbers(_ column: Int, _ list: [Cell], _ isNegated: Bool) -> PageTest? {
    var tests: [PageTest] = []
    for cell in list {
      guard case .value(let value) = cell, value.number != nil else { continue }
      guard let test = compare(.equal, column, value) else { return nil }
      tests.append(test)
    }
    if tests.isEmpty { return nil }
    return isNegated ? .not(.any(tests)) : .any(tests)
  }

  // MARK: Functions

  private func call(_ function: Function, _ arguments: [Term]) -> PageTest? {
    guard case .path(let access) = arguments[0] else { return nil }
    let place = place(access)
    switch function {
    case .isDefined, .isNull, .isBool, .isNumber, .isString, .isObject, .isPrimitive:
      if case .nothing = place { return .constant(false) }
      guard case .column(let column) = place else { return nil }
      return isKind(function, column)
    case .startsWith, .endsWith, .contains:
      if case .nothing = place { return .constant(nil) }
      guard case .constant(.value(.string(let part))) = arguments[1] else { return nil }
      let test = TextTest.function(function, Array(part.utf8))
      if case .id = place { return .id(test) }
      guard case .column(let column) = place else { return nil }
      switch layout.fields[column].kind {
      case .text: return .text(column, test)
      case .choice: return .choice(column, layout.fields[column].choices.map { function.holds($0, part) })
      default: return .constant(nil)
      }
    case .within:
      if case .nothing = place { return .constant(nil) }
      guard case .geometry(.polygons(let polygons)) = arguments[1], let column = points(access) else {
        return nil
      }
      return .place(column, .within(polygons))
    case .arrayContains:
      if case .nothing = place { return .constant(nil) }
      return nil
    case .distance, .point: return nil
    }
  }

  /// The column of JSON that a path leads to.
  private func points(_ access: PathAccess) -> Int? {
    guard case .column(let column) = place(access), layout.fields[column].kind == .json else { return nil }
    return column
  }

  /// A distance from a point that stands in the query to one in a column.
  private func distance(_ comparison: Comparison, _ arguments: [Term], _ cell: Cell) -> PageTest? {
    guard let meters = cell.number else { return nil }
    switch (arguments[0], arguments[1]) {
    case (.path(let access), .geometry(.point(let point))), (.geometry(.point(let point)), .path(let access)):
      guard let column = points(access) else { return nil }
      return .place(column, .distance(comparison, point, meters))
    default: return nil
    }
  }

  private func isKind(_ function: Function, _ column: Int) -> PageTest? {
    let answer =
      switch (function, layout.fields[column].kind) {
      case (.isDefined, _), (.isBool, .bool), (.isString, .text), (.isString, .choice),
        (.isNumber, .int32), (.isNumber, .int64), (.isNumber, .uint64), (.isNumber, .double):
        true
      case (.isPrimitive, let kind): kind != .json
      case (.isObject, .json): Bool?.none
      default: false
      }
    guard let answer else { return nil }
    return answer ? .present(column) : .constant(false)
  }

  // MARK: Arithmetic

  private func numbers(_ term: Term) -> PageTest {
    guard case .compare(let comparison, let left, let right) = term, let a = number(left),
      let b = number(right)
    else { return .rows(term) }
    return .numbers(comparison, a, b)
  }

  private func number(_ term: Term) -> NumberTerm? {
    switch term {
    case .constant(.value(.integer(let number))): return .constant(Double(number))
    case .constant(.value(.double(let number))): return .constant(number)
    case .path(let access):
      guard case .column(let column) = place(access) else { return nil }
      let kind = layout.fields[column].kind
      return kind == .double || kind == .int32 ? .column(column, kind) : nil
    case .negate(let inner): return number(inner).map { .negate($0) }
    case .arithmetic(let operation, let left, let right):
      guard let a = number(left), let b = number(right) else { return nil }
      return .arithmetic(operation, a, b)
    default: return nil
    }
  }
}
