import COpenSSL
import TwinValues

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
    return make("RSA") { builder in
      OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1
    }
  }

  /// A public key on a named curve, from its point's coordinates; `nil` when that point is not on the curve.
  static func elliptic(curve: String, x: [UInt8], y: [UInt8]) -> CryptoKey? {
    let point = [4] + x + y
    let key = make("EC") { builder in
      OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) == 1
        && OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, point.count) == 1
    }
    guard let key, let context = EVP_PKEY_CTX_new(key.pointer, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    defer { ERR_clear_error() }
    return EVP_PKEY_public_check(context) == 1 ? key : nil
  }

  /// An Ed25519 public key from its 32 bytes.
  static func edwards(_ bytes: [UInt8]) -> CryptoKey? {
    defer { ERR_clear_error() }
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count).map(CryptoKey.init)
  }

  private static func make(_ kind: String, _ fill: (OpaquePointer) -> Bool) -> CryptoKey? {
    defer { ERR_clear_error() }
    guard let builder = OSSL_PARAM_BLD_new() else { return nil }
    defer { OSSL_PARAM_BLD_free(builder) }
    guard fill(builder), let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
    defer { OSSL_PARAM_free(parameters) }
    guard let context = EVP_PKEY_CTX_new_from_name(nil, kind, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context) == 1,
      EVP_PKEY_fromdata(context, &key, nuri_evp_public_key, parameters) == 1
    else { return nil }
    return key.map(CryptoKey.init)
  }
}
