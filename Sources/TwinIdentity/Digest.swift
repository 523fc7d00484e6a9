import TwinValues

/// A SHA-256 value: 32 bytes.
///
/// Comparing two takes the same time whether and wherever they differ, so a stored digest may be compared with one
/// that a stranger chose.
public struct Digest: Hashable, Sendable {
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  /// Thirty-two zero bytes: what a chain of digests starts from.
  public static let zero = Digest(words: (0, 0, 0, 0))

  init(words: (UInt64, UInt64, UInt64, UInt64)) { (first, second, third, fourth) = words }

  /// Thirty-two bytes; `nil` for any other number of them.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    func word(_ at: Int) -> UInt64 { bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(words: (word(0), word(8), word(16), word(24)))
  }

  /// Sixty-four hexadecimal digits in lower case; `nil` for anything else.
  public init?(hex: String) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in hex.utf8 {
      let digit: UInt8
      switch character {
      case 48...57: digit = character - 48
      case 97...102: digit = character - 87
      default: return nil
      }
      if let upper = high {
        bytes.append(upper << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard high == nil else { return nil }
    self.init(bytes)
  }

  /// The bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for word in [first, second, third, fourth] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return bytes
  }

  /// The first 32 bits.
  var leadingBits: UInt32 { UInt32(truncatingIfNeeded: first >> 32) }

  /// The bytes in hexadecimal, lower case.
  public var hex: String { Hexadecimal.encode(bytes) }

  /// Whether they are the same, in a time that doesn't depend on where they differ.
  public static func == (a: Digest, b: Digest) -> Bool {
    (a.first ^ b.first) | (a.second ^ b.second) | (a.third ^ b.third) | (a.fourth ^ b.fourth) == 0
  }
}

extension Digest: CustomStringConvertible {
  /// The bytes in hexadecimal.
  public var description: String { hex }
}
