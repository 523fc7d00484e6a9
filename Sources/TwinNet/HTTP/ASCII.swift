/// Classes of bytes as HTTP's grammar has them.
enum ASCII {
  static let tab: UInt8 = 9
  static let lineFeed: UInt8 = 10
  static let carriageReturn: UInt8 = 13
  static let space: UInt8 = 32
  static let colon: UInt8 = 58

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }

  /// RFC 9110's `tchar`: letters, digits and ``!#$%&'*+-.^_`|~``, as a bit for each byte of ASCII.
  static func isToken(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte < 64 ? 0x03ff_6cfa_0000_0000 : byte < 128 ? 0x57ff_ffff_c7ff_fffe : 0
    return bits >> UInt64(byte & 63) & 1 != 0
  }

  /// RFC 3986's `unreserved`.
  static func isUnreserved(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == 45 || byte == 46 || byte == 95 || byte == 126
  }

  /// A byte a field's value may have: visible, space, tab, or beyond ASCII.
  static func isFieldValue(_ byte: UInt8) -> Bool { byte >= 32 && byte != 127 || byte == tab }

  static func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

  /// Whether the two are the same text but for the case of ASCII letters.
  static func equalIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    guard bytes.count == text.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where lower(bytes[index]) != lower(text.utf8Start[index]) { return false }
    return true
  }

  /// Whether the two are the same text but for the case of ASCII letters.
  static func equalIgnoringCase(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
    left.elementsEqual(right) { lower($0) == lower($1) }
  }

  /// Appends a number in decimal.
  static func append(_ number: Int, to bytes: inout [UInt8]) {
    if number < 10, number >= 0 {
      bytes.append(48 + UInt8(number))
      return
    }
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
      var first = 20
      var rest = number.magnitude
      repeat {
        first -= 1
        digits[first] = 48 + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[first...]))
    }
  }
}
