#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A lock that can be waited on: a POSIX mutex and condition variable. Not recursive.
///
/// `@unchecked Sendable`: the only stored properties are the addresses of a mutex and a condition variable, which
/// are made to be shared.
public final class Monitor: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  /// Makes an unlocked monitor.
  public init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Takes the lock. Pair with `unlock()`; prefer `withLock`.
  public func lock() { pthread_mutex_lock(mutex) }

  /// Gives the lock back. Call it on the thread that took it.
  public func unlock() { pthread_mutex_unlock(mutex) }

  /// Gives the lock up until someone notifies, then takes it again. Call it holding the lock, in a loop that asks
  /// whether what it waits for has come: it may also return for no reason.
  public func wait() { pthread_cond_wait(condition, mutex) }

  /// Wakes all who wait. Call it holding the lock.
  public func notifyAll() { pthread_cond_broadcast(condition) }

  /// Runs `body` holding the lock and passes on what it returns or throws.
  @inlinable
  public func withLock<R: ~Copyable, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    lock()
    defer { unlock() }
    return try body()
  }
}
