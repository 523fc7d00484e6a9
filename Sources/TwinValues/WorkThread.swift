#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread of the operating system that runs one closure, for work that blocks; `join` waits for its end.
///
/// Started and joined by one owner, on one thread at a time.
public final class WorkThread {
  private var handle = pthread_t()
  private var isJoined = false

  /// Carries the closure to the thread.
  private final class Job {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts the thread; `nil` when the system refuses one.
  public init?(_ body: @escaping @Sendable () -> Void) {
    let job = Unmanaged.passRetained(Job(body))
    let result = pthread_create(
      &handle, nil,
      { pointer in
        if let pointer { Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().body() }
        return nil
      }, job.toOpaque())
    if result != 0 {
      job.release()
      return nil
    }
  }

  /// Waits until the closure has returned. Call it once at least, or the thread's memory stays.
  public func join() {
    if !isJoined { pthread_join(handle, nil) }
    isJoined = true
  }
}
