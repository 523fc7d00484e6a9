import TwinValues

/// What a request asks for: a path and a query, both checked.
///
/// `raw` is what was sent. Only what can be read in one way gets this far: every `%` starts two digits, no byte is
/// 0, the text is UTF-8, and no segment is `.` or `..`, plain or encoded. An encoded slash (`%2F`) does not
/// separate; it becomes part of its segment. A value type; any thread.
public struct RequestTarget: Sendable, Equatable, CustomStringConvertible {
  /// Path and query as sent, e.g. `/digitaltwins/a%2Fb?api-version=2023-10-31`. `*` for `OPTIONS *`.
  public let raw: String
  private let pathLength: Int

  /// Reads path and query; `nil` when they break the rules above.
  public init?(_ raw: String) {
    guard let target = try? RequestTarget(checking: raw) else { return nil }
    self = target
  }

  init(checking raw: String) throws(NetRefusal) {
    self.raw = raw
    var raw = raw
    var length = 0
    let problem = raw.withUTF8 { RequestTarget.problem($0, pathLength: &length) }
    pathLength = length
    if let problem { throw .malformed(problem) }
  }

  /// The path as sent.
  public var rawPath: Substring { raw.utf8.prefix(pathLength).asText }

  /// The query as sent, without its `?`; `nil` when there is no `?`.
  public var rawQuery: Substring? {
    pathLength == raw.utf8.count ? nil : raw.utf8.dropFirst(pathLength + 1).asText
  }

  /// The path's segments, decoded: `["digitaltwins", "a/b"]`. `/` has none; a slash at the end gives an empty one.
  public var segments: [String] {
    let path = raw.utf8.prefix(pathLength)
    if path.count <= 1 { return [] }
    return path.dropFirst().split(separator: 47, omittingEmptySubsequences: false).map {
      PercentCoding.decode($0) ?? ""
    }
  }

  /// The query's items in order, decoded; `+` is a space. An item without `=` has an empty value.
  public var query: [(name: String, value: String)] {
    guard let rawQuery else { return [] }
    return rawQuery.utf8.split(separator: 38).map { item in
      let name = item.prefix { $0 != 61 }
      return (
        PercentCoding.decode(name, plusIsSpace: true) ?? "",
        PercentCoding.decode(item.dropFirst(name.count + 1), plusIsSpace: true) ?? ""
      )
    }
  }

  /// The value of the first query item of that name.
  public func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The target as sent.
  public var description: String { raw }

  /// The first thing that is wrong; `nil` when nothing is. Sets the path's length.
  private static func problem(_ bytes: UnsafeBufferPointer<UInt8>, pathLength: inout Int) -> String? {
    pathLength = bytes.count
    if bytes.count == 1, bytes[0] == 42 { return nil }
    guard bytes.first == 47 else { return "the target must start with a slash" }
    var hasEscape = false
    for (index, byte) in bytes.enumerated() {
      // Visible ASCII only, less what no URI may hold unencoded.
      if byte <= 32 || byte >= 127 { return "the target has a byte that must be percent-encoded" }
      switch byte {
      case 63 where pathLength == bytes.count: pathLength = index
      case 35: return "the target has a fragment"
      case 34, 60, 62, 92, 94, 96, 123, 124, 125:
        if pathLength == bytes.count { return "the path has a character that must be percent-encoded" }
      case 37: hasEscape = true
      default: break
      }
    }
    if hasEscape, PercentCoding.decode(bytes)?.utf8.contains(0) ?? true {
      return "the target has a broken percent-encoding"
    }
    var start = 1
    for index in 1...max(1, pathLength) where index == pathLength || index < pathLength && bytes[index] == 47
    {
      if isDots(bytes[min(start, index)..<index]) { return "the path has a dot segment" }
      start = index + 1
    }
    return nil
  }

  /// `.`, `..` and their encoded forms.
  private static func isDots(_ segment: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    if segment.isEmpty || segment.count > 6 || segment.first != 46 && segment.first != 37 { return false }
    let text = PercentCoding.decode(segment)
    return text == "." || text == ".."
  }
}

extension Substring.UTF8View {
  /// The same as text; the ends must lie between characters.
  fileprivate var asText: Substring { Substring(self) }
}
