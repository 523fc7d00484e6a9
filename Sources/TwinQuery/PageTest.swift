import TwinGraph
import TwinValues

/// A condition bound to one table, to be answered for 128 rows at a time.
indirect enum PageTest {
  case constant(Bool?)
  case not(PageTest)
  case all([PageTest])
  case any([PageTest])
  /// Whether a column holds a value.
  case present(Int)
  /// A column of doubles, or of integers against a constant that is none.
  case number(Int, ColumnKind, Comparison, Double)
  case integer(Int, ColumnKind, Comparison, Int64)
  /// A column of truths: the answers for true and for false.
  case flag(Int, whenTrue: Bool?, whenFalse: Bool?)
  /// An enum's column: the answer for each of its values.
  case choice(Int, [Bool?])
  case text(Int, TextTest)
  case id(TextTest)
  /// A column of points, against a place.
  case place(Int, PlaceTest)
  /// Arithmetic over columns of numbers.
  case numbers(Comparison, NumberTerm, NumberTerm)
  /// Anything else, row by row.
  case rows(Term)

  /// Whether no row can pass.
  var isNever: Bool {
    if case .constant(let truth) = self { return truth != true }
    return false
  }

  /// Roughly how many nanoseconds a row costs; decides what is asked first.
  var cost: Double {
    switch self {
    case .constant: 0
    case .present, .flag: 0.2
    case .number, .integer, .choice: 1
    case .numbers: 4
    case .text, .id: 20
    case .place: 60
    case .not(let inner): inner.cost
    case .all(let parts), .any(let parts): parts.reduce(0) { $0 + $1.cost }
    case .rows: 300
    }
  }

  /// A guess at the share of rows that pass.
  var selectivity: Double {
    switch self {
    case .constant(let truth): truth == true ? 1 : 0
    case .present: 0.9
    case .flag: 0.5
    case .number(_, _, let comparison, _), .integer(_, _, let comparison, _), .numbers(let comparison, _, _):
      comparison.selectivity
    case .choice(_, let answers):
      Double(answers.count { $0 == true }) / Double(max(1, answers.count))
    case .text, .id, .place: 0.05
    case .not(let inner): 1 - inner.selectivity
    case .all(let parts): parts.reduce(1) { $0 * $1.selectivity }
    case .any(let parts): min(1, parts.reduce(0) { $0 + $1.selectivity })
    case .rows: 0.3
    }
  }
}

extension Comparison {
  fileprivate var selectivity: Double {
    switch self {
    case .equal: 0.05
    case .notEqual: 0.95
    default: 0.33
    }
  }
}

/// A question about the bytes of a text.
enum TextTest {
  case compare(Comparison, [UInt8])
  case member([[UInt8]], isNegated: Bool)
  case function(Function, [UInt8])

  func holds(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .compare(let comparison, let other):
      if comparison.isEquality { return bytes.elementsEqual(other) == (comparison == .equal) }
      if bytes.elementsEqual(other) { return comparison.holds(0) }
      return comparison.holds(bytes.lexicographicallyPrecedes(other) ? -1 : 1)
    case .member(let list, let isNegated):
      return list.contains { bytes.elementsEqual($0) } != isNegated
    case .function(let function, let part):
      return part.withUnsafeBufferPointer { function.holds(bytes, $0) }
    }
  }
}

/// A question about where a point lies.
enum PlaceTest {
  case within([Geometry.Polygon])
  /// The distance in metres from a point, compared.
  case distance(Comparison, Geometry.Position, Double)

  /// Degrees of latitude are nowhere shorter: metres a degree at the equator, rounded down.
  private static let leastMetersPerDegree = 110_500.0

  func holds(_ point: Geometry.Position) -> Bool {
    switch self {
    case .within(let polygons): return polygons.contains { $0.contains(point) }
    case .distance(let comparison, let other, let meters):
      // Far to the north or south there is no need to work it out.
      let atLeast = abs(point.latitude - other.latitude) * Self.leastMetersPerDegree
      if atLeast > meters { return comparison.holds(1) }
      let distance = Geometry.distanceMeters(point, other)
      return comparison.holds(distance < meters ? -1 : distance == meters ? 0 : 1)
    }
  }
}

/// Arithmetic over columns of doubles and 32-bit integers, 128 rows at a time.
indirect enum NumberTerm {
  case constant(Double)
  case column(Int, ColumnKind)
  case negate(NumberTerm)
  case arithmetic(Arithmetic, NumberTerm, NumberTerm)
}

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
      default: return nil
      }
    default: return nil
    }
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
