import APIAzure
import TwinEngine
import TwinNet
import TwinValues

/// Carries requests to the wing of Azure Digital Twins and its answers back. Any thread.
struct AzureBridge: Sendable {
  let endpoints: Set<String>
  let jobs: AzureJobs
  /// Where what may take long runs.
  let pool: WorkPool

  /// The longest name of a request that is sent back.
  private static let requestIdBytes = 128

  /// The fields that the wing reads; the others stay behind.
  private static let fields: [(StaticString, String)] = [
    ("content-type", "content-type"), ("if-match", "if-match"), ("if-none-match", "if-none-match"),
    ("max-items-per-page", "max-items-per-page"), ("message-id", "message-id"),
    ("telemetry-source-time", "telemetry-source-time"), ("timeout-in-minutes", "timeout-in-minutes"),
    ("operation-id", "operation-id"),
  ]

  func respond(to request: HTTPRequest, _ route: RoutePath, _ session: Session) async -> HTTPResponse {
    let body: [UInt8]
    do throws(NuriError) {
      body = try await request.body.collect(
        upTo: route.bringsModels ? AzureLimits.modelRequestBytes : AzureLimits.requestBytes)
    } catch {
      return Refusal(body: error).response(.azure, requestId: request.id)
    }
    var headers: [AzureRequest.Header] = []
    for (field, name) in Self.fields where request.headers.has(field) {
      headers += request.headers.values(field).map { (name, $0) }
    }
    let api = AzureAPI(
      session, world: route.world ?? Engine.live, endpoints: endpoints, jobs: jobs)
    let asked = AzureRequest(
      method: request.method.rawValue, path: String(route.path),
      query: request.target.rawQuery.map(String.init) ?? "", headers: headers, body: body,
      origin: origin(request, route))
    // A query may take long; a fork may have to be opened, or the catalogue of forks waited for.
    guard route.isQuery || route.world ?? Engine.live != Engine.live else {
      return carry(await api.respond(to: asked), request)
    }
    do throws(NuriError) {
      return carry(
        try await pool.run { () async throws(NuriError) in await api.respond(to: asked) }, request)
    } catch {
      return Refusal.overloaded.response(.azure, requestId: request.id)
    }
  }

  /// The answer to a plain read of one twin, when it can be given at once.
  func twinAtHand(_ request: HTTPRequest, _ route: RoutePath, _ session: Session) -> HTTPResponse? {
    if request.headers.has("if-match") || request.headers.has("if-none-match") { return nil }
    return AzureAPI(session, world: route.world ?? Engine.live, endpoints: endpoints)
      .twinAtHand(path: route.path, query: request.target.rawQuery).map { carry($0, request) }
  }

  private func carry(_ answer: AzureResponse, _ request: HTTPRequest) -> HTTPResponse {
    var response = HTTPResponse(
      status: answer.status, headers: HTTPHeaders(reserving: 8, bytes: 256),
      body: answer.body.isEmpty ? .empty : .bytes(answer.body))
    for (name, value) in answer.headers { response.headers.append(name, value) }
    // Clients name their requests to find them again in their own logs.
    if let id = request.headers["x-ms-client-request-id"], id.utf8.count <= Self.requestIdBytes {
      response.headers.append("x-ms-client-request-id", id)
    }
    return response
  }

  /// What links in answers start with: scheme, host, and the prefixes that were taken off.
  private func origin(_ request: HTTPRequest, _ route: RoutePath) -> String {
    guard !request.authority.isEmpty else { return "" }
    let whole = request.target.rawPath
    let prefix = whole.utf8.prefix(whole.utf8.count - route.path.utf8.count)
    return (request.isSecure ? "https://" : "http://") + request.authority + String(Substring(prefix))
  }
}
