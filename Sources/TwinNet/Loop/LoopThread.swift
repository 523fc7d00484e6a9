import Glibc

/// Starts a detached thread of the operating system for one loop. The loop lives as long as its thread.
enum LoopThread {
  private final class Start {
    let loop: EventLoop
    let ended: @Sendable () -> Void
    init(_ loop: EventLoop, _ ended: @escaping @Sendable () -> Void) {
      self.loop = loop
      self.ended = ended
    }
  }

  /// Starts the thread; calls `ended` on it as the last thing. `false` when the system refuses one.
  static func start(_ loop: EventLoop, ended: @escaping @Sendable () -> Void) -> Bool {
    var handle = pthread_t()
    let start = Unmanaged.passRetained(Start(loop, ended))
    let result = pthread_create(
      &handle, nil,
      { pointer in
        if let pointer {
          let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
          start.loop.run()
          start.ended()
        }
        return nil
      }, start.toOpaque())
    if result != 0 {
      start.release()
      return false
    }
    pthread_detach(handle)
    return true
  }
}
