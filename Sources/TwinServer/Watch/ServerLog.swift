import TwinNet
import TwinValues

/// The server's log: JSON, one object a line. Any thread; nobody waits for the place it is written to.
///
/// Lines wait in a queue of at most `queueBytes` for a thread that writes them. When it is full, and when requests
/// are more than `LogSettings.requestsPerSecond`, lines are dropped and counted; the next line says how many.
///
/// `@unchecked Sendable`: everything that changes is touched only while holding `monitor`.
final class ServerLog: @unchecked Sendable {
  typealias Sink = @Sendable ([UInt8]) -> Void

  /// Bytes of lines that wait.
  static let queueBytes = 1 << 20

  private let settings: LogSettings
  private let now: @Sendable () -> Instant
  private let sink: Sink
  private let monitor = Monitor()
  private var queue: [UInt8] = []
  private var isStopped = false
  private var allowance: Double
  private var refilledNanoseconds: UInt64 = 0
  private var unsaid = 0
  private var droppedLines = 0
  private var thread: WorkThread?

  init(_ settings: LogSettings, now: @escaping @Sendable () -> Instant, sink: @escaping Sink) {
    self.settings = settings
    self.now = now
    self.sink = sink
    allowance = Double(settings.requestsPerSecond)
    thread = WorkThread { [weak self] in self?.work() }
  }

  /// Lines that were dropped since the start.
  var dropped: Int { monitor.withLock { droppedLines } }

  /// Whether a line of this level is written.
  func writes(_ level: LogSettings.Level) -> Bool { level.rank >= settings.level.rank }

  /// Whether a request that took this long is logged whatever became of it.
  func isSlow(nanoseconds: UInt64) -> Bool {
    settings.slowMilliseconds > 0 && nanoseconds >= UInt64(settings.slowMilliseconds) * 1_000_000
  }

  /// Whether there is room for one more line about a request in this second. Counts those there is none for.
  func admitsRequest(nowNanoseconds: UInt64) -> Bool {
    monitor.withLock {
      let rate = Double(settings.requestsPerSecond)
      let elapsed = Double(nowNanoseconds &- refilledNanoseconds) / 1e9
      refilledNanoseconds = nowNanoseconds
      allowance = min(rate, allowance + elapsed * rate)
      if allowance >= 1 {
        allowance -= 1
        return true
      }
      unsaid += 1
      droppedLines += 1
      return false
    }
  }

  /// Writes a line.
  func write(_ level: LogSettings.Level, _ event: String, _ members: (inout JSONWriter) -> Void = { _ in }) {
    guard writes(level) else { return }
    always(level, event, members)
  }

  /// Writes a line whatever the level says.
  func always(_ level: LogSettings.Level, _ event: String, _ members: (inout JSONWriter) -> Void) {
    var writer = JSONWriter(reserving: 384)
    writer.beginObject()
    writer.field("time", now().description)
    writer.field("level", level.rawValue)
    writer.field("event", event)
    members(&writer)
    let left = monitor.withLock {
      defer { unsaid = 0 }
      return unsaid
    }
    if left > 0 {
      writer.key("unsaid")
      writer.integer(Int64(left))
    }
    writer.endObject()
    writer.newline()
    let line = writer.bytes
    monitor.withLock {
      if isStopped || queue.count + line.count > Self.queueBytes {
        unsaid += left + 1
        droppedLines += 1
      } else {
        queue += line
        monitor.notifyAll()
      }
    }
  }

  /// Writes an error.
  func write(_ level: LogSettings.Level, _ event: String, _ error: NuriError) {
    write(level, event) { writer in
      writer.field("code", error.code.rawValue)
      writer.field("message", error.message)
      if let place = error.place { writer.field("place", place) }
    }
  }

  /// Writes what waits and ends the thread.
  func stop() {
    let thread = monitor.withLock {
      isStopped = true
      monitor.notifyAll()
      defer { self.thread = nil }
      return self.thread
    }
    thread?.join()
  }

  private func work() {
    while true {
      let (lines, isLast) = monitor.withLock {
        while queue.isEmpty, !isStopped { monitor.wait() }
        defer { queue.removeAll(keepingCapacity: true) }
        return (queue, isStopped)
      }
      if !lines.isEmpty { sink(lines) }
      if isLast { return }
    }
  }
}

extension LogSettings.Level {
  fileprivate var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    }
  }
}

extension JSONWriter {
  /// Writes a member that is text.
  mutating func field(_ name: String, _ text: String) {
    key(name)
    string(text)
  }

  /// Writes a member that is a number.
  mutating func field(_ name: String, _ number: Int) {
    key(name)
    integer(Int64(number))
  }
}
