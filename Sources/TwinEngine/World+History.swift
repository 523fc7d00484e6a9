public import TwinGraph
import TwinLog
public import TwinValues

/// One property's value at one time.
public struct Sample: Hashable, Sendable {
  /// When its source says it held.
  public let observed: Instant
  /// The change that brought it.
  public let sequence: UInt64
  /// The value; `nil` where it was taken away.
  public let value: Value?
}

/// The numbers of one property within one span of time.
public struct Bucket: Hashable, Sendable {
  /// Where the span starts.
  public let start: Instant
  /// How many numbers fell into it.
  public let count: Int
  /// The least.
  public let minimum: Double
  /// The greatest.
  public let maximum: Double
  /// Their sum.
  public let sum: Double
  /// The latest by observed time.
  public let last: Double
  /// Their mean.
  public var mean: Double { sum / Double(count) }
}

extension World {
  /// Reads one change by its sequence, from this world's log or the one it comes from.
  func record(_ sequence: UInt64) throws(NuriError) -> ChangeRecord {
    if sequence <= forkPoint, let parent { return try parent.record(sequence) }
    return try log.frame(containing: sequence) { (frame) throws(NuriError) in
      var reader = FrameReader(
        payload: frame.payload, firstSequence: frame.firstSequence, recordedMicros: frame.recorded)
      try reader.skip(to: sequence)
      if let record = try reader.next() { return record }
      throw NuriError(
        .undecodableChange, "The frame from \(frame.firstSequence) does not hold change \(sequence).")
    }
  }

  /// Calls `body` with a change and those before it of the same twin, as far as they lie in one frame of this world's
  /// log or the one it comes from, until it returns `false`. Returns the first change that was not read, 0 for none.
  func walkBack(
    from sequence: UInt64, _ body: (ChangeRecord) throws(NuriError) -> Bool
  ) throws(NuriError) -> UInt64 {
    if sequence <= forkPoint, let parent { return try parent.walkBack(from: sequence, body) }
    return try log.frame(containing: sequence) { (frame) throws(NuriError) in
      var reader = FrameReader(
        payload: frame.payload, firstSequence: frame.firstSequence, recordedMicros: frame.recorded)
      return try reader.walkBack(from: sequence, body)
    }
  }

  /// Calls `body` with the changes of a twin from the newest back, its outgoing relationships' among them, until
  /// it returns `false`. Deleted twins have their history still.
  /// - Throws: `NuriError` with code `twinNotFound` when there never was such a twin, or what `body` throws.
  public func history(
    ofTwin id: String, relationships: Bool = true, _ body: (ChangeRecord) throws(NuriError) -> Bool
  ) throws(NuriError) {
    if isTracking { return try trackingHistory(id, relationships, body) }
    let snapshot = try snapshot()
    var (twin, relation) = snapshot.graph.lastSequences(ofTwin: id)
    guard twin > 0 else { throw NuriError(.twinNotFound, "There is and was no twin \"\(id)\".") }
    if !relationships { relation = 0 }
    while twin > 0 || relation > 0 {
      let record = try record(max(twin, relation))
      if twin > relation { twin = record.previous } else { relation = record.previous }
      guard try body(record) else { return }
    }
  }

  /// A tracking fork's own changes of the twin, then its parent's: links between changes don't hold across the two.
  private func trackingHistory(
    _ id: String, _ relationships: Bool, _ body: (ChangeRecord) throws(NuriError) -> Bool
  ) throws(NuriError) {
    var own: [ChangeRecord] = []
    try changes(from: forkPoint + 1) { (record) throws(NuriError) in
      if record.change.twin == id, relationships || !record.change.isRelationship { own.append(record) }
      return true
    }
    for record in own.reversed() {
      guard try body(record) else { return }
    }
    guard let parent else { return }
    do {
      try parent.history(ofTwin: id, relationships: relationships, body)
    } catch {
      if error.code != .twinNotFound || own.isEmpty { throw error }
    }
  }

