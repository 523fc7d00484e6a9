import APIAzure
import TwinEngine
import TwinGraph
import TwinLog
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
  /// The key that the first start made, to be shown once.
  let firstKey: String?
  private let jobs: JobBoard

  /// Opens a data folder, making it when there is none.
  init(
    name: String, folder: String, _ configuration: ServerConfiguration, disk: any Disk, keySets: KeySets
  ) throws(NuriError) {
    self.name = name
    self.folder = folder
    engine = try Tenant.open(folder, EngineOptions(disk: disk))
    do {
      authenticator = try Authenticator(
        tenant: name, engine: engine, settings: configuration.auth, limits: configuration.limits,
        keySets: keySets)
      native = NativeBridge(authenticator: authenticator, ticketSeconds: configuration.auth.ticketSeconds)
      uploads = try UploadBridge(folder: folder + "/uploads", limits: configuration.limits)
      jobs = try JobBoard(engine)
      azure = AzureBridge(
        endpoints: Set(configuration.endpoints.keys),
        jobs: AzureJobs(jobs, imports: UploadImports(uploads.folder)))
      firstKey = try engine.firstAdminKey()
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

  /// Ends jobs and closes the folder. Call it once no request is under way.
  /// - Throws: `NuriError` when the disk refuses.
  func close() throws(NuriError) {
    jobs.close()
    uploads.stop()
    try engine.close()
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
    return (problems, figures)
  }

  /// Discards forks whose time is over; their names.
  func discardExpired() throws(NuriError) -> [String] { try engine.discardExpired() }
}
