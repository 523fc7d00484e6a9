import APINative
import Glibc
import Testing
import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// One after another: their clients block the threads they run on.
@Suite(.serialized) struct FeedStreamTests {
  @Test func snapshotThenChanges() async throws {
    let house = try FeedHouse()
    let live = try house.live
    try live.put("a", 1)
    try live.put("b", 2)
    let client = house.client("/live?snapshot=true")
    let twins = [client.next(), client.next()].map { $0?.json?.root["twin"]?.string }
    #expect(twins == ["a", "b"])
    #expect(client.status == 200)
    let end = client.next()
    #expect(end?.name == "snapshot-end")
    #expect(end?.id == "3")
    try live.set("a", "temperature", .double(7.5))
    let change = try #require(client.next())
    #expect(change.name == "change")
    #expect(change.id == "4")
    let root = try #require(change.json?.root)
    #expect(root["kind"]?.string == "patchTwin")
    #expect(root["twin"]?.string == "a")
    #expect(root["model"]?.string == pump)
    #expect(root["world"]?.string == "live")
    #expect(root["set"]?["temperature"]?.double == 7.5)
    #expect(root["cause"]?["actor"]?.string == "test")
    try await house.stop()
    #expect(client.next() == nil)
  }

  @Test func beginsAnywhereAndResumes() async throws {
    let house = try FeedHouse()
    let live = try house.live
    for index in 0..<10 { try live.put("t\(index)", 1) }
    let all = house.client("/live?from=start")
    #expect(all.next()?.name == "ready")
    #expect((1...11).map { _ in all.next()?.sequence } == (1...11).map { UInt64($0) })
    let some = house.client("/live?from=5")
    #expect(some.next()?.id == "4")
    #expect(some.next()?.sequence == 5)
    let back = house.client("/live?from=now", lastEventId: "9")
    #expect(back.next()?.id == "9")
    #expect(back.next()?.sequence == 10)
    let now = house.client("/live")
    #expect(now.next()?.id == "11")
    try live.put("new", 1)
    #expect(now.next()?.sequence == 12)
    // A position the world has not reached: it was brought back from a backup.
    let lost = house.client("/live?snapshot=true&twin=t3", lastEventId: "900")
    #expect(lost.next()?.name == "reset")
    #expect(lost.next()?.json?.root["twin"]?.string == "t3")
    #expect(lost.next()?.name == "snapshot-end")
    try await house.stop()
  }

