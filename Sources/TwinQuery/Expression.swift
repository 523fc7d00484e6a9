import TwinValues

/// Where something stands in the query text (a scalar's index). Spots never make two trees differ.
struct Spot: Hashable, Sendable {
  let offset: Int
  static func == (a: Spot, b: Spot) -> Bool { true }
  func hash(into hasher: inout Hasher) {}
}

/// A path to a collection (`T`) or to something inside it (`T.a.b`, `temperature`).
struct Path: Hashable, Sendable {
  /// The parts as written; the first is the collection's name unless `isBare`.
  var parts: [String]
  /// Whether the collection is left unsaid.
  var isBare: Bool
  /// Index into the query's collections.
  var collection: Int
  var spot: Spot

  /// The parts inside the collection; none for the collection itself.
  var steps: ArraySlice<String> { isBare ? parts[...] : parts.dropFirst() }
}

/// Anything that has a value.
indirect enum Expression: Hashable, Sendable {
  case null(Spot)
  case literal(Value, Spot)
  case path(Path)
  /// A column of SELECT, by its alias (only in ORDER BY).
  case output(Int, String, Spot)
  case not(Expression)
  case all([Expression])
  case any([Expression])
  case compare(Comparison, Expression, Expression)
  case member(Expression, [Expression], isNegated: Bool)
  case negate(Expression)
  case arithmetic(Arithmetic, Expression, Expression)
  case call(Function, [Expression], Spot)
  case isOfModel(Path?, collection: Int, model: String, isExact: Bool, Spot)
  case aggregate(Aggregate, Expression?, Spot)
}

enum Comparison: String, Sendable, CaseIterable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case greater = ">"
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
}

enum Arithmetic: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
}

enum Aggregate: String, Sendable, CaseIterable {
  case count = "COUNT"
  case sum = "SUM"
  case average = "AVG"
  case minimum = "MIN"
  case maximum = "MAX"
}

enum Function: String, Sendable, CaseIterable {
  case isDefined = "IS_DEFINED"
  case isNull = "IS_NULL"
  case isBool = "IS_BOOL"
  case isNumber = "IS_NUMBER"
  case isString = "IS_STRING"
  case isObject = "IS_OBJECT"
  case isPrimitive = "IS_PRIMITIVE"
  case startsWith = "STARTSWITH"
  case endsWith = "ENDSWITH"
  case contains = "CONTAINS"
  case arrayContains = "ARRAY_CONTAINS"
  case distance = "ST_DISTANCE"
  case within = "ST_WITHIN"
  case point = "POINT"

  /// Names that Azure Digital Twins reserves besides the documented function names.
  static let otherSpellings = ["STARTS_WITH": Function.startsWith, "ENDS_WITH": .endsWith]

  static func named(_ word: String) -> Function? {
    let upper = word.uppercased()
    return Function(rawValue: upper) ?? otherSpellings[upper]
  }

  /// What the arguments must be.
  var parameters: [Kind] {
    switch self {
    case .isDefined, .isNull, .isBool, .isNumber, .isString, .isObject, .isPrimitive: [.unknown]
    case .startsWith, .endsWith, .contains: [.text, .text]
    case .arrayContains: [.unknown, .unknown]
    case .distance, .within: [.geometry, .geometry]
    case .point: [.number, .number]
    }
  }

  var result: Kind {
    switch self {
    case .distance: .number
    case .point: .geometry
    default: .truth
    }
  }
}

/// What can be told of an expression's type without a graph.
enum Kind: Sendable {
  case truth
  case number
  case text
  case geometry
  case collection
  case unknown

  var name: String {
    switch self {
    case .truth: "a condition"
    case .number: "a number"
    case .text: "a text"
    case .geometry: "a geometry"
    case .collection: "a whole twin or relationship"
    case .unknown: "a value"
    }
  }
}

extension Expression {
  var kind: Kind {
    switch self {
    case .null, .output: .unknown
    case .literal(let value, _):
      switch value {
      case .bool: .truth
      case .integer, .unsigned, .double: .number
      case .string: .text
      case .json: .geometry
      }
    case .path(let path): path.steps.isEmpty ? .collection : .unknown
    case .not, .all, .any, .compare, .member, .isOfModel: .truth
    case .negate, .arithmetic: .number
    case .call(let function, _, _): function.result
    case .aggregate(let aggregate, _, _):
      aggregate == .minimum || aggregate == .maximum ? .unknown : .number
    }
  }

  /// Where the expression starts.
  var spot: Spot {
    switch self {
    case .null(let spot), .literal(_, let spot), .output(_, _, let spot), .call(_, _, let spot),
      .isOfModel(_, _, _, _, let spot), .aggregate(_, _, let spot):
      spot
    case .path(let path): path.spot
    case .not(let inner), .negate(let inner): inner.spot
    case .all(let parts), .any(let parts): parts.first?.spot ?? Spot(offset: 0)
    case .compare(_, let left, _), .member(let left, _, _), .arithmetic(_, let left, _): left.spot
    }
  }

  /// The expressions right inside this one.
  var children: [Expression] {
    switch self {
    case .null, .literal, .path, .output, .isOfModel: []
    case .not(let inner), .negate(let inner): [inner]
    case .all(let parts), .any(let parts), .call(_, let parts, _): parts
    case .compare(_, let left, let right), .arithmetic(_, let left, let right): [left, right]
    case .member(let left, let list, _): [left] + list
    case .aggregate(_, let inner, _): inner.map { [$0] } ?? []
    }
  }

  /// Whether an aggregate occurs anywhere inside.
  var hasAggregate: Bool {
    if case .aggregate = self { return true }
    return children.contains { $0.hasAggregate }
  }

  /// Calls `body` with every path inside.
  func forEachPath(_ body: (Path) -> Void) {
    switch self {
    case .path(let path): body(path)
    case .isOfModel(let path, let collection, _, _, let spot):
      body(path ?? Path(parts: [], isBare: true, collection: collection, spot: spot))
    default: for child in children { child.forEachPath(body) }
    }
  }
}
