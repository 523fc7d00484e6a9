import TwinIdentity
import TwinLog
import TwinNet
import TwinValues

/// The public keys of every issuer, from files or fetched, renewed while the server runs. Any thread.
///
/// `@unchecked Sendable`: what is `var` is touched only while holding `lock`.
final class KeySets: @unchecked Sendable {
  /// Fetches a document over HTTPS.
  typealias Fetch = @Sendable (_ url: String) async throws(NuriError) -> [UInt8]

  /// An unknown key has a set fetched anew, but not more often than this.
  static let leastNanoseconds: UInt64 = 10_000_000_000

  private let issuers: [AuthSettings.Issuer]
  private let fetch: Fetch
  private let log: ServerLog
  private let pause: UInt64
  private let lock = Lock()
  private var sets: [String: JWKSet] = [:]
  private var sources: [String: [UInt8]] = [:]
  private var tried: [String: UInt64] = [:]
  private var underWay: [String: Task<Void, Never>] = [:]
  private var changes: UInt64 = 0

  init(
    _ issuers: [AuthSettings.Issuer], log: ServerLog, pause: UInt64 = KeySets.leastNanoseconds,
    fetch: @escaping Fetch
  ) {
    self.issuers = issuers
    self.fetch = fetch
    self.log = log
    self.pause = pause
  }

  /// The sets there are.
  var current: [String: JWKSet] { lock.withLock { sets } }

  /// A number that changes with them.
  var version: UInt64 { lock.withLock { changes } }

  /// Reads those that are files, if they changed.
  func readFiles() {
    for issuer in issuers where !issuer.keysFile.isEmpty {
      do throws(NuriError) {
        try take(try PosixDisk().readFile(issuer.keysFile, limit: IdentityLimits.keySetBytes), issuer)
      } catch {
        log.write(.error, "keys.unreadable", error.inside(issuer.issuer))
      }
    }
  }

  /// Fetches those that have an address.
  func fetchAll() async {
    for issuer in issuers where issuer.keysFile.isEmpty { await renew(issuer) }
  }

  /// Fetches one issuer's set because a token names a key that is not in it; not more often than it can afford. Who
  /// comes while it is fetched waits for that.
  /// - Parameter seen: the `version` of the sets that the key was looked for in.
  /// - Returns: whether there may be more keys now.
  func renew(unknownKeyOf name: String, seen: UInt64) async -> Bool {
    guard let issuer = issuers.first(where: { $0.issuer == name }), issuer.keysFile.isEmpty else {
      return false
    }
    let task: Task<Void, Never>? = lock.withLock {
      let since = LoopClock.monotonicNanoseconds() &- (tried[name] ?? 0)
      return underWay[name] ?? (since >= pause ? begin(issuer) : nil)
    }
    await task?.value
    return task != nil || version != seen
  }

  private func renew(_ issuer: AuthSettings.Issuer) async {
    await lock.withLock { underWay[issuer.issuer] ?? begin(issuer) }.value
  }

  /// Begins to fetch. To be called while holding `lock`.
  private func begin(_ issuer: AuthSettings.Issuer) -> Task<Void, Never> {
    tried[issuer.issuer] = LoopClock.monotonicNanoseconds()
    let task = Task.detached { [self] in
      do throws(NuriError) {
        let url = try await keysURL(issuer)
        try take(try await fetch(url), issuer)
      } catch {
        log.write(.warning, "keys.unreachable", error.inside(issuer.issuer))
      }
      lock.withLock { underWay[issuer.issuer] = nil }
    }
    underWay[issuer.issuer] = task
    return task
  }

  /// Where an issuer's keys are: as configured, or as its discovery document says (OpenID Connect Discovery 1.0).
  private func keysURL(_ issuer: AuthSettings.Issuer) async throws(NuriError) -> String {
    if !issuer.keysURL.isEmpty { return issuer.keysURL }
    var base = issuer.issuer
    while base.last == "/" { base.removeLast() }
    let place = base + "/.well-known/openid-configuration"
    let document = try JSONDocument(try await fetch(place))
    guard document.root["issuer"]?.string == issuer.issuer, let url = document.root["jwks_uri"]?.string else {
      throw NuriError(
        .invalidKeySet, "The discovery document is another issuer's, or names no jwks_uri.", at: place)
    }
    guard url.hasPrefix("https://") || issuer.issuer.hasPrefix("http://") else {
      throw NuriError(
        .invalidKeySet, "The discovery document leads to keys that are not encrypted.", at: place)
    }
    return url
  }

  private func take(_ bytes: [UInt8], _ issuer: AuthSettings.Issuer) throws(NuriError) {
    if lock.withLock({ sources[issuer.issuer] == bytes }) { return }
    let set = try JWKSet(bytes)
    for reason in set.ignored {
      log.write(.warning, "keys.ignored") { writer in
        writer.field("issuer", issuer.issuer)
        writer.field("message", reason)
      }
    }
    lock.withLock {
      sets[issuer.issuer] = set
      sources[issuer.issuer] = bytes
      changes += 1
    }
  }
}