  @Test(
    arguments: [
      ("/live?from=99", "outOfRange"), ("/live?from=never", "invalidParameter"),
      ("/nowhere", "worldNotFound"),
      ("/live?kind=x", "invalidParameter"), ("/live?q=SELECT", "invalidQuery"),
      ("/live?snapshot=maybe", "invalidParameter"),
      ("/live?q=SELECT%20COUNT()%20FROM%20DIGITALTWINS", "invalidQuery"),
      ("/live?from=1&snapshot=true", "invalidParameter"), ("/live?model=pump", "invalidDTMI"),
    ])
  func refusals(_ path: String, _ code: String) async throws {
    let house = try FeedHouse()
    let request = try #require(RequestTarget(path).map { HTTPRequest(method: .get, target: $0) })
    await #expect(throws: NuriError.self) {
      try await FeedAPI(session: house.session, hub: FeedHub()).respond(
        to: request, world: request.target.segments[0])
    }
    let client = house.client(path)
    #expect(client.next() == nil)
    #expect(client.status == 400)
    #expect(client.refusal.hasPrefix(code))
    try await house.stop()
  }

  @Test func queriesTellWhoEntersAndLeaves() async throws {
    let house = try FeedHouse()
    let live = try house.live
    try live.put("a", 1)
    try live.put("b", 50)
    let q = "SELECT%20T.$dtId,%20T.temperature%20FROM%20DIGITALTWINS%20T%20WHERE%20T.temperature%20%3E%2040"
    let client = house.client("/live?snapshot=true&q=\(q)")
    #expect(
      client.next()?.data
        == #"{"event":"twin","world":"live","twin":"b","model":"dtmi:test:Pump;1","row":{"$dtId":"b","temperature":50}}"#
    )
    #expect(client.next()?.name == "snapshot-end")
    try live.set("a", "temperature", .double(41))
    try live.set("a", "temperature", .double(42))
    try live.set("a", "serial", .string("x"))
    try live.set("b", "temperature", .double(3))
    try live.set("b", "temperature", .double(4))
    try await live.write(
      Batch(cause: Cause(actor: "test"), operations: [Operation(.deleteTwin(id: "a"))]))
    #expect((0..<5).map { _ in client.next()?.name } == ["entered", "updated", "updated", "left", "left"])
    // A reader with the same filter that comes later, from the middle, hears the same.
    let later = house.client("/live?from=6&q=\(q)")
    #expect(later.next()?.name == "ready")
    #expect((0..<3).map { _ in later.next()?.name } == ["updated", "left", "left"])
    try await house.stop()
  }

  @Test func idleReadersLearnHowFarTheFeedHasCome() async throws {
    let house = try FeedHouse(heartbeatMilliseconds: 30)
    let live = try house.live
    let client = house.client("/live?twin=nobody")
    #expect(client.next()?.name == "ready")
    for index in 0..<5 { try live.put("t\(index)", 1) }
    let raw = house.client("/live?twin=nobody")
    #expect(raw.next()?.id == "6")
    #expect(client.beat(until: "6"))
    try await house.stop()
  }

  /// Readers come and go at any moment while several threads write; together their parts are the log.
  @Test func noGapAndNoDuplicateThroughDisconnects() async throws {
    let house = try FeedHouse()
    let live = try house.live
    for index in 0..<4 { try live.put("t\(index)", 0) }
    let start = live.sequence
    let writers = (0..<4).map { writer in
      WorkThread {
        for index in 0..<250 { _ = try? live.set("t\(writer)", "temperature", .double(Double(index))) }
      }
    }
    let last = start + 1000
    let paths = [
      "/live", "/live?model=dtmi:test:Pump;1", "/live?kind=patchTwin",
      "/live?q=SELECT%20*%20FROM%20DIGITALTWINS",
    ]
    let heard = try await withThrowingTaskGroup(of: [UInt64].self) { group in
      for reader in 0..<8 {
        group.addTask { try await self.hear(house, paths[reader % 4], reader, from: start, to: last) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for writer in writers { writer?.join() }
    for sequences in heard { #expect(sequences == Array(start + 1...last)) }
    try await house.stop()
  }

  /// Reads on a thread of its own, since the client blocks; leaves and comes back after a few events each time.
  private func hear(
    _ house: FeedHouse, _ path: String, _ reader: Int, from start: UInt64, to last: UInt64
  ) async throws -> [UInt64] {
    await withUnsafeContinuation { continuation in
      let thread = WorkThread {
        var sequences: [UInt64] = []
        var id = String(start)
        var rounds = 0
        while sequences.last ?? start < last, rounds < 400 {
          rounds += 1
          let client = house.client(path, lastEventId: id)
          for _ in 0..<(7 + reader * 13 + rounds * 5) {
            guard sequences.last ?? start < last, let event = client.next() else { break }
            id = event.id ?? id
            if let sequence = event.sequence { sequences.append(sequence) }
          }
          client.leave()
        }
        continuation.resume(returning: sequences)
      }
      if thread == nil { continuation.resume(returning: []) }
    }
  }

  @Test func aSlowReaderIsToldAndLosesNothing() async throws {
    var limits = NetLimits()
    limits.outputHighWaterBytes = 16 << 10
    limits.outputLowWaterBytes = 4 << 10
    let house = try FeedHouse(limits: limits)
    let live = try house.live
    try live.put("a", 1)
    let client = house.client("/live", receiveBufferBytes: 4096)
    #expect(client.next()?.name == "ready")
    let first = live.sequence + 1
    let text = String(repeating: "x", count: 20_000)
    // More than the sockets' buffers and what is kept of the stream.
    for index in 0..<600 { try live.set("a", "serial", .string("\(index)" + text)) }
    var sequences: [UInt64] = []
    var lags: [UInt64] = []
    while sequences.last != live.sequence, let event = client.next() {
      if event.name == "lagging" {
        lags.append(event.json?.root["from"]?.uint64 ?? 0)
        #expect(lags.last == (sequences.last ?? first - 1) + 1)
      } else if let sequence = event.sequence {
        sequences.append(sequence)
      }
    }
    #expect(sequences == Array(first...live.sequence))
    #expect(!lags.isEmpty)
    // Now that it has caught up, it hears at once again.
    try live.put("b", 1)
    #expect(client.next()?.json?.root["twin"]?.string == "b")
    try await house.stop()
  }

  @Test func aDiscardedForkEndsItsFeed() async throws {
    let house = try FeedHouse()
    try house.engine.fork(WorldInstant("live"), name: "plan", cause: Cause(actor: "test"))
    let client = house.client("/plan?from=start")
    #expect(client.next()?.name == "ready")
    #expect(client.next()?.sequence == 1)
    try house.engine.discard("plan", cause: Cause(actor: "test"))
    #expect(client.next()?.name == "closed")
    #expect(client.next() == nil)
    try await house.stop()
  }
}
