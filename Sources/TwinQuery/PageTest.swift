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
      if comparison.isEquality { return Self.same(bytes, other) == (comparison == .equal) }
      if Self.same(bytes, other) { return comparison.holds(0) }
      return comparison.holds(bytes.lexicographicallyPrecedes(other) ? -1 : 1)
    case .member(let list, let isNegated):
      return list.contains { Self.same(bytes, $0) } != isNegated
    case .function(let function, let part):
      return part.withUnsafeBufferPointer { function.holds(bytes, $0) }
    }
  }

  @inline(__always)
  private static func same(_ bytes: UnsafeBufferPointer<UInt8>, _ other: [UInt8]) -> Bool {
    bytes.count == other.count && bytes.elementsEqual(other)
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
