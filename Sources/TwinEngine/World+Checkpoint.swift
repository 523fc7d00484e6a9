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
    defer { lock.withLock { state.isCheckpointing = false } }
    try GraphCheckpoint.write(
      snapshot, disk: options.disk, directory: directory, inBackground: options.worksInBackground)
    lock.withLock { state.lastCheckpoint = snapshot.sequence }
  }

  /// Changes since the last checkpoint: what opening this world would replay.
  var changesSinceCheckpoint: UInt64 {
    lock.withLock { state.durable - min(state.durable, max(state.lastCheckpoint, forkPoint)) }
  }

  /// Starts a checkpoint when enough has changed; a failure is kept for `checkpointFailure` and tried again.
  func checkpointWhenDue() {
    guard !isTracking, changesSinceCheckpoint >= options.changesPerCheckpoint else { return }
    let isBusy = lock.withLock { state.isCheckpointing }
    if isBusy { return }
    if options.worksInBackground {
      threads.checkpoints.run { self.tryCheckpoint() }
    } else {
      tryCheckpoint()
    }
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
