import TwinValues

/// A thread for tasks of feeds: what others do in the global pool must not make readers wait.
///
/// `@unchecked Sendable`: everything mutable is touched only while holding `monitor`.
final class FeedExecutor: TaskExecutor, @unchecked Sendable {
  private let monitor = Monitor()
  private var jobs: ContiguousArray<UnownedJob> = []
  private var isStarted = false
  private var isStopped = false

  /// Takes a job; the first one starts the thread. Where the system has none to give, the caller's has to do.
  func enqueue(_ job: consuming ExecutorJob) {
    let taken = UnownedJob(job)
    let isQueued = monitor.withLock {
      if !isStarted { isStarted = WorkThread { self.work() } != nil }
      guard isStarted else { return false }
      jobs.append(taken)
      monitor.notifyAll()
      return true
    }
    if !isQueued { taken.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  /// Ends the thread once nothing is left to do.
  func stop() {
    monitor.withLock {
      isStopped = true
      monitor.notifyAll()
    }
  }

  private func work() {
    let executor = asUnownedTaskExecutor()
    while true {
      let taken = monitor.withLock {
        while jobs.isEmpty && !isStopped { monitor.wait() }
        // A job that comes later starts another thread.
        if jobs.isEmpty { isStarted = false }
        defer { jobs = [] }
        return jobs
      }
      if taken.isEmpty { return }
      for job in taken { job.runSynchronously(on: executor) }
    }
  }
}
