import TwinGraph
import TwinLog
public import TwinValues

/// A batch on its way, and where its answer goes.
struct Request: Sendable {
  enum Reply: Sendable {
    case thread(Answer<Result<Receipt, NuriError>>)
    case task(UnsafeContinuation<Result<Receipt, NuriError>, Never>)
  }

  let batch: Batch
  let reply: Reply

  func answer(_ result: Result<Receipt, NuriError>) {
    switch reply {
    case .thread(let answer): answer.give(result)
    case .task(let continuation): continuation.resume(returning: result)
    }
  }
}

extension World {
  /// Writes a batch; when it returns, the batch is on disk and every later read sees it.
  ///
  /// Batches that arrive while one is being written share the next trip to the disk. Blocks the thread.
  /// - Throws: `NuriError`; then nothing of the batch happened.
  @discardableResult
  public func write(_ batch: Batch) throws(NuriError) -> Receipt {
    try batch.check()
    let answer = Answer<Result<Receipt, NuriError>>()
    let leads = enqueue(Request(batch: batch, reply: .thread(answer)))
    if leads { lead(turns: 1) }
    return try answer.wait().get()
  }

  /// Writes a batch without blocking a thread; otherwise like the blocking form.
  /// - Throws: `NuriError`; then nothing of the batch happened.
  @discardableResult
  public func write(_ batch: Batch) async throws(NuriError) -> Receipt {
    try batch.check()
    let result = await withUnsafeContinuation { continuation in
      if enqueue(Request(batch: batch, reply: .task(continuation))) {
        leadElsewhere()
      }
    }
    return try result.get()
  }

  /// Adds a request; `true` when the caller has to lead. Once the world is closed nobody leads any more: then the
  /// request is refused at once.
  private func enqueue(_ request: Request) -> Bool {
    let leads: Bool? = lock.withLock {
      if state.isClosed { return nil }
      state.pending.append(request)
      defer { state.isLeading = true }
      return !state.isLeading
    }
    if leads == nil { request.answer(.failure(closed)) }
    return leads ?? false
  }

  /// Has the commit thread go on leading; while the engine closes and that thread has ended, the caller's does.
  func leadElsewhere() {
    if !threads.commits.run({ self.lead(turns: .max) }) { lead(turns: .max) }
  }

  /// Commits what is pending until nothing is; after `turns` groups the commit thread goes on.
  private func lead(turns: Int) {
    var turns = turns
    while true {
      let group: [Request] = lock.withLock {
        let group = state.pending
        state.pending = []
        if group.isEmpty { state.endLeading() }
        return group
      }
      if group.isEmpty { return }
      if turns == 0 {
        lock.withLock { state.pending = group + state.pending }
        leadElsewhere()
        return
      }
      turns -= 1
      waitForCheckpoint()
      commit(group)
    }
  }

  /// Commits a group of batches in one trip to the disk and answers them.
  private func commit(_ group: [Request]) {
    var results: [Result<Receipt, NuriError>] = []
    results.reserveCapacity(group.count)
    do throws(NuriError) {
      try log.reserve(group.reduce(0) { $0 + $1.batch.encodedBound + 256 })
      try rebase()
      let frames = applyAll(group, &results)
      if !frames.isEmpty { try store(frames) }
    } catch {
      log.discardUnsynced()
      restore(after: error)
      results = group.map { _ in .failure(error) }
    }
    for (request, result) in zip(group, results) { request.answer(result) }
    checkpointWhenDue()
  }

  /// Applies every batch in turn; those that fail leave no trace. Returns the frames to store.
  private func applyAll(_ group: [Request], _ results: inout [Result<Receipt, NuriError>]) -> [PendingFrame] {
    var frames: [PendingFrame] = []
    lock.withLock {
      for request in group {
        do throws(NuriError) {
          results.append(.success(try apply(request.batch, &frames)))
        } catch {
          results.append(.failure(error))
        }
      }
    }
    return frames
  }

  private func apply(_ batch: Batch, _ frames: inout [PendingFrame]) throws(NuriError) -> Receipt {
    if let failure = state.failure { throw failure }
    if state.isClosed { throw closed }
    let recorded = try recordedTime(batch)
    let first = state.sequence + 1
    guard first + UInt64(batch.operations.count) < GraphLimits.changes else {
      throw NuriError(.limitExceeded, "The world has had \(GraphLimits.changes) changes.")
    }
    var ahead = PrefetchList()
    var journal = UndoJournal(isRecording: batch.operations.count > 1)
    var applied: [(change: Change, previous: UInt64)] = []
    applied.reserveCapacity(batch.operations.count)
    let judge = batch.writer.flatMap { WriteJudge(self, $0) }
    for (index, operation) in batch.operations.enumerated() {
      if index % PrefetchList.length == 0, batch.operations.count > 8 {
        batch.list(from: index, in: &ahead)
        state.graph.prefetch(ahead)
      }
      let stamp = Stamp(sequence: first + UInt64(index), milliseconds: recorded.microseconds / 1000)
      do throws(NuriError) {
        try judge?.admit(operation, to: state.graph)
        let change = try state.graph.resolve(operation)
        try judge?.check(change, on: state.graph)
        if number != 0, change.isOfLiveWorldOnly { throw refusal(of: change) }
        let previous = try state.graph.apply(change, stamp, &journal)
        // A tracking fork's records carry its parent's sequences too; links across the two would mean nothing.
        applied.append((change, isTracking ? 0 : previous))
      } catch {
        state.graph.undo(journal)
        let told = judge?.veiled(error) ?? error
        throw batch.operations.count > 1 ? told.inside("operation \(index + 1)") : told
      }
    }
    if frames.last?.recorded != recorded { frames.append(PendingFrame(first: first, recorded: recorded)) }
    frames[frames.count - 1].append(applied, first: first, batch: batch)
    state.sequence = first + UInt64(applied.count) - 1
    state.recorded = recorded
    return Receipt(first: first, last: state.sequence, recorded: recorded)
  }

