import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// Follows one world for all groups of its readers: one task, woken once for each commit.
///
/// `@unchecked Sendable`: everything mutable is touched only while holding `lock`; while `isWorking`, the shadow
/// and the groups' insides are the task's.
final class FeedPump: @unchecked Sendable {
  /// A state that moves with the feed; in a box, so that nothing copies it.
  private final class Shadow {
    var state: FeedState
    init(_ state: FeedState) { self.state = state }
  }

  let world: WorldSession
  private let lock = Lock()
  private var groups: [FeedGroup.Key: FeedGroup] = [:]
  /// Groups that begin after the changes being worked on.
  private var newcomers: [FeedGroup] = []
  private let follower: FeedFollower
  private var position: UInt64
  /// The state that filters which need one look at; at `position` or past it.
  private var shadow: Shadow?
  private var isWorking = false
  private var isOver = false
  private let heartbeatMilliseconds: Int

  init(_ world: WorldSession, heartbeatMilliseconds: Int) throws(NuriError) {
    self.world = world
    self.heartbeatMilliseconds = heartbeatMilliseconds
    position = world.sequence
    follower = try world.follow(from: position + 1)
  }

  /// Starts following. It ends when the world is closed or `stop` is called.
  func start(on executor: FeedExecutor) {
    Task(executorPreference: executor) { await self.run() }
  }

  /// Ends following.
  func stop() { follower.stop() }

  // MARK: Readers

  /// A reader more in the group of that kind; `nil` when the pump is over and another has to be made.
  /// - Throws: `NuriError` with code `invalidQuery`, or when the world can't be read.
  func join(_ session: WorldSession, _ key: FeedGroup.Key) async throws(NuriError) -> FeedGroup? {
    let fresh = try FeedGroup(key, session, heartbeatMilliseconds: heartbeatMilliseconds)
    while true {
      let snapshot = fresh.needsState ? try await world.snapshot() : nil
      let (group, isSettled) = lock.withLock { () -> (FeedGroup?, Bool) in
        if isOver { return (nil, true) }
        if let group = groups[key] {
          group.readers += 1
          return (group, true)
        }
        if isWorking {
          newcomers.append(fresh)
        } else if let snapshot, shadow == nil {
          // More was told meanwhile: ask again.
          if snapshot.sequence < position { return (nil, false) }
          admit(fresh, snapshot)
        } else {
          admit(fresh, nil)
        }
        groups[key] = fresh
        fresh.readers = 1
        return (fresh, true)
      }
      if isSettled { return group }
    }
  }

  /// A reader less; `true` when it was the last of all.
  func leave(_ group: FeedGroup) -> Bool {
    lock.withLock {
      group.readers -= 1
      if group.readers == 0 { groups[group.key] = nil }
      if groups.isEmpty { isOver = true }
      return groups.isEmpty
    }
  }

  /// Lets a group begin, with a snapshot not older than `position` when it is the first that needs the state. Call
  /// holding `lock`.
  private func admit(_ group: FeedGroup, _ snapshot: Snapshot?) {
    guard group.needsState else { return group.open(at: position) }
    if shadow == nil, let snapshot { shadow = Shadow(FeedState(snapshot)) }
    group.open(at: shadow?.state.position ?? position)
  }

  // MARK: Changes

  private func run() async {
    do throws(NuriError) {
      while true {
        let records = try await follower.next()
        if records.isEmpty { break }
        let newest = FeedState(try await world.snapshot())
        let groups = begin()
        let bound = try await bind(groups)
        tell(records, to: groups.filter { !$0.needsState }, newest)
        // What the state has passed already.
        let past = records.prefix { $0.sequence <= shadow?.state.position ?? 0 }
        tell(past, to: bound, newest)
        try pass(records, groups.filter(\.needsState))
        for group in groups { group.flush(through: follower.position) }
        try await rest()
      }
    } catch {
      // Each reader learns why when it goes on by itself.
    }
    let left = lock.withLock {
      isOver = true
      return Array(groups.values)
    }
    for group in left { group.broadcast.end() }
  }

  private func begin() -> [FeedGroup] {
    lock.withLock {
      isWorking = true
      return Array(groups.values)
    }
  }

  /// Gives those whom a policy has come to bind the state they need from now on.
  private func bind(_ groups: [FeedGroup]) async throws(NuriError) -> [FeedGroup] {
    let bound = groups.filter { $0.isNewlyBound() }
    if !bound.isEmpty, shadow == nil {
      shadow = Shadow(try await world.feedState(at: lock.withLock { position }))
    }
    return bound
  }

  private func tell(_ records: ArraySlice<ChangeRecord>, to groups: [FeedGroup], _ newest: FeedState) {
    for group in groups {
      for record in records {
        if let event = group.sieve.event(of: record, newest: newest) { group.add(event) }
      }
    }
  }

  /// Moves the state through the changes it has not seen.
  private func pass(_ records: ArraySlice<ChangeRecord>, _ groups: [FeedGroup]) throws(NuriError) {
    guard let shadow else { return }
    let sieves = groups.map(\.sieve)
    for record in records where record.sequence > shadow.state.position {
      try shadow.state.pass(record, through: sieves) { groups[$0].add($1) }
    }
  }

  /// Lets those in who came meanwhile, and drops a state that nobody looks at any more.
  private func rest() async throws(NuriError) {
    var snapshot: Snapshot?
    while true {
      let isDone = lock.withLock {
        if !groups.values.contains(where: \.needsState) { shadow = nil }
        if shadow == nil, snapshot == nil, newcomers.contains(where: \.needsState) { return false }
        position = follower.position
        for group in newcomers { admit(group, snapshot) }
        newcomers = []
        isWorking = false
        return true
      }
      if isDone { return }
      snapshot = try await world.snapshot()
    }
  }
}
