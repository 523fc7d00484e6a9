public import TwinValues

/// What a token says, after its signature, issuer, audience and times have been checked. A value; any thread.
public struct VerifiedToken: Sendable {
  /// Who made the token.
  public let issuer: String
  /// Whom it speaks of; unique within the issuer.
  public let subject: String
  /// Whom it was made for.
  public let audiences: [String]
  /// When it ends.
  public let expires: Instant
  /// When it was made, if it says.
  public let issued: Instant?
  /// Its own id (`jti`), if it has one.
  public let id: String?
  let claims: Claims

  /// A claim that is text, by the path of names that leads to it: `text("email")`, `text("act", "sub")`.
  public func text(_ path: String...) -> String? { claims.node(path)?.string }

  /// A claim that is a list of texts, or one text, which counts as a list of one: `texts("groups")`,
  /// `texts("realm_access", "roles")`. Elements that are no text are left out.
  public func texts(_ path: String...) -> [String] { texts(at: path) }

  /// As above, with the path as a list: from a configuration.
  public func texts(at path: [String]) -> [String] {
    guard let node = claims.node(path) else { return [] }
    return node.string.map { [$0] } ?? node.elements.compactMap(\.string)
  }

  /// A claim that is true or false.
  public func flag(_ path: String...) -> Bool? { claims.node(path)?.bool }

  /// The scopes it was given: `scope`, words with spaces between (RFC 8693), or `scp`, a list or such words.
  public var scopes: [String] {
    (texts("scope") + texts("scp")).flatMap { $0.split(separator: " ").map(String.init) }
  }
}
