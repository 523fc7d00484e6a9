import TwinGraph
import TwinLog
import TwinValues

/// What a world knows of its newest changes, for those who follow it: the last durable change, the newest frames
/// while anybody follows, and who waits for more.
///
/// Nothing is buffered for a follower. It has a position, and whatever comes after that is in the frames kept here or
/// in the log, so a slow one costs nothing and none can miss or repeat a change.
///
/// `@unchecked Sendable`: everything mutable is touched only while holding `lock`.
final class Feed: @unchecked Sendable {
  private let lock = Lock()
  private let thread: JobThread
  /// The last change published. In the log before it is here.
  private var last: UInt64
  private var followers = 0
  /// The newest frames, without a gap up to `last`.
  private var ring: [FeedBatch] = []
  private var firstKept = 0
  private var bytes = 0
  private var waiting: [UInt64: Answer<Bool>] = [:]
  private var nextTicket: UInt64 = 0
  private var isWaking = false
  private var isClosed = false

  init(after sequence: UInt64, thread: JobThread) {
    last = sequence
    self.thread = thread
  }

  // MARK: The writer

  /// Tells of frames that are on disk. With nobody following it sets a number.
  func publish(_ frames: [PendingFrame]) {
    guard let end = frames.last else { return }
    lock.lock()
    last = end.first + UInt64(end.count) - 1
    if followers > 0 { keep(frames) }
    let wakes = !waiting.isEmpty && !isWaking
    if wakes { isWaking = true }
    lock.unlock()
    // Those who wait are woken by another thread: there may be many.
    if wakes, !thread.run({ self.wake() }) { wake() }
  }

  private func keep(_ frames: [PendingFrame]) {
    for frame in frames {
      let batch = FeedBatch(
        first: frame.first, last: frame.first + UInt64(frame.count) - 1,
        recorded: frame.recorded.microseconds, payload: frame.writer.bytes)
      ring.append(batch)
      bytes += batch.byteCount
    }
    while firstKept < ring.count, bytes > EngineLimits.feedRingBytes {
      bytes -= ring[firstKept].byteCount
      firstKept += 1
    }
    // Taken out now and then only: taking out of an array's front moves all that stays.
    if firstKept > 64, firstKept > ring.count / 2 || firstKept == ring.count {
      ring.removeFirst(firstKept)
      firstKept = 0
    }
  }

  private func wake() {
    let woken = lock.withLock {
      isWaking = false
      defer { waiting = [:] }
      return waiting.values
    }
    for answer in woken { answer.give(true) }
  }

  /// Nothing will come any more.
  func close() {
    lock.withLock { isClosed = true }
    wake()
  }

  // MARK: Followers

  func join() { lock.withLock { followers += 1 } }

  func leave() {
    lock.withLock {
      followers -= 1
      if followers > 0 { return }
      ring = []
      firstKept = 0
      bytes = 0
    }
  }

  /// Where a follower finds the change it wants next.
  enum Place {
    case batch(FeedBatch)
    case log
    case wait(ticket: UInt64, Answer<Bool>)
    case over
  }

  func place(of sequence: UInt64) -> Place {
    lock.withLock {
      if sequence > last {
        if isClosed { return .over }
        nextTicket += 1
        let answer = Answer<Bool>()
        waiting[nextTicket] = answer
        return .wait(ticket: nextTicket, answer)
      }
      guard firstKept < ring.count, ring[firstKept].first <= sequence else { return .log }
      // Nearly always the newest.
      var index = ring.count - 1
      while ring[index].first > sequence { index -= 1 }
      return .batch(ring[index])
    }
  }

  /// Ends a wait unanswered.
  func stopWaiting(_ ticket: UInt64) {
    let answer = lock.withLock { waiting.removeValue(forKey: ticket) }
    answer?.give(false)
  }
}

extension EngineLimits {
  /// Bytes of frames a world keeps in memory while it is followed; who is further behind reads the log.
  public static let feedRingBytes = 16 << 20
  /// Bytes of frames a follower takes from the log at once.
  public static let feedReadBytes = 1 << 20
}
