import Foundation
import TwinIdentity
import TwinValues

/// `Tests/Cases/identity/tokens.json`: tokens made by PyJWT and jwcrypto, and what must be said about each.
struct TokenFile {
  struct Case: Sendable, CustomStringConvertible {
    let name: String
    let token: String
    /// The error's code; empty for a token that is good.
    let code: String
    /// A part of the error's message.
    let says: String
    var description: String { name }
  }

  let cases: [Case]
  let keySetJSON: [UInt8]
  let usable: Int
  let issuer: TokenIssuer
  let now: Instant

  static let shared = read()

  private static func read() -> TokenFile? {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? Data(contentsOf: folder.appending(path: "Cases/identity/tokens.json")),
      let root = (try? JSONDocument([UInt8](data)))?.root, let set = root["keySet"]
    else { return nil }
    var writer = JSONWriter()
    writer.node(set)
    let cases = root["cases"]?.elements.map {
      Case(
        name: $0["name"]?.string ?? "", token: $0["token"]?.string ?? "", code: $0["code"]?.string ?? "",
        says: $0["says"]?.string ?? "")
    }
    return TokenFile(
      cases: cases ?? [], keySetJSON: writer.bytes, usable: Int(root["usable"]?.int64 ?? 0),
      issuer: TokenIssuer(
        root["issuer"]?.string ?? "", audiences: [root["audience"]?.string ?? ""],
        skewSeconds: Int(root["skew"]?.int64 ?? 0)),
      now: Instant(microseconds: (root["now"]?.int64 ?? 0) * 1_000_000))
  }

  /// The token of a case by its name; empty when there is none.
  func token(_ name: String) -> String { cases.first { $0.name == name }?.token ?? "" }

  func verify(_ token: String, at instant: Instant? = nil) throws(NuriError) -> VerifiedToken {
    try TokenVerifier(issuers: [issuer]).verify(
      token, keySets: [issuer.name: JWKSet(keySetJSON)], now: instant ?? now)
  }
}
