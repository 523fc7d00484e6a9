/// Steps along the rings of polygons, coded so that right corners take few bits (docs/tiles.md).
enum Corner {
  typealias Step = (x: Int32, y: Int32)

  /// The steps of one ring, one after the other.
  struct Steps {
    private let isQuad: Bool
    private var number = 0
    private var first: Step = (0, 0)
    private var last: Step = (0, 0)

    /// - Parameter count: the ring's points.
    init(count: Int) { isQuad = count == 4 }

    /// What stands for the next step: the step itself for the first; for a quadrilateral's third what it differs by
    /// from the first one gone back; else the longer part that a right corner would give, and what the other one
    /// differs by from that corner.
    @inline(__always)
    mutating func code(_ step: Step) -> Step {
      number += 1
      defer { last = step }
      if number == 1 {
        first = step
        return step
      }
      if isQuad, number == 3 { return (step.x &+ first.x, step.y &+ first.y) }
      if abs(last.y) >= abs(last.x) {
        return (step.x, step.y &- Corner.across(step.x, last.x, last.y))
      }
      return (step.y, step.x &- Corner.across(step.y, last.y, last.x))
    }
  }

  /// The other part of a step whose one part is `part` and that is at a right angle to a step of `same` and `other`.
  /// Halves are rounded up, as in the page.
  @inline(__always)
  static func across(_ part: Int32, _ same: Int32, _ other: Int32) -> Int32 {
    if other == 0 { return 0 }
    return Int32(clamping: Int64((-Double(part) * Double(same) / Double(other) + 0.5).rounded(.down)))
  }
}
