/// One word, sign or literal of a query.
struct Token: Equatable {
  enum Kind: Equatable {
    /// A word as written: a keyword or a name.
    case word(String)
    /// A name in double square brackets, never a keyword.
    case escaped(String)
    case string(String)
    case integer(UInt64)
    case number(Double)
    /// A JSON object, as compact text.
    case json([UInt8])
    /// An operator or a bracket.
    case sign(String)
    case end
  }

  var kind: Kind
  /// Index of the first scalar, and one past the last.
  var start: Int
  var end: Int

  /// The word in capitals, when it may be a keyword.
  var keyword: String? {
    if case .word(let word) = kind { return word.uppercased() }
    return nil
  }

  /// The token as an error message shows it.
  var shown: String {
    switch kind {
    case .word(let word), .sign(let word): "\"\(word)\""
    case .escaped(let name): "[[\(name)]]"
    case .string: "a text"
    case .integer, .number: "a number"
    case .json: "a JSON object"
    case .end: "the end of the query"
    }
  }
}

/// Words that can't be names unless they stand in double square brackets. This is the list of Azure Digital
/// Twins; the words of our extensions are recognised by where they stand, so that they stay usable as names.
let reservedWords: Set<String> = [
  "ALL", "AND", "AS", "ASC", "AVG", "BY", "COUNT", "DESC", "DEVICES_JOBS", "DEVICES_MODULES", "DEVICES",
  "ENDS_WITH", "FALSE", "FROM", "GROUP", "IN", "IS_BOOL", "IS_DEFINED", "IS_NULL", "IS_NUMBER", "IS_OBJECT",
  "IS_PRIMITIVE", "IS_STRING", "MAX", "MIN", "NOT", "NOT_IN", "NULL", "OR", "ORDER", "SELECT", "STARTS_WITH",
  "SUM", "TOP", "TRUE", "WHERE", "IS_OF_MODEL",
]
