import Glibc

/// A thread's work, on its way through a C pointer.
private final class Job {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// A thread that was started and has to be waited for.
struct Worker {
  private let thread: pthread_t

  init(_ body: @escaping @Sendable () -> Void) throws {
    var thread = pthread_t()
    let job = Unmanaged.passRetained(Job(body))
    let code = pthread_create(
      &thread, nil,
      { raw in
        if let raw { Unmanaged<Job>.fromOpaque(raw).takeRetainedValue().body() }
        return nil
      }, job.toOpaque())
    guard code == 0 else { throw Stop("pthread_create failed with \(code)") }
    self.thread = thread
  }

  func wait() { pthread_join(thread, nil) }
}

/// Runs `body` on `count` threads at once and waits for all of them; an error in any of them stops the benchmark.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  let workers = try (0..<count).map { index in
    try Worker {
      do { try body(index) } catch { fatalError("thread \(index): \(error)") }
    }
  }
  for worker in workers { worker.wait() }
}
