/// File names in a log's folder: twenty digits of the first sequence, then the kind.
enum SegmentName {
  static let rawSuffix = ".nseg"
  static let sealedSuffix = ".nsealed"
  static let temporarySuffix = ".tmp"

  static func raw(_ first: UInt64) -> String { padded(first) + rawSuffix }
  static func sealed(_ first: UInt64) -> String { padded(first) + sealedSuffix }

  /// The name for a segment made ahead, other than the one in use.
  static func spare(other path: String?) -> String {
    let name = "spare-a.nseg.tmp"
    return path?.hasSuffix(name) ?? false ? "spare-b.nseg.tmp" : name
  }

  /// The first sequence in a name with `suffix`; `nil` when it is another kind of name.
  static func firstSequence(_ name: String, _ suffix: String) -> UInt64? {
    guard name.hasSuffix(suffix) else { return nil }
    let digits = name.dropLast(suffix.count)
    guard digits.utf8.count == 20, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return UInt64(digits)
  }

  /// Twenty digits, so that names sort as numbers do.
  static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits
  }
}
