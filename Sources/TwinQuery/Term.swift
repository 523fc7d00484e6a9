import TwinGraph
import TwinValues

/// An expression bound to one graph, ready to be worked out row by row.
indirect enum Term {
  case constant(Cell)
  case path(PathAccess)
  case geometry(Geometry)
  /// A value that a group of rows has: what it is grouped by, or an aggregate.
  case held(Int)
  case not(Term)
  case all([Term])
  case any([Term])
  case compare(Comparison, Term, Term)
  case member(Term, [Cell], isNegated: Bool)
  case negate(Term)
  case arithmetic(Arithmetic, Term, Term)
  case call(Function, [Term])
  case isOfModel(collection: Int, TableSet)
}

/// Tables as a set of bits.
struct TableSet {
  private var words: [UInt64]
  private(set) var count = 0

  init(_ tables: some Sequence<Int>, of total: Int) {
    words = [UInt64](repeating: 0, count: total / 64 + 1)
    for table in tables where !contains(table) {
      words[table >> 6] |= 1 << UInt64(table & 63)
      count += 1
    }
  }

  @inline(__always)
  func contains(_ table: Int) -> Bool { words[table >> 6] >> UInt64(table & 63) & 1 != 0 }
}

/// Turns expressions into terms over one graph.
struct Binder {
  let query: Query
  let graph: Graph
  /// What rows are grouped by, then the aggregates: these stand for `held` values. Empty outside of groups.
  var held: [Expression] = []

  func term(_ expression: Expression) -> Term {
    if let index = held.firstIndex(of: expression) { return .held(index) }
    switch expression {
    case .null: return .constant(.null)
    case .literal(.json(let json), _):
      if let document = try? JSONDocument(json), let geometry = Geometry(document.root) {
        return .geometry(geometry)
      }
      return .constant(.value(.json(json)))
    case .literal(let value, _): return .constant(.value(value))
    case .path(let path): return .path(PathAccess(path, query.collections[path.collection]))
    case .output(let index, _, _): return term(query.selection[index].expression)
    case .not(let inner): return .not(term(inner))
    case .negate(let inner): return .negate(term(inner))
    case .all(let parts): return .all(parts.map(term))
    case .any(let parts): return .any(parts.map(term))
    case .compare(let comparison, let left, let right):
      return .compare(comparison, term(left, besides: right), term(right, besides: left))
    case .member(let value, let list, let isNegated):
      return .member(term(value), list.map(constant), isNegated: isNegated)
    case .arithmetic(let operation, let left, let right):
      return .arithmetic(operation, term(left), term(right))
    case .call(.point, let arguments, _): return point(arguments.map(term))
    case .call(let function, let arguments, _): return .call(function, arguments.map(term))
    case .isOfModel(_, let collection, let model, let isExact, _):
      let tables = graph.tables(ofModelOrNewer: model, exactly: isExact)
      return .isOfModel(collection: collection, TableSet(tables, of: graph.tableCount))
    case .aggregate: return .constant(.missing)
    }
  }

  /// A time in a text, compared with an update time, is brought into the form update times have.
  private func term(_ expression: Expression, besides other: Expression) -> Term {
    if case .literal(.string(let text), _) = expression, case .path(let path) = other,
      path.parts.last == "lastUpdateTime" || path.parts.last == "$lastUpdateTime",
      let instant = try? Instant(text)
    {
      return .constant(.text(instant.description))
    }
    return term(expression)
  }

  private func point(_ arguments: [Term]) -> Term {
    if case .constant(let x) = arguments[0], case .constant(let y) = arguments[1],
      let longitude = x.number, let latitude = y.number
    {
      return .geometry(.point(Geometry.Position(longitude: longitude, latitude: latitude)))
    }
    return .call(.point, arguments)
  }

  private func constant(_ expression: Expression) -> Cell {
    switch expression {
    case .literal(let value, _): .value(value)
    default: .null
    }
  }
}
