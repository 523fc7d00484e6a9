import APIAzure
import TwinEngine
import TwinNet
import TwinValues

/// Carries requests to the wing of Azure Digital Twins and its answers back. Any thread.
struct AzureBridge: Sendable {
  let endpoints: Set<String>

  /// The fields that the wing reads; the others stay behind.
  private static let fields: [(StaticString, String)] = [
    ("content-type", "content-type"), ("if-match", "if-match"), ("if-none-match", "if-none-match"),
    ("max-items-per-page", "max-items-per-page"), ("message-id", "message-id"),
    ("telemetry-source-time", "telemetry-source-time"), ("timeout-in-minutes", "timeout-in-minutes"),
    ("operation-id", "operation-id"),
  ]

  /// Whether a path is that of something about a twin, without prefixes.
  static func isTwin(_ path: Substring) -> Bool { path.utf8.starts(with: "/digitaltwins/".utf8) }

  /// The answer to a GET of one twin of the live world that can be given at once.
  func twinAtHand(_ request: HTTPRequest, _ path: Substring, _ session: Session) -> HTTPResponse? {
    let api = AzureAPI(session, endpoints: endpoints)
    return api.twinAtHand(path: path, query: request.target.rawQuery).map(AzureBridge.response)
  }

  private static func response(_ answer: AzureResponse) -> HTTPResponse {
    var response = HTTPResponse(
      status: answer.status, body: answer.body.isEmpty ? .empty : .bytes(answer.body))
    for (name, value) in answer.headers { response.headers.append(name, value) }
    return response
  }

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
    let api = AzureAPI(session, world: route.world ?? Engine.live, endpoints: endpoints)
    let answer = await api.respond(
      to: AzureRequest(
        method: request.method.rawValue, path: String(route.path),
        query: request.target.rawQuery.map(String.init) ?? "", headers: headers, body: body,
        origin: origin(request, route)))
    return Self.response(answer)
  }

  /// What links in answers start with: scheme, host, and the prefixes that were taken off.
  private func origin(_ request: HTTPRequest, _ route: RoutePath) -> String {
    guard !request.authority.isEmpty else { return "" }
    let whole = request.target.rawPath
    let prefix = whole.utf8.prefix(whole.utf8.count - route.path.utf8.count)
    return (request.isSecure ? "https://" : "http://") + request.authority + String(Substring(prefix))
  }
}
