/// A word or sign of an event route's filter.
struct EventFilterToken: CustomStringConvertible {
  enum Kind: Equatable {
    /// A name or keyword, in capitals: the filter's grammar does not depend on case.
    case word(String)
    /// A text or a number.
    case literal
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

  /// The tokens of a filter, the last of them `end`.
  /// - Throws: `eventRouteFilterInvalid`.
  static func all(of text: String) throws(AzureError) -> [EventFilterToken] {
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

  private static func next(_ scalars: [Unicode.Scalar], _ at: inout Int) throws(AzureError) -> Kind {
    let start = at
    at += 1
    switch scalars[start] {
    case "a"..."z", "A"..."Z", "_", "$":
      while at < scalars.count, continuesWord(scalars[at]) { at += 1 }
      return .word(String(String.UnicodeScalarView(scalars[start..<at])).uppercased())
    case "0"..."9", "-", "+":
      while at < scalars.count, ("0"..."9").contains(scalars[at]) || scalars[at] == "." { at += 1 }
      guard Double(String(String.UnicodeScalarView(scalars[start..<at]))) != nil else {
        throw fault("no number", start)
      }
      return .literal
    case "'":
      while at < scalars.count, scalars[at] != "'" { at += scalars[at] == "\\" ? 2 : 1 }
      guard at < scalars.count else { throw fault("a text without its closing quote", start) }
      at += 1
      return .literal
    case "(", ")", "[", "]", ",", ".", "=": return .sign(String(scalars[start]))
    case "!", "<", ">":
      let isLong = at < scalars.count && scalars[at] == "="
      if isLong { at += 1 }
      guard isLong || scalars[start] != "!" else { throw fault("a \"!\" without its \"=\"", start) }
      return .sign(String(scalars[start]) + (isLong ? "=" : ""))
    default: throw fault("a character that filters do not have", start)
    }
  }

  private static func fault(_ what: String, _ offset: Int) -> AzureError {
    AzureError(.eventRouteFilterInvalid, "The filter has \(what) at character \(offset + 1).")
  }

  private static func continuesWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "$": true
    default: false
    }
  }
}
