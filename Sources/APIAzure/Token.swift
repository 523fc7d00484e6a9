import TwinValues

/// An opaque text that says where a listing or a query goes on: parts without line feeds, in hexadecimal.
struct Token {
  let parts: [String]

  init(_ parts: [String]) { self.parts = parts }

  /// Reads a token.
  /// - Throws: `badRequest` for a text that is none, or not of so many parts.
  init(_ text: String, parts count: Int) throws(AzureError) {
    let decoded = Hexadecimal.decode(text).flatMap { String(validating: $0, as: UTF8.self) }
    let parts = decoded?.split(separator: "\n", maxSplits: count - 1, omittingEmptySubsequences: false) ?? []
    guard parts.count == count else {
      throw AzureError(.badRequest, "This is not a continuation token.")
    }
    self.parts = parts.map(String.init)
  }

  /// The token as text.
  var text: String { Hexadecimal.encode(parts.joined(separator: "\n").utf8) }
}
