import TwinValues

/// Reads tokens by recursive descent. Names are resolved afterwards (`Query.checked`).
struct Parser {
  private let tokens: [Token]
  private(set) var at = 0
  private var depth = 0
  var arithmeticCount = 0
  /// The token after a condition that is no more than a path: there an operator may have been meant.
  var endOfBarePath: Int?
  /// Grows as FROM, JOIN and MATCH name things.
  var collections: [Query.Collection] = []

  init(_ tokens: [Token]) { self.tokens = tokens }

  // MARK: Tokens

  var token: Token { tokens[at] }

  func ahead(_ count: Int) -> Token { tokens[min(at + count, tokens.count - 1)] }

  var spot: Spot { Spot(offset: token.start) }

  mutating func advance() { at = min(at + 1, tokens.count - 1) }

  func isSign(_ sign: String) -> Bool { token.kind == .sign(sign) }

  mutating func eat(sign: String) -> Bool {
    guard isSign(sign) else { return false }
    advance()
    return true
  }

  mutating func eat(_ keyword: String) -> Bool {
    guard token.keyword == keyword else { return false }
    advance()
    return true
  }

  mutating func need(sign: String) throws(QueryFault) {
    guard eat(sign: sign) else { throw expected("\"\(sign)\"") }
  }

  mutating func need(_ keyword: String) throws(QueryFault) {
    guard eat(keyword) else { throw expected(keyword, candidates: [keyword]) }
  }

  /// The fault of a token that doesn't fit, with the keyword it may have been meant to be.
  func expected(_ what: String, candidates: [String] = []) -> QueryFault {
    var message = "Expected \(what), found \(token.shown)"
    if case .word(let word) = token.kind, let guess = nearest(word, candidates) {
      message += "; did you mean \(guess)?"
    }
    return QueryFault(message, at: token.start)
  }

  /// A name: any word that is not reserved, or anything in double square brackets.
  mutating func name(_ what: String) throws(QueryFault) -> String {
    switch token.kind {
    case .escaped(let name):
      advance()
      return name
    case .word(let word):
      guard !reservedWords.contains(word.uppercased()) else {
        throw QueryFault(
          "Expected \(what), found the reserved word \(word)", at: token.start,
          advice: "To use it as a name, write [[\(word)]].")
      }
      advance()
      return word
    default: throw expected(what)
    }
  }

  mutating func count(_ what: String) throws(QueryFault) -> Int {
    guard case .integer(let value) = token.kind, let count = Int(exactly: value) else {
      throw expected(what)
    }
    advance()
    return count
  }

  mutating func text(_ what: String) throws(QueryFault) -> String {
    guard case .string(let text) = token.kind else { throw expected(what) }
    advance()
    return text
  }

  /// Runs `body` one level deeper.
  mutating func nested<R>(_ body: (inout Parser) throws(QueryFault) -> R) throws(QueryFault) -> R {
    guard depth < QueryLimits.nesting else {
      throw QueryFault("The query nests deeper than \(QueryLimits.nesting) levels", at: token.start)
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  /// One item, then more of them after commas.
  mutating func list<R>(
    of what: String, atMost limit: Int, _ item: (inout Parser) throws(QueryFault) -> R
  ) throws(QueryFault) -> [R] {
    var items: [R] = []
    repeat {
      guard items.count < limit else {
        throw QueryFault("A query has at most \(limit) \(what)", at: token.start)
      }
      items.append(try item(&self))
    } while eat(sign: ",")
    return items
  }
}
