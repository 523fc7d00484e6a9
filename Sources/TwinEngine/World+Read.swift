import TwinGraph
import TwinLog
public import TwinValues

extension World {
  /// The newest state: it holds every batch acknowledged before the call, and nothing that is not on disk.
  ///
  /// Blocks the thread while the state's last batches are on their way to the disk.
  /// - Throws: `NuriError` when the world is closed or a disk failed under it.
  public func snapshot() throws(NuriError) -> Snapshot {
    while true {
      switch try newest() {
      case .atHand(let snapshot): return snapshot
      case .onItsWay(let answer): if let snapshot = answer.wait() { return snapshot }
      }
    }
  }

  /// The newest state, as `snapshot()` gives it, without blocking a thread.
  /// - Throws: `NuriError` when the world is closed or a disk failed under it.
  public func snapshotWhenDurable() async throws(NuriError) -> Snapshot {
    while true {
      switch try newest() {
      case .atHand(let snapshot): return snapshot
      case .onItsWay(let answer): if let snapshot = await answer.wait() { return snapshot }
      }
    }
  }

  /// The newest state when it is on disk already and need not be made first; `nil` when one has to wait for it, or
  /// when there will be none.
  public func snapshotAtHand() -> Snapshot? {
    if isTracking { return nil }
    return lock.withLock {
      guard state.sequence == state.durable, state.failure == nil, !state.isClosed else { return nil }
      return state.snapshot(of: name)
    }
  }

  /// The newest state, or where it will be given once it is on disk.
  private enum Newest {
    case atHand(Snapshot)
    /// A reader that waits holds no state: held pages would be copied by the writes that come meanwhile. It gets
    /// `nil` when the disk refused what it waited for, and then asks again.
    case onItsWay(Answer<Snapshot?>)
  }

  private func newest() throws(NuriError) -> Newest {
    if isTracking { try rebaseForReading() }
    let seen: Result<Newest, NuriError> = lock.withLock {
      if let failure = state.failure { return .failure(failure) }
      if state.isClosed { return .failure(closed) }
      if state.sequence > state.durable {
        let answer = Answer<Snapshot?>()
        state.readers.append(answer)
        return .success(.onItsWay(answer))
      }
      return .success(.atHand(state.snapshot(of: name)))
    }
    return try seen.get()
  }

  /// The state at a point in time.
  /// - Throws: `NuriError` with code `outOfRange` for a sequence that has not been reached.
  public func snapshot(at point: AsOf) throws(NuriError) -> Snapshot {
    switch point {
    case .now: return try snapshot()
    case .sequence(let wanted):
      let newest = try snapshot()
      guard wanted <= newest.sequence else {
        throw NuriError(
          .outOfRange, "The world \"\(name)\" is at change \(newest.sequence); there is no \(wanted) yet.")
      }
      return wanted == newest.sequence ? newest : try past(wanted)
    case .instant(let instant):
      let newest = try snapshot()
      if instant >= newest.recorded { return newest }
      if isTracking, let parent { return try trackingPast(instant, parent) }
      return try past(try lastSequence(at: instant))
    }
  }

  /// The last change recorded at or before an instant, in this world or the one it comes from; 0 for none.
  func lastSequence(at instant: Instant) throws(NuriError) -> UInt64 {
    let own = try log.lastSequence(at: instant.microseconds)
    if own > forkPoint { return own }
    guard let parent else { return 0 }
    return min(try parent.lastSequence(at: instant), forkPoint)
  }

  /// A past state, from the few kept or built anew.
  private func past(_ sequence: UInt64) throws(NuriError) -> Snapshot {
    if let kept = kept(sequence) { return kept }
    let built = try materialise(sequence)
    remember(built, for: sequence)
    return built
  }

  /// A past state among the few kept.
  func kept(_ sequence: UInt64) -> Snapshot? {
    lock.withLock { state.past.first { $0.asked == sequence }?.snapshot }
  }

