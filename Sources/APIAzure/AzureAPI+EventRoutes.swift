import TwinEngine
import TwinGraph
import TwinValues

/// Event routes: GET `/eventroutes`; PUT, GET, DELETE `/eventroutes/{id}`.
extension AzureAPI {
  func listEventRoutes(_ request: AzureRequest, _ parameters: Parameters) async throws -> AzureResponse {
    let page = try Page(request, parameters, standard: AzureLimits.defaultPageItems)
    return page.response(try await graph().eventRoutes, by: \.id, to: request, parameters) {
      $0.write(into: &$1)
    }
  }

  func getEventRoute(_ id: String) async throws -> AzureResponse {
    guard let route = try await graph().eventRoute(id) else {
      throw AzureError(.eventRouteNotFound, "There is no event route \"\(id)\".")
    }
    var writer = JSONWriter()
    route.write(into: &writer)
    return .json(body: writer.bytes)
  }

  func putEventRoute(_ id: String, _ request: AzureRequest) async throws -> AzureResponse {
    guard EventRoute.isLegal(id) else {
      throw AzureError(
        .eventRouteIdInvalid,
        "An event route's id has 1 to \(AzureLimits.idBytes) letters, digits, hyphens and underscores.")
    }
    let root = try document(request).root
    guard root.kind == .object, let endpoint = root["endpointName"]?.string,
      let filter = root["filter"]?.string
    else {
      throw AzureError(
        .invalidArgument, "An event route is a JSON object with an \"endpointName\" and a \"filter\".")
    }
    do throws(NuriError) { _ = try EventFilter(filter) } catch {
      throw AzureError(.eventRouteFilterInvalid, error.message)
    }
    guard endpoints.contains(endpoint) else {
      throw AzureError(
        .eventRouteEndpointInvalid,
        "There is no endpoint \"\(endpoint.prefix(100))\" here. Add it to the server's configuration first.")
    }
    let route = EventRoute(id: id, endpoint: endpoint, filter: filter)
    try await write(Operation(.putEventRoute(route)))
    return .noContent()
  }

  func deleteEventRoute(_ id: String, _ request: AzureRequest) async throws -> AzureResponse {
    try await write(Operation(.deleteEventRoute(id: id)))
    return .noContent()
  }
}

extension EventRoute {
  fileprivate static func isLegal(_ id: String) -> Bool {
    guard (1...AzureLimits.idBytes).contains(id.utf8.count) else { return false }
    return id.unicodeScalars.allSatisfy {
      switch $0 {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
      default: false
      }
    }
  }

  fileprivate func write(into writer: inout JSONWriter) {
    writer.beginObject()
    for (key, value) in [("id", id), ("endpointName", endpoint), ("filter", filter)] {
      writer.key(key)
      writer.string(value)
    }
    writer.endObject()
  }
}
