import TwinGraph
public import TwinValues

/// The jobs of a data folder: starts them, stops them, remembers them.
///
/// One board for one engine, made by whoever serves it. All calls may come from any thread.
///
/// `@unchecked Sendable`: `state` is touched only while holding `lock`; everything else never changes.
public final class JobBoard: @unchecked Sendable {
  private let live: World
  private let clock: any WorldClock
  private let lock = Lock()
  private var state = State()

  private struct State {
    var jobs: [String: Job] = [:]
    /// Threads at work, and those that are done and not yet joined.
    var threads: [String: WorkThread] = [:]
    var ended: [String] = []
    /// When each job at work was last written down.
    var recorded: [String: Instant] = [:]
    var made: UInt64 = 0
    var isClosed = false

    func active(_ kinds: Set<Job.Kind>) -> Int {
      jobs.values.count { !$0.status.isOver && (kinds.isEmpty || kinds.contains($0.kind)) }
    }
  }

  /// Takes up the jobs of a data folder. Those that were at work when it was last closed have failed with
  /// `interrupted`: what they did stays done.
  /// - Throws: `NuriError` when the live world can't be read or written.
  public init(_ engine: Engine) throws(NuriError) {
    live = try engine.world()
    clock = engine.options.clock
    var changes: [Change] = []
    let now = clock.now()
    for record in try live.snapshot().graph.records(.job).all {
      guard var job = Job(record), job.purged > now else {
        changes.append(.deleteRecord(.job, id: record.id))
        continue
      }
      if !job.status.isOver {
        job.end(.failed, now)
        job.failure = .interrupted
        changes.append(.putRecord(job.record))
      }
      state.jobs[job.key] = job
    }
    if !changes.isEmpty { try live.write(batch(changes)) }
  }

  /// The engine's present instant.
  var now: Instant { clock.now() }

  // MARK: Asking

  /// The jobs of a kind about a world, oldest first.
  public func jobs(_ kind: Job.Kind, world: String = Engine.live) -> [Job] {
    let now = clock.now()
    let jobs = lock.withLock { state.jobs.values.filter { $0.kind == kind && $0.world == world } }
    return jobs.filter { $0.purged > now }.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
  }

  /// Every job, oldest first.
  public var all: [Job] {
    let now = clock.now()
    return lock.withLock { Array(state.jobs.values) }.filter { $0.purged > now }
      .sorted { ($0.created, $0.key) < ($1.created, $1.key) }
  }

  /// A job.
  /// - Throws: `NuriError` with code `jobNotFound`.
  public func job(_ kind: Job.Kind, world: String = Engine.live, _ id: String) throws(NuriError) -> Job {
    let key = "\(kind.rawValue)/\(world)/\(id)"
    guard let job = lock.withLock({ state.jobs[key] }), job.purged > clock.now() else {
      throw NuriError(.jobNotFound, "There is no \(kind.rawValue) job \"\(id)\".")
    }
    return job
  }

  // MARK: Starting and stopping

  /// Starts a job; when this returns, the job is written down and its thread has begun.
  /// - Parameters:
  ///   - id: its id; one is made when `nil`.
  ///   - parameters: what is asked for, as a JSON object.
  ///   - exclusive: kinds of which no job may be at work; empty for no such rule.
  /// - Throws: `NuriError` with code `jobExists`, `jobLimit`, `invalidId` or `unavailable`.
  public func start(
    _ kind: Job.Kind, world: String = Engine.live, id: String? = nil, parameters: [UInt8] = Array("{}".utf8),
    by principal: Principal, exclusive: Set<Job.Kind> = [], _ work: @escaping JobWork
  ) async throws(NuriError) -> Job {
    if let id { try TwinId.check(id) }
    guard parameters.count <= JobLimits.parameterBytes else {
      throw NuriError(.limitExceeded, "A job's parameters have at most \(JobLimits.parameterBytes) bytes.")
    }
    await sweep()
    let job = try reserve(kind, world, id, parameters, principal.id, exclusive)
    do {
      try await live.write(batch([.putRecord(job.record)]))
    } catch {
      lock.withLock { state.jobs[job.key] = nil }
      throw error
    }
    try begin(job, work)
    return job
  }

  private func reserve(
    _ kind: Job.Kind, _ world: String, _ id: String?, _ parameters: [UInt8], _ actor: String,
    _ exclusive: Set<Job.Kind>
  ) throws(NuriError) -> Job {
    let now = clock.now()
    return try lock.withLock { () throws(NuriError) in
      if state.isClosed { throw NuriError(.unavailable, "The server is closing.") }
      state.made += 1
      let id = id ?? "\(String(now.microseconds, radix: 36))-\(state.made)"
      let job = Job(
        kind: kind, world: world, id: id, parameters: parameters, actor: actor, created: now, lastAction: now)
      guard exclusive.isEmpty || state.active(exclusive) == 0 else {
        throw NuriError(
          .jobLimit, "There is such a job at work already.", advice: "Wait until one is over.")
      }
      guard state.jobs[job.key] == nil else {
        throw NuriError(
          .jobExists, "There is a \(kind.rawValue) job \"\(id)\" already.",
          advice: "Choose another id, or delete that job first.")
      }
      guard state.active([]) < JobLimits.running else {
        throw NuriError(
          .jobLimit, "There are \(JobLimits.running) jobs at work.", advice: "Wait until one is over.")
      }
      guard state.jobs.count < JobLimits.remembered else {
        throw NuriError(
          .jobLimit, "There are \(JobLimits.remembered) jobs.", advice: "Delete some that are over.")
      }
      state.jobs[job.key] = job
      return job
    }
  }