  private func refusal(of change: Change) -> NuriError {
    NuriError(
      .outOfRange, "Forks, keys, policies and jobs are state of the live world; \"\(name)\" is a fork.",
      advice: "Write to \"\(Engine.live)\".")
  }

  /// The batch's recorded time: whole milliseconds, never before the latest change's.
  private func recordedTime(_ batch: Batch) throws(NuriError) -> Instant {
    let now = options.clock.now()
    let asked = batch.clock ?? max(now, state.recorded)
    let whole = Instant(microseconds: asked.microseconds - ((asked.microseconds % 1000) + 1000) % 1000)
    guard batch.clock != nil else { return max(whole, state.recorded) }
    guard whole >= state.recorded, whole <= now else {
      throw NuriError(
        .invalidClock,
        "The recorded time \(whole) is \(whole < state.recorded ? "before the latest change, \(state.recorded)" : "in the future").",
        advice: "Recorded time only goes forward; give the source's time as the observed time instead.")
    }
    return whole
  }

  /// Writes frames and waits for the disk, then lets readers see them.
  private func store(_ frames: [PendingFrame]) throws(NuriError) {
    for frame in frames {
      try frame.writer.bytes.withUnsafeBytes { raw in
        Result { () throws(NuriError) in
          try log.append(
            firstSequence: frame.first, count: frame.count, recorded: frame.recorded.microseconds,
            payload: raw)
        }
      }.get()
    }
    try log.sync()
    let (readers, snapshot) = lock.withLock {
      state.durable = state.sequence
      publishAccess(state.graph)
      defer { state.readers = [] }
      // Nobody but this thread applies, so that what is applied is just what is durable.
      return (state.readers, state.readers.isEmpty ? nil : state.snapshot(of: name))
    }
    for reader in readers { reader.give(snapshot) }
    feed.publish(frames)
  }

  /// Takes the graph back to what is durable after the disk refused a group.
  private func restore(after error: NuriError) {
    let durable = log.durableSequence
    let isBehind = lock.withLock { state.sequence != durable }
    var outcome = error
    if isBehind {
      do throws(NuriError) {
        let past = try materialise(durable)
        lock.withLock {
          state.graph = past.graph
          state.sequence = past.sequence
          state.recorded = past.recorded
          state.durable = durable
        }
      } catch let second {
        outcome = NuriError(
          .unavailable, "The world \"\(name)\" could not go back to its durable state: \(second.message)",
          at: second.place, advice: "Restart Nuri.")
        lock.withLock { state.failure = outcome }
      }
    }
    let woken = lock.withLock {
      defer { state.readers = [] }
      return state.readers
    }
    for reader in woken { reader.give(nil) }
  }
}

/// Changes of one recorded time, encoded.
struct PendingFrame {
  let first: UInt64
  let recorded: Instant
  var count = 0
  var writer = FrameWriter()

  init(first: UInt64, recorded: Instant) {
    self.first = first
    self.recorded = recorded
  }

  mutating func append(_ changes: [(change: Change, previous: UInt64)], first: UInt64, batch: Batch) {
    for (index, each) in changes.enumerated() {
      writer.append(
        each.change, sequence: first + UInt64(index), previous: each.previous,
        recordedMicros: recorded.microseconds,
        observedMicros: batch.operations[index].observed?.microseconds, cause: batch.cause)
    }
    writer.endBatch()
    count += changes.count
  }
}

extension Batch {
  /// Lists what the next operations from `start` on are going to touch.
  fileprivate func list(from start: Int, in ahead: inout PrefetchList) {
    ahead.removeAll()
    for operation in operations[start..<min(start + PrefetchList.length, operations.count)] {
      switch operation.kind {
      case .change(.patchTwin(let id, let edits)): ahead.add(twin: id, path: edits.first?.path)
      case .change(.putRelationship(_, _, _, let target, _)): ahead.add(twin: target, path: nil)
      case .patchTwin(let id, _): ahead.add(twin: id, path: nil)
      default: break
      }
    }
  }

  /// - Throws: `NuriError` with code `limitExceeded` for a batch that is empty or too long.
  fileprivate func check() throws(NuriError) {
    guard !operations.isEmpty, operations.count <= EngineLimits.batchOperations else {
      throw NuriError(
        .limitExceeded,
        "A batch has 1 to \(EngineLimits.batchOperations) operations, not \(operations.count).")
    }
  }

  /// At least as many bytes as the batch takes in the log.
  fileprivate var encodedBound: Int {
    operations.reduce(64 + cause.actor.utf8.count + cause.reason.utf8.count) { $0 + 96 + $1.encodedBound }
  }
}

extension Operation {
  fileprivate var encodedBound: Int {
    switch kind {
    case .change(let change): change.encodedBound
    case .patchTwin(_, let steps), .patchRelationship(_, _, let steps):
      // A patch of a place inside a structured value is logged as the whole value.
      4096 + steps.reduce(0) { $0 + $1.path.utf8.count + ($1.value?.count ?? 0) }
    }
  }
}

extension World.State {
  /// Gives the lead up: to whoever waits to close the world, or to the next writer.
  mutating func endLeading() {
    if closers.isEmpty {
      isLeading = false
    } else {
      closers.removeFirst().give(true)
    }
  }
}
