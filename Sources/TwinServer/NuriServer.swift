import TwinClients
import TwinEngine
import TwinLog
import TwinNet
public import TwinValues

/// A server on one or more data folders: opens them, listens, answers, drains and closes. Any thread.
///
/// ```swift
/// let server = try NuriServer(configuration, cores: 2) { print($0) }
/// try server.start()
/// while !isOver { sleep; server.tick() }
/// try await server.stop()
/// ```
public final class NuriServer: Sendable {
  private let configuration: ServerConfiguration
  private let standard: Tenant
  private let tenants: [String: Tenant]
  private let router: Router
  private let page: PageShelf?
  private let status: ServerStatus
  private let disk: DiskCounter
  private let keySets: KeySets
  private let certificates: CertificateWatch
  private let log: ServerLog
  private let listeners: [HTTPServer]
  private let upkeep: Upkeep
  private let keyFetch: KeyFetch
  private let eventClient: HTTPClient

  /// Opens the data folders and prepares to listen.
  /// - Parameters:
  ///   - cores: threads for each address when the configuration does not say.
  ///   - sink: takes lines of the log, whole ones, on a thread of its own.
  /// - Throws: `NuriError` when a folder, a certificate or a key file can't be used.
  public init(
    _ configuration: ServerConfiguration, cores: Int, log sink: @escaping @Sendable ([UInt8]) -> Void
  ) throws(NuriError) {
    self.configuration = configuration
    let log = ServerLog(configuration.log, now: { SystemClock().now() }, sink: sink)
    let keyFetch = try KeyFetch(authorities: configuration.auth.keyAuthorities)
    self.keyFetch = keyFetch
    let eventClient = try HTTPClient()
    self.eventClient = eventClient
    let counter = DiskCounter()
    let measured = MeasuredDisk(inner: PosixDisk(), counter: counter)
    let keySets = KeySets(
      configuration.auth.issuers, log: log,
      fetch: { [keyFetch] url throws(NuriError) in
        try await keyFetch.fetch(url)
      })
    var opened: [String: Tenant] = [:]
    do throws(NuriError) {
      let folders = [TenantName.standard: configuration.data].merging(configuration.tenants) { first, _ in
        first
      }
      for (name, folder) in folders.sorted(by: { $0.key < $1.key }) {
        opened[name] = try Tenant(
          name: name, folder: folder, configuration, disk: measured, keySets: keySets, keyFetch: keyFetch,
          eventClient: eventClient, log: log)
      }
      guard let standard = opened[TenantName.standard] else {
        throw NuriError(.invalidSetting, "There is no data folder.", advice: "Set data.")
      }
      self.standard = standard
      certificates = try CertificateWatch(configuration)
      page = try configuration.page.folder.isEmpty ? nil : PageShelf(configuration.page)
      status = try ServerStatus()
    } catch {
      for tenant in opened.values { _ = try? tenant.close() }
      log.stop()
      throw error
    }
    tenants = opened
    self.keySets = keySets
    self.log = log
    disk = counter
    upkeep = Upkeep()
    let router = Router(
      configuration, standard: standard, tenants: opened, page: page, status: status,
      metrics: ServerMetrics(), log: log)
    self.router = router
    let tls = certificates.current
    listeners = configuration.listen.map { address in
      HTTPServer(
        configuration: HTTPServer.Configuration(
          address: address.host, port: address.port,
          loops: configuration.loops > 0 ? configuration.loops : max(1, cores), tls: tls,
          limits: configuration.net), overdue: { router.overdue($0) }, quick: { router.atHand($0) }
      ) { await router.respond(to: $0) }
    }
    keySets.readFiles()
  }

  /// Listens and answers.
  /// - Throws: `NuriError` when an address is taken or a certificate can't be used.
  public func start() throws(NuriError) {
    for listener in listeners { try listener.start() }
    for tenant in tenants.values { tenant.start() }
    look()
    fetchKeys()
    log.write(.info, "started") { writer in
      writer.key("addresses")
      writer.texts(addresses)
      writer.key("tenants")
      writer.texts(tenants.keys.sorted())
    }
  }

  /// Where it listens, as URLs.
  public var addresses: [String] {
    let scheme = configuration.tls.isOn ? "https" : "http"
    return zip(configuration.listen, listeners).map {
      "\(scheme)://\(ListenAddress(host: $0.host, port: $1.port))"
    }
  }

  /// The certificate of the server's own authority, which clients are to trust; `nil` with given certificates.
  public var authorityPath: String? { certificates.authorityPath }

  /// The keys that first starts made, by tenant; to be shown once.
  public var firstKeys: [String: String] { tenants.compactMapValues(\.firstKey) }

  /// Answers a request as if it had come in, for tests of everything but the network.
  func respond(to request: HTTPRequest) async -> HTTPResponse { await router.respond(to: request) }

  /// The engine of the tenant that needs no prefix, for tests.
  var standardEngine: Engine { standard.engine }

  /// What is due by now: call it about once a second.
  public func tick() {
    look()
    for tenant in tenants.values { tenant.recallEnded() }
    let due = upkeep.due(configuration.auth.refreshSeconds)
    if due.files { reload(isAsked: false) }
    if due.keys { fetchKeys() }
    if due.forks { discardExpired() }
    if due.audit { dropAudit() }
  }

  /// Reads certificates, key files and the page anew. What can't be used is logged, and the old ones stay.
  public func reload() { reload(isAsked: true) }

