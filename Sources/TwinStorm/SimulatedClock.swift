public import TwinValues

/// A clock that stands still unless it is moved. Any thread.
///
/// `@unchecked Sendable`: the time is touched only while holding `lock`.
public final class SimulatedClock: @unchecked Sendable {
  private let lock = Lock()
  private var microseconds: Int64

  /// Starts at an instant; by default 2020-01-01T00:00:00Z.
  public init(_ start: Instant = Instant(microseconds: 1_577_836_800_000_000)) {
    microseconds = start.microseconds
  }

  /// The time it shows.
  public var now: Instant { lock.withLock { Instant(microseconds: microseconds) } }

  /// Moves it by microseconds; less than zero sets it back, as a real clock may be.
  public func advance(microseconds by: Int64) { lock.withLock { microseconds &+= by } }

  /// Sets it.
  public func set(_ instant: Instant) { lock.withLock { microseconds = instant.microseconds } }
}
