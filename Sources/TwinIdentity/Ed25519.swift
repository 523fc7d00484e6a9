import COpenSSL
public import TwinValues

/// Signatures on the curve Ed25519 (RFC 8032): 64 bytes, the same for the same key and message.
public enum Ed25519 {
  /// A key that signs. Any thread.
  public struct PrivateKey: Sendable {
    private let key: CryptoKey
    /// What others check its signatures with.
    public let publicKey: PublicKey

    /// Makes a new key.
    /// - Throws: `cryptoFailed` when the system gives no randomness.
    public init() throws(NuriError) { try self.init(seed: SecureRandom.bytes(32)) }

    /// A key from its 32 secret bytes.
    /// - Throws: `invalidKeyMaterial` for any other number of bytes.
    public init(seed: [UInt8]) throws(NuriError) {
      guard seed.count == 32, let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, 32) else {
        ERR_clear_error()
        throw NuriError(.invalidKeyMaterial, "An Ed25519 private key has 32 bytes, not \(seed.count).")
      }
      try self.init(CryptoKey(key))
    }

    /// A key from PEM text (PKCS #8, not encrypted).
    /// - Throws: `invalidKeyMaterial`.
    public init(pem: String) throws(NuriError) {
      let read = PEM.read(pem) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in 0 }, nil) }
      guard let read, read.isEd25519 else {
        throw NuriError(
          .invalidKeyMaterial, "This is not an Ed25519 private key in PEM form without a pass phrase.")
      }
      try self.init(read)
    }

    private init(_ key: CryptoKey) throws(NuriError) {
      var bytes = [UInt8](repeating: 0, count: 32)
      var count = 32
      guard EVP_PKEY_get_raw_public_key(key.pointer, &bytes, &count) == 1, count == 32 else {
        throw .crypto("An Ed25519 key gives no public key.")
      }
      self.key = key
      publicKey = try PublicKey(bytes)
    }

    /// The key as PEM text (PKCS #8). Keep it where only its owner reads.
    /// - Throws: `cryptoFailed`.
    public func pem() throws(NuriError) -> String {
      let key = key.pointer
      return try PEM.write { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    /// Signs a message.
    /// - Throws: `cryptoFailed`.
    public func sign(_ message: [UInt8]) throws(NuriError) -> [UInt8] {
      var signature = [UInt8](repeating: 0, count: 64)
      var count = 64
      guard let context = EVP_MD_CTX_new() else { throw .crypto("A message can't be signed.") }
      defer { EVP_MD_CTX_free(context) }
      guard EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1,
        EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == 64
      else { throw .crypto("A message can't be signed.") }
      return signature
    }
  }

  /// A key that checks signatures. Any thread.
  public struct PublicKey: Sendable, Equatable {
    /// The 32 bytes.
    public let bytes: [UInt8]
    private let key: CryptoKey

    /// A key from its 32 bytes.
    /// - Throws: `invalidKeyMaterial`.
    public init(_ bytes: [UInt8]) throws(NuriError) {
      guard bytes.count == 32, let key = CryptoKey.edwards(bytes) else {
        throw NuriError(.invalidKeyMaterial, "An Ed25519 public key has 32 bytes, not \(bytes.count).")
      }
      self.bytes = bytes
      self.key = key
    }

    /// A key from PEM text.
    /// - Throws: `invalidKeyMaterial`.
    public init(pem: String) throws(NuriError) {
      var bytes = [UInt8](repeating: 0, count: 32)
      var count = 32
      guard let read = PEM.read(pem, { PEM_read_bio_PUBKEY($0, nil, { _, _, _, _ in 0 }, nil) }),
        read.isEd25519, EVP_PKEY_get_raw_public_key(read.pointer, &bytes, &count) == 1
      else { throw NuriError(.invalidKeyMaterial, "This is not an Ed25519 public key in PEM form.") }
      self.bytes = bytes
      key = read
    }

    /// The key as PEM text.
    /// - Throws: `cryptoFailed`.
    public func pem() throws(NuriError) -> String {
      let key = key.pointer
      return try PEM.write { PEM_write_bio_PUBKEY($0, key) }
    }

    /// Whether a signature of this key fits a message.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
      signature.count == 64 && Signature.isValid(signature, of: message, by: key, hash: nil)
    }

    /// Whether both are the same key.
    public static func == (a: PublicKey, b: PublicKey) -> Bool { a.bytes == b.bytes }
  }
}

/// Keys as text between BEGIN and END lines.
enum PEM {
  static func read(_ text: String, _ parse: (OpaquePointer) -> OpaquePointer?) -> CryptoKey? {
    defer { ERR_clear_error() }
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { raw in
      guard let memory = BIO_new_mem_buf(raw.baseAddress, Int32(clamping: raw.count)) else { return nil }
      defer { BIO_free(memory) }
      return parse(memory).map(CryptoKey.init)
    }
  }

  static func write(_ emit: (OpaquePointer) -> Int32) throws(NuriError) -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { throw .crypto("A key can't be written.") }
    defer { BIO_free(memory) }
    guard emit(memory) == 1 else { throw .crypto("A key can't be written.") }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = BIO_read(memory, &bytes, Int32(bytes.count))
    guard count > 0 else { throw .crypto("A key can't be written.") }
    return String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
  }
}
