import Testing
import TwinValues

@Suite struct LockTests {
  /// `@unchecked Sendable`: the count is touched only while holding the lock.
  private final class Counter: @unchecked Sendable {
    let lock = Lock()
    var count = 0
  }

  @Test func countsFromManyTasks() async {
    let counter = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<1000 { counter.lock.withLock { counter.count += 1 } } }
      }
    }
    #expect(counter.lock.withLock { counter.count } == 8000)
  }

  @Test func letsGoWhenTheBodyThrows() {
    let lock = Lock()
    #expect(throws: NuriError.self) {
      try lock.withLock { () throws(NuriError) in throw NuriError(.limitExceeded, "no") }
    }
    #expect(lock.withLock { 1 } == 1)
  }
}
