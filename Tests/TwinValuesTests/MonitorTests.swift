import Testing
import TwinValues

@Suite("Monitors of threads")
struct MonitorTests {
  @Test("A thread has one monitor of its own; another thread has another")
  func ofThread() throws {
    let found = Found()
    let mine = try #require(
      WorkThread {
        found.add(.ofThread)
        found.add(.ofThread)
      })
    mine.join()
    let other = try #require(WorkThread { found.add(.ofThread) })
    other.join()
    let monitors = found.monitors
    #expect(monitors[0] === monitors[1])
    #expect(monitors[0] !== monitors[2])
  }

  /// What the threads found. `@unchecked Sendable`: `list` is touched only while holding `lock`.
  private final class Found: @unchecked Sendable {
    private let lock = Lock()
    private var list: [Monitor] = []

    var monitors: [Monitor] { lock.withLock { list } }

    func add(_ monitor: Monitor) { lock.withLock { list.append(monitor) } }
  }
}
