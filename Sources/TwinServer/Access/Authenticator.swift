import TwinEngine
import TwinIdentity
import TwinNet
import TwinValues

/// Tells who asks: by API key, token, client certificate or ticket. Any thread.
///
/// What was found out about a credential is remembered by its SHA-256, so that a hot one costs a hash and a look-up.
/// A change of keys or of an issuer's key set forgets it at once, the credential's end in time.
///
/// `@unchecked Sendable`: `known` is touched only while holding `lock`.
final class Authenticator: @unchecked Sendable {
  /// Who someone is, with what the limits of the principal are kept in.
  final class Guest: Sendable {
    let principal: Principal
    let bucket: TokenBucket
    /// Whether the credential still opens, for answers without an end; cheap.
    let holds: @Sendable () -> Bool
    fileprivate let tenant: String
    fileprivate let keyVersion: UInt64
    fileprivate let setVersion: UInt64
    fileprivate let endNanoseconds: UInt64

    init(
      _ principal: Principal, _ bucket: TokenBucket, tenant: String, keyVersion: UInt64 = 0,
      setVersion: UInt64 = 0, endNanoseconds: UInt64 = .max, holds: @escaping @Sendable () -> Bool
    ) {
      self.principal = principal
      self.bucket = bucket
      self.holds = holds
      self.tenant = tenant
      self.keyVersion = keyVersion
      self.setVersion = setVersion
      self.endNanoseconds = endNanoseconds
    }

    fileprivate func holds(_ keyVersion: UInt64, _ setVersion: UInt64, _ now: UInt64) -> Bool {
      self.keyVersion == keyVersion && self.setVersion == setVersion && endNanoseconds > now
    }
  }

  /// Credentials remembered.
  static let remembered = 8_192
  /// What was found out is looked at again after this, for ends in time.
  static let keptNanoseconds: UInt64 = 1_000_000_000

  private let tenant: String
  private let engine: Engine
  private let settings: AuthSettings
  private let verifier: TokenVerifier?
  private let keySets: KeySets
  private let buckets: BucketsByName
  private let failures: BucketsByName
  private let tickets: Tickets
  private let lock = Lock()
  private var known: [Digest: Guest] = [:]

  init(
    tenant: String, engine: Engine, settings: AuthSettings, limits: ServerLimits, keySets: KeySets
  ) throws(NuriError) {
    self.tenant = tenant
    self.engine = engine
    self.settings = settings
    self.keySets = keySets
    let issuers = settings.issuers.map {
      TokenIssuer(
        $0.issuer, audiences: Set([$0.audience, $0.clientId]).subtracting([""]),
        skewSeconds: settings.clockSkewSeconds)
    }
    verifier = issuers.isEmpty ? nil : try TokenVerifier(issuers: issuers)
    buckets = BucketsByName(perSecond: Double(limits.requestsPerSecond), burst: limits.requestBurst)
    failures = BucketsByName(
      perSecond: Double(limits.failedSignInsPerMinute) / 60, burst: limits.failedSignInsPerMinute)
    tickets = Tickets(seconds: settings.ticketSeconds)
  }

  /// Who asks.
  /// - Throws: the 401 or 429 to answer with.
  func guest(_ request: HTTPRequest, nowNanoseconds now: UInt64) async throws(Refusal) -> Guest {
    let credential = try Credential(request)
    if case .ticket(let text) = credential {
      guard let (principal, holds) = tickets.redeem(text, nowNanoseconds: now) else {
        throw refused(request, now, "The ticket is not valid: it was used, or its time is over.")
      }
      return Guest(
        principal, buckets.bucket(principal.id, nowNanoseconds: now), tenant: tenant, holds: holds)
    }
    let key = credential.digest
    let keyVersion = engine.accessVersion
    let setVersion = keySets.version
    if let guest = known(key, keyVersion, setVersion, now) { return guest }
    if let wait = failures.known(request.peer.host)?.wait(nowNanoseconds: now) {
      throw .tooManySignIns(waitNanoseconds: wait)
    }
    let (principal, holds) = try await principal(credential, request, now)
    let guest = Guest(
      principal, buckets.bucket(principal.id, nowNanoseconds: now), tenant: tenant, keyVersion: keyVersion,
      setVersion: setVersion, endNanoseconds: now + Self.keptNanoseconds, holds: holds)
    lock.withLock {
      if known.count >= Self.remembered { known.removeAll(keepingCapacity: true) }
      known[key] = guest
    }
    return guest
  }

