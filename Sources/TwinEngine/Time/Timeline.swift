import TwinGraph
public import TwinValues

/// How many changes a world saw, stretch by stretch, and where the ones next to an instant are. What only the live world
/// takes, records and its catalogue of worlds, is no change of the world here.
public struct Timeline: Hashable, Sendable {
  /// A point at which something was recorded.
  public struct Moment: Hashable, Sendable {
    /// The last change recorded then; `nil` where the world's own counting does not have it: a tracking fork does not
    /// number its parent's changes.
    public let sequence: UInt64?
    /// When.
    public let recorded: Instant
  }

  /// The first recorded time of the world and those it comes from; `nil` when nothing was recorded.
  public internal(set) var first: Instant?
  /// The last one.
  public internal(set) var last: Instant?
  /// Where the buckets begin.
  public internal(set) var from = Instant(microseconds: 0)
  /// Where they end; what is recorded at this instant is in none.
  public internal(set) var to = Instant(microseconds: 0)
  /// How wide one is, in microseconds; the last may be cut short.
  public internal(set) var width: Int64 = 0
  /// Changes in each.
  public internal(set) var counts: [UInt64] = []
  /// The last change before the instant asked for.
  public internal(set) var previous: Moment?
  /// The first after it.
  public internal(set) var next: Moment?

  /// Where a bucket begins.
  public func start(_ bucket: Int) -> Instant {
    Instant(microseconds: from.microseconds + Int64(bucket) * width)
  }

  /// Counts a change, and remembers it when it is next to an instant.
  mutating func note(_ moment: Moment, around instant: Instant?) {
    let time = moment.recorded
    if time >= from, time < to, width > 0 {
      counts[Int((time.microseconds - from.microseconds) / width)] += 1
    }
    guard let instant else { return }
    if time < instant, time >= previous?.recorded ?? time { previous = moment }
    if time > instant, time <= next?.recorded ?? time { next = moment }
  }
}

/// What a timeline is asked for.
public struct TimelineQuestion: Sendable {
  /// The first instant wanted; the world's first change when `nil`.
  public var from: Instant?
  /// The first instant not wanted; just after the world's last change when `nil`.
  public var to: Instant?
  /// How many buckets at most.
  public var buckets = 200
  /// Only this twin's changes.
  public var twin: String?
  /// The instant whose neighbours are wanted.
  public var around: Instant?

  /// Everything, in 200 buckets.
  public init() {}
}

extension WorldSession {
  /// How many changes were recorded when, as far as they may be seen, in this world and those it comes from.
  ///
  /// Whoever may see everything is answered from the log's index: the work follows the number of buckets, not of
  /// changes. Else the changes in question are looked at one by one, and `previous` and `next` are found between `from`
  /// and `to` only. Reads from disk: off the loop, please.
  /// - Throws: `NuriError` with code `outOfRange` when `from` is not before `to`, `twinNotFound`, or `limitExceeded` for
  ///   more than `EngineLimits.timelineChanges` of them.
  public func timeline(_ question: TimelineQuestion) throws(NuriError) -> Timeline {
    let calendar = try Calendar(world)
    var line = Timeline()
    guard let first = try calendar.moment(after: .distantPast)?.recorded,
      let last = try calendar.moment(before: .distantFuture)?.recorded
    else { return line }
    line.first = first
    line.last = last
    line.from = question.from ?? first
    line.to = question.to ?? Instant(microseconds: last.microseconds + 1000)
    let (span, isTooWide) = line.to.microseconds.subtractingReportingOverflow(line.from.microseconds)
    guard span > 0, !isTooWide, question.buckets > 0 else {
      throw NuriError(.outOfRange, "A timeline's \"from\" is before its \"to\".", at: "from")
    }
    let most = min(Int64(question.buckets), span)
    line.width = (span - 1) / most + 1
    line.counts = Array(repeating: 0, count: Int((span - 1) / line.width) + 1)
    if let twin = question.twin {
      try countTwin(twin, question.around, &line)
    } else if Judge(world, principal, isPast: true) != nil {
      try countSeen(question.around, &line)
    } else {
      try calendar.count(&line)
      line.previous = try question.around.flatMap { at throws(NuriError) in try calendar.moment(before: at) }
      line.next = try question.around.flatMap { at throws(NuriError) in try calendar.moment(after: at) }
    }
    return line
  }

  private func countTwin(_ twin: String, _ around: Instant?, _ line: inout Timeline) throws(NuriError) {
    var looked: UInt64 = 0
    var counted = line
    try history(ofTwin: twin) { (record) throws(NuriError) in
      looked += 1
      if looked > EngineLimits.timelineChanges { throw Self.tooMany }
      counted.note(Timeline.Moment(record), around: around)
      let isBefore = record.recorded < counted.from && record.recorded < around ?? .distantFuture
      // A tracking fork's own changes come before its parent's, whenever they were.
      return world.isTracking || !isBefore
    }
    line = counted
  }

  private func countSeen(_ around: Instant?, _ line: inout Timeline) throws(NuriError) {
    var looked: UInt64 = 0
    var counted = line
    for step in try world.lineage(from: line.from, to: line.to) {
      let session = WorldSession(session: session, world: step.world)
      looked += step.last - step.first + 1
      if looked > EngineLimits.timelineChanges { throw Self.tooMany }
      try session.changes(from: step.first) { (record) throws(NuriError) in
        if record.sequence > step.last { return false }
        if !record.change.isOfLiveWorldOnly { counted.note(Timeline.Moment(record), around: around) }
        return true
      }
    }
    line = counted
  }

  private static var tooMany: NuriError {
    NuriError(
      .limitExceeded, "There are more than \(EngineLimits.timelineChanges) changes to look at.",
      advice: "Ask for a shorter time.")
  }
}

extension Timeline.Moment {
  fileprivate init(_ record: ChangeRecord) {
    self.init(sequence: record.sequence, recorded: record.recorded)
  }
}

extension WorldSession {
  /// The instant that a point in time stands for: a change's is when it was recorded, now is after everything.
  /// - Throws: `NuriError` with code `outOfRange` for a sequence that has not been reached.
  public func instant(of point: AsOf) throws(NuriError) -> Instant {
    switch point {
    case .now: return .distantFuture
    case .instant(let instant): return instant
    case .sequence(let sequence):
      let newest = try world.snapshot()
      guard sequence <= newest.sequence else {
        throw NuriError(
          .outOfRange, "The world \"\(name)\" is at change \(newest.sequence); there is no \(sequence) yet.")
      }
      return sequence == 0 ? .distantPast : try world.recordedTime(of: sequence)
    }
  }
}
