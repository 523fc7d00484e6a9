import TwinEngine
import TwinIdentity
import TwinNet
import TwinValues

/// Signing in for people with a browser: the authorization code flow of OpenID Connect (Core 1.0, §3.1) with PKCE (RFC
/// 7636), run by the server, which ends at the page with a token that `auth.issuers` verifies. Any thread.
///
/// Paths: `/v1/signin` lists the issuers, `/v1/signin/start?issuer=…` leads to one, `/v1/signin/callback` is where it
/// leads back to. Nobody needs to be signed in for them.
struct SignInBridge: Sendable {
  /// The page's address with what went wrong, for the page to say it in the reader's language.
  private enum Failure: String {
    /// The sign-in was not begun by this browser, was used, or took too long.
    case expired
    /// The issuer refused, or the person did.
    case refused
    /// The issuer can't be reached, or does not speak as it should.
    case unreachable
    /// The issuer's token does not hold here.
    case invalid
  }

  private static let cookie = "nuri-signin"

  let prefix: String
  let issuers: [AuthSettings.Issuer]
  let authenticator: Authenticator
  let provider: SignInProvider
  let waiting: SignInsUnderWay
  let log: ServerLog

  init(
    tenant: String, _ settings: AuthSettings, _ authenticator: Authenticator, fetch: KeyFetch, log: ServerLog
  ) {
    prefix = tenant == TenantName.standard ? "" : "/tenants/\(tenant)"
    issuers = settings.issuers.filter {
      !$0.clientId.isEmpty && ($0.tenants.isEmpty || $0.tenants.contains(tenant))
    }
    self.authenticator = authenticator
    self.log = log
    provider = SignInProvider(fetch: fetch)
    waiting = SignInsUnderWay()
  }

  /// The answer to a request for one of the paths; `nil` for any other path.
  func respond(to request: HTTPRequest, _ path: Substring) async throws(Refusal) -> HTTPResponse? {
    guard path == "/v1/signin" || path.hasPrefix("/v1/signin/") else { return nil }
    guard request.method == .get else { throw .methodNotAllowed("GET") }
    switch path {
    case "/v1/signin": return list()
    case "/v1/signin/start": return try await start(request)
    case "/v1/signin/callback": return try await callback(request)
    default: throw .nothing("There is nothing at this path.")
    }
  }

