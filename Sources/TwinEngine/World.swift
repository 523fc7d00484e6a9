import TwinGraph
import TwinLog
import TwinValues

/// A world: the live one or a fork. Its state is its parent's at the fork point (nothing, for the live one)
/// and the changes of its own log.
///
/// All calls may come from any thread.
///
/// `@unchecked Sendable`: `state` is touched only while holding `lock`, `writer` only by the one thread that
/// leads a commit (`isLeading`), everything else never changes.
public final class World: @unchecked Sendable {
  /// The world's name.
  public let name: String
  /// The world's number in the catalogue; 0 for the live one.
  public let number: UInt32
  let parent: World?
  /// A fork's state at its fork point, kept while it is open: it shares its pages with the fork anyway.
  let origin: Graph?
  let forkPoint: UInt64
  let isTracking: Bool
  let directory: String
  let options: EngineOptions
  let log: SegmentLog
  let checkpoints: CheckpointFolder
  let threads: EngineThreads
  let feed: Feed
  /// What the live world's keys and policies say; the live world keeps it up to date.
  let access: AccessBook

  let lock = Lock()
  var state: State

  /// The newest state and what waits to become part of it.
  struct State {
    var graph: Graph
    /// The last change in `graph`, durable or about to be.
    var sequence: UInt64
    var recorded: Instant
    /// A tracking fork: the parent's sequence `graph` was rebased on.
    var base: UInt64
    var lastCheckpoint: UInt64
    var isCheckpointing = false
    /// Whether the checkpoint thread has this world's next one before it, or is at it.
    var isCheckpointAhead = false
    /// The leader, when it waits for the checkpoint under way.
    var checkpointWaiters: [Answer<Void>] = []
    var checkpointFailure: NuriError?
    var pending: [Request] = []
    var isLeading = false
    /// Those who wait to lead once nobody writes, in order to close the world.
    var closers: [Answer<Bool>] = []
    /// Readers that wait for what was applied when they came to be durable; `nil` tells them to ask again.
    var readers: [Answer<Snapshot?>] = []
    var durable: UInt64
    var failure: NuriError?
    var isClosed = false
    /// Graphs of the past that were asked for lately.
    var past: [(asked: UInt64, snapshot: Snapshot)] = []

    /// What is applied, as a state to read.
    func snapshot(of name: String) -> Snapshot {
      Snapshot(world: name, graph: graph, sequence: sequence, recorded: recorded)
    }

    /// Changes since the last checkpoint, or since the fork point when there is none.
    func changesSinceCheckpoint(_ forkPoint: UInt64) -> UInt64 {
      durable - min(durable, max(lastCheckpoint, forkPoint))
    }
  }

  init(
    name: String, number: UInt32, parent: World?, origin: Graph?, forkPoint: UInt64, isTracking: Bool,
    directory: String,
    options: EngineOptions, threads: EngineThreads, access: AccessBook, log: SegmentLog, start: Snapshot,
    base: UInt64, lastCheckpoint: UInt64
  ) {
    self.name = name
    self.number = number
    self.parent = parent
    self.origin = origin
    self.forkPoint = forkPoint
    self.isTracking = isTracking
    self.directory = directory
    self.options = options
    self.threads = threads
    self.access = access
    self.log = log
    checkpoints = CheckpointFolder(disk: options.disk, directory: directory)
    feed = Feed(after: start.sequence, thread: threads.feeds)
    state = State(
      graph: start.graph, sequence: start.sequence, recorded: start.recorded, base: base,
      lastCheckpoint: lastCheckpoint, durable: start.sequence)
    publishAccess(start.graph)
  }

  /// Puts the keys and policies of a durable state in force.
  func publishAccess(_ graph: Graph) {
    if number == 0 { access.publish(keys: graph.records(.key), policies: graph.records(.policy)) }
  }

  /// The last durable change.
  public var sequence: UInt64 { lock.withLock { state.durable } }

  /// Changes of its own, not its parent's.
  public var changeCount: UInt64 { sequence - forkPoint }

  /// What is said to those who come after `close`.
  var closed: NuriError { NuriError(.unavailable, "The world \"\(name)\" is closed.") }

  func close() throws(NuriError) {
    let turn = Answer<Bool>()
    let wasClosed = lock.withLock {
      defer { state.isClosed = true }
      if !state.isClosed {
        if state.isLeading { state.closers.append(turn) } else { turn.give(true) }
        state.isLeading = true
      }
      return state.isClosed
    }
    if wasClosed { return }
    _ = turn.wait()
    feed.close()
    try log.close()
  }
}

/// The threads an engine's worlds share: one leads commits for callers that don't wait on a thread of their
/// own, one writes checkpoints, one wakes those who follow a world, one reads logs for them.
struct EngineThreads: Sendable {
  let commits: JobThread
  let checkpoints: JobThread
  let feeds: JobThread
  let feedReads: JobThread
  let feedPasts = Turnstile(EngineLimits.feedPasts)

  /// - Throws: `NuriError` with code `unavailable` when the system has no threads to give.
  init() throws(NuriError) {
    commits = try JobThread()
    checkpoints = try JobThread()
    feeds = try JobThread()
    feedReads = try JobThread()
  }

  func stop() {
    for thread in [commits, checkpoints, feeds, feedReads] { thread.stop() }
  }
}
