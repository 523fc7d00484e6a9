import APIAzure
import APINative
import TwinClients
import TwinEngine
import TwinEvents
import TwinExchange
import TwinGraph
import TwinLog
import TwinNet
import TwinValues

/// One data folder that is served: an engine, who may use it, and what its requests need besides. Any thread.
final class Tenant: Sendable {
  /// Its name in paths: `/tenants/{name}`.
  let name: String
  let folder: String
  let engine: Engine
  let authenticator: Authenticator
  let azure: AzureBridge
  let native: NativeBridge
  let uploads: UploadBridge
  let signIn: SignInBridge
  let audit: AuditTrail
  private let delivery: EventDelivery?
  /// The key that the first start made, to be shown once.
  let firstKey: String?
  private let jobs: JobBoard
  private let services: NativeServices
  private let pool: WorkPool

  /// Opens a data folder, making it when there is none.
  init(
    name: String, folder: String, _ configuration: ServerConfiguration, disk: any Disk, keySets: KeySets,
    keyFetch: KeyFetch, eventClient: HTTPClient, log: ServerLog
  ) throws(NuriError) {
    self.name = name
    self.folder = folder
    var options = EngineOptions(disk: disk)
    options.queryMilliseconds = configuration.limits.queryMilliseconds
    let engine = try Tenant.open(folder, options)
    do {
      let limits = configuration.limits
      let pool = WorkPool(threads: limits.longRequestThreads, calls: limits.longRequests)
      let files = try UploadFolder(folder + "/uploads")
      let jobs = try JobBoard(engine)
      let endpoints = Set(configuration.endpoints.keys)
      let origins = Set(configuration.cors.origins)
      let directory = TenantDirectory(configuration)
      let delivery = try Tenant.delivery(name, folder, engine, configuration, disk, eventClient)
      self.delivery = delivery
      services = NativeServices(
        endpoints: endpoints, jobs: jobs, backupFolder: folder + ".backups",
        auditFolder: AuditLog.folder(in: folder), tiles: TileBridge(),
        events: delivery.map(EventDesk.init),
        allowsOrigin: { origins.contains($0) }, tenants: { directory.tenants(of: $0, in: name) },
        failed: { error, id in
          log.write(.error, "request.failed") { writer in
            writer.field("id", id)
            writer.field("code", error.code.rawValue)
            writer.field("message", error.message)
            if let place = error.place { writer.field("place", place) }
          }
        })
      authenticator = try Authenticator(
        tenant: name, engine: engine, settings: configuration.auth, limits: limits, keySets: keySets)
      azure = AzureBridge(
        endpoints: endpoints, jobs: AzureJobs(jobs, imports: UploadImports(files)), pool: pool)
      native = NativeBridge(
        authenticator: authenticator, services: services, ticketSeconds: configuration.auth.ticketSeconds)
      signIn = SignInBridge(tenant: name, configuration.auth, authenticator, fetch: keyFetch, log: log)
      uploads = UploadBridge(files, limits: limits, pool: pool)
      audit = AuditTrail(
        log: try AuditLog.open(AuditLog.folder(in: folder), disk: disk),
        entersReads: configuration.auditsReads)
      firstKey = try engine.firstAdminKey()
      self.engine = engine
      self.pool = pool
      self.jobs = jobs
    } catch {
      _ = try? engine.close()
      throw error
    }
  }

  private static func open(_ folder: String, _ options: EngineOptions) throws(NuriError) -> Engine {
    do throws(NuriError) {
      return try Engine.open(folder, options: options)
    } catch {
      guard error.code == .noDataFolder else { throw error }
      return try Engine.create(at: folder, options: options)
    }
  }

  /// What brings events to the endpoints; `nil` without any.
  private static func delivery(
    _ name: String, _ folder: String, _ engine: Engine, _ configuration: ServerConfiguration,
    _ disk: any Disk,
    _ client: HTTPClient
  ) throws(NuriError) -> EventDelivery? {
    if configuration.endpoints.isEmpty { return nil }
    var endpoints: [EventEndpoint] = []
    for (name, json) in configuration.endpoints.sorted(by: { $0.key < $1.key }) {
      endpoints.append(try EventEndpoint(JSONDocument(json).root, name: name, secret: SecretFile.read))
    }
    let source = configuration.eventSource
    return try EventDelivery(
      Session(engine, as: .owner("events")), endpoints: endpoints,
      source: name == TenantName.standard ? source : "\(source)/tenants/\(name)", folder: folder + "/events",
      disk: disk, clients: EventClients(http: client))
  }

  /// The answer to a plain read of one twin, when it can be given at once.
  func twinAtHand(_ request: HTTPRequest, _ route: RoutePath, as principal: Principal) -> HTTPResponse? {
    switch route.kind {
    case .azure: azure.twinAtHand(request, route, Session(engine, as: principal))
    case .native: native.twinAtHand(request, route, Session(engine, as: principal))
    default: nil
    }
  }

  /// Begins what goes on by itself.
  func start() { delivery?.start() }

  /// Ends what goes on by itself. Call it before `close`.
  func stop() async { await delivery?.stop() }

  /// Ends jobs and closes the folder. Call it once no request is under way.
  /// - Throws: `NuriError` when the disk refuses.
  func close() throws(NuriError) {
    jobs.close()
    services.stop()
    pool.stop()
    var failure: NuriError?
    do throws(NuriError) { try audit.log.close() } catch { failure = error }
    try engine.close()
    if let failure { throw failure }
  }

  /// What is wrong with it, as reasons to send no requests, and its figures.
  func look() async -> (problems: [String], figures: ServerStatus.TenantFigures) {
    var problems: [String] = []
    var figures = ServerStatus.TenantFigures(name: name)
    do throws(NuriError) {
      let world = try engine.world()
      let snapshot = try await world.snapshotWhenDurable()
      figures.sequence = snapshot.sequence
      figures.twins = snapshot.graph.twinCount
      figures.relationships = snapshot.graph.relationshipCount
      figures.worlds = try engine.worlds().count
      figures.checkpointFailed = world.checkpointFailure != nil
    } catch {
      problems.append("\(name): \(error.message)")
    }
    figures.endpoints = delivery?.figures ?? []
    figures.feedReaders = services.feed.readerCount
    figures.logBytes = engine.logBytes
    figures.auditFailed = audit.log.isFailing
    if figures.auditFailed { problems.append("\(name): the audit log can't be written") }
    return (problems, figures)
  }

  /// Closes the feeds of those whose credential has ended.
  func recallEnded() {
    services.feed.recallEnded()
    services.presence.recallEnded()
  }

  /// Drops audit entries from before an instant; how many.
  func dropAudit(before instant: Instant) throws(NuriError) -> UInt64 {
    try audit.log.dropEntries(before: instant)
  }

  /// Discards forks whose time is over; their names.
  func discardExpired() throws(NuriError) -> [String] { try engine.discardExpired() }
}

extension EventDesk {
  /// What a delivery tells and does, for the native API.
  fileprivate init(_ delivery: EventDelivery) {
    @Sendable func json(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
      var writer = JSONWriter()
      body(&writer)
      return writer.bytes
    }
    self.init(
      states: { delivery.figures.map { figures in json { figures.write(into: &$0) } } },
      deadLetters: { (endpoint, most) async throws(NuriError) in
        try await delivery.deadLetters(of: endpoint, limit: most).map { letter in
          json { letter.write(into: &$0) }
        }
      },
      redeliver: { (endpoint) async throws(NuriError) in
        let result = try await delivery.redeliver(endpoint)
        return (result.delivered, result.left)
      })
  }
}
