import Testing
import TwinGraph
import TwinStorm
import TwinValues

@testable import TwinEngine

@Suite("Timelines")
struct TimelineTests {
  /// A world whose changes come in bursts: live, a fork of its past, a fork of that, and a tracking fork.
  private func furnished(_ seed: inout Seed, _ fixture: Fixture) throws -> [World] {
    let live = try fixture.engine.world()
    for id in ["a", "b", "c"] { try live.put(id, 0) }
    var worlds = [live]
    for step in 0..<240 {
      if seed.below(3) == 0 { fixture.clock.clock.advance(microseconds: Int64(1 + seed.below(5000)) * 1000) }
      if seed.below(8) == 0 {
        let record = Record(.view, "v\(seed.below(5))", Array("{}".utf8))
        try live.write(Batch(cause: tester, operations: [Operation(.putRecord(record))]))
      }
      let world = worlds[seed.below(worlds.count)]
      try world.set(["a", "b", "c"][seed.below(3)], "temperature", .double(Double(step)))
      if step == 60 || step == 120 {
        let parent = worlds[worlds.count - 1]
        let at = parent.sequence - UInt64(seed.below(10))
        worlds.append(
          try fixture.engine.fork(
            WorldInstant(parent.name, .sequence(at)), name: "fork-\(step)", cause: tester))
      }
      if step == 90 {
        worlds.insert(
          try fixture.engine.fork(WorldInstant("live"), name: "tracking", mode: .tracking, cause: tester),
          at: 0)
      }
    }
    return worlds
  }

  /// The recorded times of all changes of a world and those it comes from, but those that only the live world takes.
  private func times(_ world: World, through last: UInt64 = .max) throws -> [Instant] {
    var times =
      try world.parent.map { try self.times($0, through: world.isTracking ? .max : world.forkPoint) } ?? []
    try world.changes(from: 0) { record in
      if record.sequence <= last, !record.change.isOfLiveWorldOnly { times.append(record.recorded) }
      return true
    }
    return times
  }

