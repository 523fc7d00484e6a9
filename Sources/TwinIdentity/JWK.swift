import TwinValues

/// A public key of a JWK set.
public struct JWK: Sendable {
  /// What a key is made of; each goes with its own algorithms and no others.
  public enum Kind: String, Sendable {
    /// RSA of 2048 bits or more.
    case rsa = "RSA"
    /// The curve P-256.
    case p256 = "P-256"
    /// The curve P-384.
    case p384 = "P-384"
    /// The curve Ed25519.
    case ed25519 = "Ed25519"
  }

  /// The name the issuer gave it (`kid`); `nil` when it gave none.
  public let id: String?
  /// What it is made of.
  public let kind: Kind
  /// The only algorithm the issuer uses it with, when the set says so.
  public let algorithm: TokenAlgorithm?
  let key: CryptoKey

  /// Whether tokens signed in this way may be checked with it.
  public func isFor(_ algorithm: TokenAlgorithm) -> Bool {
    algorithm.keyKind == kind && (self.algorithm == nil || self.algorithm == algorithm)
  }

  /// Reads a key, or says why it is passed over.
  init(_ node: JSONNode) throws(Unusable) {
    let id = node["kid"]
    if let id, (id.string?.utf8.count ?? .max) > IdentityLimits.claimBytes {
      throw Unusable("its kid is no text, or too long")
    }
    self.id = id?.string
    if let use = node["use"], !use.isText("sig") { throw Unusable("it is not for signatures") }
    if let operations = node["key_ops"], !operations.elements.contains(where: { $0.isText("verify") }) {
      throw Unusable("it is not for checking signatures")
    }
    if let name = node["alg"] {
      guard let algorithm = name.string.flatMap(TokenAlgorithm.init) else {
        throw Unusable("its algorithm is not one that Nuri trusts")
      }
      self.algorithm = algorithm
    } else {
      algorithm = nil
    }
    (kind, key) = try Self.material(node)
    if let algorithm, algorithm.keyKind != kind { throw Unusable("its algorithm is for another kind of key") }
  }

  /// Why a key of a set is passed over.
  struct Unusable: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  private static func material(_ node: JSONNode) throws(Unusable) -> (Kind, CryptoKey) {
    switch (node["kty"]?.string, node["crv"]?.string) {
    case ("RSA", _): return (.rsa, try rsa(node))
    case ("EC", "P-256"): return (.p256, try point(node, "P-256", bytes: 32))
    case ("EC", "P-384"): return (.p384, try point(node, "P-384", bytes: 48))
    case ("OKP", "Ed25519"):
      guard let x = bytes(node["x"]), x.count == 32, let key = CryptoKey.edwards(x) else {
        throw Unusable("its x is not 32 bytes of base64url")
      }
      return (.ed25519, key)
    case ("oct", _): throw Unusable("shared secrets are not trusted")
    default: throw Unusable("its kind or curve is unknown")
    }
  }

  private static func rsa(_ node: JSONNode) throws(Unusable) -> CryptoKey {
    guard let n = bytes(node["n"]), let e = bytes(node["e"]) else {
      throw Unusable("its n or e is not base64url")
    }
    let modulus = n.drop { $0 == 0 }
    let exponent = e.drop { $0 == 0 }
    let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    guard bits >= IdentityLimits.rsaBits else {
      throw Unusable("its modulus has \(bits) bits; \(IdentityLimits.rsaBits) are the least")
    }
    guard bits <= IdentityLimits.largestRSABits else {
      throw Unusable("its modulus has \(bits) bits; \(IdentityLimits.largestRSABits) are the most")
    }
    guard (modulus.last ?? 0) & 1 == 1, exponent.count <= 4, (exponent.last ?? 0) & 1 == 1,
      exponent.count > 1 || (exponent.first ?? 0) > 1,
      let key = CryptoKey.rsa(modulus: Array(modulus), exponent: Array(exponent))
    else { throw Unusable("its n and e are no RSA key") }
    return key
  }

  private static func point(_ node: JSONNode, _ curve: String, bytes count: Int) throws(Unusable) -> CryptoKey
  {
    guard let x = bytes(node["x"]), let y = bytes(node["y"]), x.count == count, y.count == count else {
      throw Unusable("its x or y is not \(count) bytes of base64url")
    }
    guard let key = CryptoKey.elliptic(curve: curve, x: x, y: y) else {
      throw Unusable("its point is not on the curve")
    }
    return key
  }

  private static func bytes(_ node: JSONNode?) -> [UInt8]? { node?.string.flatMap { Base64URL.decode($0) } }
}
