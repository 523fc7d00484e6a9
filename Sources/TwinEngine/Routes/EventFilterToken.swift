import TwinValues

/// A word or sign of an event route's filter.
struct EventFilterToken: CustomStringConvertible {
  enum Kind: Equatable {
    /// A name or keyword.
    case word(String)
    /// A text or a number.
    case literal(EventFilter.Value)
    case sign(String)
    case end
  }

  let kind: Kind
  /// Which character it starts at.
  let offset: Int

  /// The token as an error calls it.
  var description: String {
    switch kind {
    case .word(let word): "\"\(word.prefix(40))\""
    case .literal: "a text or number"
    case .sign(let sign): "\"\(sign)\""
    case .end: "its end"
    }
  }

  /// Whether it is a keyword, in capitals or not.
  func isKeyword(_ keyword: String) -> Bool {
    if case .word(let word) = kind { return word.uppercased() == keyword }
    return false
  }

  /// The tokens of a filter, the last of them `end`.
  /// - Throws: `invalidEventFilter`.
  static func all(of text: String) throws(NuriError) -> [EventFilterToken] {
    let scalars = Array(text.unicodeScalars)
    var tokens: [EventFilterToken] = []
    var at = 0
    while true {
      while at < scalars.count, scalars[at].properties.isWhitespace { at += 1 }
      guard at < scalars.count else {
        return tokens + [EventFilterToken(kind: .end, offset: at)]
      }
      let start = at
      let kind = try next(scalars, &at)
      tokens.append(EventFilterToken(kind: kind, offset: start))
    }
  }

  private static func next(_ scalars: [Unicode.Scalar], _ at: inout Int) throws(NuriError) -> Kind {
    let start = at
    at += 1
    switch scalars[start] {
    case "a"..."z", "A"..."Z", "_", "$":
      while at < scalars.count, continuesWord(scalars[at]) { at += 1 }
      return .word(String(String.UnicodeScalarView(scalars[start..<at])))
    case "0"..."9", "-", "+":
      while at < scalars.count, ("0"..."9").contains(scalars[at]) || scalars[at] == "." { at += 1 }
      guard let number = Double(String(String.UnicodeScalarView(scalars[start..<at]))) else {
        throw fault("no number", start)
      }
      return .literal(.number(number))
    case "'":
      var text = ""
      while at < scalars.count, scalars[at] != "'" {
        if scalars[at] == "\\" { at += 1 }
        if at < scalars.count { text.unicodeScalars.append(scalars[at]) }
        at += 1
      }
      guard at < scalars.count else { throw fault("a text without its closing quote", start) }
      at += 1
      return .literal(.text(text))
    case "(", ")", "[", "]", ",", ".", "=": return .sign(String(scalars[start]))
    case "!", "<", ">":
      let isLong = at < scalars.count && scalars[at] == "="
      if isLong { at += 1 }
      guard isLong || scalars[start] != "!" else { throw fault("a \"!\" without its \"=\"", start) }
      return .sign(String(scalars[start]) + (isLong ? "=" : ""))
    default: throw fault("a character that filters do not have", start)
    }
  }

  private static func fault(_ what: String, _ offset: Int) -> NuriError {
    NuriError(.invalidEventFilter, "The filter has \(what) at character \(offset + 1).")
  }

  private static func continuesWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "$": true
    default: false
    }
  }
}
