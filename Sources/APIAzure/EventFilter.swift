import TwinGraph

/// The expression that says which events take a route.
///
/// ```
/// filter     := and (OR and)*
/// and        := not (AND not)*
/// not        := NOT not | true | false | '(' filter ')' | function | comparison
/// function   := (STARTS_WITH | ENDS_WITH | CONTAINS) '(' operand ',' operand ')'
/// comparison := operand (= | != | < | <= | > | >=) operand | operand [NOT] IN '[' literal (',' literal)* ']'
/// operand    := literal | name ('.' name)*
/// ```
///
/// Names start with a letter, `_` or `$`: `type`, `source`, `$eventType`, `$body.$metadata.$model`. Texts stand in
/// single quotes, with a backslash before a quote or a backslash. Keywords are the same in any case.
struct EventFilter {
  private let tokens: [EventFilterToken]
  private var at = 0
  private var depth = 0

  /// - Throws: `eventRouteFilterInvalid`, saying at which character.
  static func check(_ text: String) throws(AzureError) {
    guard text.utf8.count <= GraphLimits.eventRouteTextBytes else {
      throw AzureError(
        .eventRouteFilterInvalid, "A filter has at most \(GraphLimits.eventRouteTextBytes) bytes.")
    }
    var filter = EventFilter(tokens: try EventFilterToken.all(of: text))
    try filter.expression()
    if filter.next.kind != .end { throw filter.unexpected("AND, OR or the end") }
  }

  private init(tokens: [EventFilterToken]) { self.tokens = tokens }

  private var next: EventFilterToken { tokens[min(at, tokens.count - 1)] }

  private func unexpected(_ wanted: String) -> AzureError {
    AzureError(
      .eventRouteFilterInvalid,
      "The filter has \(next) at character \(next.offset + 1), where \(wanted) should be.")
  }

  private mutating func eat(_ kind: EventFilterToken.Kind) -> Bool {
    guard next.kind == kind else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ kind: EventFilterToken.Kind, _ wanted: String) throws(AzureError) {
    guard eat(kind) else { throw unexpected(wanted) }
  }

  private mutating func expression() throws(AzureError) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= AzureLimits.filterNesting else {
      throw AzureError(
        .eventRouteFilterInvalid, "The filter nests deeper than \(AzureLimits.filterNesting) levels.")
    }
    repeat {
      repeat { try condition() } while eat(.word("AND"))
    } while eat(.word("OR"))
  }

  private mutating func condition() throws(AzureError) {
    while eat(.word("NOT")) {}
    if eat(.sign("(")) {
      try expression()
      return try expect(.sign(")"), "a closing parenthesis")
    }
    for function in ["STARTS_WITH", "ENDS_WITH", "CONTAINS"] where eat(.word(function)) {
      try expect(.sign("("), "an opening parenthesis")
      try operand()
      try expect(.sign(","), "a comma")
      try operand()
      return try expect(.sign(")"), "a closing parenthesis")
    }
    let isTruth = next.kind == .word("TRUE") || next.kind == .word("FALSE")
    try operand()
    for sign in ["=", "!=", "<", "<=", ">", ">="] where eat(.sign(sign)) { return try operand() }
    let isDenied = eat(.word("NOT"))
    if eat(.word("IN")) { return try list() }
    if isDenied || !isTruth { throw unexpected(isDenied ? "IN" : "a comparison") }
  }

  private mutating func list() throws(AzureError) {
    try expect(.sign("["), "an opening bracket")
    repeat {
      guard eat(.literal) else { throw unexpected("a text or a number") }
    } while eat(.sign(","))
    try expect(.sign("]"), "a closing bracket")
  }

  private mutating func operand() throws(AzureError) {
    if eat(.literal) { return }
    guard case .word(let word) = next.kind, !Self.reserved.contains(word) else {
      throw unexpected("a name, a text or a number")
    }
    at += 1
    while eat(.sign(".")) {
      guard case .word = next.kind else { throw unexpected("a name") }
      at += 1
    }
  }

  private static let reserved: Set<String> = ["AND", "OR", "NOT", "IN"]
}
