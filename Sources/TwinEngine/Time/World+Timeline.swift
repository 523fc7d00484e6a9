import TwinLog
import TwinValues

/// Counting changes by their recorded time. A lineage numbers its changes without gaps, so that the last sequence at an
/// instant counts them, and the log's index leads there with one read.
extension World {
  /// When the first change of the world and those it comes from was recorded.
  func firstRecorded() throws(NuriError) -> Instant? {
    if let parent, forkPoint > 0 || isTracking, let first = try parent.firstRecorded() { return first }
    return log.durableSequence > forkPoint ? try recordedTime(of: forkPoint + 1) : nil
  }

  /// How many changes of the lineage were recorded before an instant.
  private func count(before instant: Instant) throws(NuriError) -> UInt64 {
    let (last, isFirst) = instant.microseconds.subtractingReportingOverflow(1)
    if isFirst { return 0 }
    let moment = Instant(microseconds: last)
    guard isTracking, let parent else { return try lastSequence(at: moment) }
    let own = max(try log.lastSequence(at: last), forkPoint) - forkPoint
    return try parent.count(before: instant) + own
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

  /// The last thing recorded before an instant.
  func moment(before instant: Instant) throws(NuriError) -> Timeline.Moment? {
    let (last, isFirst) = instant.microseconds.subtractingReportingOverflow(1)
    if isFirst { return nil }
    let moment = Instant(microseconds: last)
    guard isTracking, let parent else { return try self.moment(try lastSequence(at: moment)) }
    let own = try log.lastSequence(at: last)
    return World.nearer(
      own > forkPoint ? try self.moment(own) : nil, try parent.moment(before: instant), isLater: true)
  }

  /// The first thing recorded after an instant.
  func moment(after instant: Instant) throws(NuriError) -> Timeline.Moment? {
    guard isTracking, let parent else {
      let next = try lastSequence(at: instant) + 1
      guard next <= max(log.durableSequence, forkPoint) else { return nil }
      return try moment(try lastSequence(at: try recordedTime(of: next)))
    }
    let next = max(try log.lastSequence(at: instant.microseconds), forkPoint) + 1
    var own: Timeline.Moment?
    if next <= log.durableSequence {
      own = try moment(try log.lastSequence(at: try recordedTime(of: next).microseconds))
    }
    return World.nearer(own, try parent.moment(after: instant), isLater: false)
  }

  private func moment(_ sequence: UInt64) throws(NuriError) -> Timeline.Moment? {
    if sequence == 0 { return nil }
    return Timeline.Moment(sequence: sequence, recorded: try recordedTime(of: sequence))
  }

  /// The later or earlier of a tracking fork's own moment and its parent's.
  private static func nearer(
    _ own: Timeline.Moment?, _ parents: Timeline.Moment?, isLater: Bool
  ) -> Timeline.Moment? {
    guard let parents else { return own }
    if let own, isLater ? own.recorded >= parents.recorded : own.recorded <= parents.recorded { return own }
    return Timeline.Moment(sequence: nil, recorded: parents.recorded)
  }

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
