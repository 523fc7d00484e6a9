import TwinValues

/// So many at once and so many a second after. Any thread.
///
/// Kept as one instant: when the bucket would be full again. `@unchecked Sendable`: `fullAt` is touched only while
/// holding `lock`.
final class TokenBucket: @unchecked Sendable {
  private let nanosecondsEach: UInt64
  private let burstNanoseconds: UInt64
  private let lock = Lock()
  private var fullAt: UInt64 = 0

  /// - Parameters:
  ///   - perSecond: how many a second; 0 for any number.
  ///   - burst: how many at once.
  init(perSecond: Double, burst: Int) {
    nanosecondsEach = perSecond > 0 ? UInt64(max(1, 1e9 / perSecond)) : 0
    burstNanoseconds = nanosecondsEach * UInt64(max(1, burst))
  }

  /// Takes one; or how many nanoseconds to wait for it.
  func take(nowNanoseconds now: UInt64) -> UInt64? {
    if nanosecondsEach == 0 { return nil }
    return lock.withLock {
      let full = max(fullAt, now) + nanosecondsEach
      if full - now > burstNanoseconds { return full - now - burstNanoseconds }
      fullAt = full
      return nil
    }
  }

  /// How many nanoseconds to wait until one could be taken; `nil` when one can.
  func wait(nowNanoseconds now: UInt64) -> UInt64? {
    if nanosecondsEach == 0 { return nil }
    return lock.withLock {
      let full = max(fullAt, now) + nanosecondsEach
      return full - now > burstNanoseconds ? full - now - burstNanoseconds : nil
    }
  }

  /// Whether nothing was taken lately.
  func isFull(nowNanoseconds now: UInt64) -> Bool { lock.withLock { fullAt <= now } }
}

/// A bucket for each of many names, the idle ones forgotten. Any thread.
///
/// `@unchecked Sendable`: `buckets` is touched only while holding `lock`.
final class BucketsByName: @unchecked Sendable {
  /// Names remembered at once; past this the idle ones are dropped, and then strangers share one bucket.
  static let names = 100_000

  private let perSecond: Double
  private let burst: Int
  private let lock = Lock()
  private var buckets: [String: TokenBucket] = [:]
  private let shared: TokenBucket

  init(perSecond: Double, burst: Int) {
    self.perSecond = perSecond
    self.burst = burst
    shared = TokenBucket(perSecond: perSecond, burst: burst)
  }

  func bucket(_ name: String, nowNanoseconds now: UInt64) -> TokenBucket {
    lock.withLock {
      if let known = buckets[name] { return known }
      if buckets.count >= Self.names { buckets = buckets.filter { !$0.value.isFull(nowNanoseconds: now) } }
      guard buckets.count < Self.names else { return shared }
      let made = TokenBucket(perSecond: perSecond, burst: burst)
      buckets[name] = made
      return made
    }
  }

  /// The bucket of a name that something was taken from before.
  func known(_ name: String) -> TokenBucket? { lock.withLock { buckets[name] } }
}
