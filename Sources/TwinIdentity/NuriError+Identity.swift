import COpenSSL
public import TwinValues

extension NuriError.Code {
  /// Text that is not an API key: wrong form, or a checksum that says it was mistyped.
  public static let invalidAPIKey = Self("invalidAPIKey")
  /// A bearer token that is refused: form, algorithm, signature, issuer, audience or times.
  public static let invalidToken = Self("invalidToken")
  /// A bearer token whose time is over.
  public static let expiredToken = Self("expiredToken")
  /// A bearer token signed with a key that the issuer's key set does not hold; fetch the set again, then try again.
  public static let unknownTokenKey = Self("unknownTokenKey")
  /// A one-time token that was used before.
  public static let replayedToken = Self("replayedToken")
  /// A document that is not a JWK set, or one past a limit.
  public static let invalidKeySet = Self("invalidKeySet")
  /// A key or signature in a form that can't be read.
  public static let invalidKeyMaterial = Self("invalidKeyMaterial")
  /// The cryptographic library refused: no memory or no randomness.
  public static let cryptoFailed = Self("cryptoFailed")
}

extension NuriError {
  /// What libcrypto could not do. Its error queue is emptied, so that nobody else stumbles over it.
  static func crypto(_ message: String) -> NuriError {
    ERR_clear_error()
    return NuriError(
      .cryptoFailed, message, advice: "Is the machine out of memory, or its random device missing?")
  }

  static func token(_ message: String, advice: String? = nil) -> NuriError {
    NuriError(.invalidToken, message, advice: advice)
  }
}
