public import TwinGraph
import TwinLog
public import TwinValues

/// Follows a world's durable changes from a position on, each exactly once and in order.
///
/// A position is a sequence and nothing else: whoever keeps the last one it has dealt with goes on from there after
/// a disconnect, a restart or a crash. History before a fork's fork point is its parent's. Of a tracking fork these
/// are its own changes; what it sees of its parent's is followed at the parent.
///
/// One consumer at a time calls `next`; `stop` may be called from any thread.
///
/// `@unchecked Sendable`: `position`, `ahead` and `isBehind` belong to the consumer; what `stop` shares with it is
/// behind `lock`.
public final class FeedFollower: @unchecked Sendable {
  let world: World
  /// The last change that `next` has given, or the one before the first wanted.
  public private(set) var position: UInt64
  /// Whether the last changes came from the log, not from memory.
  public private(set) var isBehind = false
  /// Read from the log and not yet given.
  private var ahead: ArraySlice<FeedBatch> = []
  private let lock = Lock()
  private var ticket: UInt64?
  private var isStopped = false

  init(_ world: World, after sequence: UInt64) {
    self.world = world
    position = sequence
    world.feed.join()
  }

  deinit { world.feed.leave() }

  /// The next changes, at least one, all of one recorded time; waits for them without blocking a thread. Returns
  /// none once `stop` was called or the task is cancelled.
  /// - Throws: `NuriError` with code `unavailable` when the world was closed or discarded, or why the log can't be
  ///   read.
  public func next() async throws(NuriError) -> ArraySlice<ChangeRecord> {
    while true {
      if let batch = ahead.popFirst() { return try take(batch) }
      switch world.feed.place(of: position + 1) {
      case .batch(let batch):
        isBehind = false
        return try take(batch)
      case .log: try await readElsewhere()
      case .over: throw world.closed
      case .wait(let ticket, let answer):
        guard begin(ticket) else { return [] }
        let isWoken = await withTaskCancellationHandler {
          await answer.wait()
        } onCancel: {
          world.feed.stopWaiting(ticket)
        }
        if !isWoken || Task.isCancelled { return [] }
      }
    }
  }

  /// The next changes, as the asynchronous form gives them; blocks the thread until there are some.
  /// - Throws: as that does.
  public func next() throws(NuriError) -> ArraySlice<ChangeRecord> {
    while true {
      if let batch = ahead.popFirst() { return try take(batch) }
      switch world.feed.place(of: position + 1) {
      case .batch(let batch):
        isBehind = false
        return try take(batch)
      case .log: ahead = try read()[...]
      case .over: throw world.closed
      case .wait(let ticket, let answer):
        guard begin(ticket), answer.wait() else { return [] }
      }
    }
  }

  /// Ends a `next` that waits, and all that would.
  public func stop() {
    let waiting = lock.withLock {
      isStopped = true
      return ticket
    }
    if let waiting { world.feed.stopWaiting(waiting) }
  }

  /// Notes what `stop` has to end; `false` when it was called already.
  private func begin(_ ticket: UInt64) -> Bool {
    let goesOn = lock.withLock {
      self.ticket = ticket
      return !isStopped
    }
    if !goesOn { world.feed.stopWaiting(ticket) }
    return goesOn
  }

  private func take(_ batch: FeedBatch) throws(NuriError) -> ArraySlice<ChangeRecord> {
    let records = try batch.records(from: position + 1)
    position = batch.last
    return records
  }

  private func read() throws(NuriError) -> [FeedBatch] {
    isBehind = true
    let batches = try world.feedBatches(from: position + 1, through: .max)
    guard !batches.isEmpty else { throw world.closed }
    return batches
  }

  /// Reads the log on the thread made for that: a task's thread must not wait for a disk.
  private func readElsewhere() async throws(NuriError) {
    ahead = try await world.threads.offLoop { () throws(NuriError) in try self.read()[...] }
  }
}

extension World {
  /// Follows the durable changes from `sequence` on; the newest is `sequence`, so `follow(from: sequence + 1)` begins
  /// with the next.
  /// - Throws: `NuriError` with code `outOfRange` for a sequence the world does not reach back or forward to: then
  ///   the position is another world's, or one of before a backup was brought back.
  public func follow(from sequence: UInt64) throws(NuriError) -> FeedFollower {
    let newest = self.sequence
    guard sequence <= newest + 1 else {
      throw NuriError(
        .outOfRange,
        "The world \"\(name)\" is at change \(newest); it can't be followed from \(sequence).",
        advice: "Take a snapshot and go on from there.")
    }
    guard sequence >= oldestChange else {
      throw NuriError(
        .outOfRange, "The log of the world \"\(name)\" begins with change \(oldestChange).",
        advice: "Take a snapshot and go on from there.")
    }
    return FeedFollower(self, after: sequence - 1)
  }

  /// The oldest change there is, in this world's log or the one it comes from.
  public var oldestChange: UInt64 {
    if let parent, forkPoint > 0 { return parent.oldestChange }
    return max(1, log.firstSequence)
  }

  /// Some frames from the log, beginning with the one that holds `sequence`; none past `last`.
  func feedBatches(from sequence: UInt64, through last: UInt64) throws(NuriError) -> [FeedBatch] {
    if sequence <= forkPoint, let parent {
      return try parent.feedBatches(from: sequence, through: min(last, forkPoint))
    }
    var batches: [FeedBatch] = []
    var bytes = 0
    try log.read(from: sequence) { (frame) in
      guard frame.firstSequence <= last else { return false }
      let batch = FeedBatch(
        first: frame.firstSequence, last: min(last, frame.lastSequence), recorded: frame.recorded,
        payload: Array(frame.payload))
      batches.append(batch)
      bytes += frame.payload.count
      return bytes < EngineLimits.feedReadBytes
    }
    return batches
  }
}

extension EngineThreads {
  /// Runs what blocks on the thread for reading behind the newest, one after another, and waits for it as a task.
  func offLoop<R: Sendable>(
    _ body: @escaping @Sendable () throws(NuriError) -> R
  ) async throws(NuriError) -> R {
    try await feedReads.run(body)
  }
}
