import TwinEvents
import TwinIdentity
import TwinLog
import TwinNet
import TwinValues

/// How the server is: what `/health`, `/ready` and `/metrics` say. Looked at once a second, told at any time.
///
/// `@unchecked Sendable`: `state` is touched only while holding `lock`.
final class ServerStatus: @unchecked Sendable {
  /// Figures of one tenant.
  struct TenantFigures: Sendable {
    var name = ""
    var worlds = 0
    var twins = 0
    var relationships = 0
    var sequence: UInt64 = 0
    var checkpointFailed = false
    var endpoints: [EndpointFigures] = []
    var auditFailed = false
    var feedReaders = 0
    var logBytes = 0
  }

  private struct State {
    var problems = ["starting"]
    var lookedNanoseconds = LoopClock.monotonicNanoseconds()
    var isDraining = false
    var tenants: [TenantFigures] = []
    var net = HTTPMetrics()
    var residentBytes = 0
    var freeBytes = 0
    var disk = DiskFigures()
  }

  /// A look that takes longer means that the disk hangs.
  private static let staleNanoseconds: UInt64 = 15_000_000_000

  private let seed: UInt64
  private let lock = Lock()
  private var state = State()

  init() throws(NuriError) {
    seed = try SecureRandom.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Takes what was looked up; `problems` are reasons to send no requests here.
  func take(
    problems: [String], tenants: [TenantFigures], net: HTTPMetrics, freeBytes: Int, disk: DiskFigures
  ) {
    let residentBytes = ServerStatus.residentBytes()
    lock.withLock {
      state = State(
        problems: state.isDraining ? state.problems : problems, isDraining: state.isDraining,
        tenants: tenants,
        net: net, residentBytes: residentBytes, freeBytes: freeBytes, disk: disk)
    }
  }

  /// The server wants no more requests.
  func drain() {
    lock.withLock {
      state.isDraining = true
      state.problems = ["draining"]
    }
  }

  /// The process answers.
  func health() -> HTTPResponse { .bytes(Array(#"{"status":"ok"}"#.utf8), type: "application/json") }

  /// Requests are welcome, or why not.
  func ready() -> HTTPResponse {
    var (problems, looked) = lock.withLock { (state.problems, state.lookedNanoseconds) }
    if LoopClock.monotonicNanoseconds() &- looked > Self.staleNanoseconds {
      problems.append("the disk has not answered for a while")
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("status", problems.isEmpty ? "ready" : "unready")
    writer.key("problems")
    writer.texts(problems)
    writer.endObject()
    var response = HTTPResponse.bytes(
      writer.bytes, type: "application/json", status: problems.isEmpty ? 200 : 503)
    if !problems.isEmpty { response.headers.append("retry-after", "1") }
    return response
  }

  /// The id of our step in a trace (W3C trace context), different for each request.
  func span(_ request: HTTPRequest) -> String {
    var mixed = (seed &+ request.number) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) | 1
    let digits = String(mixed, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Resident memory, from the second number of `/proc/self/statm`; 0 where there is none.
  private static func residentBytes() -> Int {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
    defer { room.deallocate() }
    guard let count = try? PosixDisk().open("/proc/self/statm", .read).read(into: room, at: 0) else {
      return 0
    }
    let numbers = String(decoding: room[..<count], as: UTF8.self).split(separator: " ")
    return numbers.count > 1 ? (Int(numbers[1]) ?? 0) * 4096 : 0
  }
}

extension ServerStatus {
  /// Everything that is counted, as Prometheus reads it.
  func metricsText(_ metrics: ServerMetrics, _ log: ServerLog) -> String {
    let state = lock.withLock { self.state }
    var out = PrometheusText()
    ServerStatus.write(metrics, &out)
    ServerStatus.write(state.net, &out)
    ServerStatus.write(state.disk, &out)
    ServerStatus.write(state.tenants, &out)
    out.single("nuri_log_lines_dropped_total", "counter", "Log lines left out.", log.dropped)
    out.single("process_resident_memory_bytes", "gauge", "Resident memory.", state.residentBytes)
    out.single("nuri_disk_free_bytes", "gauge", "Free room on the data folder's disk.", state.freeBytes)
    out.single("nuri_ready", "gauge", "1 when requests are welcome.", state.problems.isEmpty ? 1 : 0)
    return out.text
  }

  private static func write(_ metrics: ServerMetrics, _ out: inout PrometheusText) {
    out.metric("nuri_requests_total", "counter", "Requests answered, by route and class of status.")
    for route in RouteClass.allCases {
      for status in 1...5 where metrics.answers(route, status) > 0 {
        out.sample(
          "nuri_requests_total", [("route", route.name), ("status", "\(status)xx")],
          metrics.answers(route, status))
      }
    }
    out.metric("nuri_request_seconds", "histogram", "Time from a request's head to its answer, by route.")
    for route in RouteClass.allCases {
      out.histogram(
        "nuri_request_seconds", [("route", route.name)], boundsMicroseconds: ServerMetrics.bounds,
        counts: metrics.buckets(route), sumMicroseconds: metrics.microseconds(route))
    }
    out.single("nuri_requests_in_flight", "gauge", "Requests under way.", metrics.inFlight)
    out.metric(
      "nuri_requests_refused_total", "counter", "Requests refused before an API saw them, by reason.")
    for why in ServerMetrics.Refused.allCases {
      out.sample("nuri_requests_refused_total", [("reason", "\(why)")], metrics.refused(why))
    }
  }

  private static func write(_ net: HTTPMetrics, _ out: inout PrometheusText) {
    out.single("nuri_connections_total", "counter", "Connections accepted.", net.connections)
    out.single("nuri_connections_open", "gauge", "Connections open.", net.openConnections)
    out.single(
      "nuri_connections_refused_total", "counter", "Connections past a limit.", net.refusedConnections)
    out.single(
      "nuri_tls_handshakes_failed_total", "counter", "TLS handshakes that failed.", net.failedHandshakes)
    out.single("nuri_http_refused_total", "counter", "Messages that were no HTTP.", net.refusedRequests)
    out.single(
      "nuri_http_abandoned_total", "counter", "Requests whose client went away.", net.abandonedRequests)
    out.single("nuri_http_floods_total", "counter", "Connections cut for flooding.", net.floods)
    out.single("nuri_websockets_open", "gauge", "WebSockets open.", net.webSockets)
    out.single("nuri_received_bytes_total", "counter", "Bytes received.", net.bytesIn)
    out.single("nuri_sent_bytes_total", "counter", "Bytes sent.", net.bytesOut)
    out.metric("nuri_timeouts_total", "counter", "Connections given up, by reason.")
    for (reason, count) in [
      ("header", net.headerTimeouts), ("body", net.bodyTimeouts), ("write", net.writeTimeouts),
      ("idle", net.idleTimeouts),
    ] { out.sample("nuri_timeouts_total", [("reason", reason)], count) }
  }

  private static func write(_ disk: DiskFigures, _ out: inout PrometheusText) {
    out.metric("nuri_sync_seconds", "histogram", "Time of making files durable.")
    out.histogram(
      "nuri_sync_seconds", [], boundsMicroseconds: ServerMetrics.bounds, counts: disk.syncBuckets,
      sumMicroseconds: disk.syncMicroseconds)
    out.single(
      "nuri_disk_written_bytes_total", "counter", "Bytes written to the log and other files.",
      disk.bytesWritten)
    out.single("nuri_disk_failures_total", "counter", "Writes and syncs the disk refused.", disk.failures)
  }

  private static func write(_ tenants: [TenantFigures], _ out: inout PrometheusText) {
    let gauges: [(String, String, (TenantFigures) -> Int)] = [
      ("nuri_worlds", "Worlds.", { $0.worlds }),
      ("nuri_twins", "Twins of the live world.", { $0.twins }),
      ("nuri_relationships", "Relationships of the live world.", { $0.relationships }),
      ("nuri_sequence", "The last durable change of the live world.", { Int(clamping: $0.sequence) }),
      ("nuri_feed_readers", "Readers of change feeds.", { $0.feedReaders }),
      ("nuri_log_bytes", "Bytes of changes on disk, of the worlds in use.", { $0.logBytes }),
      ("nuri_checkpoint_failed", "1 when the latest checkpoint failed.", { $0.checkpointFailed ? 1 : 0 }),
      ("nuri_audit_failed", "1 when the audit log can't be written.", { $0.auditFailed ? 1 : 0 }),
    ]
    for (name, help, value) in gauges {
      out.metric(name, "gauge", help)
      for tenant in tenants { out.sample(name, [("tenant", tenant.name)], value(tenant)) }
    }
    let events: [(String, String, String, (EndpointFigures) -> UInt64)] = [
      ("nuri_events_delivered_total", "counter", "Events delivered.", { $0.delivered }),
      ("nuri_events_retried_total", "counter", "Deliveries tried again.", { $0.retried }),
      ("nuri_events_dead_total", "counter", "Events laid among the dead letters.", { $0.dead }),
      ("nuri_events_lag", "gauge", "Changes that an endpoint has not looked at yet.", { $0.lag }),
    ]
    for (name, type, help, value) in events {
      out.metric(name, type, help)
      for tenant in tenants {
        for endpoint in tenant.endpoints {
          out.sample(
            name, [("tenant", tenant.name), ("endpoint", endpoint.endpoint)], Int(clamping: value(endpoint)))
        }
      }
    }
  }
}
