import COpenSSL

/// SHA-256 (FIPS 180-4) by libcrypto: all at once, or as bytes come. Never fails and allocates nothing.
public struct SHA256: Sendable {
  private var state = SHA256_CTX()

  /// Starts a hash.
  public init() { nuri_sha256_start(&state) }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    nuri_sha256_add(&state, bytes.baseAddress, bytes.count)
  }

  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Adds a digest's 32 bytes.
  public mutating func update(_ digest: Digest) { update(digest.bytes) }

  /// The hash of everything added. The state itself is not used up.
  public func finish() -> Digest {
    var last = state
    var out: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &out) { raw in
      guard let base = raw.baseAddress else { return }
      nuri_sha256_end(&last, base.assumingMemoryBound(to: UInt8.self))
    }
    return Digest(words: (out.0.bigEndian, out.1.bigEndian, out.2.bigEndian, out.3.bigEndian))
  }

  /// The hash of some bytes.
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The hash of some bytes.
  public static func hash(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { hash($0) } }

  /// The hash of a text's UTF-8 bytes.
  public static func hash(_ text: String) -> Digest {
    var text = text
    return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
  }
}

/// A keyed hash: HMAC with SHA-256 (RFC 2104). Never fails.
public enum HMAC {
  /// The code of a message under a key of any length.
  public static func sha256(key: [UInt8], _ message: [UInt8]) -> Digest {
    var block = key.count > 64 ? SHA256.hash(key).bytes : key
    block += [UInt8](repeating: 0, count: 64 - block.count)
    var inner = SHA256()
    inner.update(block.map { $0 ^ 0x36 })
    inner.update(message)
    var outer = SHA256()
    outer.update(block.map { $0 ^ 0x5c })
    outer.update(inner.finish())
    return outer.finish()
  }
}

/// Whether two runs of bytes are the same, in a time that depends on their lengths alone.
public func isEqualInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}