  /// Keeps a state that will probably be asked for again: the next page of a query, the next read of the past.
  /// - Parameter asked: the sequence it answers for. Where that lies inside a batch, the state's own is the one before
  ///   the batch, and stays so: a fork begins there.
  func remember(_ snapshot: Snapshot, for asked: UInt64) {
    lock.withLock {
      if state.past.contains(where: { $0.asked == asked }) { return }
      if state.past.count >= EngineLimits.rememberedStates { state.past.removeFirst() }
      state.past.append((asked, snapshot))
    }
  }

  /// The latest of the past states kept that is not after a sequence and lies in this world's own log.
  private func kept(notAfter sequence: UInt64) -> Snapshot? {
    lock.withLock {
      state.past.lazy.map(\.snapshot).filter { $0.sequence <= sequence && $0.sequence >= self.forkPoint }
        .max { $0.sequence < $1.sequence }
    }
  }

  /// Builds the state at a sequence: the nearest checkpoint or kept state before it, then the log.
  func materialise(_ sequence: UInt64) throws(NuriError) -> Snapshot {
    if sequence == forkPoint, let origin {
      return Snapshot(world: name, graph: origin, sequence: sequence, recorded: try forkRecorded())
    }
    if sequence <= forkPoint, let parent {
      let found = try parent.snapshot(at: .sequence(sequence))
      let own = sequence == forkPoint ? sequence : found.sequence
      return Snapshot(world: name, graph: found.graph, sequence: own, recorded: found.recorded)
    }
    if isTracking, let parent {
      let instant = try recordedTime(of: sequence)
      return try trackingPast(instant, parent, through: sequence)
    }
    let near = kept(notAfter: sequence)
    if let near, sequence - near.sequence <= 2 * EngineLimits.waypointDistance {
      return try World.replay(log, onto: near, through: sequence, name: name)
    }
    var start = Snapshot(world: name, graph: Graph(), sequence: 0, recorded: Instant(microseconds: 0))
    let loaded = try GraphCheckpoint.loadNewest(checkpoints, notAfter: sequence, world: name).snapshot
    if let loaded { start = loaded } else if parent != nil { start = try materialise(forkPoint) }
    if let near, near.sequence > start.sequence { start = near }
    if sequence - start.sequence > 2 * EngineLimits.waypointDistance {
      start = try World.replay(
        log, onto: start, through: sequence - EngineLimits.waypointDistance, name: name)
      remember(start, for: start.sequence)
    }
    return try World.replay(log, onto: start, through: sequence, name: name)
  }

  /// The recorded time of the parent's change this world starts from.
  private func forkRecorded() throws(NuriError) -> Instant {
    guard let parent, forkPoint > 0 else { return Instant(microseconds: 0) }
    return try parent.recordedTime(of: forkPoint)
  }

  /// When a change was recorded, in this world or the one it comes from.
  func recordedTime(of sequence: UInt64) throws(NuriError) -> Instant {
    if sequence <= forkPoint, let parent { return try parent.recordedTime(of: sequence) }
    let micros = try log.frame(containing: sequence) { (frame) throws(NuriError) in frame.recorded }
    return Instant(microseconds: micros)
  }

  /// A start and the log's changes after it, up to `last`.
  static func replay(
    _ log: SegmentLog, onto start: Snapshot, through last: UInt64, name: String
  ) throws(NuriError) -> Snapshot {
    var graph = start.graph
    var sequence = start.sequence
    var recorded = start.recorded
    if sequence < last, sequence < log.durableSequence {
      try log.read(from: sequence + 1) { (frame) throws(NuriError) in
        guard frame.firstSequence <= last else { return false }
        let done = try graph.replay(
          payload: frame.payload, firstSequence: frame.firstSequence, recordedMicros: frame.recorded,
          after: sequence, through: frame.lastSequence <= last ? .max : last)
        if done >= frame.firstSequence {
          sequence = done
          recorded = Instant(microseconds: frame.recorded)
        }
        return sequence < last
      }
    }
    return Snapshot(world: name, graph: graph, sequence: sequence, recorded: recorded)
  }
}
