import COpenSSL

/// Checking of signatures with a key whose kind the caller has matched to the algorithm.
enum Signature {
  /// How the message is made into a number that RSA signs.
  enum Padding {
    case pkcs1
    case pss
  }

  /// Whether `signature` is one of `message`. `hash` is `nil` for Ed25519, which hashes by itself; elliptic
  /// signatures come in DER.
  static func isValid(
    _ signature: [UInt8], of message: [UInt8], by key: CryptoKey, hash: OpaquePointer?,
    padding: Padding? = nil
  ) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    defer { ERR_clear_error() }
    var inner: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &inner, hash, nil, key.pointer) == 1 else { return false }
    if let padding {
      let number = padding == .pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
      guard EVP_PKEY_CTX_set_rsa_padding(inner, number) == 1 else { return false }
      // The salt is as long as the hash (RFC 7518, 3.5).
      if padding == .pss, EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, RSA_PSS_SALTLEN_DIGEST) != 1 {
        return false
      }
    }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  /// A signature on a curve from the form of RFC 7518 (two numbers of fixed length, one after the other) to DER;
  /// `nil` for another length or a number that is zero.
  static func der(fromPair pair: [UInt8], numberBytes: Int) -> [UInt8]? {
    guard pair.count == 2 * numberBytes else { return nil }
    let halves = [Array(pair[..<numberBytes]), Array(pair[numberBytes...])]
    guard halves.allSatisfy({ $0.contains { $0 != 0 } }), let whole = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(whole) }
    guard let r = BN_bin2bn(halves[0], Int32(numberBytes), nil) else { return nil }
    guard let s = BN_bin2bn(halves[1], Int32(numberBytes), nil), ECDSA_SIG_set0(whole, r, s) == 1 else {
      BN_free(r)
      return nil
    }
    var out: UnsafeMutablePointer<UInt8>?
    let count = i2d_ECDSA_SIG(whole, &out)
    guard count > 0, let bytes = out else { return nil }
    defer { CRYPTO_free(bytes, nil, 0) }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }
}
