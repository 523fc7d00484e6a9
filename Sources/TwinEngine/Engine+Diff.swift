public import TwinGraph
public import TwinValues

extension Engine {
  /// A world's state at a point in time.
  /// - Throws: `NuriError` with code `worldNotFound` or `outOfRange`.
  public func snapshot(_ place: WorldInstant) throws(NuriError) -> Snapshot {
    try world(place.world).snapshot(at: place.at)
  }

  /// Calls `body` with every difference on the way from one (world, instant) to another until it returns `false`.
  /// - Throws: `NuriError` with code `worldNotFound` or `outOfRange`.
  public func differences(
    from old: WorldInstant, to new: WorldInstant, _ body: (Difference) -> Bool
  ) throws(NuriError) {
    try differences(from: old, to: new, as: .owner(), body)
  }

  /// The differences somebody may see.
  func differences(
    from old: WorldInstant, to new: WorldInstant, as principal: Principal, _ body: (Difference) -> Bool
  ) throws(NuriError) {
    let a = try world(old.world, for: principal)
    let b = try world(new.world, for: principal)
    let before = a.seen(try a.snapshot(at: old.at), by: principal, at: old.at)
    let after = b.seen(try b.snapshot(at: new.at), by: principal, at: new.at)
    let shared = Engine.sharedThrough(a, before.sequence, b, after.sequence)
    Graph.differences(from: before.graph, to: after.graph, sharedThrough: shared, body)
  }

  /// The last sequence up to which two states have the same changes.
  static func sharedThrough(_ a: World, _ aSequence: UInt64, _ b: World, _ bSequence: UInt64) -> UInt64 {
    // The path from each world to the live one, with how far each world's log counts along it.
    func path(_ world: World, _ sequence: UInt64) -> [(world: World, through: UInt64)] {
      var path = [(world: world, through: world.isTracking ? world.forkPoint : sequence)]
      while let last = path.last, let parent = last.world.parent {
        path.append((parent, min(last.through, last.world.forkPoint)))
      }
      return path
    }
    let left = path(a, aSequence)
    let right = path(b, bSequence)
    for step in left {
      if let other = right.first(where: { $0.world === step.world }) {
        return min(step.through, other.through)
      }
    }
    return 0
  }
}
