import TwinEngine
import TwinNet
import TwinValues

/// The change feed: its routing; what it does is in `Feed`.
extension Route {
  static let feed: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/feed", "feed",
      "The changes of a world as they become durable, without gap or repetition: as server-sent events, or as messages of a WebSocket when the request asks for one.",
      [
        .world,
        Parameter(
          "from", .query, .text(most: 32), "now (when left out), start, or the first sequence wanted.",
          example: "now"),
        Parameter("snapshot", .query, .flag, "Begin with what there is."),
        Parameter("twin", .query, .text(most: 512), "Only changes of these twins.", repeated: true),
        Parameter("model", .query, .text(most: 2048), "Only twins of these models.", repeated: true),
        Parameter("path", .query, .text(most: 2048), "Only these properties.", repeated: true),
        Parameter(
          "kind", .query, .choice(FeedKind.allCases.map(\.rawValue)), "Only these kinds of change.",
          repeated: true),
        Parameter(
          "q", .query, .text(most: 64 << 10), "Only what enters, stays in or leaves this query's rows."),
        Parameter(
          "Last-Event-ID", .header, .text(most: 32),
          "The last event that arrived; browsers send it by themselves."),
      ], answers: [Answer(200, "Events without end.", events: true), Answer(101, "A WebSocket.")]
    ) { try await $0.feed() }
  ]
}

extension Call {
  func feed() async throws -> HTTPResponse {
    let api = FeedAPI(
      session: session, hub: services.feed, allowsOrigin: services.allowsOrigin, holds: holds)
    return try await api.respond(to: request, world: path("world"))
  }
}
