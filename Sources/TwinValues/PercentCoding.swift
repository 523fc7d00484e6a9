/// Percent-encoding of URIs (RFC 3986, §2.1), strictly: nothing is repaired.
public enum PercentCoding {
  /// The text that an encoded one stands for.
  /// - Parameters:
  ///   - encoded: A path segment, or a name or value of a query string.
  ///   - plusIsSpace: Whether `+` stands for a space, as it does in a query string.
  /// - Returns: `nil` when a `%` is not followed by two hexadecimal digits, when a byte may not stand in a URI as
  ///   it is, or when the result is not UTF-8.
  @inlinable
  public static func decode(_ encoded: some Collection<UInt8>, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encoded.count)
    var rest = encoded.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(Hexadecimal.digit),
          let low = rest.next().flatMap(Hexadecimal.digit)
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      case 0x21...0x7e: bytes.append(byte)
      default: return nil
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The text with everything but letters, digits, `-`, `.`, `_` and `~` percent-encoded, as a path segment, a query
  /// string's value and a form's field need it.
  public static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.append(byte)
      default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
