import Synchronization
import Testing
import TwinValues

@Suite("Work pool")
struct WorkPoolTests {
  @Test("Work runs away from the caller and its result comes back")
  func results() async throws {
    let pool = WorkPool(threads: 2, calls: 100)
    let sum = Atomic(0)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for n in 0..<50 {
        group.addTask { try await pool.run { () throws(NuriError) in n } }
      }
      for try await n in group { sum.add(n, ordering: .relaxed) }
    }
    #expect(sum.load(ordering: .relaxed) == 49 * 25)
    #expect(pool.callsUnderWay == 0)
    pool.stop()
    let late = try await pool.run { () throws(NuriError) in "late" }
    #expect(late == "late", "a stopped pool still finishes what it is given")
  }

  @Test("What is thrown comes back, and calls past the limit are refused by name")
  func limits() async throws {
    let pool = WorkPool(threads: 1, calls: 1)
    let failure = await #expect(throws: NuriError.self) {
      try await pool.run { () throws(NuriError) in throw NuriError(.invalidId, "no") }
    }
    #expect(failure?.code == .invalidId)
    let refusal = await #expect(throws: NuriError.self) {
      try await pool.run { () async throws(NuriError) in
        try await pool.run { () throws(NuriError) in }
      }
    }
    #expect(refusal?.code == .overloaded)
    #expect(pool.callsUnderWay == 0)
    pool.stop()
  }

  @Test("A thread that blocks does not keep the others from work")
  func blocking() async throws {
    let pool = WorkPool(threads: 2, calls: 10)
    let monitor = Monitor()
    let isOpen = Atomic(false)
    async let blocked: Int = pool.run { () throws(NuriError) in
      monitor.withLock { while !isOpen.load(ordering: .relaxed) { monitor.wait() } }
      return 1
    }
    let other = try await pool.run { () throws(NuriError) in 2 }
    monitor.withLock {
      isOpen.store(true, ordering: .relaxed)
      monitor.notifyAll()
    }
    #expect(try await blocked + other == 3)
    pool.stop()
  }
}
