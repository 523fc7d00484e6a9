public import TwinGraph
public import TwinValues

/// A world's whole state at one point; it never changes, whatever happens to the world.
public struct Snapshot: Sendable {
  /// The world's name.
  public let world: String
  /// The state.
  public let graph: Graph
  /// The last change it has seen.
  public let sequence: UInt64
  /// That change's recorded time; the epoch for a world without changes.
  public let recorded: Instant
}
