import ProofServers
import Testing
import TwinLog
import TwinNet
import TwinStorm
import TwinValues

@testable import TwinServer

@Suite("Watching")
struct WatchTests {
  private let second: UInt64 = 1_000_000_000

  @Test("A bucket gives its burst at once, then its rate, and never more")
  func buckets() {
    let bucket = TokenBucket(perSecond: 10, burst: 5)
    let start = 100 * second
    #expect((0..<7).count { _ in bucket.take(nowNanoseconds: start) == nil } == 5)
    #expect(bucket.take(nowNanoseconds: start) == second / 10)
    #expect(bucket.take(nowNanoseconds: start + second / 10) == nil)
    #expect(bucket.take(nowNanoseconds: start + second / 10) != nil)
    #expect((0..<9).count { _ in bucket.take(nowNanoseconds: start + 100 * second) == nil } == 5)
    let open = TokenBucket(perSecond: 0, burst: 1)
    #expect((0..<99).allSatisfy { _ in open.take(nowNanoseconds: start) == nil })
  }

  @Test("Lines past the rate and past the queue are dropped, counted and told")
  func log() throws {
    var settings = LogSettings()
    settings.requestsPerSecond = 3
    settings.level = .warning
    let lines = LogLines()
    let log = ServerLog(settings, now: { Instant(microseconds: 0) }, sink: lines.take)
    #expect((0..<10).count { _ in log.admitsRequest(nowNanoseconds: second) } == 3)
    log.write(.info, "quiet")
    log.always(.warning, "request") { $0.field("id", "a\"b\nc") }
    log.always(.warning, "next") { _ in }
    log.stop()
    log.always(.error, "late") { _ in }
    #expect(log.dropped == 8)
    #expect(lines.text.split(separator: "\n").count == 2)
    #expect(try lines.lines("request").first?.root["unsaid"]?.int64 == 7)
    #expect(try lines.lines("request").first?.root["id"]?.string == "a\"b\nc")
    #expect(try lines.lines("next").first?.root["unsaid"] == nil)
  }

  @Test("Prometheus reads what is written")
  func prometheus() {
    var out = PrometheusText()
    out.metric("m", "histogram", "Help.")
    out.histogram(
      "m", [("a", "x\"\\\n")], boundsMicroseconds: [50, 1_000_000], counts: [1, 2, 3], sumMicroseconds: 7)
    #expect(
      out.text == """
        # HELP m Help.
        # TYPE m histogram
        m_bucket{a="x\\"\\\\\\n",le="0.00005"} 1
        m_bucket{a="x\\"\\\\\\n",le="1"} 3
        m_bucket{a="x\\"\\\\\\n",le="+Inf"} 6
        m_sum{a="x\\"\\\\\\n"} 0.000007
        m_count{a="x\\"\\\\\\n"} 6

        """)
  }

  @Test("A measured disk is the disk, counted")
  func disk() throws {
    let counter = DiskCounter()
    let folder = try TemporaryFolder()
    let disk = MeasuredDisk(inner: PosixDisk(), counter: counter)
    try disk.replaceFile(folder.path + "/x", with: [1, 2, 3])
    #expect(try disk.readFile(folder.path + "/x") == [1, 2, 3])
    #expect(counter.figures.bytesWritten == 3 && counter.figures.syncBuckets.reduce(0, +) == 1)
    #expect(counter.figures.failures == 0)
  }

  @Test("Latency is counted in its route's histogram")
  func metrics() {
    let metrics = ServerMetrics()
    #expect(metrics.begin() == 1 && metrics.begin() == 2)
    metrics.end(.azureRead, status: 200, nanoseconds: 60_000)
    metrics.end(.nativeWrite, status: 503, nanoseconds: 60 * second)
    #expect(metrics.inFlight == 0)
    #expect(metrics.buckets(.azureRead)[1] == 1 && metrics.buckets(.nativeWrite).last == 1)
    #expect(metrics.answers(.nativeWrite, 5) == 1 && metrics.microseconds(.azureRead) == 60)
  }
}
