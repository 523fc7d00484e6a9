import APIAzure
import TwinEngine
import TwinNet
import TwinValues

/// Carries requests to the wing of Azure Digital Twins and its answers back.
enum AzureBridge {
  /// The fields that the wing reads; the others stay behind.
  private static let fields: [StaticString] = [
    "content-type", "if-match", "if-none-match", "max-items-per-page", "message-id", "telemetry-source-time",
  ]

  static func respond(
    to request: HTTPRequest, _ route: RoutePath, _ session: Session, endpoints: Set<String>
  ) async -> HTTPResponse {
    let isModels = route.path.utf8.count <= 8 && route.path.lowercased().hasPrefix("/models")
    let body: [UInt8]
    do throws(NuriError) {
      body = try await request.body.collect(
        upTo: isModels ? AzureLimits.modelRequestBytes : AzureLimits.requestBytes)
    } catch {
      return Refusal(body: error).response(.azure, requestId: request.id)
    }
    var headers: [AzureRequest.Header] = []
    for name in fields where request.headers.has(name) {
      headers += request.headers.values(name).map { ("\(name)", $0) }
    }
    let api = AzureAPI(session, world: route.world ?? Engine.live, endpoints: endpoints)
    let answer = await api.respond(
      to: AzureRequest(
        method: request.method.rawValue, path: String(route.path),
        query: request.target.rawQuery.map(String.init) ?? "", headers: headers, body: body,
        origin: origin(request, route)))
    var response = HTTPResponse(
      status: answer.status, body: answer.body.isEmpty ? .empty : .bytes(answer.body))
    for (name, value) in answer.headers { response.headers.append(name, value) }
    return response
  }

  /// What links in answers start with: scheme, host, and the prefixes that were taken off.
  private static func origin(_ request: HTTPRequest, _ route: RoutePath) -> String {
    guard !request.authority.isEmpty else { return "" }
    let whole = request.target.rawPath
    let prefix = whole.utf8.prefix(whole.utf8.count - route.path.utf8.count)
    return (request.isSecure ? "https://" : "http://") + request.authority + String(Substring(prefix))
  }
}
