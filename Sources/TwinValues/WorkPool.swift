/// A few threads for work that blocks or computes for long, kept away from the threads that serve connections.
///
/// ```swift
/// let rows = try await pool.run { () throws(NuriError) in try world.snapshot(at: point).graph.twinCount }
/// ```
///
/// It is a `TaskExecutor`: what `run` is given stays on the pool's threads, waits included, and is cancelled with the
/// task that asked. Threads start when they are first needed. Any thread may call anything.
///
/// `@unchecked Sendable`: everything that changes is touched only while holding `monitor`.
public final class WorkPool: TaskExecutor, @unchecked Sendable {
  /// Most threads.
  public let threads: Int
  /// Most calls of `run` at one time, those that wait for a thread included; more are refused.
  public let calls: Int

  private let monitor = Monitor()
  private var jobs: [UnownedJob] = []
  private var first = 0
  private var started: [WorkThread] = []
  private var idle = 0
  private var admitted = 0
  private var isStopped = false

  /// Makes a pool; nothing is started yet.
  public init(threads: Int, calls: Int) {
    self.threads = max(1, threads)
    self.calls = max(1, calls)
  }

  /// Runs a closure on the pool's threads; its result comes back to where the caller was.
  /// - Throws: `NuriError` with code `overloaded` when `calls` are under way already; what `body` throws.
  public func run<R: Sendable>(
    _ body: @Sendable () async throws(NuriError) -> R
  ) async throws(NuriError) -> R {
    let isAdmitted = monitor.withLock {
      if admitted >= calls { return false }
      admitted += 1
      return true
    }
    guard isAdmitted else {
      throw NuriError(
        .overloaded, "\(calls) long requests are under way already.", advice: "Try again in a moment.")
    }
    defer { monitor.withLock { admitted -= 1 } }
    let result = await withTaskExecutorPreference(self) { () async -> Result<R, NuriError> in
      do throws(NuriError) { return .success(try await body()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Calls of `run` under way.
  public var callsUnderWay: Int { monitor.withLock { admitted } }

  /// Takes a job of a task that runs here.
  public func enqueue(_ job: consuming ExecutorJob) {
    let taken = UnownedJob(job)
    let isHere = monitor.withLock {
      if isStopped { return true }
      jobs.append(taken)
      if idle == 0, started.count < threads, let thread = WorkThread({ self.work() }) {
        started.append(thread)
      }
      monitor.notifyOne()
      return started.isEmpty
    }
    // With no thread to be had, the caller's must do: a job may not be lost.
    if isHere { runHere(taken) }
  }

  /// Runs what is left, then ends the threads and waits for them. What comes after runs on its caller's thread.
  public func stop() {
    let threads = monitor.withLock {
      isStopped = true
      monitor.notifyAll()
      defer { started = [] }
      return started
    }
    for thread in threads { thread.join() }
  }

  private func runHere(_ taken: UnownedJob) {
    let job = monitor.withLock { isStopped ? taken : next() }
    job?.runSynchronously(on: asUnownedTaskExecutor())
  }

  /// The job that waited longest. Holding the lock.
  private func next() -> UnownedJob? {
    guard first < jobs.count else { return nil }
    defer {
      first += 1
      if first == jobs.count {
        jobs.removeAll(keepingCapacity: true)
        first = 0
      }
    }
    return jobs[first]
  }

  private func work() {
    let executor = asUnownedTaskExecutor()
    while true {
      let job = monitor.withLock { () -> UnownedJob? in
        idle += 1
        defer { idle -= 1 }
        while first == jobs.count, !isStopped { monitor.wait() }
        return next()
      }
      guard let job else { return }
      job.runSynchronously(on: executor)
    }
  }
}

extension NuriError.Code {
  /// What was asked of is closed, a disk failed under it, or the system has nothing to give.
  public static let unavailable = Self("unavailable")
  /// Too much is under way; the same request may succeed in a moment.
  public static let overloaded = Self("overloaded")
}
