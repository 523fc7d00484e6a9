import TwinClients
import TwinIdentity
import TwinValues

/// What issuers are asked for when people sign in. Any thread.
final class SignInProvider: Sendable {
  /// Where an issuer lets people sign in and gives tokens (OpenID Connect Discovery 1.0).
  struct Places: Sendable {
    let authorization: String
    let token: String
    /// Whether the client shows its secret in the form rather than in a header field.
    let takesSecretInForm: Bool
  }

  /// What a code is exchanged for.
  struct Tokens: Sendable {
    let id: String
    let access: String?
  }

  private let fetch: KeyFetch

  init(fetch: KeyFetch) { self.fetch = fetch }

  /// Asks the issuer's discovery document.
  /// - Throws: `NuriError` when it can't be had, is another issuer's, or leads to places that are not encrypted.
  func places(of issuer: AuthSettings.Issuer) async throws(NuriError) -> Places {
    var base = issuer.issuer
    while base.last == "/" { base.removeLast() }
    let root = try JSONDocument(try await fetch.fetch(base + "/.well-known/openid-configuration")).root
    guard root["issuer"]?.string == issuer.issuer, let authorization = root["authorization_endpoint"]?.string,
      let token = root["token_endpoint"]?.string
    else {
      throw NuriError(
        .unreachable, "The discovery document is another issuer's, or lacks its endpoints.", at: issuer.issuer
      )
    }
    for place in [authorization, token]
    where !place.hasPrefix("https://") && !(issuer.issuer.hasPrefix("http://") && place.hasPrefix("http://"))
    {
      throw NuriError(.unreachable, "The issuer's endpoints are not encrypted.", at: place)
    }
    let methods = root["token_endpoint_auth_methods_supported"]?.elements.compactMap(\.string) ?? []
    return Places(
      authorization: authorization, token: token,
      takesSecretInForm: methods.contains("client_secret_post") && !methods.contains("client_secret_basic"))
  }

  /// Exchanges a code for tokens (RFC 6749, §4.1.3).
  /// - Throws: `NuriError` when the issuer refuses or can't be reached, or the secret can't be read.
  func tokens(for code: String, _ attempt: SignInsUnderWay.Attempt) async throws(NuriError) -> Tokens {
    let issuer = attempt.issuer
    var form = [
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", attempt.redirect),
      ("client_id", issuer.clientId), ("code_verifier", attempt.verifier),
    ]
    var authorization: String?
    if !issuer.clientSecretFile.isEmpty {
      var secret = String(decoding: try SecretFile.read(issuer.clientSecretFile), as: UTF8.self)
      while secret.last?.isWhitespace == true { secret.removeLast() }
      if attempt.places.takesSecretInForm {
        form.append(("client_secret", secret))
      } else {
        let pair = "\(PercentCoding.encode(issuer.clientId)):\(PercentCoding.encode(secret))"
        authorization = "Basic \(Base64.encode(Array(pair.utf8)))"
      }
    }
    let answer = try await fetch.post(
      attempt.places.token, form: FormText.form(form), authorization: authorization)
    let root = try JSONDocument(answer).root
    guard let id = root["id_token"]?.string else {
      throw NuriError(.unreachable, "The issuer gave no ID token.", at: attempt.places.token)
    }
    return Tokens(id: id, access: root["access_token"]?.string)
  }
}

/// Base64 with padding (RFC 4648, §4), for `Authorization: Basic`.
private enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String {
    let plain = Base64URL.encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
    return String(plain) + String(repeating: "=", count: (4 - plain.count % 4) % 4)
  }
}
