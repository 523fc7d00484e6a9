import TwinEngine
import TwinNet
import TwinValues

/// From a request to an answer, whoever carries them. Any thread.
final class Router: Sendable {
  private let tenant: Tenant
  private let authenticator: Authenticator

  init(tenant: Tenant, authenticator: Authenticator) {
    self.tenant = tenant
    self.authenticator = authenticator
  }

  /// Answers a request. It never fails: what goes wrong is an answer too.
  func respond(to request: HTTPRequest) async -> HTTPResponse {
    let route = RoutePath(request.target.rawPath)
    do throws(Refusal) {
      return try await answer(request, route)
    } catch {
      return error.response(route.kind, requestId: request.id)
    }
  }

  private func answer(_ request: HTTPRequest, _ route: RoutePath) async throws(Refusal) -> HTTPResponse {
    if route.kind == .health || route.kind == .ready { return .text("ok\n") }
    if let name = route.tenant, name != tenant.name { throw .nothing("There is no tenant \"\(name)\".") }
    let principal = try authenticator.principal(request)
    let session = Session(tenant.engine, as: principal)
    switch route.kind {
    case .azure: return await AzureBridge.respond(to: request, route, session, endpoints: [])
    default: throw .nothing("There is nothing at this path.")
    }
  }
}
