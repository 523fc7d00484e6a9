import TwinEngine
import TwinGraph
import TwinValues

/// The ETags of `If-Match` or `If-None-Match` (RFC 9110, §13.1). Ours are weak and name the last change.
struct ETagList: Sendable {
  /// `*`.
  let isAny: Bool
  /// The sequences that the tags name; tags that are not ours match nothing and are left out.
  let sequences: [UInt64]

  /// Reads a list; `nil` when it is none.
  init?(_ text: String) {
    var rest = text.utf8[...]
    var sequences: [UInt64] = []
    var isAny = false
    var count = 0
    while true {
      while let byte = rest.first, byte == 32 || byte == 9 || byte == 44 { rest.removeFirst() }
      guard let byte = rest.first else { break }
      count += 1
      if byte == UInt8(ascii: "*") {
        rest.removeFirst()
        isAny = true
        continue
      }
      if rest.starts(with: "W/".utf8) { rest.removeFirst(2) }
      guard rest.first == UInt8(ascii: "\""),
        let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\""))
      else { return nil }
      let tag = String(Substring(rest[rest.index(after: rest.startIndex)..<end]))
      if let sequence = UInt64(tag, radix: 16) { sequences.append(sequence) }
      rest = rest[rest.index(after: end)...]
      if let next = rest.first, next != 32, next != 9, next != 44 { return nil }
    }
    guard count > 0, !isAny || count == 1 else { return nil }
    self.isAny = isAny
    self.sequences = sequences
  }

  /// Whether it holds for a thing whose last change this is; `nil` for one that does not exist.
  func matches(_ current: UInt64?) -> Bool {
    guard let current else { return false }
    return isAny || sequences.contains(current)
  }
}
