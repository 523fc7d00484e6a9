/// Bounds on what comes from strangers, each with its number and a test.
public enum IdentityLimits {
  /// Longest bearer token, in bytes. Providers stay under 4 kB; proxies refuse header fields of 8 kB or more.
  public static let tokenBytes = 8192
  /// Deepest nesting of a token's header and claims.
  public static let tokenDepth = 16
  /// Longest subject, issuer, key id or token id, in bytes. OpenID Connect allows 255 for a subject.
  public static let claimBytes = 1024
  /// Largest JWK set, in bytes.
  public static let keySetBytes = 256 << 10
  /// Most keys of a JWK set.
  public static let keySetKeys = 64
  /// Most keys that are tried for a token that names none.
  public static let triedKeys = 8
  /// Smallest RSA modulus, in bits (RFC 7518, 3.3).
  public static let rsaBits = 2048
  /// Largest RSA modulus, in bits: a larger one makes every check cost milliseconds.
  public static let largestRSABits = 8192
  /// Most seconds a clock may be off, whatever the configuration says.
  public static let largestSkewSeconds = 600
  /// Latest instant a token may speak of, in seconds since 1970: the end of the year 9999.
  public static let latestSeconds = 253_402_300_799.0
}