  /// Who asks, when that was found out a moment ago.
  func known(_ request: HTTPRequest, nowNanoseconds now: UInt64) -> Guest? {
    let keyVersion = engine.accessVersion
    let setVersion = keySets.version
    if let guest = request.rememberedAuthorization as? Guest, guest.tenant == tenant,
      guest.holds(keyVersion, setVersion, now)
    {
      return guest
    }
    guard let credential = try? Credential(request) else { return nil }
    if case .ticket = credential { return nil }
    let guest = known(credential.digest, keyVersion, setVersion, now)
    if let guest, case .text = credential { request.rememberAuthorization(guest) }
    return guest
  }

  private func known(_ key: Digest, _ keyVersion: UInt64, _ setVersion: UInt64, _ now: UInt64) -> Guest? {
    lock.withLock { known[key] }.flatMap { $0.holds(keyVersion, setVersion, now) ? $0 : nil }
  }

  /// Makes a ticket for someone who has shown a credential.
  func ticket(for guest: Guest) throws(NuriError) -> String {
    try tickets.issue(
      to: guest.principal, nowNanoseconds: LoopClock.monotonicNanoseconds(), holds: guest.holds)
  }

  private func principal(
    _ credential: Credential, _ request: HTTPRequest, _ now: UInt64
  ) async throws(Refusal) -> (Principal, holds: @Sendable () -> Bool) {
    switch credential {
    case .certificate(let client):
      // It was good when the connection began, and holds as long as that.
      if let principal = Principal(client, settings.certificates, tenant) { return (principal, { true }) }
      throw refused(request, now, "The client certificate stands for nobody here.")
    case .text(let text) where APIKey.isMeant(text) || verifier == nil:
      if let principal = engine.principal(forKey: text), let id = (try? APIKey(text))?.id {
        return (principal, { [engine] in engine.keyWorks(id) })
      }
      throw refused(request, now, "The API key is not valid: it is unknown, was revoked or has expired.")
    case .text(let text):
      do throws(NuriError) { return try await principal(token: text) } catch {
        throw refused(request, now, error.message)
      }
    case .ticket: throw refused(request, now, "The ticket is not valid.")
    }
  }

  private func principal(
    token text: String
  ) async throws(NuriError) -> (Principal, holds: @Sendable () -> Bool) {
    let (token, verified, verifier) = try await verified(token: text)
    guard let issuer = settings.issuers.first(where: { $0.issuer == verified.issuer }),
      issuer.tenants.isEmpty || issuer.tenants.contains(tenant)
    else { throw NuriError(.invalidToken, "The token's issuer is not trusted for this tenant.") }
    let standing = TokenStanding(token, verifier, keySets, ends: verified.expires)
    return (try Principal(verified, issuer, isAlone: settings.issuers.count == 1), { standing.holds })
  }

  private func verified(
    token text: String
  ) async throws(NuriError) -> (JWT, VerifiedToken, TokenVerifier) {
    guard let verifier else { throw NuriError(.invalidToken, "No issuer of tokens is trusted.") }
    let token = try JWT(text)
    let seen = keySets.version
    do throws(NuriError) {
      return (token, try verifier.verify(token, keySets: keySets.current, now: SystemClock().now()), verifier)
    } catch {
      guard error.code == .unknownTokenKey,
        await keySets.renew(unknownKeyOf: try verifier.issuer(of: token).name, seen: seen)
      else { throw error }
      return (token, try verifier.verify(token, keySets: keySets.current, now: SystemClock().now()), verifier)
    }
  }

  /// The sign-in that a token was made for (`nonce`); `nil` when it does not say.
  /// - Throws: `NuriError` when the token opens nothing here.
  func nonce(ofToken text: String) async throws(NuriError) -> String? {
    _ = try await principal(token: text)
    return try await verified(token: text).1.text("nonce")
  }

  /// Whether a token opens anything here.
  func opens(token text: String) async -> Bool { (try? await principal(token: text)) != nil }

  /// Counts a sign-in that is begun, or that nobody began, against the address it comes from.
  /// - Throws: the 429 to answer with.
  func countSignIn(from host: String, nowNanoseconds now: UInt64) throws(Refusal) {
    if let wait = failures.bucket(host, nowNanoseconds: now).take(nowNanoseconds: now) {
      throw .tooManySignIns(waitNanoseconds: wait)
    }
  }

  /// The refusal of a credential, counted against the address it came from.
  private func refused(_ request: HTTPRequest, _ now: UInt64, _ message: String) -> Refusal {
    _ = failures.bucket(request.peer.host, nowNanoseconds: now).take(nowNanoseconds: now)
    return .unauthenticated(message, challenge: "Bearer realm=\"nuri\", error=\"invalid_token\"")
  }
}

/// Whether a token that was accepted still would be: until its end, and while its issuer's keys fit it. Any thread.
///
/// `@unchecked Sendable`: `version` and `isGood` are touched only while holding `lock`.
private final class TokenStanding: @unchecked Sendable {
  private let token: JWT
  private let verifier: TokenVerifier
  private let keySets: KeySets
  private let end: Instant
  private let lock = Lock()
  private var version: UInt64
  private var isGood = true

