import TwinEngine
import TwinNet
import TwinValues

/// From a request to an answer, whoever carries them: prefixes, limits, who asks, the wing, and what every answer
/// has in common. Any thread.
final class Router: Sendable {
  private let tenants: [String: Tenant]
  private let standard: Tenant
  private let configuration: ServerConfiguration
  private let cors: CORS
  private let status: ServerStatus
  private let page: PageShelf?
  let metrics: ServerMetrics
  let log: ServerLog

  init(
    _ configuration: ServerConfiguration, standard: Tenant, tenants: [String: Tenant], page: PageShelf?,
    status: ServerStatus, metrics: ServerMetrics, log: ServerLog
  ) {
    self.configuration = configuration
    self.standard = standard
    self.tenants = tenants
    self.page = page
    self.status = status
    self.metrics = metrics
    self.log = log
    cors = CORS(configuration.cors)
  }

  /// A request on its way: what is known about it so far.
  struct Passage {
    let request: HTTPRequest
    let route: RoutePath
    let kind: RouteClass
    let startNanoseconds: UInt64
    var tenant: Tenant?
    var principal: Principal?
  }

  /// Answers a request. It never fails: what goes wrong is an answer too.
  func respond(to request: HTTPRequest) async -> HTTPResponse {
    let start = LoopClock.monotonicNanoseconds()
    let route = RoutePath(request.target.rawPath)
    var passage = Passage(
      request: request, route: route, kind: RouteClass(route, request.method), startNanoseconds: start)
    let underWay = metrics.begin()
    var response: HTTPResponse
    do throws(Refusal) {
      if underWay > configuration.limits.requestsInFlight, passage.kind != .own { throw .overloaded }
      response = try await answer(&passage)
    } catch {
      if let counts = error.counts { metrics.refuse(counts) }
      response = error.response(route.kind, requestId: request.id)
    }
    finish(&response, passage)
    await passage.tenant?.audit.note(passage, status: response.status)
    return response
  }

  /// The answer to a plain read of one twin by someone known, when it can be given without waiting; else `nil`, and
  /// `respond` is to be asked.
  func atHand(_ request: HTTPRequest) -> HTTPResponse? {
    guard request.method == .get, request.body.announcedLength == 0, !configuration.auditsReads else {
      return nil
    }
    let start = LoopClock.monotonicNanoseconds()
    let route = RoutePath(request.target.rawPath)
    guard let tenant = route.tenant.map({ tenants[$0] }) ?? standard,
      metrics.inFlight < configuration.limits.requestsInFlight,
      let guest = tenant.authenticator.known(request, nowNanoseconds: start),
      var response = tenant.twinAtHand(request, route, as: guest.principal),
      guest.bucket.take(nowNanoseconds: start) == nil
    else { return nil }
    _ = metrics.begin()
    finish(
      &response,
      Passage(
        request: request, route: route, kind: RouteClass(route, .get), startNanoseconds: start,
        tenant: tenant, principal: guest.principal))
    return response
  }

  /// The answer to a request that its handler did not answer in time.
  func overdue(_ request: HTTPRequest) -> HTTPResponse {
    metrics.refuse(.overload)
    return Refusal.overdue.response(RoutePath(request.target.rawPath).kind, requestId: request.id)
  }

  private func answer(_ passage: inout Passage) async throws(Refusal) -> HTTPResponse {
    let request = passage.request
    if let preflight = cors.preflight(request) { return preflight }
    switch passage.route.kind {
    case .health: return status.health()
    case .ready: return status.ready()
    case .metrics where configuration.opensMetrics: return metricsAnswer()
    case .page:
      guard let page else { throw .noPage }
      return try page.answer(request)
    default: break
    }
    let tenant = try tenant(passage.route)
    passage.tenant = tenant
    if passage.route.kind == .native,
      let answer = try await tenant.signIn.respond(to: request, passage.route.path)
    {
      return answer
    }
    let guest = try await tenant.authenticator.guest(request, nowNanoseconds: passage.startNanoseconds)
    passage.principal = guest.principal
    if let wait = guest.bucket.take(nowNanoseconds: passage.startNanoseconds) {
      throw .tooManyRequests(waitNanoseconds: wait)
    }
    if passage.kind.changes, tenant.audit.log.isFailing { throw .unaudited }
    let session = Session(tenant.engine, as: guest.principal)
    switch passage.route.kind {
    case .azure: return await tenant.azure.respond(to: request, passage.route, session)
    case .native: return try await tenant.native.respond(to: request, passage.route, session, guest)
    case .uploads: return try await tenant.uploads.respond(to: request, passage.route, guest.principal)
    case .metrics:
      guard guest.principal.may(.audit) else {
        throw Refusal(
          NuriError(
            .forbidden, "\"\(guest.principal.id)\" may not read metrics.", advice: "It takes the role admin.")
        )
      }
      return metricsAnswer()
    case .health, .ready, .page: return status.health()
    }
  }