  /// Calls `body` with every change of this world's own log from `sequence` on, oldest first, until it returns `false`.
  /// - Throws: `NuriError` when the log is damaged, or what `body` throws.
  public func changes(
    from sequence: UInt64, _ body: (ChangeRecord) throws(NuriError) -> Bool
  ) throws(NuriError) {
    guard sequence <= log.durableSequence else { return }
    var goesOn = true
    try log.read(from: max(sequence, log.firstSequence)) { (frame) throws(NuriError) in
      var reader = FrameReader(
        payload: frame.payload, firstSequence: frame.firstSequence, recordedMicros: frame.recorded)
      while goesOn, let record = try reader.next() {
        if record.sequence >= sequence { goesOn = try body(record) }
      }
      return goesOn
    }
  }

  /// One property's values whose observed time lies in `from ..< to`, oldest first; at most `limit`, the newest.
  /// - Throws: `NuriError` with code `twinNotFound` or `propertyNotDeclared`.
  public func samples(
    ofTwin id: String, path: String, from: Instant, to: Instant, limit: Int = 100_000
  ) throws(NuriError) -> [Sample] {
    let graph = try snapshot().graph
    return try samples(of: path, ofTwin: id, in: graph, from: from, to: to, limit: limit) {
      (body) throws(NuriError) in try history(ofTwin: id, relationships: false, body)
    }
  }

  /// The values that a walk through a twin's changes, from the newest back, brings.
  func samples(
    of path: String, ofTwin id: String, in graph: Graph, from: Instant, to: Instant, limit: Int,
    _ walk: ((ChangeRecord) throws(NuriError) -> Bool) throws(NuriError) -> Void
  ) throws(NuriError) -> [Sample] {
    if let twin = graph.twin(id), graph.layout(of: twin).column(path) == nil {
      throw NuriError(
        .propertyNotDeclared, "The model \(graph.model(of: twin)) declares no property \"\(path)\".")
    }
    var found: [Sample] = []
    try walk { (record) throws(NuriError) in
      guard let value = record.change.value(of: path) else { return true }
      if record.observed >= from, record.observed < to {
        found.append(Sample(observed: record.observed, sequence: record.sequence, value: value.value))
      }
      return found.count < limit
    }
    return found.sorted { ($0.observed, $0.sequence) < ($1.observed, $1.sequence) }
  }

  /// One property's numbers in `from ..< to`, a bucket for every `width` that has any.
  /// - Throws: `NuriError` as `samples` does, or with code `limitExceeded` for a width that is not positive.
  public func buckets(
    ofTwin id: String, path: String, from: Instant, to: Instant, width microseconds: Int64
  ) throws(NuriError) -> [Bucket] {
    try World.buckets(from: from, width: microseconds) { () throws(NuriError) in
      try samples(ofTwin: id, path: path, from: from, to: to, limit: .max)
    }
  }

  /// Samples in buckets, whoever reads them.
  static func buckets(
    from: Instant, width microseconds: Int64, _ samples: () throws(NuriError) -> [Sample]
  ) throws(NuriError) -> [Bucket] {
    guard microseconds > 0 else { throw NuriError(.outOfRange, "A bucket's width is more than nothing.") }
    var buckets: [Bucket] = []
    for sample in try samples() {
      guard let number = sample.value?.number else { continue }
      let offset = (sample.observed.microseconds - from.microseconds) / microseconds * microseconds
      let start = Instant(microseconds: from.microseconds + offset)
      if let last = buckets.last, last.start == start {
        buckets[buckets.count - 1] = Bucket(
          start: start, count: last.count + 1, minimum: min(last.minimum, number),
          maximum: max(last.maximum, number), sum: last.sum + number, last: number)
      } else {
        buckets.append(
          Bucket(start: start, count: 1, minimum: number, maximum: number, sum: number, last: number))
      }
    }
    return buckets
  }
}

extension Change {
  /// What the change says of a property: `nil` when nothing, an edit when it set it or took it away.
  func value(of path: String) -> PropertyEdit? {
    switch self {
    case .putTwin(_, _, let properties):
      properties.first { $0.path == path } ?? PropertyEdit(path, nil)
    case .patchTwin(_, let edits): edits.last { $0.path == path }
    case .deleteTwin: PropertyEdit(path, nil)
    default: nil
    }
  }
}
