import TwinGraph
import TwinLog
public import TwinValues

extension World {
  /// Writes a checkpoint of the newest state, when anything changed since the last one. Writing goes on meanwhile.
  /// - Throws: `NuriError` when the disk refuses.
  public func checkpoint() throws(NuriError) {
    guard !isTracking else { return }
    let snapshot = try snapshot()
    let isNeeded = lock.withLock {
      let isNeeded = snapshot.sequence > state.lastCheckpoint && !state.isCheckpointing
      if isNeeded { state.isCheckpointing = true }
      return isNeeded
    }
    guard isNeeded else { return }
    defer { endCheckpoint { $0.isCheckpointing = false } }
    try GraphCheckpoint.write(
      snapshot, disk: options.disk, directory: directory, inBackground: options.worksInBackground)
    lock.withLock { state.lastCheckpoint = snapshot.sequence }
  }

  /// Changes since the last checkpoint: what opening this world would replay.
  var changesSinceCheckpoint: UInt64 {
    lock.withLock { state.changesSinceCheckpoint(forkPoint) }
  }

  /// Starts a checkpoint when enough has changed; a failure is kept for `checkpointFailure` and tried again.
  func checkpointWhenDue() {
    guard !isTracking, changesSinceCheckpoint >= options.changesPerCheckpoint else { return }
    guard options.worksInBackground else { return tryCheckpoint() }
    let starts = lock.withLock {
      if state.isCheckpointing || state.isCheckpointAhead { return false }
      state.isCheckpointAhead = true
      return true
    }
    guard starts else { return }
    let isComing = threads.checkpoints.run {
      self.tryCheckpoint()
      self.endCheckpoint { $0.isCheckpointAhead = false }
    }
    // The engine is closing; opening it again replays what this checkpoint would have held.
    if !isComing { endCheckpoint { $0.isCheckpointAhead = false } }
  }

  /// Holds the leader of a commit back while writers are far ahead of the checkpoint being written, so that opening and
  /// rewinding never replay much more than `EngineLimits.checkpointLag` times what they should.
  ///
  /// Called between groups, when everything applied is durable or undone: the checkpoint's own `snapshot()` then waits
  /// for nobody, so the two can't wait for each other. When checkpoints fail nobody waits for them: a world that can
  /// be written is worth more than one that opens quickly, and `checkpointFailure` tells.
  func waitForCheckpoint() {
    while true {
      let ended = Answer<Void>()
      let waits = lock.withLock {
        guard state.isCheckpointing || state.isCheckpointAhead, state.checkpointFailure == nil,
          state.changesSinceCheckpoint(forkPoint) / EngineLimits.checkpointLag >= options.changesPerCheckpoint
        else { return false }
        state.checkpointWaiters.append(ended)
        return true
      }
      guard waits else { return }
      ended.wait()
    }
  }

  /// Notes that a checkpoint is no longer under way, however it ended, and has the leader look again.
  private func endCheckpoint(_ note: (inout State) -> Void) {
    let waiters = lock.withLock {
      note(&state)
      defer { state.checkpointWaiters = [] }
      return state.checkpointWaiters
    }
    for waiter in waiters { waiter.give(()) }
  }

  private func tryCheckpoint() {
    guard changesSinceCheckpoint >= options.changesPerCheckpoint else { return }
    do throws(NuriError) {
      try checkpoint()
      lock.withLock { state.checkpointFailure = nil }
    } catch {
      lock.withLock { state.checkpointFailure = error }
    }
  }

  /// Why the latest checkpoint in the background failed; `nil` when it did not.
  public var checkpointFailure: NuriError? { lock.withLock { state.checkpointFailure } }
}
