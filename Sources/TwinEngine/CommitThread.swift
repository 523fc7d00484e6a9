import Glibc
import TwinValues

/// A thread that runs jobs one after another.
///
/// `@unchecked Sendable`: `jobs` and `isStopped` are touched only while holding the mutex.
final class CommitThread: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [@Sendable () -> Void] = []
  private var isStopped = false
  private var thread = pthread_t()

  init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    pthread_cond_init(condition, nil)
    let me = Unmanaged.passRetained(self)
    pthread_create(
      &thread, nil,
      { raw in
        if let raw { Unmanaged<CommitThread>.fromOpaque(raw).takeRetainedValue().run() }
        return nil
      }, me.toOpaque())
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  /// Runs a job after those before it.
  func run(_ job: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Runs what is left, then ends the thread and waits for it.
  func stop() {
    pthread_mutex_lock(mutex)
    let first = !isStopped
    isStopped = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
    if first { pthread_join(thread, nil) }
  }

  private func run() {
    while true {
      pthread_mutex_lock(mutex)
      while jobs.isEmpty && !isStopped { pthread_cond_wait(condition, mutex) }
      let batch = jobs
      jobs = []
      let isOver = batch.isEmpty && isStopped
      pthread_mutex_unlock(mutex)
      if isOver { return }
      for job in batch { job() }
    }
  }
}

/// A place to wait for one answer.
///
/// `@unchecked Sendable`: `answer` and `tasks` are touched only while holding the mutex.
final class Answer<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var answer: Value?
  /// Tasks that wait for it.
  private var tasks: [UnsafeContinuation<Value, Never>] = []

  init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  func give(_ value: Value) {
    pthread_mutex_lock(mutex)
    answer = value
    let waiting = tasks
    tasks = []
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
    for task in waiting { task.resume(returning: value) }
  }

  func wait() -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let answer { return answer }
      pthread_cond_wait(condition, mutex)
    }
  }

  /// Waits without blocking a thread.
  func wait() async -> Value {
    await withUnsafeContinuation { task in
      pthread_mutex_lock(mutex)
      let known = answer
      if known == nil { tasks.append(task) }
      pthread_mutex_unlock(mutex)
      if let known { task.resume(returning: known) }
    }
  }
}
