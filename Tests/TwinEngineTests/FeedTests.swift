import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinStorm
import TwinValues

/// The sequences `follower` gives until it has given `last`.
private func sequences(_ follower: FeedFollower, through last: UInt64) async throws -> [UInt64] {
  var seen: [UInt64] = []
  while follower.position < last {
    let records = try await follower.next()
    if records.isEmpty { break }
    seen += records.map(\.sequence)
  }
  return seen
}

private func log(_ world: World, from sequence: UInt64 = 1) throws -> [ChangeRecord] {
  var all: [ChangeRecord] = []
  try world.changes(from: sequence) { (record) throws(NuriError) in
    all.append(record)
    return true
  }
  return all
}

@Suite struct FeedTests {
  @Test func followsLiveAndPastChangesExactlyOnce() async throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    for index in 0..<20 { try world.put("a\(index)", Double(index)) }
    let follower = try world.follow(from: 1)
    var records: [ChangeRecord] = []
    while follower.position < world.sequence { records += try await follower.next() }
    #expect(records == (try log(world)))
    #expect(follower.isBehind)
    let live = Task {
      var records: [ChangeRecord] = []
      while records.count < 30 { records += try await follower.next() }
      return records
    }
    for index in 0..<30 { try world.set("a1", "temperature", .double(Double(index))) }
    #expect(try await live.value == (try log(world, from: 22)))
  }

  /// Followers come at any moment while several threads write, some slow, and each has all from its snapshot on.
  @Test func noGapAndNoDuplicateUnderConcurrentWriters() async throws {
    let fixture = try Fixture(changesPerCheckpoint: 100_000)
    let world = try fixture.engine.world()
    for index in 0..<4 { try world.put("t\(index)", 0) }
    let writers = (0..<4).map { writer in
      WorkThread {
        for index in 0..<300 { _ = try? world.set("t\(writer)", "temperature", .double(Double(index))) }
      }
    }
    let last = world.sequence + 4 * 300
    try await withThrowingTaskGroup(of: (UInt64, [UInt64]).self) { group in
      for reader in 0..<12 {
        group.addTask {
          for _ in 0..<reader * 20 { await Task.yield() }
          let start = try await world.snapshotWhenDurable().sequence
          let follower = try world.follow(from: start + 1)
          return (start, try await sequences(follower, through: last))
        }
      }
      for try await (start, seen) in group {
        #expect(seen == Array((start...last).dropFirst()))
      }
    }
    for writer in writers { writer?.join() }
    #expect(world.sequence == last)
  }

  @Test func aSlowFollowerGoesOnFromTheLog() async throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    try world.put("a", 1)
    let follower = try world.follow(from: world.sequence + 1)
    let long = String(repeating: "x", count: 200_000)
    let count = EngineLimits.feedRingBytes / 200_000 + 10
    for index in 0..<count { try world.set("a", "serial", .string("\(index)" + long)) }
    let first = try await follower.next()
    #expect(first.first?.sequence == 3)
    #expect(follower.isBehind)
    let rest = try await sequences(follower, through: world.sequence)
    #expect(rest == Array(4...world.sequence))
    // Once it has caught up it hears from memory again.
    try world.put("b", 1)
    _ = try await follower.next()
    #expect(!follower.isBehind)
  }

  @Test func aForkBeginsWithItsParentsHistory() async throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    // One frame with several batches, so that the fork point lies inside it.
    for index in 0..<6 { try live.put("a\(index)", 1) }
    let point: UInt64 = 4
    let fork = try fixture.engine.fork(WorldInstant("live", .sequence(point)), name: "plan", cause: tester)
    try live.put("only-live", 1)
    for index in 0..<3 { try fork.put("b\(index)", 2) }
    let child = try fixture.engine.fork(WorldInstant("plan"), name: "plan-2", cause: tester)
    try fork.put("only-plan", 3)
    try child.put("c", 3)
    let follower = try child.follow(from: 1)
    var seen: [ChangeRecord] = []
    while follower.position < child.sequence { seen += try await follower.next() }
    let expected = try Array(log(live).prefix(Int(point))) + log(fork).prefix(3) + log(child)
    #expect(seen == expected)
    #expect(seen.map(\.sequence) == Array(1...8))
  }

  @Test func aTrackingForkTellsItsOwnChanges() async throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    try live.put("a", 1)
    let fork = try fixture.engine.fork(WorldInstant("live"), name: "try", mode: .tracking, cause: tester)
    let follower = try fork.follow(from: fork.sequence + 1)
    try live.put("b", 1)
    try fork.set("a", "temperature", .double(5))
    #expect(try await follower.next().map(\.change.twin) == ["a"])
    let session = try Session(fixture.engine, as: .owner()).world("try")
    let reader = try session.feed(FeedFilter(models: [pump]), after: session.sequence)
    try fork.set("a", "temperature", .double(6))
    await #expect(throws: NuriError.self) { try await reader.next() }
  }

  @Test func aPositionOutlivesARestart() async throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    for index in 0..<10 { try world.put("a\(index)", 1) }
    let before = try world.follow(from: 1)
    let seen = try await sequences(before, through: 5)
    let engine = try fixture.reopened()
    let again = try engine.world()
    await #expect(throws: NuriError.self) { while true { _ = try await before.next() } }
    try again.put("later", 1)
    let after = try again.follow(from: (seen.last ?? 0) + 1)
    #expect(seen + (try await sequences(after, through: again.sequence)) == Array(1...again.sequence))
  }

  @Test func positionsThatAreNotThere() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    #expect(code { _ = try world.follow(from: world.sequence + 2) } == .outOfRange)
    #expect(code { _ = try world.follow(from: 0) } == .outOfRange)
    #expect(world.oldestChange == 1)
  }

  @Test func waitingEndsByStopCancelAndClose() async throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    let stopped = try world.follow(from: world.sequence + 1)
    let waiting = Task { try await stopped.next() }
    stopped.stop()
    #expect(try await waiting.value.isEmpty)
    #expect(try blocking(stopped).isEmpty)
    let cancelled = try world.follow(from: world.sequence + 1)
    let other = Task { try await cancelled.next() }
    other.cancel()
    #expect(try await other.value.isEmpty)
    let closed = try world.follow(from: world.sequence + 1)
    let third = Task { try await closed.next() }
    try fixture.engine.close()
    await #expect(throws: NuriError.self) { try await third.value }
  }

  private func blocking(_ follower: FeedFollower) throws -> ArraySlice<ChangeRecord> { try follower.next() }

  @Test func aThreadCanFollowToo() throws {
    let fixture = try Fixture()
    let world = try fixture.engine.world()
    let follower = try world.follow(from: 1)
    #expect(try follower.next().count == 1)
    let writer = WorkThread { _ = try? world.put("a", 1) }
    #expect(try follower.next().map(\.change.twin) == ["a"])
    writer?.join()
  }

  @Test func wildcards() throws {
    let newest = FeedState(try Fixture().engine.world().snapshot())
    for (text, pattern, fits) in [
      ("pump-7", "pump-*", true), ("pump-7", "*-7", true), ("pump-7", "p*p?7", true),
      ("pump-7", "pump-", false),
      ("", "*", true), ("", "?", false), ("aaab", "*ab", true), ("한강", "한?", true), ("abc", "abc", true),
      ("abc", "a*d", false), ("a*c", "a*c", true),
    ] {
      let filter = FeedFilter(twins: [pattern])
      let sieve = try? FeedSieve(filter)
      let record = ChangeRecord(
        sequence: 1, recorded: .distantPast, observed: .distantPast, cause: tester, previous: 0,
        endsBatch: true, change: .deleteTwin(id: text))
      #expect((sieve?.event(of: record, newest: newest) != nil) == fits, "\(text) \(pattern)")
    }
  }
}