  private func begin(_ job: Job, _ work: @escaping JobWork) throws(NuriError) {
    let run = JobRun(board: self, key: job.key, job: job)
    let hasBegun = lock.withLock {
      guard !state.isClosed, let thread = WorkThread({ self.carryOut(run, work) }) else { return false }
      state.threads[job.key] = thread
      return true
    }
    if hasBegun { return }
    let error = NuriError(.unavailable, "The system has no thread to give.")
    finish(job.key, .failed, error)
    throw error
  }

  private func carryOut(_ run: JobRun, _ work: JobWork) {
    change(run.key) { job, now in
      if job.status == .notStarted { job.status = .running }
      job.lastAction = now
    }
    do throws(NuriError) {
      try work(run)
      finish(run.key, .succeeded)
    } catch {
      finish(run.key, error.code == .cancelled ? .cancelled : .failed, error)
    }
    lock.withLock { state.ended.append(run.key) }
  }

  /// Asks a job to stop. It is over when its status says so.
  /// - Throws: `NuriError` with code `jobNotFound`, or `jobState` when it is over.
  public func cancel(
    _ kind: Job.Kind, world: String = Engine.live, _ id: String
  ) async throws(NuriError) -> Job {
    let known = try job(kind, world: world, id)
    let now = clock.now()
    let job: Job? = lock.withLock {
      guard var job = state.jobs[known.key], !job.status.isOver else { return nil }
      job.status = .cancelling
      job.lastAction = now
      state.jobs[known.key] = job
      return job
    }
    guard let job else {
      throw NuriError(.jobState, "The \(kind.rawValue) job \"\(id)\" is over.")
    }
    return job
  }

  /// Forgets a job that is over, so that its id is free.
  /// - Throws: `NuriError` with code `jobNotFound`, or `jobState` when it is at work.
  public func remove(
    _ kind: Job.Kind, world: String = Engine.live, _ id: String
  ) async throws(NuriError) {
    let job = try job(kind, world: world, id)
    guard job.status.isOver else {
      throw NuriError(
        .jobState, "The \(kind.rawValue) job \"\(id)\" is at work.", advice: "Cancel it first, or wait.")
    }
    // Whoever takes it out of the list writes it down, so that of two who remove it one is told it is gone.
    guard lock.withLock({ state.jobs.removeValue(forKey: job.key) }) != nil else {
      throw NuriError(.jobNotFound, "There is no \(kind.rawValue) job \"\(id)\".")
    }
    try await live.write(batch([.deleteRecord(.job, id: job.key)]))
  }

  /// Asks every job to stop, waits for them, and takes no more. Call it before the engine is closed.
  public func close() {
    let threads: [WorkThread] = lock.withLock {
      state.isClosed = true
      for (key, job) in state.jobs where !job.status.isOver { state.jobs[key]?.status = .cancelling }
      defer { state.threads = [:] }
      return Array(state.threads.values)
    }
    for thread in threads { thread.join() }
  }

  // MARK: At work

  func isCancelled(_ key: String) -> Bool { lock.withLock { state.jobs[key]?.status == .cancelling } }

  func note(_ progress: Job.Progress, _ key: String) {
    let now = clock.now()
    let isDue = lock.withLock {
      state.jobs[key]?.progress = progress
      state.jobs[key]?.lastAction = now
      let last = state.recorded[key]?.microseconds ?? 0
      guard now.microseconds - last >= JobLimits.recordedEvery else { return false }
      state.recorded[key] = now
      return true
    }
    if isDue { change(key) { _, _ in } }
  }

  private func finish(_ key: String, _ status: Job.Status, _ error: NuriError? = nil) {
    let isClosed = lock.withLock { state.isClosed }
    change(key) { job, now in
      job.end(status == .cancelled && isClosed ? .failed : status, now)
      if status == .cancelled, isClosed {
        job.failure = .interrupted
      } else if status == .failed, let error {
        job.failure = Job.Failure(code: error.code.rawValue, message: error.description)
      }
    }
    lock.withLock { state.recorded[key] = nil }
  }

  /// Changes a job and writes it down. A disk that refuses is not the job's fault: memory has it all the same.
  private func change(_ key: String, _ body: (inout Job, Instant) -> Void) {
    let now = clock.now()
    let job: Job? = lock.withLock {
      guard var job = state.jobs[key] else { return nil }
      body(&job, now)
      state.jobs[key] = job
      return job
    }
    if let job { _ = try? live.write(batch([.putRecord(job.record)])) }
  }

  /// Joins threads that are done, and forgets jobs whose time has come.
  private func sweep() async {
    let now = clock.now()
    let (threads, old) = lock.withLock {
      let threads = state.ended.compactMap { state.threads.removeValue(forKey: $0) }
      state.ended = []
      let old = state.jobs.values.filter { $0.status.isOver && $0.purged <= now }.map(\.key)
      for key in old { state.jobs[key] = nil }
      return (threads, old)
    }
    for thread in threads { thread.join() }
    if !old.isEmpty { _ = try? await live.write(batch(old.map { .deleteRecord(.job, id: $0) })) }
  }

  private func batch(_ changes: [Change]) -> Batch {
    Batch(cause: Cause(actor: "jobs"), operations: changes.map { Operation($0) })
  }
}

extension Job {
  fileprivate mutating func end(_ status: Status, _ now: Instant) {
    self.status = status
    lastAction = now
    finished = now
  }
}
