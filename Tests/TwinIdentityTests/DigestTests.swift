import Testing
import TwinIdentity

/// Against the published vectors.
@Suite("Digests")
struct DigestTests {
  @Test(
    "SHA-256 gives what FIPS 180 and NIST's examples say",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func sha256(_ text: String, _ hex: String) {
    #expect(SHA256.hash(text).hex == hex)
    var parts = SHA256()
    let bytes = Array(text.utf8)
    var at = 0
    while at < bytes.count {
      let end = min(bytes.count, at + 1 + at % 977)
      parts.update(Array(bytes[at..<end]))
      at = end
    }
    #expect(parts.finish() == SHA256.hash(bytes))
    #expect(parts.finish().hex == hex, "finishing uses the state up")
  }

  @Test("HMAC gives what RFC 4231 says")
  func hmac() {
    func code(_ key: [UInt8], _ message: [UInt8]) -> String { HMAC.sha256(key: key, message).hex }
    #expect(
      code([UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      code(Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      code([UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50))
        == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")
    #expect(
      code(
        [UInt8](repeating: 0xaa, count: 131),
        Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }

  @Test("A digest survives its bytes and its hexadecimal form, and nothing else is one")
  func forms() throws {
    let digest = SHA256.hash("x")
    #expect(Digest(digest.bytes) == digest)
    #expect(Digest(hex: digest.hex) == digest)
    #expect(Digest(digest.bytes.dropLast()) == nil)
    #expect(Digest(hex: String(digest.hex.dropLast())) == nil)
    #expect(Digest(hex: digest.hex.uppercased()) == nil)
    for at in 0..<256 {
      var other = digest.bytes
      other[at / 8] ^= 1 << UInt8(at % 8)
      #expect(Digest(other) != digest)
    }
  }

  @Test("Bytes are compared whole")
  func comparing() {
    #expect(isEqualInConstantTime([], []))
    #expect(isEqualInConstantTime([1, 2], [1, 2]))
    #expect(!isEqualInConstantTime([1, 2], [1, 3]))
    #expect(!isEqualInConstantTime([1, 2], [1, 2, 0]))
  }

  @Test("Base64 of URLs has one spelling for each run of bytes")
  func base64() {
    // RFC 4648, 10, without the padding.
    for (plain, text) in [
      ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
      ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64URL.encode(Array(plain.utf8)) == text)
      #expect(Base64URL.decode(text) == Array(plain.utf8))
    }
    #expect(Base64URL.encode([0xfb, 0xff]) == "-_8")
    for bad in ["Zg==", "Zh", "Zm9", "Z", "Zm9v\n", " Zm9v", "+/8", "Zm9vY", "Zé"] {
      #expect(Base64URL.decode(bad) == nil, "\(bad)")
    }
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + count) }
      #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }
  }
}
