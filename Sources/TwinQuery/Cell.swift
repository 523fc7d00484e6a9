import TwinValues

/// What an expression is worth in one row.
enum Cell: Hashable {
  /// The row has no such thing. Comparisons with it are undefined; it is left out of results.
  case missing
  /// JSON's `null`, which only occurs inside objects.
  case null
  case value(Value)
  /// A whole twin, by slot.
  case twin(UInt32)
  /// A whole relationship, by slot.
  case relationship(UInt32)
  /// A whole row of a difference.
  case difference(Int)

  static func text(_ text: String) -> Cell { .value(.string(text)) }
  static func truth(_ truth: Bool?) -> Cell { truth.map { .value(.bool($0)) } ?? .missing }
  static func number(_ number: Double?) -> Cell { number.map { .value(.double($0)) } ?? .missing }

  /// The cell of a JSON node.
  init(_ node: JSONNode?) {
    guard let node else {
      self = .missing
      return
    }
    self = Value(node).map { .value($0) } ?? .null
  }

  var number: Double? {
    if case .value(let value) = self { return value.number }
    return nil
  }

  var truth: Bool? {
    if case .value(.bool(let truth)) = self { return truth }
    return nil
  }

  /// The cell in the one form that equal numbers share, for finding groups.
  var groupKey: Cell {
    if case .value(.double(let number)) = self, let whole = Int64(exactly: number) {
      return .value(.integer(whole))
    }
    return self
  }
}

extension Cell {
  /// Compares two cells; `nil` when they can't be compared: one is missing, or their types differ.
  static func compare(_ comparison: Comparison, _ a: Cell, _ b: Cell) -> Bool? {
    switch (a, b) {
    case (.value(let left), .value(let right)):
      guard let order = order(left, right) else { return sameJSON(comparison, left, right) }
      return comparison.holds(order)
    case (.null, .null): return comparison.isEquality ? comparison == .equal : nil
    case (.null, .value), (.value, .null): return comparison.isEquality ? comparison == .notEqual : nil
    default: return nil
    }
  }

  /// Negative, zero or positive; `nil` when the types differ or know no order.
  private static func order(_ a: Value, _ b: Value) -> Int? {
    switch (a, b) {
    case (.integer(let x), .integer(let y)): return x < y ? -1 : x == y ? 0 : 1
    case (.unsigned(let x), .unsigned(let y)): return x < y ? -1 : x == y ? 0 : 1
    case (.integer, .unsigned): return -1
    case (.unsigned, .integer): return 1
    case (.string(let x), .string(let y)): return orderTexts(x, y)
    case (.bool(let x), .bool(let y)): return x == y ? 0 : x ? 1 : -1
    default:
      guard let x = a.number, let y = b.number else { return nil }
      return x < y ? -1 : x == y ? 0 : 1
    }
  }

  private static func sameJSON(_ comparison: Comparison, _ a: Value, _ b: Value) -> Bool? {
    guard comparison.isEquality, case .json(let x) = a, case .json(let y) = b else { return nil }
    return (x == y) == (comparison == .equal)
  }

  /// Orders texts by their UTF-8 bytes, which is by code points.
  static func orderTexts(_ a: String, _ b: String) -> Int {
    if a.utf8.elementsEqual(b.utf8) { return 0 }
    return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
  }

  /// The order of ORDER BY: truths, numbers, texts, JSON; what is missing comes last whichever the direction.
  static func sorts(_ a: Cell, before b: Cell, isDescending: Bool) -> Bool? {
    let x = a.rank
    let y = b.rank
    if x != y {
      let absent = Rank.absent
      if x == absent || y == absent { return y == absent }
      return (x.rawValue < y.rawValue) != isDescending
    }
    guard case .value(let left) = a, case .value(let right) = b else { return nil }
    let order = order(left, right) ?? 0
    return order == 0 ? nil : (order < 0) != isDescending
  }

  private enum Rank: Int { case null, truth, number, text, json, absent }

  private var rank: Rank {
    switch self {
    case .missing, .twin, .relationship, .difference: .absent
    case .null: .null
    case .value(.bool): .truth
    case .value(.integer), .value(.unsigned), .value(.double): .number
    case .value(.string): .text
    case .value(.json): .json
    }
  }
}

extension Comparison {
  var isEquality: Bool { self == .equal || self == .notEqual }

  @inline(__always)
  func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .greater: order > 0
    case .lessOrEqual: order <= 0
    case .greaterOrEqual: order >= 0
    }
  }

  /// The comparison with its sides swapped.
  var mirrored: Comparison {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .greater: .less
    case .lessOrEqual: .greaterOrEqual
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
