public import TwinGraph
import TwinLog
public import TwinValues

/// A world's state at a position in its feed, moved forward change by change.
///
/// After its first change it shares pages with nothing it writes, so neither it nor the world copies them again.
public struct FeedState: Sendable {
  /// The state, with nothing hidden.
  private(set) var graph: Graph
  /// The last change in it.
  public private(set) var position: UInt64

  /// Starts from a snapshot; what it hides from somebody is part of the state all the same.
  public init(_ snapshot: Snapshot) {
    graph = snapshot.graph.withoutLens
    position = snapshot.sequence
  }

  /// The state as a session sees it.
  public func graph(seenBy world: WorldSession) -> Graph { world.seen(graph) }

  /// Applies the next change and tells its events: which sieve lets it through, by index.
  ///
  /// Nothing may hold the graph meanwhile, or it is copied.
  /// - Throws: `NuriError` when it is not the next one, or does not fit: then the log is another world's.
  public mutating func pass(
    _ record: ChangeRecord, through sieves: [FeedSieve], _ told: (Int, FeedEvent) -> Void
  ) throws(NuriError) {
    for sieve in sieves { sieve.look(at: record, before: graph) }
    try apply(record)
    for (index, sieve) in sieves.enumerated() {
      if let event = sieve.event(of: record, after: graph) { told(index, event) }
    }
  }

  mutating func apply(_ record: ChangeRecord) throws(NuriError) {
    guard record.sequence == position + 1 else {
      throw NuriError(
        .outOfRange, "Change \(record.sequence) does not follow \(position).",
        advice: "This is a defect of Nuri.")
    }
    _ = try graph.apply(
      record.change,
      Stamp(sequence: record.sequence, milliseconds: record.recorded.microseconds / 1000))
    position = record.sequence
  }
}

extension World {
  /// The state after exactly `sequence` changes, in the middle of a batch too. Reads checkpoints and the log: a
  /// second for a million twins.
  func feedState(at sequence: UInt64) throws(NuriError) -> FeedState {
    guard !isTracking else {
      throw NuriError(
        .outOfRange,
        "The tracking fork \"\(name)\" can't be followed by a query or model: its sequence does not say where its parent stood.",
        advice: "Follow its parent, or a detached fork.")
    }
    if sequence < forkPoint, let parent { return try parent.feedState(at: sequence) }
    let newest = try snapshot()
    if newest.sequence == sequence { return FeedState(newest) }
    var state = FeedState(try materialise(sequence))
    // A batch that `sequence` lies inside of was left out whole.
    while state.position < sequence {
      for batch in try feedBatches(from: state.position + 1, through: sequence) {
        for record in try batch.records(from: state.position + 1) where record.sequence <= sequence {
          try state.apply(record)
        }
      }
    }
    return state
  }
}

/// Lets so many through at once; the others wait as tasks, in order.
///
/// `@unchecked Sendable`: everything mutable is touched only while holding `lock`.
final class Turnstile: @unchecked Sendable {
  private let lock = Lock()
  private var free: Int
  private var waiting: [UnsafeContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func enter() async {
    await withUnsafeContinuation { continuation in
      let isFree = lock.withLock {
        if free == 0 {
          waiting.append(continuation)
          return false
        }
        free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func leave() {
    let next = lock.withLock { () -> UnsafeContinuation<Void, Never>? in
      if waiting.isEmpty {
        free += 1
        return nil
      }
      return waiting.removeFirst()
    }
    next?.resume()
  }
}

extension EngineLimits {
  /// States of the past that readers of feeds may hold at one time to catch up with; others wait their turn.
  public static let feedPasts = 2
}
