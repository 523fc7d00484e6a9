import TwinValues

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
