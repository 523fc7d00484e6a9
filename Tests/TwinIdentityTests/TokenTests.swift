import Testing
import TwinStorm
import TwinValues

@testable import TwinIdentity

/// Tokens from other implementations, and every trick we know.
@Suite("Tokens")
struct TokenTests {
  let file: TokenFile

  init() throws { file = try #require(TokenFile.shared) }

  @Test("Each token of the file gets its verdict", arguments: TokenFile.shared?.cases ?? [])
  func verdict(_ item: TokenFile.Case) {
    do throws(NuriError) {
      let token = try file.verify(item.token)
      #expect(item.code == "", "a bad token was taken")
      #expect(token.subject == "kim" && token.issuer == file.issuer.name)
    } catch {
      #expect(error.code.rawValue == item.code, "\(error)")
      #expect(error.description.contains(item.says), "\(error)")
      for part in item.token.split(separator: ".") where part.count > 8 {
        #expect(!error.description.contains(part), "the error repeats the token")
      }
    }
  }

  @Test("The file says enough of both kinds")
  func balance() {
    #expect(file.cases.filter { $0.code == "" }.count >= 15)
    #expect(file.cases.filter { $0.code != "" }.count >= 55)
  }

  @Test("A key set passes over what it can't use and says why")
  func keySet() throws {
    let set = try JWKSet(file.keySetJSON)
    #expect(set.keys.count == file.usable)
    #expect(set.ignored.count == 5)
    for reason in ["1024 bits", "unknown", "shared secrets", "not for signatures"] {
      #expect(set.ignored.contains { $0.contains(reason) }, "\(reason)")
    }
  }

  @Test("Claims are read by path")
  func claims() throws {
    let token = try file.verify(file.token("EdDSA by PyJWT"))
    #expect(token.texts("groups") == ["water", "roads"])
    #expect(token.texts(at: ["realm", "roles"]) == ["operator"])
    #expect(token.scopes == ["read", "write"])
    #expect(token.text("jti") == "t-1" && token.id == "t-1")
    #expect(token.text("realm") == nil && token.texts("nothing") == [] && token.flag("sub") == nil)
    #expect(token.audiences == ["nuri"])
    #expect(token.expires.microseconds == file.now.microseconds + 300_000_000)
    #expect(token.issued?.microseconds == file.now.microseconds - 10_000_000)
  }

  @Test("An issuer's terms hold: its algorithms, its own keys, a skew within bounds")
  func terms() throws {
    let token = file.token("RS256 by PyJWT")
    var strict = file.issuer
    strict.algorithms = [.edDSA]
    let set = try JWKSet(file.keySetJSON)
    let verifier = try TokenVerifier(issuers: [strict])
    #expect(
      code { () throws(NuriError) in try verifier.verify(token, keySets: [strict.name: set], now: file.now) }
        == .invalidToken)
    // Keys of one issuer don't vouch for another.
    let two = try TokenVerifier(issuers: [
      file.issuer, TokenIssuer("https://two.example", audiences: ["nuri"]),
    ])
    #expect(
      code { () throws(NuriError) in
        try two.verify(token, keySets: ["https://two.example": set], now: file.now)
      } == .unknownTokenKey)
    for issuer in [
      TokenIssuer("x", audiences: []), TokenIssuer("", audiences: ["a"]),
      TokenIssuer("x", audiences: ["a"], algorithms: []),
    ] {
      #expect(code { () throws(NuriError) in try TokenVerifier(issuers: [issuer]) } == .invalidToken)
    }
    for skew in [-1, IdentityLimits.largestSkewSeconds + 1] {
      let issuer = TokenIssuer("x", audiences: ["a"], skewSeconds: skew)
      #expect(code { () throws(NuriError) in try TokenVerifier(issuers: [issuer]) } == .limitExceeded)
    }
  }

  @Test(
    "No letter of a token may change, go or come",
    arguments: ["RS256 by PyJWT", "ES256 by PyJWT", "EdDSA by PyJWT"])
  func letters(_ name: String) throws {
    let good = Array(file.token(name).utf8)
    let set = [file.issuer.name: try JWKSet(file.keySetJSON)]
    let verifier = try TokenVerifier(issuers: [file.issuer])
    func isTaken(_ bytes: [UInt8]) -> Bool {
      code { () throws(NuriError) in
        try verifier.verify(String(decoding: bytes, as: UTF8.self), keySets: set, now: file.now)
      } == nil
    }
    #expect(code { () throws(NuriError) in try file.verify(file.token(name)) } == nil)
    for at in good.indices {
      var other = good
      other[at] = other[at] == 65 ? 66 : 65
      #expect(!isTaken(other), "letter \(at) changed")
      other.remove(at: at)
      #expect(!isTaken(other), "letter \(at) left out")
      #expect(!isTaken(Array(good[..<at])), "cut at \(at)")
    }
    for end in [".", "=", "A", "\n", " ", "\0"] { #expect(!isTaken(good + Array(end.utf8))) }
    #expect(!isTaken(Array(" ".utf8) + good))
  }

  @Test("Whatever comes, the parsers answer or refuse", arguments: 0..<40)
  func noise(_ seedNumber: UInt64) {
    var seed = Seed(seedNumber)
    let tokens = file.cases.map { Array($0.token.utf8) }
    for _ in 0..<50 {
      var bytes = tokens[seed.below(tokens.count)]
      for _ in 0...seed.below(4) {
        let at = seed.below(bytes.count)
        switch seed.below(5) {
        case 0: bytes[at] = UInt8(truncatingIfNeeded: seed.next())
        case 1: bytes.insert(UInt8(ascii: "."), at: at)
        case 2: bytes.removeSubrange(at..<min(bytes.count, at + seed.below(20)))
        case 3: bytes.insert(contentsOf: bytes.prefix(seed.below(60)), at: at)
        default: bytes.insert(contentsOf: Base64URL.encode(seed.bytes(seed.below(40))).utf8, at: at)
        }
        if bytes.isEmpty { bytes = [46] }
      }
      _ = try? file.verify(String(decoding: bytes, as: UTF8.self))
      var json = file.keySetJSON
      for _ in 0...seed.below(6) { json[seed.below(json.count)] = UInt8(truncatingIfNeeded: seed.next()) }
      if let set = try? JWKSet(json) { #expect(set.keys.count <= IdentityLimits.keySetKeys) }
    }
  }

  @Test("Every limit of a token and a key set is enforced")
  func limits() throws {
    let long = String(repeating: "a", count: IdentityLimits.tokenBytes + 1)
    #expect(code { () throws(NuriError) in try JWT(long) } == .invalidToken)
    let deep = Array((#"{"alg":"RS256","x":"# + String(repeating: "[", count: 20)).utf8)
    #expect(code { () throws(NuriError) in try JWT(Base64URL.encode(deep) + ".e30.AA") } == .invalidToken)
    let many = String(repeating: "{},", count: IdentityLimits.keySetKeys) + "{}"
    #expect(code { () throws(NuriError) in try JWKSet(#"{"keys":[\#(many)]}"#) } == .invalidKeySet)
    let large = String(repeating: " ", count: IdentityLimits.keySetBytes)
    #expect(code { () throws(NuriError) in try JWKSet(#"{"keys":[]}"# + large) } == .invalidKeySet)
    for text in ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#] {
      #expect(code { () throws(NuriError) in try JWKSet(text) } == .invalidKeySet)
    }
    #expect(try JWKSet(#"{"keys":[1,null,{}]}"#).keys.isEmpty)
    let modulus = Base64URL.encode([UInt8](repeating: 0xff, count: IdentityLimits.largestRSABits / 8 + 1))
    let huge = try JWKSet(#"{"keys":[{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}]}"#)
    #expect(huge.ignored.first?.contains("are the most") == true)
  }
}
