import COpenSSL
public import TwinValues

/// Bytes nobody can guess, from libcrypto's generator (seeded by the system). The only source of them outside TLS.
public enum SecureRandom {
  /// `count` random bytes.
  /// - Throws: `cryptoFailed` when the system gives no randomness.
  public static func bytes(_ count: Int) throws(NuriError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&bytes, Int32(clamping: count)) == 1 else { throw .crypto("There is no randomness.") }
    return bytes
  }

  /// `count` random letters and digits, each equally likely: 5.95 bits a character.
  /// - Throws: `cryptoFailed` when the system gives no randomness.
  public static func letters(_ count: Int) throws(NuriError) -> String {
    var text: [UInt8] = []
    while text.count < count {
      // Bytes past the last multiple of 62 are thrown away: the remainder would favour some letters.
      for byte in try bytes(count) where byte < 248 && text.count < count {
        text.append(Base62.digits[Int(byte % 62)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Letters and digits: what survives a double click, a URL and a shell unquoted.
enum Base62 {
  static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  static func isDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
