/// An opaque text that says where a listing or a query goes on: parts without line feeds, in hexadecimal.
struct Token {
  let parts: [String]

  init(_ parts: [String]) { self.parts = parts }

  /// Reads a token.
  /// - Throws: `badRequest` for a text that is none, or not of so many parts.
  init(_ text: String, parts count: Int) throws(AzureError) {
    let digits = text.utf8.compactMap(PercentCoding.digit)
    var bytes: [UInt8] = []
    for at in stride(from: 0, to: digits.count - 1, by: 2) { bytes.append(digits[at] << 4 | digits[at + 1]) }
    let decoded = String(validating: bytes, as: UTF8.self)
    let parts = decoded?.split(separator: "\n", maxSplits: count - 1, omittingEmptySubsequences: false) ?? []
    guard digits.count == text.utf8.count, digits.count % 2 == 0, parts.count == count else {
      throw AzureError(.badRequest, "This is not a continuation token.")
    }
    self.parts = parts.map(String.init)
  }

  /// The token as text.
  var text: String {
    let digits = Array("0123456789abcdef".utf8)
    let bytes = parts.joined(separator: "\n").utf8.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
