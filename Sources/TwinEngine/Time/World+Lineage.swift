import TwinLog
import TwinValues

extension World {
  /// A stretch of one world's own log.
  struct Stretch {
    let world: World
    let first: UInt64
    let last: UInt64
  }

  /// The stretches of logs with what was recorded in a span of time, the oldest world first.
  func lineage(from: Instant, to: Instant) throws(NuriError) -> [Stretch] {
    let (before, isFirst) = from.microseconds.subtractingReportingOverflow(1)
    var steps: [Stretch] = []
    for step in lineage(through: .max) {
      let low = isFirst ? 0 : try step.world.log.lastSequence(at: before)
      let high = try step.world.log.lastSequence(at: to.microseconds - 1)
      let (first, last) = (max(step.first, low + 1), min(step.last, high))
      if first <= last { steps.append(Stretch(world: step.world, first: first, last: last)) }
    }
    return steps
  }

  /// The stretches of logs that make up the world through a sequence, the oldest world first.
  func lineage(through sequence: UInt64) -> [Stretch] {
    let own = Stretch(world: self, first: forkPoint + 1, last: min(sequence, log.durableSequence))
    let inherited = parent.map { $0.lineage(through: isTracking ? .max : min(sequence, forkPoint)) } ?? []
    return inherited + (own.first <= own.last ? [own] : [])
  }
}
