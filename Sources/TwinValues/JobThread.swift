/// A thread that runs jobs one after another. Any thread may hand it some.
///
/// `@unchecked Sendable`: `jobs`, `isStopped`, `hasEnded` and `thread` are touched only while holding `monitor`.
public final class JobThread: @unchecked Sendable {
  private let monitor = Monitor()
  private var jobs: [@Sendable () -> Void] = []
  private var isStopped = false
  private var hasEnded = false
  private var thread: WorkThread?

  /// Starts the thread; it keeps this object alive until it is stopped.
  /// - Throws: `NuriError` with code `unavailable` when the system has no thread to give.
  public init() throws(NuriError) {
    thread = WorkThread { self.work() }
    if thread == nil { throw NuriError(.unavailable, "The system has no thread to give.") }
  }

  /// Runs a job after those before it; `false` when the thread has ended and never will.
  public func run(_ job: @escaping @Sendable () -> Void) -> Bool {
    monitor.withLock {
      if hasEnded { return false }
      jobs.append(job)
      monitor.notifyAll()
      return true
    }
  }

  /// Runs what blocks on the thread and waits for it as a task; once the thread has ended, on the caller's.
  /// - Throws: what `body` throws.
  public func run<R: Sendable>(
    _ body: @escaping @Sendable () throws(NuriError) -> R
  ) async throws(NuriError) -> R {
    let result = await withUnsafeContinuation {
      (continuation: UnsafeContinuation<Result<R, NuriError>, Never>) in
      let job: @Sendable () -> Void = {
        continuation.resume(returning: Result { () throws(NuriError) in try body() })
      }
      if !run(job) { job() }
    }
    return try result.get()
  }

  /// Runs what is left, then ends the thread and waits for it.
  public func stop() {
    let ended = monitor.withLock {
      isStopped = true
      monitor.notifyAll()
      defer { thread = nil }
      return thread
    }
    ended?.join()
  }

  private func work() {
    while true {
      let batch = monitor.withLock {
        while jobs.isEmpty && !isStopped { monitor.wait() }
        hasEnded = jobs.isEmpty
        defer { jobs = [] }
        return jobs
      }
      if batch.isEmpty { return }
      for job in batch { job() }
    }
  }
}
