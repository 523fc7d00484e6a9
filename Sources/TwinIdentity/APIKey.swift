public import TwinValues

/// A key that a program shows to act for someone: `nuri_<id>_<secret>`.
///
/// The id is 12 letters and digits; the secret 43 random ones (256 bits) followed by six that check the whole, so a
/// mistyped key is told from a wrong one and scanners of leaked secrets can match
/// `nuri_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}`.
///
/// Only `digest`, the SHA-256 of the secret, is ever kept. A fast hash is right here: it is slow hashes that protect
/// *guessable* secrets, and nobody guesses 256 random bits. Printing a key shows its id alone; `text` shows all of it.
public struct APIKey: Sendable, Equatable {
  /// Names the key in lists, logs and the audit; not secret.
  public let id: String
  /// SHA-256 of the secret: what is kept and compared.
  public let digest: Digest
  /// The whole key. Show it once, to whoever asked for it, and never keep it.
  public let text: String

  static let idLetters = 12
  static let secretLetters = 43
  static let checkLetters = 6
  private static let prefix = Array("nuri_".utf8)
  private static let letters = 5 + idLetters + 1 + secretLetters + checkLetters

  /// Makes a new key.
  /// - Throws: `cryptoFailed` when the system gives no randomness.
  public static func make() throws(NuriError) -> APIKey {
    let id = try SecureRandom.letters(idLetters)
    let start = "nuri_\(id)_\(try SecureRandom.letters(secretLetters))"
    return try APIKey(start + check(Array(start.utf8)[...]))
  }

  /// Reads a key. Nothing is said about whether anybody knows it: look `id` up and ask `matches`.
  /// - Throws: `invalidAPIKey`, which never repeats the text.
  public init(_ text: String) throws(NuriError) {
    let bytes = Array(text.utf8)
    let secretStart = Self.prefix.count + Self.idLetters + 1
    guard bytes.count == Self.letters, bytes.starts(with: Self.prefix),
      bytes[secretStart - 1] == UInt8(ascii: "_"),
      bytes[Self.prefix.count..<secretStart - 1].allSatisfy(Base62.isDigit),
      bytes[secretStart...].allSatisfy(Base62.isDigit)
    else {
      throw NuriError(
        .invalidAPIKey, "This is not an API key.",
        advice: "A key looks like nuri_ followed by 12 letters and digits, _ and 49 letters and digits.")
    }
    let end = bytes.count - Self.checkLetters
    guard Self.check(bytes[..<end]).utf8.elementsEqual(bytes[end...]) else {
      throw NuriError(
        .invalidAPIKey, "The API key was mistyped or cut: its last six letters don't fit the rest.",
        advice: "Copy it again from where it was kept.")
    }
    id = String(decoding: bytes[Self.prefix.count..<secretStart - 1], as: UTF8.self)
    digest = SHA256.hash(Array(bytes[secretStart..<end]))
    self.text = text
  }

  /// Whether this is the key whose digest was kept, in a time that doesn't depend on how they differ.
  public func matches(_ digest: Digest) -> Bool { self.digest == digest }

  /// Whether a text means to be an API key, to tell it from a bearer token.
  public static func isMeant(_ text: String) -> Bool { text.utf8.starts(with: prefix) }

  /// Six letters over what stands before them: 32 bits of its SHA-256.
  private static func check(_ bytes: ArraySlice<UInt8>) -> String {
    var value = SHA256.hash(Array(bytes)).leadingBits
    var letters: [UInt8] = []
    for _ in 0..<checkLetters {
      letters.append(Base62.digits[Int(value % 62)])
      value /= 62
    }
    return String(decoding: letters, as: UTF8.self)
  }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The id, never the secret.
  public var description: String { "nuri_\(id)_…" }
  /// The id, never the secret.
  public var debugDescription: String { description }
  /// The id, never the secret: what `dump` and test reports print.
  public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
