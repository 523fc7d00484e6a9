/// Swift text with comments and the insides of strings replaced by spaces, line for line.
struct Blanked {
  private let bytes: [UInt8]
  private var out: [UInt8]
  private var at = 0

  static func text(_ text: String) -> String {
    var blanked = Blanked(bytes: Array(text.utf8))
    blanked.code(until: nil)
    return String(decoding: blanked.out, as: UTF8.self)
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
    out = bytes
  }

  private func starts(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard at + count <= bytes.count else { return false }
    return (0..<count).allSatisfy { bytes[at + $0] == text.utf8Start[$0] }
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where at < bytes.count {
      if bytes[at] != UInt8(ascii: "\n") { out[at] = UInt8(ascii: " ") }
      at += 1
    }
  }

  /// Code up to the parenthesis that closes an interpolation, or to the end.
  private mutating func code(until close: UInt8?) {
    var depth = 0
    while at < bytes.count {
      if starts("//") {
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { blank() }
      } else if starts("/*") {
        while at < bytes.count, !starts("*/") { blank() }
        blank(2)
      } else if let hashes = hashesBeforeQuote() {
        string(hashes)
      } else {
        if bytes[at] == UInt8(ascii: "(") { depth += 1 }
        if bytes[at] == UInt8(ascii: ")") { depth -= 1 }
        if let close, bytes[at] == close, depth < 0 { return }
        at += 1
      }
    }
  }

  private func hashesBeforeQuote() -> Int? {
    var end = at
    while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
    return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - at : nil
  }

  /// A string from its first hash or quote on; the quotes stay, what is between them goes.
  private mutating func string(_ hashes: Int) {
    at += hashes
    let isLong = starts("\"\"\"")
    let quotes = isLong ? 3 : 1
    at += quotes
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\\"), hasHashes(hashes, from: at + 1) {
        blank(1 + hashes)
        if at < bytes.count, bytes[at] == UInt8(ascii: "(") {
          blank()
          let start = at
          code(until: UInt8(ascii: ")"))
          let end = at
          at = start
          blank(end - start)
        }
        blank()
      } else if isLong ? starts("\"\"\"") : bytes[at] == UInt8(ascii: "\""),
        hasHashes(hashes, from: at + quotes)
      {
        at += quotes + hashes
        return
      } else {
        blank()
      }
    }
  }

  private func hasHashes(_ count: Int, from start: Int) -> Bool {
    start + count <= bytes.count && (0..<count).allSatisfy { bytes[start + $0] == UInt8(ascii: "#") }
  }
}