  private func reload(isAsked: Bool) {
    keySets.readFiles()
    if isAsked { reloadPage() }
    do throws(NuriError) {
      guard let fresh = try certificates.changed(orAnyway: isAsked) else { return }
      for listener in listeners { try listener.reloadCertificates(fresh) }
      log.write(.info, "certificates.reloaded")
    } catch {
      log.write(.error, "certificates.unusable", error)
    }
  }

  private func reloadPage() {
    guard let page else { return }
    do throws(NuriError) {
      try page.reload()
      log.write(.info, "page.reloaded")
    } catch {
      log.write(.error, "page.unusable", error)
    }
  }

  private func fetchKeys() {
    let keySets = keySets
    Task.detached { await keySets.fetchAll() }
  }

  private func discardExpired() {
    for tenant in tenants.values {
      do throws(NuriError) {
        for world in try tenant.discardExpired() {
          log.write(.info, "fork.expired") { writer in
            writer.field("tenant", tenant.name)
            writer.field("world", world)
          }
        }
      } catch {
        log.write(.error, "fork.expiry", error)
      }
    }
  }

  private func dropAudit() {
    guard configuration.auditKeepDays > 0 else { return }
    let age = Int64(configuration.auditKeepDays) * 86_400_000_000
    let instant = Instant(microseconds: SystemClock().now().microseconds - age)
    for tenant in tenants.values {
      do throws(NuriError) {
        let count = try tenant.dropAudit(before: instant)
        guard count > 0 else { continue }
        log.write(.info, "audit.dropped") { writer in
          writer.field("tenant", tenant.name)
          writer.field("entries", Int(clamping: count))
        }
      } catch {
        log.write(.error, "audit.dropping", error)
      }
    }
  }

  /// Looks how everything is, for `/ready` and `/metrics`.
  private func look() {
    guard upkeep.beginLook() else { return }
    Task.detached {
      await self.lookNow()
      self.upkeep.endLook()
    }
  }

  private func lookNow() async {
    var problems: [String] = []
    var figures: [ServerStatus.TenantFigures] = []
    var net = HTTPMetrics()
    for tenant in tenants.values.sorted(by: { $0.name < $1.name }) {
      let seen = await tenant.look()
      problems += seen.problems
      figures.append(seen.figures)
    }
    for listener in listeners { net.add(listener.metrics) }
    let free = tenants.values.compactMap { PosixDisk.freeBytes(at: $0.folder) }.min() ?? .max
    if free < configuration.limits.readyFreeBytes {
      problems.append(
        "\(free) bytes of disk are free; limits.readyFreeBytes is \(configuration.limits.readyFreeBytes).")
    }
    status.take(problems: problems, tenants: figures, net: net, freeBytes: free, disk: disk.figures)
  }

  /// Takes no more requests, lets those under way end, and closes the data folders. Returns how many connections had
  /// to be cut.
  /// - Throws: `NuriError` when a folder can't be closed well.
  @discardableResult
  public func stop() async throws(NuriError) -> Int {
    status.drain()
    log.write(.info, "draining")
    let milliseconds = configuration.drainMilliseconds
    let cut = await withTaskGroup(of: Int.self) { group in
      for listener in listeners {
        group.addTask { await listener.drain(deadlineMilliseconds: milliseconds) }
      }
      return await group.reduce(0, +)
    }
    for tenant in tenants.values { await tenant.stop() }
    var failure: NuriError?
    for tenant in tenants.values {
      do throws(NuriError) { try tenant.close() } catch { failure = failure ?? error }
    }
    keyFetch.close()
    eventClient.close()
    log.write(.info, "stopped") { $0.field("cut", cut) }
    log.stop()
    if let failure { throw failure }
    return cut
  }
}

/// When what is due. Any thread.
///
/// `@unchecked Sendable`: the instants are touched only while holding `lock`.
private final class Upkeep: @unchecked Sendable {
  private static let filesNanoseconds: UInt64 = 5_000_000_000
  private static let forksNanoseconds: UInt64 = 30_000_000_000
  private static let auditNanoseconds: UInt64 = 3_600_000_000_000

  private let lock = Lock()
  private var files = LoopClock.monotonicNanoseconds()
  private var keys = LoopClock.monotonicNanoseconds()
  private var forks = LoopClock.monotonicNanoseconds()
  /// The first time at once: a server that is started every day must come to it too.
  private var audit: UInt64?
  private var isLooking = false

  /// Whether nobody is looking yet.
  func beginLook() -> Bool {
    lock.withLock {
      defer { isLooking = true }
      return !isLooking
    }
  }

  private func isAuditDue(_ now: UInt64) -> Bool {
    if let audit, now &- audit < Self.auditNanoseconds { return false }
    audit = now
    return true
  }

  func endLook() { lock.withLock { isLooking = false } }

  func due(_ refreshSeconds: Int) -> (files: Bool, keys: Bool, forks: Bool, audit: Bool) {
    let now = LoopClock.monotonicNanoseconds()
    func isDue(_ last: inout UInt64, _ every: UInt64) -> Bool {
      if now &- last < every { return false }
      last = now
      return true
    }
    return lock.withLock {
      (
        isDue(&files, Self.filesNanoseconds), isDue(&keys, UInt64(refreshSeconds) * 1_000_000_000),
        isDue(&forks, Self.forksNanoseconds), isAuditDue(now)
      )
    }
  }
}
