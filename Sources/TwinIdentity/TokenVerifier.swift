public import TwinValues

/// An issuer whose tokens are accepted, and on what terms.
public struct TokenIssuer: Sendable, Hashable {
  /// Its name, exactly as tokens say it (`iss`).
  public var name: String
  /// Names of this server; a token must be made for one of them (`aud`).
  public var audiences: Set<String>
  /// Ways to sign that are taken.
  public var algorithms: Set<TokenAlgorithm>
  /// How many seconds its clock and ours may differ: 0 to `IdentityLimits.largestSkewSeconds`.
  public var skewSeconds: Int

  /// Makes one; by default all algorithms that can't be forged with a public key, and a minute of skew.
  public init(
    _ name: String, audiences: Set<String>, algorithms: Set<TokenAlgorithm> = Set(TokenAlgorithm.allCases),
    skewSeconds: Int = 60
  ) {
    self.name = name
    self.audiences = audiences
    self.algorithms = algorithms
    self.skewSeconds = skewSeconds
  }
}

/// Checks bearer tokens. A value without state; any thread.
///
/// Keys rotate: when a token names a key that the issuer's set lacks, `verify` throws `unknownTokenKey`. The caller
/// then fetches the set again, not more often than it can afford (anybody can make up a key id), and asks once more.
public struct TokenVerifier: Sendable {
  private let issuers: [String: TokenIssuer]

  /// Makes a verifier.
  /// - Throws: `limitExceeded` for a skew out of bounds, `invalidToken` for an issuer without audience or algorithm:
  ///   a token made for anybody would be taken.
  public init(issuers: [TokenIssuer]) throws(NuriError) {
    var known: [String: TokenIssuer] = [:]
    for issuer in issuers {
      guard (0...IdentityLimits.largestSkewSeconds).contains(issuer.skewSeconds) else {
        throw NuriError(
          .limitExceeded, "Clocks may differ by 0 to \(IdentityLimits.largestSkewSeconds) seconds.",
          at: issuer.name)
      }
      guard !issuer.name.isEmpty, !issuer.audiences.isEmpty, !issuer.algorithms.isEmpty,
        known.updateValue(issuer, forKey: issuer.name) == nil
      else {
        throw NuriError(
          .invalidToken, "An issuer needs a name of its own, an audience and an algorithm.", at: issuer.name)
      }
    }
    self.issuers = known
  }

  /// The issuer that a token says it is from, if it is one of ours: for finding its keys. Proves nothing.
  /// - Throws: `invalidToken`.
  public func issuer(of token: JWT) throws(NuriError) -> TokenIssuer {
    guard let issuer = issuers[token.unprovenIssuer] else {
      throw .token("The token's issuer (iss) is not one that this server trusts.")
    }
    return issuer
  }

  /// Checks a token.
  /// - Parameters:
  ///   - keySets: the key set of each issuer, by its name.
  ///   - now: the present.
  /// - Throws: `invalidToken`, `expiredToken`, `unknownTokenKey`. Messages never repeat the token.
  public func verify(
    _ token: String, keySets: [String: JWKSet], now: Instant
  ) throws(NuriError) -> VerifiedToken {
    try verify(JWT(token), keySets: keySets, now: now)
  }

  /// Checks a token that was taken apart already.
  /// - Throws: as above.
  public func verify(_ token: JWT, keySets: [String: JWKSet], now: Instant) throws(NuriError) -> VerifiedToken
  {
    let issuer = try issuer(of: token)
    guard issuer.algorithms.contains(token.algorithm) else {
      throw .token("The token is signed with \(token.algorithm.rawValue), which its issuer may not use here.")
    }
    // Signature first: until it holds, what the claims say is anybody's word.
    try checkSignature(of: token, keys: keySets[issuer.name])
    return try checkClaims(of: token, issuer, now)
  }

  private func checkSignature(of token: JWT, keys: JWKSet?) throws(NuriError) {
    guard let keys else { throw Self.unknownKey("The issuer's key set has not been fetched.") }
    let candidates = keys.candidates(id: token.keyId, for: token.algorithm)
    for key in candidates.prefix(IdentityLimits.triedKeys)
    where token.algorithm.isValid(token.signature, of: token.signed, by: key) {
      return
    }
    guard let id = token.keyId else {
      throw Self.unknownKey("The token names no key (kid), and none of its issuer's fits its signature.")
    }
    guard keys.names(id) else {
      throw Self.unknownKey("The token's key (kid) is not in its issuer's key set.")
    }
    throw candidates.isEmpty
      ? .token("The token's key (kid) is not for its algorithm, \(token.algorithm.rawValue).")
      : .token("The token's signature does not fit: it was changed, or signed with another key.")
  }

  private static func unknownKey(_ message: String) -> NuriError {
    NuriError(.unknownTokenKey, message, advice: "If the issuer changed its keys, try again in a minute.")
  }

  private func checkClaims(
    of token: JWT, _ issuer: TokenIssuer, _ now: Instant
  ) throws(NuriError) -> VerifiedToken {
    let claims = token.claims
    let audiences = try Self.audiences(claims.node(["aud"]))
    guard audiences.contains(where: issuer.audiences.contains) else {
      throw .token("The token was made for another audience (aud).")
    }
    let skew = Int64(issuer.skewSeconds) * 1_000_000
    guard let expires = try Self.time(claims, "exp") else { throw .token("The token has no end (exp).") }
    // RFC 7519, 4.1.4: it must not be used *on* or after that instant.
    guard now.microseconds < expires.microseconds + skew else {
      throw NuriError(
        .expiredToken, "The token ended at \(expires); it is \(now).",
        advice: "Get a new one from the issuer.")
    }
    if let start = try Self.time(claims, "nbf"), now.microseconds < start.microseconds - skew {
      throw .token("The token is not good before \(start) (nbf); it is \(now).")
    }
    let issued = try Self.time(claims, "iat")
    if let issued, now.microseconds < issued.microseconds - skew {
      throw .token(
        "The token was made in the future, at \(issued) (iat); it is \(now).",
        advice: "Are the clocks of the issuer and of this machine right?")
    }
    guard let subject = try Self.text(claims, "sub") else { throw .token("The token has no subject (sub).") }
    return VerifiedToken(
      issuer: issuer.name, subject: subject, audiences: audiences, expires: expires, issued: issued,
      id: try Self.text(claims, "jti"), claims: claims)
  }

  private static func audiences(_ node: JSONNode?) throws(NuriError) -> [String] {
    guard let node else { throw .token("The token has no audience (aud).") }
    if let one = node.string { return [one] }
    let list = node.elements.compactMap(\.string)
    guard node.kind == .array, list.count == node.count else {
      throw .token("The token's audience (aud) is neither a text nor a list of texts.")
    }
    return list
  }

  private static func text(_ claims: Claims, _ name: String) throws(NuriError) -> String? {
    guard let node = claims.node([name]) else { return nil }
    guard let text = node.string, !text.isEmpty, text.utf8.count <= IdentityLimits.claimBytes else {
      throw .token("The token's \(name) is not a text of 1 to \(IdentityLimits.claimBytes) bytes.")
    }
    return text
  }

  /// A number of seconds since 1970, fractions allowed (RFC 7519, 2), as an instant.
  private static func time(_ claims: Claims, _ name: String) throws(NuriError) -> Instant? {
    guard let node = claims.node([name]) else { return nil }
    guard let seconds = node.double, (0...IdentityLimits.latestSeconds).contains(seconds) else {
      throw .token("The token's \(name) is not a number of seconds since 1970.")
    }
    return Instant(microseconds: Int64(seconds * 1_000_000))
  }
}
