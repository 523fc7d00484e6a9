import TwinGraph
import TwinLog
import TwinValues

/// When the changes of a world and those it comes from were recorded, without those that only the live world takes.
///
/// A lineage numbers its changes without gaps, so that the last sequence at an instant counts them, and the log's index
/// leads there with one read.
struct Calendar {
  /// The world; of a tracking fork, its parent.
  private let world: World
  private let newest: UInt64
  /// A tracking fork, whose own changes come on top: it does not number its parent's.
  private let follower: World?
  private let uncounted: SequenceStretches

  init(_ world: World) throws(NuriError) {
    follower = world.isTracking ? world : nil
    self.world = world.isTracking ? world.parent ?? world : world
    newest = try self.world.snapshot().sequence
    var (live, shared) = (self.world, newest)
    while let parent = live.parent { (live, shared) = (parent, min(shared, live.forkPoint)) }
    uncounted = try live.snapshot().graph.liveWorldOnly.prefix(through: shared)
  }

  /// How many changes were recorded before an instant.
  private func count(before instant: Instant) throws(NuriError) -> UInt64 {
    guard let moment = instant.before else { return 0 }
    let last = min(try world.lastSequence(at: moment), newest)
    var own: UInt64 = 0
    if let follower {
      own =
        max(try follower.log.lastSequence(at: moment.microseconds), follower.forkPoint) - follower.forkPoint
    }
    return last - uncounted.count(through: last) + own
  }

  /// Fills a timeline's buckets. Stretches in which nothing was recorded cost nothing.
  func count(_ line: inout Timeline) throws(NuriError) {
    var edges: [(bucket: Int, before: UInt64)] = []
    edges.append((line.counts.count, try count(before: line.to)))
    var (low, before) = (0, try count(before: line.from))
    while let (high, after) = edges.last {
      if after == before || high - low == 1 {
        if high - low == 1 { line.counts[low] = after - before }
        (low, before) = (high, after)
        edges.removeLast()
      } else {
        let middle = (low + high) / 2
        edges.append((middle, try count(before: line.start(middle))))
      }
    }
  }

  /// The last change before an instant.
  func moment(before instant: Instant) throws(NuriError) -> Timeline.Moment? {
    guard let last = instant.before else { return nil }
    let found = try moment(at: last)
    guard let follower else { return found }
    let own = try follower.log.lastSequence(at: last.microseconds)
    return Calendar.nearer(
      own > follower.forkPoint ? try moment(follower, own) : nil, found, isLater: true)
  }

  /// The first change after an instant; of those recorded together, the last.
  func moment(after instant: Instant) throws(NuriError) -> Timeline.Moment? {
    let next = uncounted.firstOutside(from: try world.lastSequence(at: instant) + 1)
    let found = next <= newest ? try moment(at: try world.recordedTime(of: next)) : nil
    guard let follower else { return found }
    let ownNext = max(try follower.log.lastSequence(at: instant.microseconds), follower.forkPoint) + 1
    var own: Timeline.Moment?
    if ownNext <= follower.log.durableSequence {
      let recorded = try follower.recordedTime(of: ownNext)
      own = try moment(follower, try follower.log.lastSequence(at: recorded.microseconds))
    }
    return Calendar.nearer(own, found, isLater: false)
  }

  /// The last change at an instant or before it.
  private func moment(at instant: Instant) throws(NuriError) -> Timeline.Moment? {
    let last = uncounted.lastOutside(through: min(try world.lastSequence(at: instant), newest))
    return last == 0 ? nil : try moment(world, last)
  }

  private func moment(_ world: World, _ sequence: UInt64) throws(NuriError) -> Timeline.Moment {
    Timeline.Moment(sequence: sequence, recorded: try world.recordedTime(of: sequence))
  }

  /// The later or earlier of a tracking fork's own moment and its parent's.
  private static func nearer(
    _ own: Timeline.Moment?, _ parents: Timeline.Moment?, isLater: Bool
  ) -> Timeline.Moment? {
    guard let parents else { return own }
    if let own, isLater ? own.recorded >= parents.recorded : own.recorded <= parents.recorded { return own }
    return Timeline.Moment(sequence: nil, recorded: parents.recorded)
  }
}

extension Instant {
  /// The last instant before this one; `nil` for the first.
  fileprivate var before: Instant? {
    let (before, isFirst) = microseconds.subtractingReportingOverflow(1)
    return isFirst ? nil : Instant(microseconds: before)
  }
}
