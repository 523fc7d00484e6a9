import Testing
import TwinIdentity
import TwinValues

/// Against RFC 8032, 7.1, and what must be refused.
@Suite("Ed25519")
struct Ed25519Tests {
  struct Vector: Sendable, CustomStringConvertible {
    let seed: String
    let key: String
    let message: String
    let signature: String
    var description: String { "message of \(message.count / 2) bytes" }
  }

  static let vectors = [
    Vector(
      seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
      signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    Vector(
      seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
      signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    Vector(
      seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
      signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
  ]

  @Test("Keys and signatures are those of RFC 8032", arguments: vectors)
  func published(_ vector: Vector) throws {
    let key = try Ed25519.PrivateKey(seed: bytes(hex: vector.seed))
    let message = bytes(hex: vector.message)
    #expect(key.publicKey.bytes == bytes(hex: vector.key))
    #expect(try key.sign(message) == bytes(hex: vector.signature))
    #expect(try Ed25519.PublicKey(bytes(hex: vector.key)).isValid(bytes(hex: vector.signature), for: message))
  }

  @Test("No bit of a signature or a message may change")
  func changes() throws {
    let key = try Ed25519.PrivateKey()
    let message = Array("the water is at 3.2 m".utf8)
    let signature = try key.sign(message)
    #expect(key.publicKey.isValid(signature, for: message))
    for bit in 0..<signature.count * 8 {
      var other = signature
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!key.publicKey.isValid(other, for: message))
    }
    #expect(!key.publicKey.isValid(signature, for: message + [0]))
    #expect(!key.publicKey.isValid(signature.dropLast(), for: message))
    #expect(!key.publicKey.isValid(signature + [0], for: message))
    #expect(!key.publicKey.isValid([], for: message))
    #expect(!(try Ed25519.PrivateKey()).publicKey.isValid(signature, for: message))
  }

  @Test("Keys survive their PEM form, and other PEM is refused")
  func pem() throws {
    let key = try Ed25519.PrivateKey()
    let secret = try key.pem()
    let open = try key.publicKey.pem()
    #expect(secret.hasPrefix("-----BEGIN PRIVATE KEY-----"))
    #expect(open.hasPrefix("-----BEGIN PUBLIC KEY-----"))
    #expect(try Ed25519.PrivateKey(pem: secret).publicKey == key.publicKey)
    #expect(try Ed25519.PublicKey(pem: open) == key.publicKey)
    for text in ["", "x", open, String(secret.dropFirst(40)), String(secret.prefix(60))] {
      #expect(code { () throws(NuriError) in try Ed25519.PrivateKey(pem: text) } == .invalidKeyMaterial)
    }
    for text in ["", secret, String(open.prefix(50))] {
      #expect(code { () throws(NuriError) in try Ed25519.PublicKey(pem: text) } == .invalidKeyMaterial)
    }
    #expect(code { () throws(NuriError) in try Ed25519.PrivateKey(seed: [1]) } == .invalidKeyMaterial)
    #expect(code { () throws(NuriError) in try Ed25519.PublicKey([1]) } == .invalidKeyMaterial)
  }

  @Test("A key behind a pass phrase is refused and nobody is asked for it")
  func passPhrase() {
    // openssl genpkey -algorithm ed25519 -aes256 -pass pass:x
    let locked = """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjG5LLFh9I5jwICCAAw
      DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEO1pFJppsK3dBb5xz6ZnrTcEQIYu
      Ef7xTNJgmX0zMWHrWeS2VKDRWrIo7QSNO32OY+LUmlDlmDl8m0czBr4b6imMTHbH
      fbG6h8zo/4co9wJ7GH0=
      -----END ENCRYPTED PRIVATE KEY-----
      """
    #expect(code { () throws(NuriError) in try Ed25519.PrivateKey(pem: locked) } == .invalidKeyMaterial)
  }
}
