import TwinValues

/// Cuts a query text into tokens.
struct Lexer {
  private let text: [Unicode.Scalar]
  private var at = 0

  init(_ text: [Unicode.Scalar]) { self.text = text }

  mutating func run() throws(QueryFault) -> [Token] {
    var tokens: [Token] = []
    while true {
      while at < text.count, text[at].properties.isWhitespace { at += 1 }
      let start = at
      guard at < text.count else {
        tokens.append(Token(kind: .end, start: at, end: at))
        return tokens
      }
      let kind = try next()
      tokens.append(Token(kind: kind, start: start, end: at))
    }
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    at + ahead < text.count ? text[at + ahead] : nil
  }

  private mutating func next() throws(QueryFault) -> Token.Kind {
    let c = text[at]
    if Self.startsName(c) { return .word(name()) }
    switch c {
    case "0"..."9": return try number()
    case "'", "\"": return .string(try string(quote: c))
    case "{": return .json(try json())
    case "[" where peek(1) == "[": return .escaped(try escapedName())
    default: return .sign(try sign())
    }
  }

  /// Letters of any script, `_`, and `$` for `$dtId` and its like.
  static func startsName(_ c: Unicode.Scalar) -> Bool {
    switch c {
    case "a"..."z", "A"..."Z", "_", "$": true
    default: c.value > 0x7f && c.properties.isAlphabetic
    }
  }

  static func continuesName(_ c: Unicode.Scalar) -> Bool {
    startsName(c) || ("0"..."9").contains(c)
      || c.value > 0x7f && (c.properties.numericType != nil || c.properties.isIDContinue)
  }

  /// Whether a name can stand in a query without double square brackets (reserved words aside).
  static func isPlain(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, startsName(first) else { return false }
    return name.unicodeScalars.allSatisfy(continuesName)
  }

  private mutating func name() -> String {
    var word = String.UnicodeScalarView()
    while let c = peek(), Self.continuesName(c) {
      word.append(c)
      at += 1
    }
    return String(word)
  }

  private mutating func escapedName() throws(QueryFault) -> String {
    let start = at
    at += 2
    var name = String.UnicodeScalarView()
    while let c = peek() {
      if c == "]", peek(1) == "]" {
        at += 2
        guard !name.isEmpty else { throw QueryFault("There is no name between [[ and ]]", at: start) }
        return String(name)
      }
      name.append(c)
      at += 1
    }
    throw QueryFault("This [[ has no ]]", at: start)
  }

  private mutating func number() throws(QueryFault) -> Token.Kind {
    let start = at
    digits()
    var isInteger = true
    if peek() == ".", let c = peek(1), ("0"..."9").contains(c) {
      isInteger = false
      at += 1
      digits()
    }
    if peek() == "e" || peek() == "E" {
      let hasSign = peek(1) == "+" || peek(1) == "-"
      if let c = peek(hasSign ? 2 : 1), ("0"..."9").contains(c) {
        isInteger = false
        at += hasSign ? 2 : 1
        digits()
      }
    }
    if let c = peek(), Self.startsName(c) {
      throw QueryFault(
        "A name can't start with a digit", at: start,
        advice: "Write such a name in double square brackets: [[1st]].")
    }
    let digits = String(String.UnicodeScalarView(text[start..<at]))
    if isInteger, let value = UInt64(digits) { return .integer(value) }
    guard let value = Double(digits), value.isFinite else {
      throw QueryFault("This number is too large", at: start)
    }
    return .number(value)
  }

  private mutating func digits() {
    while let c = peek(), ("0"..."9").contains(c) { at += 1 }
  }

  private mutating func string(quote: Unicode.Scalar) throws(QueryFault) -> String {
    let start = at
    at += 1
    var value = String.UnicodeScalarView()
    while let c = peek() {
      at += 1
      if c == quote {
        if peek() == quote {
          throw QueryFault(
            "A text ends where another starts", at: at,
            advice: "To have a quote inside a text, write \\\(quote).")
        }
        return String(value)
      }
      value.append(c == "\\" ? try escape() : c)
    }
    throw QueryFault("This text has no closing \(quote)", at: start)
  }

  /// The character after a backslash. Azure Digital Twins documents `\'`; the others are JSON's.
  private mutating func escape() throws(QueryFault) -> Unicode.Scalar {
    let backslash = at - 1
    guard let c = peek() else { throw QueryFault("The text ends inside an escape", at: backslash) }
    at += 1
    switch c {
    case "'", "\"", "\\", "/": return c
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "b": return "\u{8}"
    case "f": return "\u{c}"
    case "u": return try unicodeEscape(backslash)
    default:
      throw QueryFault(
        "There is no escape \\\(c)", at: backslash, advice: "Write \\\\ for a backslash and \\' for a quote.")
    }
  }

  private mutating func unicodeEscape(_ backslash: Int) throws(QueryFault) -> Unicode.Scalar {
    let high = try hex4(backslash)
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xdc00, peek() == "\\", peek(1) == "u" else {
      throw QueryFault("This is half of a surrogate pair", at: backslash)
    }
    at += 2
    let low = try hex4(backslash)
    guard low >= 0xdc00, low < 0xe000,
      let scalar = Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
    else { throw QueryFault("This is half of a surrogate pair", at: backslash) }
    return scalar
  }

  private mutating func hex4(_ backslash: Int) throws(QueryFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let c = peek(), c.isASCII, let digit = Character(c).hexDigitValue else {
        throw QueryFault("\\u needs four hexadecimal digits", at: backslash)
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }

  /// A JSON object: everything up to the brace that closes it.
  private mutating func json() throws(QueryFault) -> [UInt8] {
    let start = at
    var depth = 0
    var isInString = false
    while let c = peek() {
      at += 1
      if isInString {
        if c == "\\" { at += 1 } else if c == "\"" { isInString = false }
        continue
      }
      if c == "\"" { isInString = true }
      if c == "{" { depth += 1 }
      if c == "}" { depth -= 1 }
      if depth == 0 { break }
    }
    at = min(at, text.count)
    guard depth == 0 else { throw QueryFault("This { has no closing }", at: start) }
    do {
      let limits = JSONLimits(maximumDepth: QueryLimits.nesting)
      let document = try JSONDocument(String(String.UnicodeScalarView(text[start..<at])), limits: limits)
      var writer = JSONWriter()
      writer.node(document.root)
      return writer.bytes
    } catch {
      throw QueryFault(String(error.message.dropLast()), at: start)
    }
  }

  private mutating func sign() throws(QueryFault) -> String {
    let start = at
    let c = text[at]
    at += 1
    switch (c, peek()) {
    case ("!", "="), ("<", "="), (">", "="), (".", "."):
      at += 1
      return String(String.UnicodeScalarView(text[start..<at]))
    case ("<", ">"): throw QueryFault("There is no operator <>; did you mean !=?", at: start)
    case ("=", "="): throw QueryFault("There is no operator ==; did you mean =?", at: start)
    case ("@", _):
      throw QueryFault("A query has no parameters", at: start, advice: "Put the value itself where @ stands.")
    case ("(", _), (")", _), ("[", _), ("]", _), (",", _), (".", _), ("*", _), ("/", _), ("+", _), ("-", _),
      ("=", _), ("<", _), (">", _), (":", _), ("|", _):
      return String(c)
    default: throw QueryFault("This character has no meaning here: \(Character(c))", at: start)
    }
  }
}
