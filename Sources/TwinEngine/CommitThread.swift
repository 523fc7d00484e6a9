import TwinValues

/// A thread that runs jobs one after another.
///
/// `@unchecked Sendable`: `jobs`, `isStopped` and `thread` are touched only while holding `monitor`.
final class CommitThread: @unchecked Sendable {
  private let monitor = Monitor()
  private var jobs: [@Sendable () -> Void] = []
  private var isStopped = false
  private var thread: WorkThread?

  init() throws(NuriError) {
    // The thread keeps this object alive until it is stopped.
    thread = WorkThread { self.work() }
    if thread == nil { throw NuriError(.unavailable, "The system has no thread to give.") }
  }

  /// Runs a job after those before it.
  func run(_ job: @escaping @Sendable () -> Void) {
    monitor.withLock {
      jobs.append(job)
      monitor.notifyAll()
    }
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
        while jobs.isEmpty && !isStopped { monitor.wait() }
        defer { jobs = [] }
        return jobs
      }
      if batch.isEmpty { return }
      for job in batch { job() }
    }
  }
}

/// A place to wait for one answer.
///
/// `@unchecked Sendable`: `answer` is touched only while holding `monitor`.
final class Answer<Value: Sendable>: @unchecked Sendable {
  private let monitor = Monitor()
  private var answer: Value?

  func give(_ value: Value) {
    monitor.withLock {
      answer = value
      monitor.notifyAll()
    }
  }

  func wait() -> Value {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if let answer { return answer }
      monitor.wait()
    }
  }
}
