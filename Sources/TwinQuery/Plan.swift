import TwinGraph

/// How a query will be run over one graph: where rows come from, how they are followed, what they must pass.
struct Plan {
  /// Where rows come from.
  enum Start {
    /// Twins, by id or from tables.
    case twins(TwinAccess)
    /// Relationships of given twins, or all.
    case relationships(RelationshipAccess)
    case differences([Term])
  }

  var start: Start
  var steps: [Hop] = []
  /// Rows expected from the start, and after each step.
  var estimates: [Double] = []
}

/// How the first twins of a row are found.
struct TwinAccess {
  let collection: Int
  /// The twins that `$dtId =` or `$dtId IN` names, in that order; `nil` to look through tables.
  var ids: [TwinRef]?
  /// Tables any of whose rows can pass, with what must be asked of them.
  var tables: [(table: Int, test: PageTest)]
  /// The whole condition, for twins found by id.
  var terms: [Term]
}

/// How relationships are found when they are what a query is about.
struct RelationshipAccess {
  let collection: Int
  /// Only those that leave these twins.
  var sources: [TwinRef]?
  /// Only those that arrive at these twins.
  var targets: [TwinRef]?
  /// Only those with one of these names, by index.
  var names: [Int]?
  var terms: [Term]
}

/// One step from a twin that a row has to one it gets (or has too).
struct Hop {
  enum Direction { case outgoing, incoming, either }

  var from: Int
  var to: Int
  var direction: Direction
  /// Indices of relationship names; `nil` for any name. Names that nothing has are left out.
  var names: [Int]?
  var hops: ClosedRange<Int>
  /// Where the relationship goes in the row; `nil` when several may lie between.
  var relationship: Int?
  /// Whether `to` is bound already, so that the step only checks.
  var closes: Bool
  /// The only twins that `to` may be, when the query names them.
  var targets: Set<UInt32>?
  /// Conditions that can be asked once this step is done.
  var terms: [Term]
  /// Relationships of the same MATCH that must not be followed again.
  var others: [Int]
  /// Which JOIN, or which relationship of the MATCH, the step is.
  var edge: Int
}
