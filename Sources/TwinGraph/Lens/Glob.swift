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

  /// What every text it stands for begins with, up to eight bytes, and which of the eight that says something about.
  var head: (bytes: UInt64, mask: UInt64) {
    (parts.first ?? []).withUnsafeBufferPointer { Glob.head(of: $0) }
  }

  /// A text's first eight bytes, zeros behind its end, and which of them are its own.
  @inline(__always)
  static func head(of text: UnsafeBufferPointer<UInt8>) -> (bytes: UInt64, mask: UInt64) {
    if text.count >= 8 {
      return (UnsafeRawBufferPointer(text).loadUnaligned(as: UInt64.self).littleEndian, .max)
    }
    var bytes: UInt64 = 0
    for index in text.indices { bytes |= UInt64(text[index]) << UInt64(8 * index) }
    return (bytes, 1 << UInt64(8 * text.count) - 1)
  }

  /// Whether the pattern stands for a text.
  public func matches(_ text: String) -> Bool { text.withBytes { matches($0) } }

  /// Whether the pattern stands for a text in UTF-8.
  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = parts.first, let last = parts.last, bytes.has(first, at: 0) else { return false }
    if parts.count == 1 { return bytes.count == first.count }
    guard bytes.count >= first.count + last.count, bytes.has(last, at: bytes.count - last.count) else {
      return false
    }
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
  /// Whether a part stands at a place. Asked for every twin by every rule, so no more than a loop.
  @inline(__always)
  fileprivate func has(_ part: [UInt8], at place: Int) -> Bool {
    let length = part.count
    guard let base = baseAddress, place &+ length <= count else { return length == 0 && place <= count }
    return part.withUnsafeBufferPointer { part in
      var index = 0
      while index < length {
        if base[place &+ index] != part[index] { return false }
        index &+= 1
      }
      return true
    }
  }

  fileprivate func place(of part: [UInt8], from start: Int, to end: Int) -> Int? {
    var at = start
    while at + part.count <= end {
      if has(part, at: at) { return at }
      at += 1
    }
    return nil
  }
}
