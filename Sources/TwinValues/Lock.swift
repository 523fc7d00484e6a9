import Glibc

/// A mutual-exclusion lock: a POSIX mutex with a closure around it.
///
/// It stands in for the standard library's mutex because the thread sanitizer understands it and because an
/// uncontended turn costs half as much. It is not recursive: taking it twice on one thread deadlocks.
///
/// `@unchecked Sendable`: the only stored property is the address of a mutex, which is made to be shared.
public final class Lock: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Makes an unlocked lock.
  public init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Takes the lock, waiting while another thread holds it. Pair with `unlock()`; prefer `withLock`.
  public func lock() { pthread_mutex_lock(mutex) }

  /// Gives the lock back. Call it on the thread that took it.
  public func unlock() { pthread_mutex_unlock(mutex) }

  /// Runs `body` holding the lock and passes on what it returns or throws.
  @inlinable
  public func withLock<R: ~Copyable, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    lock()
    defer { unlock() }
    return try body()
  }
}