  init(_ token: JWT, _ verifier: TokenVerifier, _ keySets: KeySets, ends expires: Instant) {
    self.token = token
    self.verifier = verifier
    self.keySets = keySets
    let skew = (try? verifier.issuer(of: token).skewSeconds) ?? 0
    end = Instant(microseconds: expires.microseconds + Int64(skew) * 1_000_000)
    version = keySets.version
  }

  var holds: Bool {
    let now = SystemClock().now()
    if now >= end { return false }
    return lock.withLock {
      let newest = keySets.version
      if version != newest {
        version = newest
        isGood = (try? verifier.verify(token, keySets: keySets.current, now: now)) != nil
      }
      return isGood
    }
  }
}

/// What a request shows to say who asks.
enum Credential {
  case text(String)
  case certificate(TLSClientIdentity)
  case ticket(String)

  /// What it is remembered by.
  var digest: Digest {
    switch self {
    case .text(let text), .ticket(let text): SHA256.hash(text)
    case .certificate(let client): SHA256.hash(client.fingerprint)
    }
  }

  /// - Throws: the 401 for a request that shows nothing, or something that can't be read.
  init(_ request: HTTPRequest) throws(Refusal) {
    if request.headers.count(of: "authorization") > 1 {
      throw .unauthenticated(
        "There is more than one Authorization.", challenge: "Bearer realm=\"nuri\", error=\"invalid_request\""
      )
    }
    if let field = request.headers["authorization"] {
      guard field.utf8.count > 7,
        field.utf8.prefix(7).elementsEqual("Bearer ".utf8, by: { $0 | 32 == $1 | 32 })
      else {
        throw .unauthenticated(
          "Only Authorization: Bearer is understood.",
          challenge: "Bearer realm=\"nuri\", error=\"invalid_request\"")
      }
      self = .text(String(field.utf8.dropFirst(7)) ?? "")
    } else if let key = request.headers["x-api-key"] {
      self = .text(key)
    } else if request.method == .get, let ticket = Credential.ticket(request.target) {
      self = .ticket(ticket)
    } else if let client = request.client {
      self = .certificate(client)
    } else {
      throw .unauthenticated(
        "Say who you are: send Authorization: Bearer with an API key or a token.",
        challenge: "Bearer realm=\"nuri\"")
    }
  }

  private static func ticket(_ target: RequestTarget) -> String? {
    guard let query = target.rawQuery, query.utf8.contains(UInt8(ascii: "t")) else { return nil }
    return target.queryValue("ticket")
  }
}

extension Principal {
  /// Whom a token speaks of.
  /// - Throws: `invalidToken` when its name can't be a principal's.
  fileprivate init(_ token: VerifiedToken, _ issuer: AuthSettings.Issuer, isAlone: Bool) throws(NuriError) {
    let name = token.texts(at: Principal.path(issuer.nameClaim)).first ?? ""
    guard (1...256).contains(name.utf8.count), name.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
      throw NuriError(.invalidToken, "The token's \(issuer.nameClaim) is not a name of 1 to 256 bytes.")
    }
    let values = token.texts(at: Principal.path(issuer.rolesClaim))
    let roles = values.compactMap { value in
      Role(rawValue: issuer.roles.isEmpty ? value : issuer.roles[value] ?? "")
    }
    self.init(
      isAlone ? "user:\(name)" : "user:\(name)|\(issuer.issuer)", roles: Set(roles),
      groups: Set(token.texts(at: Principal.path(issuer.groupsClaim)).prefix(Principal.mostGroups)))
  }

  private static let mostGroups = 256

  /// Whom a certificate stands for; `nil` when it is in nobody's list.
  fileprivate init?(_ client: TLSClientIdentity, _ entries: [AuthSettings.Certificate], _ tenant: String) {
    let entry = entries.first { entry in
      (entry.tenants.isEmpty || entry.tenants.contains(tenant))
        && (entry.subject == "*" || entry.subject == client.subject
          || client.alternativeNames.contains(entry.subject))
    }
    guard let entry else { return nil }
    let subject = client.subject
    let isPlain = subject.hasPrefix("CN=") && !subject.contains(",")
    self.init(
      "cert:\(isPlain ? String(subject.dropFirst(3)) : subject)",
      roles: Set(entry.roles.compactMap(Role.init)), groups: Set(entry.groups))
  }

  /// `realm_access.roles` as a path; a claim that is a URL stays whole.
  private static func path(_ claim: String) -> [String] {
    claim.contains("/") ? [claim] : claim.split(separator: ".").map(String.init)
  }
}
