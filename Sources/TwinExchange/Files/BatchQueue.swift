import TwinValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A bounded queue from one producing thread to one consuming thread.
final class BatchQueue<Element: Sendable>: @unchecked Sendable {
  // Unchecked: every field is touched only while the lock is held.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var elements: [Element] = []
  private var isFinished = false
  private var isCancelled = false
  private var failure: NuriError?
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    lock = .allocate(capacity: 1)
    lock.initialize(to: pthread_mutex_t())
    pthread_mutex_init(lock, nil)
    changed = .allocate(capacity: 1)
    changed.initialize(to: pthread_cond_t())
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
  }

  /// Adds an element, waiting while the queue is full. `false` when the consumer wants no more.
  func push(_ element: Element) -> Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while elements.count >= capacity, !isCancelled { pthread_cond_wait(changed, lock) }
    if isCancelled { return false }
    elements.append(element)
    pthread_cond_broadcast(changed)
    return true
  }

  /// Says that nothing more comes, and why when it is for an error.
  func finish(_ failure: NuriError? = nil) {
    pthread_mutex_lock(lock)
    isFinished = true
    self.failure = failure
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(lock)
  }

  /// Says that no more is wanted.
  func cancel() {
    pthread_mutex_lock(lock)
    isCancelled = true
    elements = []
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(lock)
  }

  /// The next element, waiting for one; `nil` at the end.
  /// - Throws: what the producer finished with, after its last element.
  func pop() throws(NuriError) -> Element? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while elements.isEmpty, !isFinished { pthread_cond_wait(changed, lock) }
    if !elements.isEmpty {
      pthread_cond_broadcast(changed)
      return elements.removeFirst()
    }
    if let failure { throw failure }
    return nil
  }
}
