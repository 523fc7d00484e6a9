import TwinEngine
import TwinGraph
import TwinModels
import TwinNet
import TwinValues

/// Event routes of a world: which of its events go to which endpoint.
extension Route {
  private static let id = Parameter(
    "route", .path, .text(most: TwinId.maximumBytes), "An event route's id.", example: "alarms")

  static let eventRoutes: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/event-routes", "listEventRoutes", "Event routes in order of their ids.",
      [.world, .at] + Parameter.paging, answers: [.page("EventRoute", of: "Event routes.")]
    ) { try await $0.listEventRoutes() },
    Route(
      .get, "/v1/worlds/{world}/event-routes/{route}", "getEventRoute", "An event route.", [.world, id, .at],
      answers: [.one("EventRoute", "The route.")]
    ) { try await $0.getEventRoute() },
    Route(
      .put, "/v1/worlds/{world}/event-routes/{route}", "putEventRoute",
      "Makes an event route, or replaces it.", [.world, id, .reason],
      body: Body(
        .named("NewEventRoute"),
        example: #"{"endpoint":"hook","filter":"type = 'Microsoft.DigitalTwins.Twin.Update'"}"#),
      answers: [.receipt()], problems: [409, 422]
    ) { try await $0.putEventRoute() },
    Route(
      .delete, "/v1/worlds/{world}/event-routes/{route}", "deleteEventRoute", "Deletes an event route.",
      [.world, id, .reason], answers: [.receipt()], problems: [409]
    ) { try await $0.deleteEventRoute() },
  ]
}

extension Call {
  func listEventRoutes() async throws -> HTTPResponse {
    let state = try await state()
    return try await listing(
      state, walkInOrder(state.graph.eventRoutes.map { (key: $0.id, item: $0) }) { $1.eventRoute($0) })
  }

  func getEventRoute() async throws -> HTTPResponse {
    let state = try await state()
    guard let route = state.graph.eventRoute(path("route")) else {
      throw NuriError(.eventRouteNotFound, "There is no event route \"\(path("route"))\".")
    }
    return Reply.json { $0.eventRoute(route) }.stamped(state)
  }

  func putEventRoute() async throws -> HTTPResponse {
    let root = try await json().root
    let id = path("route")
    try TwinId.check(id)
    let endpoint = root["endpoint"]?.string ?? ""
    guard services.endpoints.contains(endpoint) else {
      throw NuriError(
        .invalidValue, "There is no endpoint \"\(endpoint)\" here.",
        advice: Nearest.advice(endpoint, services.endpoints.sorted())
          ?? "Add it to the server's configuration first.")
    }
    let route = EventRoute(id: id, endpoint: endpoint, filter: root["filter"]?.string ?? "true")
    return try await write(try await world(), [Operation(.putEventRoute(route))], etag: false)
  }

  func deleteEventRoute() async throws -> HTTPResponse {
    try await write(
      try await world(), [Operation(.deleteEventRoute(id: path("route")))], etag: false)
  }
}

extension JSONWriter {
  fileprivate mutating func eventRoute(_ route: EventRoute) {
    beginObject()
    member("id", route.id)
    member("endpoint", route.endpoint)
    member("filter", route.filter)
    endObject()
  }
}
