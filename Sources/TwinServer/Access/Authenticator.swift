import TwinEngine
import TwinNet
import TwinValues

/// Tells who asks.
final class Authenticator: Sendable {
  private let key: String

  init(key: String) { self.key = key }

  /// The principal behind a request's credential.
  /// - Throws: the 401 to answer with.
  func principal(_ request: HTTPRequest) throws(Refusal) -> Principal {
    guard let shown = Authenticator.credential(request) else {
      throw .unauthenticated(
        "Say who you are: send Authorization: Bearer with an API key or a token.",
        challenge: "Bearer realm=\"nuri\"")
    }
    guard shown == key else {
      throw .unauthenticated(
        "The credential is not valid.", challenge: "Bearer realm=\"nuri\", error=\"invalid_token\"")
    }
    return Principal("key:first", roles: [.admin])
  }

  private static func credential(_ request: HTTPRequest) -> String? {
    if let key = request.headers["x-api-key"] { return key }
    guard let field = request.headers["authorization"] else { return nil }
    let parts = field.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}
