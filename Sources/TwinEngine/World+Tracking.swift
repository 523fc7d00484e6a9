import TwinGraph
import TwinLog
import TwinValues

/// Tracking forks: the parent's newest state with the fork's own changes applied again on top.
///
/// Nothing is copied when the parent changes: the fork is rebased when it is next read or written. A change of
/// the fork that no longer applies (its twin is gone from the parent) is passed over until it does again.
extension World {
  /// Rebases the working graph when the parent has moved. Called by the leader of a commit.
  func rebase() throws(NuriError) {
    guard isTracking, let parent else { return }
    let newest = try parent.snapshot()
    let (base, own, recorded) = lock.withLock { (state.base, state.sequence, state.recorded) }
    guard newest.sequence != base else { return }
    let graph = try overlay(newest.graph, through: own)
    lock.withLock {
      state.graph = graph
      state.base = newest.sequence
      state.recorded = max(recorded, newest.recorded)
    }
  }

  /// Rebases for a reader, unless a commit is under way that does it anyway.
  func rebaseForReading() throws(NuriError) {
    guard let parent else { return }
    let isCurrent = lock.withLock { state.base } == parent.sequence
    if isCurrent { return }
    let leads = lock.withLock {
      defer { state.isLeading = true }
      return !state.isLeading
    }
    guard leads else { return }
    defer { finishRebase() }
    try rebase()
  }

  private func finishRebase() {
    let hasWaiting = lock.withLock {
      if state.pending.isEmpty { state.endLeading() }
      return !state.pending.isEmpty
    }
    if hasWaiting { leadElsewhere() }
  }

  /// The parent's graph with this fork's own changes up to `last` on top.
  private func overlay(_ parentGraph: Graph, through last: UInt64) throws(NuriError) -> Graph {
    var graph = parentGraph
    guard last > forkPoint else { return graph }
    try log.read(from: forkPoint + 1) { (frame) throws(NuriError) in
      var reader = FrameReader(
        payload: frame.payload, firstSequence: frame.firstSequence, recordedMicros: frame.recorded)
      while let record = try reader.next() {
        guard record.sequence <= last else { return false }
        let stamp = Stamp(sequence: record.sequence, milliseconds: frame.recorded / 1000)
        _ = try? graph.apply(record.change, stamp)
      }
      return true
    }
    return graph
  }

  /// The fork as of an instant: the parent then, and the fork's own changes until then.
  func trackingPast(
    _ instant: Instant, _ parent: World, through last: UInt64? = nil
  ) throws(NuriError) -> Snapshot {
    let base = try parent.snapshot(at: .instant(instant))
    var own = last ?? 0
    if last == nil { own = try log.lastSequence(at: instant.microseconds) }
    let graph = try overlay(base.graph, through: own)
    return Snapshot(
      world: name, graph: graph, sequence: max(own, forkPoint),
      recorded: max(base.recorded, min(instant, lock.withLock { state.recorded })))
  }
}
