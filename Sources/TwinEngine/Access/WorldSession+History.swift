public import TwinGraph
public import TwinValues

/// The past, as far as the principal may see it. What was is judged by the rules on the state it was in, and by the
/// present besides: the past shows no more than now.
extension WorldSession {
  /// What a principal sees of a twin's past.
  func seen(_ past: PastTwin, _ id: String, _ judge: Judge, at point: AsOf) throws(NuriError) -> PastTwin? {
    let state = judge.asksForPlace ? try world.snapshot(at: point).graph : try world.snapshot().graph
    func sees(_ path: String?) -> Bool {
      judge.asksForPlace
        ? judge.sees(id, path, in: state) : judge.sees(id, path, model: past.model, near: state, .gone)
    }
    guard sees(nil) else { return nil }
    return PastTwin(
      model: past.model, properties: past.properties.filter { sees($0.path) }, sequence: past.sequence)
  }

  /// Calls `body` with the changes of a twin it may see, from the newest back, until it returns `false`.
  /// - Throws: `NuriError` with code `twinNotFound`, also for a twin of which nothing may be seen, or what `body`
  ///   throws.
  public func history(
    ofTwin id: String, relationships: Bool = true, _ body: (ChangeRecord) throws(NuriError) -> Bool
  ) throws(NuriError) {
    guard let judge = Judge(world, principal, isPast: true) else {
      return try world.history(ofTwin: id, relationships: relationships, body)
    }
    var teller = HistoryTeller(world: world, judge: judge)
    var isAny = false
    try world.history(ofTwin: id, relationships: relationships) { (record) throws(NuriError) in
      guard let shown = try teller.seen(record) else { return true }
      isAny = true
      return try body(shown)
    }
    guard isAny else { throw NuriError(.twinNotFound, "There is and was no twin \"\(id)\".") }
  }

  /// Calls `body` with the changes it may see of this world's own log from `sequence` on, oldest first, until it
  /// returns `false`. With policies that bind the principal the state of that time is built first.
  /// - Throws: `NuriError` when the log is damaged, or what `body` throws.
  public func changes(
    from sequence: UInt64, _ body: (ChangeRecord) throws(NuriError) -> Bool
  ) throws(NuriError) {
    guard let judge = Judge(world, principal, isPast: true) else {
      return try world.changes(from: sequence) { (record) throws(NuriError) in
        isOpen(record.change, before: nil) ? try body(record) : true
      }
    }
    var walk = try ChangeWalk(world, from: sequence)
    var batch: [ChangeRecord] = []
    try world.changes(from: walk.first) { (record) throws(NuriError) in
      batch.append(record)
      guard record.endsBatch else { return true }
      defer { batch = [] }
      let (before, after) = try walk.take(batch)
      for record in batch where record.sequence >= sequence {
        guard let shown = self.shown(record, judge, before: before, after: after) else { continue }
        guard try body(shown) else { return false }
      }
      return true
    }
  }

  /// One property's values, as `World.samples` gives them; of what is hidden there are none.
  /// - Throws: as that does.
  public func samples(
    ofTwin id: String, path: String, from: Instant, to: Instant, limit: Int = 100_000
  ) throws(NuriError) -> [Sample] {
    guard Judge(world, principal, isPast: true) != nil else {
      return try world.samples(ofTwin: id, path: path, from: from, to: to, limit: limit)
    }
    let graph = world.seen(try world.snapshot(), by: principal, at: .now).graph
    return try world.samples(of: path, ofTwin: id, in: graph, from: from, to: to, limit: limit) {
      (body) throws(NuriError) in try history(ofTwin: id, relationships: false, body)
    }
  }

  /// One property's numbers, as `World.buckets` gives them.
  /// - Throws: as that does.
  public func buckets(
    ofTwin id: String, path: String, from: Instant, to: Instant, width microseconds: Int64
  ) throws(NuriError) -> [Bucket] {
    try World.buckets(from: from, width: microseconds) { () throws(NuriError) in
      try samples(ofTwin: id, path: path, from: from, to: to, limit: .max)
    }
  }
}

/// Goes along a world's log from a change on and keeps the state before and after each batch.
private struct ChangeWalk {
  private let world: World
  private var graph: Graph
  /// Where reading starts: at the first change of the batch asked for.
  let first: UInt64

  init(_ world: World, from sequence: UInt64) throws(NuriError) {
    self.world = world
    let newest = try world.snapshot()
    guard !world.isTracking, sequence <= newest.sequence else {
      graph = newest.graph
      first = sequence
      return
    }
    let start = try world.materialise(max(sequence, world.forkPoint + 1) - 1)
    graph = start.graph
    first = min(sequence, max(start.sequence, world.forkPoint) + 1)
  }

  /// A tracking fork's parent moves under it: there the newest state stands for all of them.
  mutating func take(_ batch: [ChangeRecord]) throws(NuriError) -> (before: Graph?, after: Graph) {
    if world.isTracking { return (graph, graph) }
    let before = graph
    for record in batch {
      let milliseconds = record.recorded.microseconds / 1000
      try graph.apply(record.change, Stamp(sequence: record.sequence, milliseconds: milliseconds))
    }
    return (before, graph)
  }
}

/// Tells a twin's history, change by change from the newest back, as far as somebody may see it.
private struct HistoryTeller {
  let world: World
  let judge: Judge

  init(world: World, judge: Judge) {
    self.world = world
    self.judge = judge
  }

  mutating func seen(_ record: ChangeRecord) throws(NuriError) -> ChangeRecord? {
    guard world.isTracking || judge.asksForPlace || judge.asksForModel || record.change.isRelationship else {
      // Nothing but ids and paths matters: every state says the same.
      let graph = try world.snapshot().graph
      return judge.seen(record.change, before: nil, after: graph).map(record.with)
    }
    if world.isTracking {
      let graph = try world.snapshot().graph
      return judge.seen(record.change, before: graph, after: graph).map(record.with)
    }
    let before = try world.snapshot(at: .sequence(record.sequence - 1)).graph
    let after = try world.snapshot(at: .sequence(try world.batchEnd(record))).graph
    return judge.seen(record.change, before: before, after: after).map(record.with)
  }
}

extension ChangeRecord {
  /// The record, of another change.
  func with(_ change: Change) -> ChangeRecord {
    ChangeRecord(
      sequence: sequence, recorded: recorded, observed: observed, cause: cause, previous: previous,
      endsBatch: endsBatch, change: change)
  }
}

extension World {
  /// The last change of the batch a change belongs to.
  fileprivate func batchEnd(_ record: ChangeRecord) throws(NuriError) -> UInt64 {
    if record.endsBatch { return record.sequence }
    if record.sequence <= forkPoint, let parent { return try parent.batchEnd(record) }
    var end = record.sequence
    try changes(from: record.sequence) { (next) throws(NuriError) in
      end = next.sequence
      return !next.endsBatch
    }
    return end
  }
}
