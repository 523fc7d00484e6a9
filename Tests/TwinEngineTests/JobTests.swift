import Testing
import TwinEngine
import TwinGraph
import TwinStorm
import TwinValues

/// A door that a job's work waits at until a test opens it.
///
/// `@unchecked Sendable`: `isOpen` is touched only while holding `monitor`.
final class Door: @unchecked Sendable {
  private let monitor = Monitor()
  private var isOpen = false

  func open() {
    monitor.withLock {
      isOpen = true
      monitor.notifyAll()
    }
  }

  func pass() {
    monitor.withLock { while !isOpen { monitor.wait() } }
  }
}

extension Job.Kind {
  static let test = Job.Kind(rawValue: "test")
  static let other = Job.Kind(rawValue: "other")
}

extension JobBoard {
  /// Waits until a job is as it should be.
  func wait(_ id: String, _ isFit: (Job) -> Bool = { $0.status.isOver }) async throws -> Job {
    while true {
      let job = try job(.test, id)
      if isFit(job) { return job }
      await Task.yield()
    }
  }
}

@Suite struct JobTests {
  private let owner = Principal.owner("tester")

  @Test func runsAndIsRemembered() async throws {
    let fixture = try Fixture()
    let board = try JobBoard(fixture.engine)
    let asked = Array(#"{"file":"a"}"#.utf8)
    let job = try await board.start(.test, id: "one", parameters: asked, by: owner) { run throws(NuriError) in
      try run.progress(done: 3, total: 7)
    }
    #expect(!job.status.isOver)
    let done = try await board.wait("one")
    #expect(done.status == .succeeded && done.actor == "tester" && done.parameters == asked)
    #expect(done.progress.done == 3 && done.progress.total == 7)
    #expect(done.purged > done.created)
    board.close()
    let again = try JobBoard(try fixture.reopened())
    #expect(try again.job(.test, "one") == done)
    #expect(again.all == [done])
    #expect(again.jobs(.other).isEmpty)
  }

  @Test func failsWithTheReason() async throws {
    let board = try JobBoard(try Fixture().engine)
    _ = try await board.start(.test, id: "bad", by: owner) { _ throws(NuriError) in
      throw NuriError(.invalidValue, "Nothing fits.")
    }
    let job = try await board.wait("bad")
    #expect(job.status == .failed)
    #expect(job.failure?.code == "invalidValue" && job.failure?.message == "Nothing fits.")
    board.close()
  }

  @Test func stopsWhenAsked() async throws {
    let board = try JobBoard(try Fixture().engine)
    let door = Door()
    _ = try await board.start(.test, id: "slow", by: owner) { run throws(NuriError) in
      door.pass()
      try run.progress(done: 1, total: 2)
    }
    await #expect(throws: NuriError.self) { try await board.remove(.test, "slow") }
    #expect(try await board.cancel(.test, "slow").status == .cancelling)
    door.open()
    #expect(try await board.wait("slow").status == .cancelled)
    await #expect(throws: NuriError.self) { _ = try await board.cancel(.test, "slow") }
    try await board.remove(.test, "slow")
    #expect(code { _ = try board.job(.test, "slow") } == .jobNotFound)
    board.close()
  }

  @Test func refusesTwinsOfAnIdAndMoreThanItsLimits() async throws {
    let board = try JobBoard(try Fixture().engine)
    let door = Door()
    for number in 0..<JobLimits.running {
      _ = try await board.start(.test, id: "job\(number)", by: owner) { _ in door.pass() }
    }
    func refusal(_ id: String, _ exclusive: Set<Job.Kind> = []) async -> NuriError.Code? {
      do throws(NuriError) {
        _ = try await board.start(.test, id: id, by: owner, exclusive: exclusive) { _ in }
        return nil
      } catch {
        return error.code
      }
    }
    #expect(await refusal("job0") == .jobExists)
    #expect(await refusal("more") == .jobLimit)
    door.open()
    for number in 0..<JobLimits.running { _ = try await board.wait("job\(number)") }
    #expect(await refusal("more") == nil)
    #expect(await refusal("") == .invalidId)
    board.close()
    #expect(await refusal("late") == .unavailable)
  }

  @Test func ofExclusiveKindsOneIsAtWork() async throws {
    let board = try JobBoard(try Fixture().engine)
    let door = Door()
    _ = try await board.start(.test, id: "first", by: owner, exclusive: [.test, .other]) { _ in door.pass() }
    await #expect(throws: NuriError.self) {
      _ = try await board.start(.other, by: owner, exclusive: [.test, .other]) { _ in }
    }
    door.open()
    _ = try await board.wait("first")
    let made = try await board.start(.other, by: owner, exclusive: [.test, .other]) { _ in }
    #expect(!made.id.isEmpty)
    board.close()
  }

  @Test func whatAStopInterruptedHasFailed() async throws {
    let fixture = try Fixture()
    let board = try JobBoard(fixture.engine)
    _ = try await board.start(.test, id: "cut", by: owner) { run throws(NuriError) in
      while true { try run.progress(done: 1, total: 2) }
    }
    // A crash: another board finds the job as it was written down.
    let after = try JobBoard(fixture.engine)
    #expect(try after.job(.test, "cut").status == .failed)
    #expect(try after.job(.test, "cut").failure?.code == "interrupted")
    // A stop in good order says the same.
    board.close()
    #expect(try board.job(.test, "cut").status == .failed)
    #expect(try board.job(.test, "cut").failure?.code == "interrupted")
  }

  @Test func isForgottenAfterItsTime() async throws {
    let fixture = try Fixture()
    let board = try JobBoard(fixture.engine)
    _ = try await board.start(.test, id: "old", by: owner) { _ in }
    let job = try await board.wait("old")
    fixture.clock.clock.advance(microseconds: job.purged.microseconds - job.created.microseconds + 1)
    #expect(code { _ = try board.job(.test, "old") } == .jobNotFound)
    _ = try await board.start(.test, id: "new", by: owner) { _ in }
    _ = try await board.wait("new")
    board.close()
    #expect(try fixture.engine.world().snapshot().graph.records(.job).all.map(\.id) == ["test/live/new"])
  }
}
