extension Substring {
  /// What follows a prefix in a path, when it is 1 to `limit` bytes that all stand for themselves there (RFC 3986's
  /// `unreserved`: nothing to decode, no further segment); else `nil`.
  public func plainName(after prefix: StaticString, atMost limit: Int) -> String? {
    let start = prefix.utf8CodeUnitCount
    var path = self
    return path.withUTF8 { bytes in
      guard bytes.count > start, bytes.count - start <= limit else { return nil }
      for index in 0..<start where bytes[index] != prefix.utf8Start[index] { return nil }
      for index in start..<bytes.count where !bytes[index].isUnreserved { return nil }
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[start...]), as: UTF8.self)
    }
  }
}

extension UInt8 {
  /// Whether it is a letter, a digit, `-`, `.`, `_` or `~`.
  fileprivate var isUnreserved: Bool {
    self &- 48 < 10 || (self | 0x20) &- 97 < 26 || self == 45 || self == 46 || self == 95 || self == 126
  }
}
