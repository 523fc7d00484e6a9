public import TwinGraph
public import TwinValues

/// Reads a world's feed through a filter from a position on, for one reader that is not, or not yet, among those who
/// are told together. One consumer at a time.
///
/// `@unchecked Sendable`: everything mutable belongs to the consumer.
public final class FeedReader: @unchecked Sendable {
  /// Some events, and how far they reach.
  public struct Part: Sendable {
    /// What passed the filter; may be none.
    public let events: [FeedEvent]
    /// The last change looked at.
    public let through: UInt64
  }

  private let follower: FeedFollower
  private let sieve: FeedSieve
  private var state: FeedState?
  private var holdsTurn = false
  private var world: World { follower.world }

  init(
    _ session: WorldSession, _ filter: FeedFilter, after position: UInt64, from start: Snapshot?
  ) throws(NuriError) {
    sieve = try FeedSieve(filter, as: session)
    follower = try session.world.follow(from: position + 1)
    if sieve.needsState, let start, start.sequence == position { state = FeedState(start) }
  }

  deinit { if holdsTurn { world.threads.feedPasts.leave() } }

  /// The last change looked at.
  public var position: UInt64 { follower.position }

  /// The next changes' events; waits for changes, not for events. `nil` once the task is cancelled.
  /// - Throws: as `FeedFollower.next` does; `outOfRange` for a tracking fork whose filter needs state.
  public func next() async throws(NuriError) -> Part? {
    if state == nil, sieve.needsState { try await findState() }
    let records = try await follower.next()
    if records.isEmpty { return nil }
    let events = state == nil ? try await told(records) : try replayed(records)
    return Part(events: events, through: follower.position)
  }

  private func findState() async throws(NuriError) {
    let world = world
    await world.threads.feedPasts.enter()
    holdsTurn = true
    let position = follower.position
    state = try await world.threads.offLoop { () throws(NuriError) in try world.feedState(at: position) }
  }

  private func told(_ records: ArraySlice<ChangeRecord>) async throws(NuriError) -> [FeedEvent] {
    let newest = FeedState(try await world.snapshotWhenDurable())
    return records.compactMap { sieve.event(of: $0, newest: newest) }
  }

  private func replayed(_ records: ArraySlice<ChangeRecord>) throws(NuriError) -> [FeedEvent] {
    var events: [FeedEvent] = []
    for record in records { try state?.pass(record, through: [sieve]) { events.append($1) } }
    return events
  }
}

extension Graph {
  /// The model of a twin, also of one that was deleted since.
  public func modelEver(ofTwin id: String) -> String? { twinEver(id).map { model(of: $0) } }
}

extension WorldSession {
  /// Follows the durable changes from `sequence` on, each exactly once and in order.
  /// - Throws: as `World.follow` does.
  public func follow(from sequence: UInt64) throws(NuriError) -> FeedFollower {
    try world.follow(from: sequence)
  }

  /// Reads the feed through a filter, beginning with the change after `position`.
  /// - Parameter start: the state at `position`, when the caller has it.
  /// - Throws: as `World.follow` does; `invalidQuery`.
  public func feed(
    _ filter: FeedFilter, after position: UInt64, from start: Snapshot? = nil
  ) throws(NuriError) -> FeedReader {
    try FeedReader(self, filter, after: position, from: start)
  }

  /// The oldest change there is, in this world's log or the one it comes from.
  public var oldestChange: UInt64 { world.oldestChange }

  /// Whether the world is a fork that keeps receiving its parent's changes.
  public var isTracking: Bool { world.isTracking }

  /// What tells this world from all others, one of the same name that was discarded included.
  public var identity: ObjectIdentifier { ObjectIdentifier(world) }
}
