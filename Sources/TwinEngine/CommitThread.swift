import TwinValues

/// A thread that runs jobs one after another.
///
/// `@unchecked Sendable`: `jobs`, `isStopped`, `hasEnded` and `thread` are touched only while holding `monitor`.
final class CommitThread: @unchecked Sendable {
  private let monitor = Monitor()
  private var jobs: [@Sendable () -> Void] = []
  private var isStopped = false
  private var hasEnded = false
  private var thread: WorkThread?

  init() throws(NuriError) {
    // The thread keeps this object alive until it is stopped.
    thread = WorkThread { self.work() }
    if thread == nil { throw NuriError(.unavailable, "The system has no thread to give.") }
  }

  /// Runs a job after those before it; `false` when the thread has ended and never will.
  func run(_ job: @escaping @Sendable () -> Void) -> Bool {
    monitor.withLock {
      if hasEnded { return false }
      jobs.append(job)
      monitor.notifyAll()
      return true
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
        hasEnded = jobs.isEmpty
        defer { jobs = [] }
        return jobs
      }
      if batch.isEmpty { return }
      for job in batch { job() }
    }
  }
}

/// A place to wait for one answer; made by the thread that will wait.
///
/// It borrows that thread's monitor: making a mutex and a condition for every write costs as much as the write.
///
/// `@unchecked Sendable`: `answer` and `tasks` are touched only while holding `monitor`.
final class Answer<Value: Sendable>: @unchecked Sendable {
  private let monitor = Monitor.ofThread
  private var answer: Value?
  /// Tasks that wait for it.
  private var tasks: [UnsafeContinuation<Value, Never>] = []

  func give(_ value: Value) {
    let waiting = monitor.withLock {
      answer = value
      monitor.notifyAll()
      defer { tasks = [] }
      return tasks
    }
    for task in waiting { task.resume(returning: value) }
  }

  func wait() -> Value {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if let answer { return answer }
      monitor.wait()
    }
  }

  /// Waits without blocking a thread.
  func wait() async -> Value {
    await withUnsafeContinuation { task in
      let known = monitor.withLock {
        if answer == nil { tasks.append(task) }
        return answer
      }
      if let known { task.resume(returning: known) }
    }
  }
}
