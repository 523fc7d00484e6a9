public import TwinValues

/// A JSON Web Token taken apart (RFC 7519 in the compact form of RFC 7515), with nothing proven yet.
///
/// The parser is strict: three parts of canonical base64url, header and claims one JSON object each without
/// duplicate keys, no `crit`, no `none`, no shared-secret algorithm. What a header may offer as a key (`jwk`, `jku`,
/// `x5c`, `x5u`) is never looked at. Errors never repeat the token.
public struct JWT: Sendable {
  /// How it says it was signed.
  public let algorithm: TokenAlgorithm
  /// The key it says it was signed with.
  public let keyId: String?
  /// Who it says made it. Good for choosing keys to check it with, for nothing else.
  public let unprovenIssuer: String
  let claims: Claims
  let signed: [UInt8]
  let signature: [UInt8]

  /// Takes a token apart.
  /// - Throws: `invalidToken`, saying what is wrong with its form.
  public init(_ token: String) throws(NuriError) {
    let bytes = Array(token.utf8)
    guard bytes.count <= IdentityLimits.tokenBytes else {
      throw .token("The token has \(bytes.count) bytes; \(IdentityLimits.tokenBytes) are the most.")
    }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else {
      throw .token(
        "A token has three parts with dots between; this has \(parts.count).",
        advice: parts.count == 5 ? "Encrypted tokens are not taken: ask the issuer for a signed one." : nil)
    }
    let header = try Self.object(parts[0], "header")
    algorithm = try Self.algorithm(header.root)
    keyId = try Self.checkedHeader(header.root)
    let claims = try Self.object(parts[1], "claims")
    guard let issuer = claims.root["iss"]?.string, !issuer.isEmpty,
      issuer.utf8.count <= IdentityLimits.claimBytes
    else {
      throw .token("The token has no issuer (iss) of 1 to \(IdentityLimits.claimBytes) bytes.")
    }
    unprovenIssuer = issuer
    self.claims = Claims(claims)
    guard let signature = Base64URL.decode(parts[2]), !signature.isEmpty else {
      throw .token("The token's signature is missing or not base64url without padding.")
    }
    self.signature = signature
    signed = Array(bytes[..<(parts[1].endIndex)])
  }

  private static func object(_ part: ArraySlice<UInt8>, _ name: String) throws(NuriError) -> JSONDocument {
    guard let json = Base64URL.decode(part) else {
      throw .token("The token's \(name) is not base64url without padding.")
    }
    let limits = JSONLimits(
      maximumDepth: IdentityLimits.tokenDepth, maximumBytes: IdentityLimits.tokenBytes)
    guard let document = try? JSONDocument(json, limits: limits), document.root.kind == .object else {
      throw .token("The token's \(name) is not one JSON object with each key once.")
    }
    return document
  }

  private static func algorithm(_ header: JSONNode) throws(NuriError) -> TokenAlgorithm {
    guard let name = header["alg"]?.string else {
      throw .token("The token's header names no algorithm (alg).")
    }
    if let algorithm = TokenAlgorithm(rawValue: name) { return algorithm }
    let known = TokenAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
    switch name.lowercased() {
    case "none": throw .token("The token is not signed (alg none).", advice: "Have it signed: \(known).")
    case "hs256", "hs384", "hs512":
      throw .token("The token is signed with a shared secret (HS…).", advice: "Have it signed: \(known).")
    default: throw .token("The token's algorithm is not trusted.", advice: "Have it signed: \(known).")
    }
  }

  /// Refuses headers that change what the token means; returns the key id.
  private static func checkedHeader(_ header: JSONNode) throws(NuriError) -> String? {
    if header["crit"] != nil {
      throw .token("The token's header has extensions that must be understood (crit); Nuri knows none.")
    }
    if header["enc"] != nil || header["zip"] != nil || header["b64"] != nil {
      throw .token("The token's header asks for encryption, compression or raw content.")
    }
    if let type = header["typ"] {
      // RFC 8725, 3.11: what was made to be something else (a log-out, a proof of possession) is no access token.
      let name = type.string?.lowercased() ?? ""
      guard ["jwt", "at+jwt", "application/jwt", "application/at+jwt"].contains(name) else {
        throw .token("The token's type (typ) is neither JWT nor at+jwt.")
      }
    }
    guard let id = header["kid"] else { return nil }
    guard let text = id.string, !text.isEmpty, text.utf8.count <= IdentityLimits.claimBytes else {
      throw .token("The token's key id (kid) is not a text of 1 to \(IdentityLimits.claimBytes) bytes.")
    }
    return text
  }
}

/// A token's claims, still as JSON.
///
/// `@unchecked Sendable`: the document is handed in whole and never parsed into again, so threads only read it.
final class Claims: @unchecked Sendable {
  private let document: JSONDocument

  init(_ document: JSONDocument) { self.document = document }

  /// The value at the end of a path of member names; `nil` when there is none.
  func node(_ path: [String]) -> JSONNode? {
    var node = document.root
    for name in path {
      guard let next = node[name] else { return nil }
      node = next
    }
    return node
  }
}