  @Test("Counts and neighbours are those that looking at every change gives", arguments: 1...12)
  func oracle(_ number: Int) throws {
    var seed = Seed(UInt64(number))
    let fixture = try Fixture(seed: UInt64(number), changesPerCheckpoint: 50)
    for world in try furnished(&seed, fixture) {
      let session = try Session(fixture.engine, as: .owner("tester")).world(world.name)
      let times = try times(world).sorted()
      let (first, last) = (try #require(times.first), try #require(times.last))
      for _ in 0..<12 {
        var question = TimelineQuestion()
        question.buckets = 1 + seed.below(40)
        let middle = first.microseconds + Int64(seed.below(Int(last.microseconds - first.microseconds + 1)))
        question.around = Instant(
          microseconds: seed.below(2) == 0 ? middle : times[seed.below(times.count)].microseconds)
        if seed.below(2) == 0 {
          question.from = Instant(microseconds: middle - Int64(seed.below(5_000_000)))
          question.to = Instant(microseconds: middle + 1 + Int64(seed.below(5_000_000)))
        }
        let line = try session.timeline(question)
        #expect(line.first == first && line.last == last, "\(world.name)")
        #expect(line.counts.count <= question.buckets)
        for (index, count) in line.counts.enumerated() {
          let (low, high) = (line.start(index), min(line.start(index + 1), line.to))
          #expect(Int(count) == times.count { $0 >= low && $0 < high }, "\(world.name) \(index)")
        }
        #expect(line.start(line.counts.count) >= line.to)
        let around = try #require(question.around)
        #expect(line.previous?.recorded == times.last { $0 < around }, "\(world.name)")
        #expect(line.next?.recorded == times.first { $0 > around }, "\(world.name)")
        if let sequence = line.next?.sequence, !world.isTracking {
          #expect(try world.snapshot(at: .sequence(sequence)).recorded == line.next?.recorded)
        }
      }
    }
  }

  @Test("A twin's timeline counts its changes alone, whoever's log they are in")
  func twin() throws {
    var seed = Seed(3)
    let fixture = try Fixture()
    for world in try furnished(&seed, fixture) {
      let session = try Session(fixture.engine, as: .owner("tester")).world(world.name)
      var question = TimelineQuestion()
      question.twin = "b"
      var records: [ChangeRecord] = []
      try session.history(ofTwin: "b") {
        records.append($0); return true
      }
      #expect(try session.timeline(question).counts.reduce(0, +) == UInt64(records.count), "\(world.name)")
      let times = records.map(\.recorded).sorted()
      question.around = times[times.count / 2]
      question.from = times[times.count / 2]
      let line = try session.timeline(question)
      #expect(line.counts.reduce(0, +) == UInt64(times.count { $0 >= times[times.count / 2] }))
      #expect(line.previous?.recorded == times.last { $0 < times[times.count / 2] })
      #expect(line.next?.recorded == times.first { $0 > times[times.count / 2] })
    }
  }

  @Test("Whom a policy binds is told of what it may see and no more")
  func policies() throws {
    var seed = Seed(5)
    let fixture = try Fixture()
    let worlds = try furnished(&seed, fixture)
    try Session(fixture.engine, as: .owner("tester")).putPolicy(
      Array(#"{"id":"p","order":1,"effect":"deny","principals":{"roles":["reader"]},"twins":["b"]}"#.utf8))
    let reader = Session(fixture.engine, as: Principal("kim", roles: [.reader]))
    let owner = Session(fixture.engine, as: .owner("tester"))
    let live = try #require(worlds.first { $0.name == "live" })
    var visible = 0
    try live.changes(from: 0) { record in
      if !record.change.isOfLiveWorldOnly, record.change.twin != "b" { visible += 1 }
      return true
    }
    #expect(try reader.world().timeline(TimelineQuestion()).counts.reduce(0, +) == UInt64(visible))
    #expect(
      try owner.world().timeline(TimelineQuestion()).counts.reduce(0, +) == UInt64(try times(live).count))
    var hidden = TimelineQuestion()
    hidden.twin = "b"
    #expect(code { _ = try reader.world().timeline(hidden) } == .twinNotFound)
  }

  @Test("Keys, saved views and forks are no changes of the world, also after a restart from a checkpoint")
  func records() throws {
    let fixture = try Fixture()
    let live = try fixture.engine.world()
    func keep() throws {
      fixture.clock.clock.advance(microseconds: 3_600_000_000)
      let record = Record(.key, "k", Array("{}".utf8))
      try live.write(Batch(cause: tester, operations: [Operation(.putRecord(record))]))
    }
    let session = Session(fixture.engine, as: .owner("tester"))
    let before = live.sequence
    try keep()
    try live.put("a", 0)
    let first = try live.snapshot().recorded
    try keep()
    try live.put("b", 0)
    let last = try live.snapshot().recorded
    try keep()
    try fixture.engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    try keep()
    let plan = try fixture.engine.world("plan")
    func check(_ session: Session, _ world: String) throws {
      var question = TimelineQuestion()
      question.around = last
      let line = try session.world(world).timeline(question)
      #expect(line.last == last && line.counts.reduce(0, +) == before + 2, "\(world)")
      #expect(line.previous?.recorded == first && line.next == nil, "\(world)")
      question.around = first
      #expect(try session.world(world).timeline(question).next?.recorded == last, "\(world)")
    }
    try check(session, "live")
    try check(session, "plan")
    try plan.put("c", 0)
    var question = TimelineQuestion()
    question.around = last
    let line = try session.world("plan").timeline(question)
    #expect(line.next?.sequence == plan.sequence && line.last == line.next?.recorded)
    try live.checkpoint()
    let reopened = try fixture.reopened()
    try check(Session(reopened, as: .owner("tester")), "live")
    try reopened.close()
  }

  @Test("A span without an end before its beginning, and a world of few changes")
  func edges() throws {
    let fixture = try Fixture()
    let session = try Session(fixture.engine, as: .owner("tester")).world()
    var question = TimelineQuestion()
    #expect(try session.timeline(question).counts.reduce(0, +) == 1)
    question.from = Instant(microseconds: 5)
    question.to = Instant(microseconds: 5)
    #expect(code { _ = try session.timeline(question) } == .outOfRange)
    question.from = .distantPast
    question.to = .distantFuture
    #expect(code { _ = try session.timeline(question) } == .outOfRange)
    question = TimelineQuestion()
    question.around = .distantFuture
    #expect(try session.timeline(question).previous?.sequence == 1)
    question.around = .distantPast
    #expect(try session.timeline(question).next?.sequence == 1)
  }
}
