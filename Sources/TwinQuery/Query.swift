public import TwinValues

/// A query: the Azure Digital Twins query language and Nuri's extensions, parsed and checked.
///
/// ```swift
/// let query = try Query.parse("SELECT COUNT() FROM DIGITALTWINS T WHERE T.floors > 20")
/// let page = try query.execute(on: graph)
/// ```
///
/// Printing a query (`description`) gives text that parses to an equal query.
public struct Query: Hashable, Sendable {
  /// The world and the point in time to ask: of a DIFF, its second side.
  public var world: WorldReference {
    if case .difference(_, let after) = source.kind { return after }
    return source.world
  }

  /// The two sides, when the query asks what differs between them.
  public var difference: (before: WorldReference, after: WorldReference)? {
    guard case .difference(let before, let after) = source.kind else { return nil }
    return (before, after)
  }

  /// Whether the query asks for its plan (`EXPLAIN`).
  public internal(set) var isExplained = false

  var selection: [Item] = []
  /// Whether rows are shown as they are (`SELECT *`).
  var selectsAll = false
  var top: Int?
  var source: Source
  /// What paths may refer to: twins, relationships, or rows of a difference.
  var collections: [Collection] = []
  var condition: Expression?
  var groups: [Expression] = []
  var orders: [Order] = []
  var limit: Int?
  var offset: Int?

  /// One column of SELECT.
  struct Item: Hashable, Sendable {
    var expression: Expression
    var alias: String?
    var spot: Spot
  }

  struct Order: Hashable, Sendable {
    var expression: Expression
    var isDescending: Bool
  }

  struct Collection: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case twin, relationship, difference }
    var kind: Kind
    /// `nil` when the query gave none.
    var name: String?
    /// The relationship's name, which stands in for a JOIN's missing relationship alias.
    var fallbackName: String?
  }

  struct Source: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case twins
      case relationships
      case difference(WorldReference, WorldReference)
    }
    var kind: Kind
    var alias: String?
    var world = WorldReference.here
    var joins: [Join] = []
    var pattern: Pattern?
  }

  /// `JOIN target RELATED from.name alias`: collections by index.
  struct Join: Hashable, Sendable {
    var from: Int
    var name: String
    var target: Int
    var relationship: Int
  }

  /// `MATCH (a)-[r:x|y]->(b)`: `nodes[i]` and `nodes[i + 1]` are the ends of `steps[i]`.
  struct Pattern: Hashable, Sendable {
    var nodes: [Int]
    var steps: [Step]
  }

  struct Step: Hashable, Sendable {
    enum Direction: Hashable, Sendable { case right, left, any }
    var direction: Direction
    var names: [String]
    /// The relationship's collection; `nil` when hops vary.
    var relationship: Int?
    var hops: Hops
  }

  /// How many relationships lie between two nodes, as written: the lower limit of a range is left out.
  enum Hops: Hashable, Sendable {
    case one
    case exact(Int)
    case range(above: Int?, upTo: Int)

    var bounds: ClosedRange<Int> {
      switch self {
      case .one: 1...1
      case .exact(let n): n...n
      case .range(let above, let upTo): min(upTo, (above ?? 0) + 1)...upTo
      }
    }
  }
}

extension Query {
  /// Reads a query.
  /// - Throws: `NuriError` with code `invalidQuery`; its message shows the line and points at the character.
  public static func parse(_ text: String) throws(NuriError) -> Query {
    guard text.utf8.count <= QueryLimits.textBytes else {
      throw NuriError(
        .invalidQuery,
        "The query has \(text.utf8.count) bytes; the limit is \(QueryLimits.textBytes).")
    }
    let scalars = Array(text.unicodeScalars)
    do {
      var lexer = Lexer(scalars)
      var parser = Parser(try lexer.run())
      let draft = try parser.query()
      return try draft.checked()
    } catch {
      throw error.error(in: scalars)
    }
  }

  /// The most rows wanted: the lower of TOP and LIMIT.
  var rowLimit: Int? {
    switch (top, limit) {
    case (let top?, let limit?): min(top, limit)
    case (let top, let limit): top ?? limit
    }
  }

  /// Whether rows are folded into groups.
  var isGrouped: Bool {
    !groups.isEmpty || selection.contains { $0.expression.hasAggregate }
      || orders.contains { $0.expression.hasAggregate }
  }
}

extension NuriError.Code {
  /// A query that took longer than it may.
  public static let queryTimeout = Self("queryTimeout")
  /// A query that can't be read, or that makes no sense.
  public static let invalidQuery = Self("invalidQuery")
  /// A continuation token of another query or another state of the world.
  public static let invalidContinuation = Self("invalidContinuation")
}