  private func tenant(_ route: RoutePath) throws(Refusal) -> Tenant {
    guard let name = route.tenant else { return standard }
    guard let tenant = tenants[name] else { throw .nothing("There is no tenant \"\(name.prefix(64))\".") }
    return tenant
  }

  private func metricsAnswer() -> HTTPResponse {
    .bytes(
      Array(status.metricsText(metrics, log).utf8), type: "text/plain; version=0.0.4; charset=utf-8")
  }

  // MARK: What every answer has in common

  private static let unsniffed: HTTPHeaders = ["x-content-type-options": "nosniff"]
  private static let guarded: HTTPHeaders = [
    "x-content-type-options": "nosniff", "cache-control": "no-store",
  ]

  private func finish(_ response: inout HTTPResponse, _ passage: Passage) {
    let request = passage.request
    response.headers.append(response.headers.has("cache-control") ? Self.unsniffed : Self.guarded)
    if request.isSecure { response.headers.append("strict-transport-security", "max-age=31536000") }
    response.headers.append("x-request-id", request.id)
    let trace = request.trace.flatMap {
      TraceContext(traceId: $0.traceId, parentId: status.span(request), flags: $0.flags)
    }
    if let trace { response.headers.append("traceparent", trace.description) }
    cors.allow(request, &response)
    let elapsed = LoopClock.monotonicNanoseconds() &- passage.startNanoseconds
    metrics.end(passage.kind, status: response.status, nanoseconds: elapsed)
    logRequest(response, passage, trace, elapsed)
  }

  private func logRequest(
    _ response: HTTPResponse, _ passage: Passage, _ trace: TraceContext?, _ nanoseconds: UInt64
  ) {
    let isSlow = log.isSlow(nanoseconds: nanoseconds)
    let level = RequestLine.level(response.status, isSlow: isSlow)
    guard isSlow || log.writes(level),
      log.admitsRequest(nowNanoseconds: passage.startNanoseconds &+ nanoseconds)
    else { return }
    log.always(level, "request") { writer in
      RequestLine.write(response, passage, trace, microseconds: Int(clamping: nanoseconds / 1000), &writer)
    }
  }
}

/// A line of the log about a request.
enum RequestLine {
  /// How bad an answer is.
  static func level(_ status: Int, isSlow: Bool) -> LogSettings.Level {
    switch status {
    case 500...: .error
    case 401, 403, 429: .warning
    default: isSlow ? .warning : .info
    }
  }

  /// The query is left out: it may hold a ticket or what somebody asked for.
  static func write(
    _ response: HTTPResponse, _ passage: Router.Passage, _ trace: TraceContext?, microseconds: Int,
    _ writer: inout JSONWriter
  ) {
    let request = passage.request
    writer.field("id", request.id)
    if let trace {
      writer.field("trace", trace.traceId)
      writer.field("span", trace.parentId)
    }
    writer.field("principal", passage.principal?.id ?? "")
    if let tenant = passage.tenant { writer.field("tenant", tenant.name) }
    writer.field("peer", request.peer.host)
    writer.field("method", request.method.rawValue)
    writer.field("route", passage.kind.name)
    writer.field("path", String(request.target.rawPath))
    writer.field("status", response.status)
    if case .bytes(let bytes) = response.body { writer.field("bytes", bytes.count) }
    writer.field("us", microseconds)
  }
}
