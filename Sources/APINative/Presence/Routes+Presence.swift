import TwinEngine
import TwinNet
import TwinValues

/// Presence: its routing.
extension Route {
  static let presence: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/presence", "presence",
      "A WebSocket that tells who else looks at a world and where: {\"you\",\"people\"} when somebody comes or goes, {\"id\",\"view\"} when somebody moves. Send {\"view\":{…}} to be seen. Nothing of it is kept.",
      [
        .world,
        Parameter(
          "name", .query, .text(most: PresenceLimits.nameBytes),
          "What to be called; the principal's id when left out.",
          example: "Kim"),
      ], answers: [Answer(101, "A WebSocket.")]
    ) { try await $0.presence() }
  ]
}

extension Call {
  func presence() async throws -> HTTPResponse {
    let world = try await world()
    try WebSocketOrigin.check(request, services.allowsOrigin)
    let name = text("name").flatMap { $0.isEmpty ? nil : $0 } ?? world.principal.id
    let (services, holds) = (services, holds)
    return HTTPResponse(
      body: .webSocket(
        WebSocketUpgrade(messageBytes: PresenceLimits.messageBytes) { socket in
          let hub = services.presence
          guard let person = hub.enter(world, name: name, holds: holds) else {
            return await socket.close(
              .tryAgainLater, reason: "\(PresenceLimits.peopleOfWorld) people are in this world.")
          }
          let clock = services.clock
          await PresenceVisit(hub: hub, person: person, socket: socket, clock: { clock.now() }).run()
        }))
  }
}

/// Which pages may open a WebSocket: browsers let any page try, and bring a client certificate along.
enum WebSocketOrigin {
  /// - Throws: `NuriError` with code `forbidden` for another site's page, unless `allows` says so.
  static func check(_ request: HTTPRequest, _ allows: (String) -> Bool) throws(NuriError) {
    guard let origin = request.headers["origin"] else { return }
    let host = origin.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? ""
    if host.lowercased() == request.authority.lowercased() || allows(origin) { return }
    throw NuriError(
      .forbidden, "Pages of \(origin) may not open a WebSocket here.", at: "origin",
      advice: "Allow the origin in the server's configuration.")
  }
}
