/// `%41` and back.
enum PercentCoding {
  /// Decodes; `nil` when a `%` is not followed by two digits, or when a byte of 0 or broken UTF-8 comes out.
  static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = false) -> String? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var rest = bytes.makeIterator()
    while let byte = rest.next() {
      if byte == 37 {
        guard let high = rest.next().flatMap(ASCII.hexValue), let low = rest.next().flatMap(ASCII.hexValue)
        else {
          return nil
        }
        out.append(high << 4 | low)
      } else {
        out.append(plusIsSpace && byte == 43 ? ASCII.space : byte)
      }
    }
    if out.contains(0) { return nil }
    return String(validating: out, as: UTF8.self)
  }

  /// Encodes all but RFC 3986's unreserved characters, as a path segment or a query item needs it.
  static func encode(_ text: String) -> String {
    var out: [UInt8] = []
    for byte in text.utf8 {
      if ASCII.isDigit(byte) || ASCII.isLetter(byte) || "-._~".utf8.contains(byte) {
        out.append(byte)
      } else {
        out.append(37)
        for digit in [byte >> 4, byte & 15] { out.append(digit < 10 ? 48 + digit : 55 + digit) }
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
