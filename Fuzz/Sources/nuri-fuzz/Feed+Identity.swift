import TwinIdentity
import TwinValues

extension Feed {
  private static let issuer = TokenIssuer("https://issuer.example", audiences: ["nuri"])

  /// Keys that nobody has the private halves of: no input may pass for signed.
  private static let keys = """
    {"keys":[
    {"kty":"OKP","crv":"Ed25519","kid":"d1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    {"kty":"EC","crv":"P-256","kid":"e1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
    """

  /// A bearer token: whatever it is, it isn't one that these keys signed.
  static func token(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let verifier = try? TokenVerifier(issuers: [issuer]), let set = try? JWKSet(keys) else {
      return promise(false, "the target's own keys are refused")
    }
    let now = Instant(microseconds: 1_700_000_000_000_000)
    let isTaken = (try? verifier.verify(text, keySets: [issuer.name: set], now: now)) != nil
    promise(!isTaken, "a token that nobody signed is taken")
  }

  /// An API key: what is taken has one spelling.
  static func apiKey(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let key = try? APIKey(text) else { return }
    promise(key.text == text && key.text.utf8.count == 67, "a key is taken that isn't spelled like one")
    promise(!"\(key)".contains(text.suffix(49)), "a key shows its secret")
  }
}
