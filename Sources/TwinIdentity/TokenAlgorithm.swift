import COpenSSL

/// A way to sign tokens (RFC 7518, RFC 8037), of those Nuri trusts: only ways where whoever checks can't sign.
///
/// `none` and the shared-secret ways (HS256…) are not among them, so no configuration can let them in and a public
/// key can't be passed off as a secret.
public enum TokenAlgorithm: String, Sendable, CaseIterable, Hashable {
  /// RSA, PKCS #1 v1.5, SHA-256.
  case rs256 = "RS256"
  /// RSA, PKCS #1 v1.5, SHA-384.
  case rs384 = "RS384"
  /// RSA, PKCS #1 v1.5, SHA-512.
  case rs512 = "RS512"
  /// RSA, PSS, SHA-256.
  case ps256 = "PS256"
  /// RSA, PSS, SHA-384.
  case ps384 = "PS384"
  /// RSA, PSS, SHA-512.
  case ps512 = "PS512"
  /// ECDSA on P-256, SHA-256.
  case es256 = "ES256"
  /// ECDSA on P-384, SHA-384.
  case es384 = "ES384"
  /// Ed25519.
  case edDSA = "EdDSA"

  /// The only kind of key that may be used with it.
  var keyKind: JWK.Kind {
    switch self {
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
    case .es256: .p256
    case .es384: .p384
    case .edDSA: .ed25519
    }
  }

  /// Whether `signature` is one of `message` by a key, which must be of the right kind.
  func isValid(_ signature: [UInt8], of message: [UInt8], by key: JWK) -> Bool {
    guard key.kind == keyKind else { return false }
    switch self {
    case .rs256, .rs384, .rs512:
      return Signature.isValid(signature, of: message, by: key.key, hash: hash, padding: .pkcs1)
    case .ps256, .ps384, .ps512:
      return Signature.isValid(signature, of: message, by: key.key, hash: hash, padding: .pss)
    case .es256, .es384:
      guard let der = Signature.der(fromPair: signature, numberBytes: self == .es256 ? 32 : 48) else {
        return false
      }
      return Signature.isValid(der, of: message, by: key.key, hash: hash)
    case .edDSA:
      return signature.count == 64 && Signature.isValid(signature, of: message, by: key.key, hash: nil)
    }
  }

  private var hash: OpaquePointer? {
    switch self {
    case .rs256, .ps256, .es256: EVP_sha256()
    case .rs384, .ps384, .es384: EVP_sha384()
    case .rs512, .ps512: EVP_sha512()
    case .edDSA: nil
    }
  }
}
