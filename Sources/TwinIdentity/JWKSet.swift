public import TwinValues

/// The public keys of an issuer (RFC 7517), as its `jwks_uri` or a file gives them.
///
/// A key that is not understood, too weak, or for something else is passed over, as the standard asks; `ignored` says
/// which and why. So an issuer may add kinds of keys without locking anybody out.
public struct JWKSet: Sendable {
  /// The keys that can check tokens.
  public let keys: [JWK]
  /// What was passed over: `key 2: its kind or curve is unknown`.
  public let ignored: [String]

  /// Reads a set.
  /// - Throws: `invalidKeySet` for text that is no JWK set, or one past a limit.
  public init(_ json: [UInt8]) throws(NuriError) {
    let limits = JSONLimits(
      maximumDepth: IdentityLimits.tokenDepth, maximumBytes: IdentityLimits.keySetBytes)
    let document: JSONDocument
    do { document = try JSONDocument(json, limits: limits) } catch {
      throw NuriError(.invalidKeySet, "The key set is not JSON: \(error.message)", at: error.place)
    }
    guard let list = document.root["keys"], list.kind == .array else {
      throw NuriError(
        .invalidKeySet, "A key set is an object with an array called keys.",
        advice: "Is this the issuer's jwks_uri, and not its openid-configuration?")
    }
    guard list.count <= IdentityLimits.keySetKeys else {
      throw NuriError(
        .invalidKeySet, "The key set has \(list.count) keys; \(IdentityLimits.keySetKeys) are the most.")
    }
    var keys: [JWK] = []
    var ignored: [String] = []
    for (number, node) in list.elements.enumerated() {
      do throws(JWK.Unusable) { keys.append(try JWK(node)) } catch {
        ignored.append("key \(number + 1): \(error.reason)")
      }
    }
    self.keys = keys
    self.ignored = ignored
  }

  /// Reads a set from text.
  /// - Throws: as above.
  public init(_ json: String) throws(NuriError) { try self.init(Array(json.utf8)) }

  /// The keys that a token with this key id and algorithm may have been signed with: those of that name, or, for a
  /// token that names none, all of the right kind.
  func candidates(id: String?, for algorithm: TokenAlgorithm) -> [JWK] {
    keys.filter { (id == nil || $0.id == id) && $0.isFor(algorithm) }
  }

  /// Whether a key has this id, whatever it is for.
  func names(_ id: String) -> Bool { keys.contains { $0.id == id } }
}
