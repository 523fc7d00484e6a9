import COpenSSL

/// A key held by libcrypto, freed with the last reference.
///
/// `@unchecked Sendable`: the key is never changed once made, signing and verifying only read it, and libcrypto
/// guards what it keeps with it behind locks of its own, so threads may share it.
final class CryptoKey: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes the key over.
  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { EVP_PKEY_free(pointer) }

  var isEd25519: Bool { EVP_PKEY_is_a(pointer, "ED25519") == 1 }

  /// An RSA public key from its numbers, most significant byte first.
  static func rsa(modulus: [UInt8], exponent: [UInt8]) -> CryptoKey? {
    guard let n = BN_bin2bn(modulus, Int32(clamping: modulus.count), nil) else { return nil }
    defer { BN_free(n) }
    guard let e = BN_bin2bn(exponent, Int32(clamping: exponent.count), nil) else { return nil }
    defer { BN_free(e) }
    defer { ERR_clear_error() }
    return nuri_rsa_key(n, e).map(CryptoKey.init)
  }

  /// A public key on a named curve, from its point's coordinates; `nil` when that point is not on the curve.
  static func elliptic(curve: String, x: [UInt8], y: [UInt8]) -> CryptoKey? {
    let point = [4] + x + y
    defer { ERR_clear_error() }
    guard let key = nuri_curve_key(curve, point, point.count).map(CryptoKey.init),
      let context = EVP_PKEY_CTX_new(key.pointer, nil)
    else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    return EVP_PKEY_public_check(context) == 1 ? key : nil
  }

  /// An Ed25519 public key from its 32 bytes.
  static func edwards(_ bytes: [UInt8]) -> CryptoKey? {
    defer { ERR_clear_error() }
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count).map(CryptoKey.init)
  }
}
