import TwinEngine
import TwinValues

/// A thread for what waits for the disk: a task's thread must not.
///
/// `@unchecked Sendable`: `jobs`, `isStopped` and `thread` are touched only while holding `monitor`.
final class FileThread: @unchecked Sendable {
  private let monitor = Monitor()
  private var jobs: [@Sendable () -> Void] = []
  private var isStopped = false
  private var thread: WorkThread?

  /// - Throws: `NuriError` with code `unavailable` when the system has no thread to give.
  init() throws(NuriError) {
    // The thread keeps this object alive until it is stopped.
    thread = WorkThread { self.work() }
    if thread == nil { throw NuriError(.unavailable, "The system has no thread to give.") }
  }

  /// Runs something on the thread and waits for it as a task; once stopped, on the caller's.
  func run<R: Sendable>(_ body: @escaping @Sendable () throws(NuriError) -> R) async throws(NuriError) -> R {
    let result = await withUnsafeContinuation {
      (continuation: UnsafeContinuation<Result<R, NuriError>, Never>) in
      let job: @Sendable () -> Void = {
        continuation.resume(returning: Result { () throws(NuriError) in try body() })
      }
      let isTaken = monitor.withLock {
        if isStopped { return false }
        jobs.append(job)
        monitor.notifyAll()
        return true
      }
      if !isTaken { job() }
    }
    return try result.get()
  }

  /// Runs what is left, then ends the thread and waits for it.
  func stop() {
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
        while jobs.isEmpty, !isStopped { monitor.wait() }
        defer { jobs = [] }
        return jobs
      }
      if batch.isEmpty { return }
      for job in batch { job() }
    }
  }
}
