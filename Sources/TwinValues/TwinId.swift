/// Rules for the ids of twins and relationships.
///
/// Azure Digital Twins allows up to 128 characters; Nuri takes the same length (counted in UTF-8 bytes) and
/// any letters, so that Korean ids work, but no white space, control characters, quotes, or slashes.
public enum TwinId {
  /// Longest id, in UTF-8 bytes.
  public static let maximumBytes = 128

  /// Checks an id.
  /// - Throws: `NuriError` with code `invalidId`.
  public static func check(_ id: String) throws(NuriError) {
    guard !id.isEmpty, id.utf8.count <= maximumBytes else {
      throw NuriError(
        .invalidId, "The id \"\(id.prefix(140))\" has \(id.utf8.count) bytes; an id has 1 to \(maximumBytes)."
      )
    }
    for scalar in id.unicodeScalars where isForbidden(scalar) {
      throw NuriError(
        .invalidId, "The id \"\(id)\" has a character that ids may not have: U+\(hex(scalar.value)).",
        advice: "Leave out white space, control characters, quotes, slashes and angle brackets.")
    }
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x20, 0x22, 0x2f, 0x3c, 0x3e, 0x5c, 0x60, 0x7f...0xa0: true
    default: scalar.value > 0x7f && scalar.properties.isWhitespace
    }
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
