import TwinIdentity
import TwinValues

/// Sign-ins that were begun and wait for the issuer to lead back, each good once and not for long. Any thread.
///
/// `@unchecked Sendable`: `attempts` is touched only while holding `lock`.
final class SignInsUnderWay: @unchecked Sendable {
  /// How long a person has to sign in at the issuer.
  static let seconds = 600
  /// Sign-ins under way at once.
  static let most = 10_000

  /// What is remembered of one.
  struct Attempt: Sendable {
    let issuer: AuthSettings.Issuer
    let places: SignInProvider.Places
    let redirect: String
    let nonce: String
    /// Proves to the issuer that whoever asks for the token is who began (PKCE).
    let verifier: String
    /// Proves to us that the browser that comes back is the one that left.
    let browser: String
  }

  private let lock = Lock()
  private var attempts: [Digest: (attempt: Attempt, end: UInt64)] = [:]

  /// Remembers a sign-in; the `state` to find it by.
  /// - Throws: `NuriError` with code `limitExceeded`, or when there is no randomness.
  func begin(_ attempt: Attempt, nowNanoseconds now: UInt64) throws(NuriError) -> String {
    let state = try SecureRandom.letters(32)
    try lock.withLock { () throws(NuriError) in
      if attempts.count >= Self.most { attempts = attempts.filter { $0.value.end > now } }
      guard attempts.count < Self.most else {
        throw NuriError(
          .limitExceeded, "\(Self.most) sign-ins are under way.", advice: "Try again in a moment.")
      }
      attempts[SHA256.hash(state)] = (attempt, now + UInt64(Self.seconds) * 1_000_000_000)
    }
    return state
  }

  /// The sign-in of a state, for the browser that began it; it is used up.
  func take(_ state: String, browser: String, nowNanoseconds now: UInt64) -> Attempt? {
    let key = SHA256.hash(state)
    guard let found = lock.withLock({ attempts.removeValue(forKey: key) }), found.end > now,
      SHA256.hash(found.attempt.browser) == SHA256.hash(browser)
    else { return nil }
    return found.attempt
  }
}
