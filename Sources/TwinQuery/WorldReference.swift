public import TwinValues

/// Which world, and as of when, a query asks about.
public struct WorldReference: Hashable, Sendable {
  /// The world's name; `nil` for the one the caller is in (`IN WORLD 'plan-b'`).
  public var name: String?
  /// The recorded time or sequence to go back to; `nil` for now.
  public var asOf: AsOf?

  /// A point in a world's past.
  public enum AsOf: Hashable, Sendable {
    /// The state after all changes recorded at or before an instant.
    case instant(Instant)
    /// The state after a change.
    case sequence(UInt64)
  }

  /// Names a world and a point in its past.
  public init(name: String? = nil, asOf: AsOf? = nil) {
    self.name = name
    self.asOf = asOf
  }

  /// The caller's world, now.
  public static let here = WorldReference()
}
