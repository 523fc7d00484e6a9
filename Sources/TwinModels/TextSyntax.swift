/// The syntax of values that JSON carries as strings: RFC 3339 dates and times, ISO 8601 durations, RFC 4648
/// base64, RFC 9562 UUIDs, XSD decimals.
///
/// Each check walks the bytes once and allocates nothing.
enum TextSyntax {
  /// A full date, `2018-06-04`, with the days that its month has.
  static func isDate(_ text: String) -> Bool {
    scan(text) { $0.date() }
  }

  /// A date and time with `Z` or an offset, `2018-06-04T18:00:00+09:00`.
  static func isDateTime(_ text: String) -> Bool {
    scan(text) { $0.date() && $0.eat("T") && $0.time() }
  }

  /// A time with `Z` or an offset, `18:00:00Z`.
  static func isTime(_ text: String) -> Bool {
    scan(text) { $0.time() }
  }

  /// A duration, `P3DT4H`: years and months, or weeks, then days, then a time; only the last number may have a
  /// fraction.
  static func isDuration(_ text: String) -> Bool {
    scan(text) { $0.duration() }
  }

  /// Base64 with padding.
  static func isBase64(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count % 4 == 0 else { return false }
      var padding = 0
      while padding < 2, padding < bytes.count, bytes[bytes.count - 1 - padding] == UInt8(ascii: "=") {
        padding += 1
      }
      return bytes.dropLast(padding).allSatisfy { c in
        (c | 0x20) &- 0x61 < 26 || c &- 48 < 10 || c == UInt8(ascii: "+") || c == UInt8(ascii: "/")
      }
    }
  }

  /// A UUID in its canonical form, either case.
  static func isUUID(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count == 36 else { return false }
      for (i, c) in bytes.enumerated() {
        if i == 8 || i == 13 || i == 18 || i == 23 {
          guard c == UInt8(ascii: "-") else { return false }
        } else {
          guard c &- 48 < 10 || (c | 0x20) &- 0x61 < 6 else { return false }
        }
      }
      return true
    }
  }

  /// A decimal: a sign or none, digits without leading zeros, perhaps a point and digits.
  static func isDecimal(_ text: String) -> Bool {
    scan(text) { $0.decimal() }
  }

  private static func scan(_ text: String, _ body: (inout Scanner) -> Bool) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var scanner = Scanner(bytes: bytes)
      return body(&scanner) && scanner.isAtEnd
    }
  }
}

extension TextSyntax {
  private struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func eat(_ character: Unicode.Scalar) -> Bool {
      guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
      at += 1
      return true
    }

    /// A number of exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
      guard at + count <= bytes.count else { return nil }
      var value = 0
      for _ in 0..<count {
        let digit = bytes[at] &- 48
        guard digit < 10 else { return nil }
        value = value * 10 + Int(digit)
        at += 1
      }
      return value
    }

    /// Digits, as many as there are; whether there were any.
    mutating func digits() -> Bool {
      let start = at
      while at < bytes.count, bytes[at] &- 48 < 10 { at += 1 }
      return at > start
    }

    mutating func date() -> Bool {
      guard let year = number(4), year > 0, eat("-"), let month = number(2), (1...12).contains(month),
        eat("-"),
        let day = number(2), day > 0
      else { return false }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let days = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
      return day <= days
    }

    mutating func time() -> Bool {
      guard let hour = number(2), hour < 24, eat(":"), let minute = number(2), minute < 60, eat(":"),
        let second = number(2), second < 60
      else { return false }
      if eat("."), !digits() { return false }
      if eat("Z") { return true }
      guard eat("+") || eat("-"), let hours = number(2), hours < 24, eat(":"), let minutes = number(2) else {
        return false
      }
      return minutes < 60
    }

    mutating func decimal() -> Bool {
      if !eat("+") { _ = eat("-") }
      let start = at
      guard digits() else { return false }
      if at - start > 1, bytes[start] == 48 { return false }
      if eat(".") { _ = digits() }
      return true
    }

    mutating func duration() -> Bool {
      guard eat("P") else { return false }
      let dates = components("YMWD")
      guard let dates, !(dates.contains("W") && (dates.contains("Y") || dates.contains("M"))) else {
        return false
      }
      if eat("T") {
        guard let times = components("HMS"), !times.isEmpty else { return false }
        return true
      }
      return !dates.isEmpty
    }

    /// Numbers with letters, in the order of `letters`, each at most once; `nil` where that is broken or a
    /// fraction stands before the end of the text.
    private mutating func components(_ letters: String) -> [Character]? {
      var found: [Character] = []
      var rest = letters[...]
      while at < bytes.count, bytes[at] &- 48 < 10 {
        _ = digits()
        let hasFraction = eat(".")
        if hasFraction, !digits() { return nil }
        guard at < bytes.count else { return nil }
        let letter = Character(Unicode.Scalar(bytes[at]))
        at += 1
        guard let position = rest.firstIndex(of: letter) else { return nil }
        rest = rest[rest.index(after: position)...]
        found.append(letter)
        if hasFraction, !isAtEnd { return nil }
      }
      return found
    }
  }
}
