import ProofServers
import Synchronization
import Testing
import TwinEngine
import TwinGraph
import TwinValues

@testable import TwinExchange

@Suite struct ReplayTests {
  private let folder: TemporaryFolder
  private let engine: Engine
  private let pacer = ReplayPacer(now: { 0 }, wait: { _ in })

  init() throws {
    folder = try TemporaryFolder()
    engine = try folder.engine()
    var options = ImportOptions()
    options.clock = try Instant("2018-01-01")
    try Importer(into: try engine.live, options).run(try folder.file("base.ndjson", Fixture.text(twins: 3)))
  }

  private func hour(_ hour: Int, _ twin: Int, _ set: String) -> String {
    #"{"at":"2018-01-01T\#(hour < 10 ? "0" : "")\#(hour):00:00+09:00","twin":"room-\#(twin)","set":\#(set)}"#
  }

  @Test func theWorldsClockFollows() throws {
    let text = (10..<14).flatMap { h in
      (0..<3).map { hour(h, $0, "{\"temperature\":\(h + $0),\"heater\":{\"target\":\(h)}}") }
    }
    var options = ReplayOptions()
    options.setsClock = true
    let path = try folder.file("h.ndjson", text.joined(separator: "\n"))
    let report = try Replayer(into: try engine.live, options, pacer: pacer).run(path)
    #expect(report.changes == 12)
    #expect(report.first == (try Instant("2018-01-01T10:00:00+09:00")))
    let live = try engine.live
    #expect(try live.snapshot().recorded == Instant("2018-01-01T13:00:00+09:00"))
    let then = try live.snapshot(at: .instant(try Instant("2018-01-01T11:30:00+09:00"))).graph
    let room = try #require(then.twin("room-1"))
    #expect(then.value(room, "temperature") == .double(12))
    #expect(then.value(room, "heater.target") == .double(11))
    let again = try Replayer(into: live, options, pacer: pacer).run(path)
    #expect(again.changes == 0 && again.resumedAfterLine == 12)
    try engine.close()
  }

  @Test func aForkOfThePastGoesOnFromThere() throws {
    var options = ReplayOptions()
    options.setsClock = true
    let path = try folder.file(
      "h.ndjson", (10..<16).map { hour($0, 0, "{\"temperature\":\($0)}") }.joined(separator: "\n"))
    try Replayer(into: try engine.live, options, pacer: pacer).run(path)
    let noon = try Instant("2018-01-01T12:00:00+09:00")
    let fork = try engine.fork(
      WorldInstant("live", .instant(noon)), name: "again", cause: Cause(actor: "test"))
    let report = try Replayer(into: fork, options, pacer: pacer).run(path)
    #expect(report.resumedAfterLine == 3 && report.changes == 3)
    let graph = try fork.snapshot().graph
    #expect(graph.twin("room-0").flatMap { graph.value($0, "temperature") } == .double(15))
    try engine.close()
  }

  @Test func observedTimeStandsAloneOtherwise() throws {
    let path = try folder.file("h.ndjson", hour(10, 0, "{\"temperature\":1}"))
    _ = try Replayer(into: try engine.live, ReplayOptions(), pacer: pacer).run(path)
    let samples = try engine.live.samples(
      ofTwin: "room-0", path: "temperature", from: .distantPast, to: .distantFuture)
    #expect(
      samples.contains { $0.observed.description == "2018-01-01T01:00:00.000Z" && $0.value == .double(1) })
    #expect(try engine.live.snapshot().recorded > Instant("2020-01-01"))
    try engine.close()
  }

  @Test(arguments: [
    (#"{"at":"x","twin":"room-0","set":{}}"#, "not an instant"),
    (#"{"at":"2018-01-01","set":{}}"#, "no recorded change"),
    (#"{"at":"2018-01-01","twin":"room-77","set":{}}"#, "no twin"),
    (#"{"at":"2018-01-01","twin":"room-0","set":{"temprature":1}}"#, "temprature"),
    (#"{"at":"2018-01-01","twin":"room-0","set":{"floor":1.5}}"#, "floor"),
    (#"[]"#, "no recorded change"),
  ])
  func faultsNameTheirLine(_ line: String, _ words: String) throws {
    let path = try folder.file("h.ndjson", hour(10, 0, "{\"temperature\":1}") + "\n" + line)
    let error = #expect(throws: NuriError.self) {
      try Replayer(into: try engine.live, ReplayOptions(), pacer: pacer).run(path)
    }
    #expect(error.map { "\($0)" }?.contains(words) == true, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.place?.contains("h.ndjson, line 2") == true, "\(error?.place ?? "")")
    try engine.close()
  }

  @Test func timeMayNotGoBackWhenItIsTheClock() throws {
    let path = try folder.file(
      "h.ndjson",
      [hour(11, 0, "{\"temperature\":1}"), hour(10, 0, "{\"temperature\":2}")].joined(separator: "\n"))
    var options = ReplayOptions()
    options.setsClock = true
    let error = #expect(throws: NuriError.self) {
      try Replayer(into: try engine.live, options, pacer: pacer).run(path)
    }
    #expect(error?.message.contains("Time goes back") == true)
    try engine.close()
  }

  @Test func speedWaits() throws {
    let waited = Mutex<[Int64]>([])
    let pacer = ReplayPacer(now: { 1000 }, wait: { time in waited.withLock { $0.append(time) } })
    var options = ReplayOptions()
    options.speed = 3600
    options.until = try Instant("2018-01-01T12:00:00+09:00")
    let path = try folder.file(
      "h.ndjson", (10..<14).map { hour($0, 0, "{\"temperature\":1}") }.joined(separator: "\n"))
    let report = try Replayer(into: try engine.live, options, pacer: pacer).run(path)
    #expect(report.changes == 3)
    #expect(waited.withLock { $0 } == [1_000_000, 2_000_000])
    try engine.close()
  }
}
