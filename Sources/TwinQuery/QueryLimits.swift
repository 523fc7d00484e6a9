/// How much one query may ask. Each number is at least that of Azure Digital Twins, where it has one.
public enum QueryLimits {
  /// Longest query text, in UTF-8 bytes.
  public static let textBytes = 64 << 10
  /// Deepest nesting of parentheses, functions and operators.
  public static let nesting = 64
  /// Arithmetic operators in one query.
  public static let arithmetic = 256
  /// Values in one IN or NIN list (Azure: 100).
  public static let listValues = 1_000
  /// Most JOINs (Azure: 5).
  public static let joins = 5
  /// Most hops of one MATCH relationship (Azure: 10).
  public static let hops = 10
  /// Relationships chained in one MATCH.
  public static let patternSteps = 10
  /// Columns in SELECT, and expressions in GROUP BY and in ORDER BY.
  public static let columns = 64
  /// Rows in one page when the caller doesn't say (Azure: 100).
  public static let defaultPageRows = 100
  /// Most rows in one page.
  public static let pageRows = 10_000
  /// How many rows from the first one on ORDER BY can be paged through, and how many groups GROUP BY may make.
  public static let heldRows = 5_000_000
  /// Relationships a JOIN or MATCH may follow in one page.
  public static let visits = 200_000_000
}
