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
    // Waits that end must not be stretched or cut when someone sets the system's clock.
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
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

  /// The same, but no longer than so many milliseconds. Returns `false` when that time is over.
  public func wait(milliseconds: Int) -> Bool {
    var end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &end)
    let nanoseconds = end.tv_nsec + milliseconds % 1000 * 1_000_000
    end.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
    end.tv_nsec = nanoseconds % 1_000_000_000
    return pthread_cond_timedwait(condition, mutex, &end) == 0
  }

  /// Wakes all who wait. Call it holding the lock.
  public func notifyAll() { pthread_cond_broadcast(condition) }

  /// Wakes one of those who wait, when any of them would do. Call it holding the lock.
  public func notifyOne() { pthread_cond_signal(condition) }

  /// Runs `body` holding the lock and passes on what it returns or throws.
  @inlinable
  public func withLock<R: ~Copyable, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    lock()
    defer { unlock() }
    return try body()
  }
}

extension Monitor {
  /// The calling thread's own monitor, for a thread that waits for one short thing after another.
  ///
  /// Others may keep it and notify through it for as long as they like; then a wait returns for no reason.
  public static var ofThread: Monitor {
    guard let key else { return Monitor() }
    if let known = pthread_getspecific(key) {
      return Unmanaged<Monitor>.fromOpaque(known).takeUnretainedValue()
    }
    let monitor = Monitor()
    let kept = Unmanaged.passRetained(monitor)
    if pthread_setspecific(key, kept.toOpaque()) != 0 { kept.release() }
    return monitor
  }

  /// Where each thread keeps its monitor until it ends; `nil` when the process has no keys left.
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    let code = pthread_key_create(&key) { kept in
      if let kept { Unmanaged<Monitor>.fromOpaque(kept).release() }
    }
    return code == 0 ? key : nil
  }()
}
