import TwinGraph
import TwinValues

/// Reads the filter of an event route, by the grammar that stands with `EventFilter`.
struct EventFilterParser {
  private let tokens: [EventFilterToken]
  private var at = 0
  private var depth = 0

  /// - Throws: `invalidEventFilter`, saying at which character.
  static func condition(of text: String) throws(NuriError) -> EventFilter.Condition {
    guard text.utf8.count <= GraphLimits.eventRouteTextBytes else {
      throw NuriError(
        .invalidEventFilter, "A filter has at most \(GraphLimits.eventRouteTextBytes) bytes.")
    }
    var parser = EventFilterParser(tokens: try EventFilterToken.all(of: text))
    let condition = try parser.expression()
    if parser.next.kind != .end { throw parser.unexpected("AND, OR or the end") }
    return condition
  }

  private init(tokens: [EventFilterToken]) { self.tokens = tokens }

  private var next: EventFilterToken { tokens[min(at, tokens.count - 1)] }

  private func unexpected(_ wanted: String) -> NuriError {
    NuriError(
      .invalidEventFilter,
      "The filter has \(next) at character \(next.offset + 1), where \(wanted) should be.")
  }

  private mutating func eat(_ sign: String) -> Bool {
    guard next.kind == .sign(sign) else { return false }
    at += 1
    return true
  }

  private mutating func eat(keyword: String) -> Bool {
    guard next.isKeyword(keyword) else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ sign: String, _ wanted: String) throws(NuriError) {
    guard eat(sign) else { throw unexpected(wanted) }
  }

  private mutating func deeper() throws(NuriError) {
    depth += 1
    guard depth <= EngineLimits.eventFilterNesting else {
      throw NuriError(
        .invalidEventFilter, "The filter nests deeper than \(EngineLimits.eventFilterNesting) levels.")
    }
  }

  private mutating func expression() throws(NuriError) -> EventFilter.Condition {
    try deeper()
    defer { depth -= 1 }
    var whole: EventFilter.Condition?
    repeat {
      var part = try condition()
      while eat(keyword: "AND") { part = .both(part, try condition()) }
      whole = whole.map { .either($0, part) } ?? part
    } while eat(keyword: "OR")
    return whole ?? .constant(false)
  }

  private mutating func condition() throws(NuriError) -> EventFilter.Condition {
    if eat(keyword: "NOT") {
      try deeper()
      defer { depth -= 1 }
      return .not(try condition())
    }
    if eat("(") {
      let inner = try expression()
      try expect(")", "a closing parenthesis")
      return inner
    }
    for test in EventFilter.TextTest.allCases where eat(keyword: test.rawValue) {
      try expect("(", "an opening parenthesis")
      let text = try operand()
      try expect(",", "a comma")
      let part = try operand()
      try expect(")", "a closing parenthesis")
      return .text(test, text, part)
    }
    return try comparison()
  }

  private mutating func comparison() throws(NuriError) -> EventFilter.Condition {
    let first = try operand()
    for comparison in EventFilter.Comparison.allCases where eat(comparison.rawValue) {
      return .compare(first, comparison, try operand())
    }
    let isDenied = eat(keyword: "NOT")
    if eat(keyword: "IN") {
      let condition = EventFilter.Condition.oneOf(first, try list())
      return isDenied ? .not(condition) : condition
    }
    if !isDenied, case .literal(.bool(let holds)) = first { return .constant(holds) }
    throw unexpected(isDenied ? "IN" : "a comparison")
  }

  private mutating func list() throws(NuriError) -> [EventFilter.Value] {
    try expect("[", "an opening bracket")
    var values: [EventFilter.Value] = []
    repeat {
      guard case .literal(let value) = next.kind else { throw unexpected("a text or a number") }
      at += 1
      values.append(value)
    } while eat(",")
    try expect("]", "a closing bracket")
    return values
  }

  private mutating func operand() throws(NuriError) -> EventFilter.Operand {
    if case .literal(let value) = next.kind {
      at += 1
      return .literal(value)
    }
    guard case .word(let word) = next.kind, !Self.reserved.contains(word.uppercased()) else {
      throw unexpected("a name, a text or a number")
    }
    at += 1
    if next.kind != .sign("."), let constant = Self.constants[word.uppercased()] { return .literal(constant) }
    var names = [word]
    while eat(".") {
      guard case .word(let name) = next.kind else { throw unexpected("a name") }
      at += 1
      names.append(name)
    }
    return .name(names)
  }

  private static let reserved: Set<String> = ["AND", "OR", "NOT", "IN"]
  private static let constants: [String: EventFilter.Value] = [
    "TRUE": .bool(true), "FALSE": .bool(false), "NULL": .null,
  ]
}