  private func list() -> HTTPResponse {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("issuers")
    writer.beginArray()
    for issuer in issuers {
      writer.beginObject()
      writer.field("name", issuer.shownName)
      writer.field("start", "\(prefix)/v1/signin/start?issuer=\(PercentCoding.encode(issuer.issuer))")
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return .bytes(writer.bytes, type: "application/json")
  }

  private func start(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let name = request.target.queryValue("issuer") ?? ""
    guard let issuer = issuers.first(where: { $0.issuer == name }) else {
      throw .nothing("Nobody signs in by the issuer \"\(name.prefix(200))\" here.")
    }
    let now = LoopClock.monotonicNanoseconds()
    try authenticator.countSignIn(from: request.peer.host, nowNanoseconds: now)
    do throws(NuriError) {
      let places = try await provider.places(of: issuer)
      let attempt = SignInsUnderWay.Attempt(
        issuer: issuer, places: places, redirect: redirect(issuer, request),
        nonce: try SecureRandom.letters(32),
        verifier: try SecureRandom.letters(64), browser: try SecureRandom.letters(32))
      let state = try waiting.begin(attempt, nowNanoseconds: now)
      let query = FormText.form([
        ("response_type", "code"), ("client_id", issuer.clientId), ("redirect_uri", attempt.redirect),
        ("scope", issuer.scope), ("state", state), ("nonce", attempt.nonce),
        ("code_challenge", Base64URL.encode(SHA256.hash(attempt.verifier).bytes)),
        ("code_challenge_method", "S256"),
      ])
      let separator = places.authorization.contains("?") ? "&" : "?"
      return leave(
        to: places.authorization + separator + query, request, cookie: attempt.browser,
        seconds: SignInsUnderWay.seconds)
    } catch {
      return fail(.unreachable, issuer.issuer, error, request)
    }
  }

  private func callback(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let now = LoopClock.monotonicNanoseconds()
    let query = request.target
    guard let state = query.queryValue("state"),
      let attempt = waiting.take(state, browser: Self.cookie(in: request) ?? "", nowNanoseconds: now)
    else {
      try authenticator.countSignIn(from: request.peer.host, nowNanoseconds: now)
      return fail(.expired, "", nil, request)
    }
    let name = attempt.issuer.issuer
    // Another issuer's answer (RFC 9207).
    if let stated = query.queryValue("iss"), stated != name { return fail(.refused, name, nil, request) }
    guard let code = query.queryValue("code"), !code.isEmpty else {
      let why = NuriError(
        .unauthenticated, "The issuer said: \(query.queryValue("error")?.prefix(100) ?? "nothing").")
      return fail(.refused, name, why, request)
    }
    let tokens: SignInProvider.Tokens
    do throws(NuriError) { tokens = try await provider.tokens(for: code, attempt) } catch {
      return fail(.unreachable, name, error, request)
    }
    do throws(NuriError) {
      guard try await authenticator.nonce(ofToken: tokens.id) == attempt.nonce else {
        throw NuriError(.invalidToken, "The token was made for another sign-in.")
      }
      var token = tokens.id
      if let access = tokens.access, await authenticator.opens(token: access) { token = access }
      log.write(.info, "signin") { $0.field("issuer", name) }
      return leave(to: "/#token=\(PercentCoding.encode(token))", request, cookie: "", seconds: 0)
    } catch {
      return fail(.invalid, name, error, request)
    }
  }

  /// Where the issuer is to lead back to: as configured, or to this server as the browser named it.
  private func redirect(_ issuer: AuthSettings.Issuer, _ request: HTTPRequest) -> String {
    if !issuer.redirect.isEmpty { return issuer.redirect }
    return "\(request.isSecure ? "https" : "http")://\(request.authority)\(prefix)/v1/signin/callback"
  }

  private func fail(
    _ failure: Failure, _ issuer: String, _ error: NuriError?, _ request: HTTPRequest
  ) -> HTTPResponse {
    log.write(.warning, "signin.failed") { writer in
      writer.field("id", request.id)
      writer.field("issuer", issuer)
      writer.field("failure", failure.rawValue)
      if let error { writer.field("message", error.message) }
    }
    return leave(to: "/#signin=\(failure.rawValue)", request, cookie: "", seconds: 0)
  }

  /// Sends the browser elsewhere. The cookie ties the sign-in to the browser that began it; being `Lax`, it comes along
  /// when the issuer leads back, and no script sees it.
  private func leave(
    to place: String, _ request: HTTPRequest, cookie: String, seconds: Int
  ) -> HTTPResponse {
    let path = "\(prefix)/v1/signin"
    let secure = request.isSecure ? "; Secure" : ""
    return HTTPResponse(
      status: 303,
      headers: [
        "location": place, "cache-control": "no-store", "referrer-policy": "no-referrer",
        "set-cookie":
          "\(Self.cookie)=\(cookie); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Lax\(secure)",
      ])
  }

  private static func cookie(in request: HTTPRequest) -> String? {
    for field in request.headers.values("cookie") {
      for pair in field.split(separator: ";") {
        let pair = pair.drop { $0 == " " }
        if pair.hasPrefix(cookie + "=") { return String(pair.dropFirst(cookie.count + 1)) }
      }
    }
    return nil
  }
}

/// `application/x-www-form-urlencoded`, and what a query holds of it.
enum FormText {
  /// Names and values with `=` and `&` between them.
  static func form(_ members: [(String, String)]) -> String {
    members.map { "\($0)=\(PercentCoding.encode($1))" }.joined(separator: "&")
  }
}
