import Glibc
public import TwinValues

/// Where the engine learns what time it is. Handed in, so that a test or a replay can tell it otherwise.
public protocol WorldClock: Sendable {
  /// The present instant.
  func now() -> Instant
}

/// The system's clock.
public struct SystemClock: WorldClock {
  /// Makes it.
  public init() {}

  /// The system's present instant, to the microsecond.
  public func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
