public import TwinEngine
public import TwinValues

/// Delivery to the endpoints that event routes lead to, by the names of the endpoints; what it tells is JSON already.
/// A value; any thread.
public struct EventDesk: Sendable {
  /// How each endpoint stands, an object each, in order of their names.
  let states: @Sendable () -> [[UInt8]]
  /// The oldest dead letters of an endpoint, an object each, and at most so many.
  let deadLetters: @Sendable (_ endpoint: String, _ most: Int) async throws(NuriError) -> [[UInt8]]
  /// Tries the dead letters of an endpoint again: how many arrived and how many are left.
  let redeliver: @Sendable (_ endpoint: String) async throws(NuriError) -> (delivered: Int, left: Int)

  /// Makes one; its functions throw `endpointNotFound`.
  public init(
    states: @escaping @Sendable () -> [[UInt8]],
    deadLetters:
      @escaping @Sendable (_ endpoint: String, _ most: Int) async throws(NuriError) -> [[UInt8]],
    redeliver:
      @escaping @Sendable (_ endpoint: String) async throws(NuriError) -> (delivered: Int, left: Int)
  ) {
    self.states = states
    self.deadLetters = deadLetters
    self.redeliver = redeliver
  }
}

/// What the API needs besides an engine; made once for a data folder and shared by its requests. Any thread.
public final class NativeServices: Sendable {
  /// The program's version, as `/v1` shows it.
  public let version: String
  /// What time it is, for `at=-2h`.
  public let clock: any WorldClock
  /// The names of the endpoints that event routes may lead to.
  public let endpoints: Set<String>
  /// The tenants that a principal may see, in order.
  public let tenants: @Sendable (Principal) -> [String]
  /// The folder's jobs; `nil` where there are none.
  public let jobs: JobBoard?
  /// Where backups go; `nil` for nowhere.
  public let backupFolder: String?
  /// Where the audit log is; `nil` for nowhere.
  public let auditFolder: String?
  /// What makes tiles; `nil` where there are none.
  public let tiles: (any TileSource)?
  /// Delivery of events; `nil` where there is none.
  public let events: EventDesk?
  /// The readers of change feeds.
  public let feed: FeedHub
  /// Who looks at which world.
  public let presence = PresenceHub()
  /// Which other sites' pages may open a WebSocket here.
  public let allowsOrigin: @Sendable (String) -> Bool
  /// Hears of requests that the server itself failed, with the request's id.
  public let failed: @Sendable (_ error: NuriError, _ requestId: String) -> Void

  let work = WorkPool(threads: NativeLimits.workThreads, calls: NativeLimits.workCalls)
  let tileWork = WorkPool(threads: NativeLimits.tileThreads, calls: NativeLimits.tileCalls)
  let streams = WorkPool(threads: NativeLimits.streams, calls: NativeLimits.streams)

  /// Makes services; threads start when they are first needed.
  public init(
    version: String = "dev", clock: any WorldClock = SystemClock(), endpoints: Set<String> = [],
    jobs: JobBoard? = nil, backupFolder: String? = nil, auditFolder: String? = nil,
    tiles: (any TileSource)? = nil, events: EventDesk? = nil, feed: FeedHub = FeedHub(),
    allowsOrigin: @escaping @Sendable (String) -> Bool = { _ in false },
    tenants: @escaping @Sendable (Principal) -> [String] = { _ in ["default"] },
    failed: @escaping @Sendable (NuriError, String) -> Void = { _, _ in }
  ) {
    self.version = version
    self.clock = clock
    self.endpoints = endpoints
    self.tenants = tenants
    self.jobs = jobs
    self.backupFolder = backupFolder
    self.auditFolder = auditFolder
    self.tiles = tiles
    self.events = events
    self.feed = feed
    self.allowsOrigin = allowsOrigin
    self.failed = failed
  }

  /// Ends the threads. Call it once no request is under way.
  public func stop() {
    work.stop()
    tileWork.stop()
    streams.stop()
  }
}
