import Glibc

/// Time as clients need it: to count, to wait, and a little chance. Handed in, so that a test can play it.
public protocol ClientClock: Sendable {
  /// Milliseconds since some moment; they never go back.
  func milliseconds() -> Int64
  /// Returns after so many milliseconds, or at once when the task is cancelled.
  func pause(milliseconds: Int64) async
  /// A number in `0 ..< 1`, another one each time.
  func chance() -> Double
}

/// The system's clock and chance.
public struct SystemClientClock: ClientClock {
  /// Makes it.
  public init() {}

  /// The system's monotonic clock.
  public func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Waits without blocking a thread.
  public func pause(milliseconds: Int64) async {
    try? await Task.sleep(nanoseconds: UInt64(max(0, min(milliseconds, 1 << 40))) * 1_000_000)
  }

  /// From the system's source of randomness.
  public func chance() -> Double {
    var generator = SystemRandomNumberGenerator()
    return Double(generator.next() >> 11) * 0x1p-53
  }
}
