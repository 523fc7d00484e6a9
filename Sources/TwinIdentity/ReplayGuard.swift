public import TwinValues

/// Remembers the ids of one-time tokens until they end, so that none is used twice. One thread at a time.
///
/// Ordinary bearer tokens are meant to be shown with every request; switch this on only where an issuer makes one
/// token for one use. When it is full of tokens that haven't ended, it refuses: forgetting one would let it in again.
public struct ReplayGuard: Sendable {
  private let capacity: Int
  private var ends: [Digest: Instant] = [:]

  /// Makes one for at most so many tokens at a time.
  public init(capacity: Int = 65_536) { self.capacity = max(1, capacity) }

  /// How many tokens it remembers.
  public var count: Int { ends.count }

  /// Notes that a token is used. `skewSeconds` is its issuer's, as the token is taken that much longer.
  /// - Throws: `replayedToken` when it was used before, `invalidToken` when it has no id, `limitExceeded` when too many
  ///   tokens are remembered.
  public mutating func admit(_ token: VerifiedToken, skewSeconds: Int, now: Instant) throws(NuriError) {
    guard let id = token.id else { throw .token("The token has no id (jti); one-time tokens need one.") }
    // The lengths keep one pair of texts from reading like another.
    let key = SHA256.hash("\(token.issuer.utf8.count) \(token.issuer) \(id)")
    if let end = ends[key], now < end {
      throw NuriError(
        .replayedToken, "The token was used before.", advice: "Get a new one from the issuer.")
    }
    if ends.count >= capacity { ends = ends.filter { now < $0.value } }
    guard ends.count < capacity else {
      throw NuriError(
        .limitExceeded, "More than \(capacity) one-time tokens are in use.", advice: "Try again later.")
    }
    let skew = Int64(min(max(0, skewSeconds), IdentityLimits.largestSkewSeconds)) * 1_000_000
    ends[key] = Instant(microseconds: token.expires.microseconds + skew)
  }
}
