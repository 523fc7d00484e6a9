/// A pattern for ids, names and paths: `*` stands for any number of characters, everything else for itself.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
  /// The pattern as it was written.
  public let text: String
  /// What stands between the stars.
  private let parts: [[UInt8]]

  /// Makes a pattern.
  public init(_ text: String) {
    self.text = text
    parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map { Array($0) }
  }

  /// The pattern as it was written.
  public var description: String { text }

  /// The only text the pattern stands for; `nil` when it has a star.
  public var exact: String? { parts.count == 1 ? text : nil }

  /// Whether the pattern stands for a text.
  public func matches(_ text: String) -> Bool { text.withBytes { matches($0) } }

  /// Whether the pattern stands for a text in UTF-8.
  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = parts.first, let last = parts.last, bytes.starts(with: first) else { return false }
    if parts.count == 1 { return bytes.count == first.count }
    guard bytes.count >= first.count + last.count, bytes.hasSuffix(last) else { return false }
    // Between the ends each part takes its first place: what follows has then the most room.
    var at = first.count
    let end = bytes.count - last.count
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = bytes.place(of: part, from: at, to: end) else { return false }
      at = found + part.count
    }
    return true
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func hasSuffix(_ part: [UInt8]) -> Bool {
    var at = count - part.count
    for byte in part {
      guard self[at] == byte else { return false }
      at += 1
    }
    return true
  }

  fileprivate func place(of part: [UInt8], from start: Int, to end: Int) -> Int? {
    var at = start
    while at + part.count <= end {
      if (0..<part.count).allSatisfy({ self[at + $0] == part[$0] }) { return at }
      at += 1
    }
    return nil
  }
}
