import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// Endpoints of event routes: how delivery stands, and its dead letters.
extension Route {
  private static let endpoint = Parameter(
    "endpoint", .path, .text(most: 64), "An endpoint of the server's configuration.", example: "hook")

  static let endpoints: [Route] = [
    Route(
      .get, "/v1/endpoints", "listEndpoints", "Endpoints of event routes, and how delivery to them stands.",
      answers: [Answer(200, "The endpoints.", .named("Endpoints"))]
    ) { try $0.listEndpoints() },
    Route(
      .get, "/v1/endpoints/{endpoint}/dead-letters", "listDeadLetters",
      "Events that could not be delivered, oldest first.",
      [
        endpoint,
        Parameter(
          "most", .query, .integer(1...Int64(NativeLimits.deadLetters), standard: 100),
          "Most dead letters in the answer."),
      ], answers: [Answer(200, "The dead letters.", .named("DeadLetters"))]
    ) { try await $0.listDeadLetters() },
    Route(
      .post, "/v1/endpoints/{endpoint}/redeliver", "redeliver",
      "Tries dead letters again, oldest first, for at most half a minute; those that fail again stay.",
      [endpoint], answers: [Answer(200, "What became of them.", .named("Redelivery"))], problems: [409]
    ) { try await $0.redeliver() },
  ]
}

extension Shape {
  static let endpointShapes: [String: Shape] = [
    "Endpoints": .object([
      Member(
        "items",
        .list(
          .object([
            Member("name", .text(most: 64), required: true),
            Member("delivered", .integer(0...Int64.max), required: true, "Events, since the server started."),
            Member("retried", .integer(0...Int64.max), required: true, "Requests tried again."),
            Member("dead", .integer(0...Int64.max), required: true, "Events laid among the dead letters."),
            Member(
              "dropped", .integer(0...Int64.max), required: true, "Dead letters that went for new ones."),
            Member(
              "gaps", .integer(0...Int64.max), required: true, "Times that the log lacked what came next."),
            Member("position", .integer(0...Int64.max), required: true, "The last change dealt with."),
            Member("lag", .integer(0...Int64.max), required: true, "Changes not yet looked at."),
            Member("trouble", .text(most: .max), "What stands in the way now."),
          ])), required: true)
    ]),
    "DeadLetters": .object([
      Member(
        "items",
        .list(
          .object([
            Member("at", .instant, required: true, "When it was given up."),
            Member("attempts", .integer(0...Int64.max), required: true),
            Member("reason", .text(most: .max), required: true), Member("event", .any, required: true),
          ])), required: true)
    ]),
    "Redelivery": .object([
      Member("delivered", .integer(0...Int64.max), required: true),
      Member(
        "left", .integer(0...Int64.max), required: true,
        "Those that failed again, or had no turn in the time."
      ),
    ]),
  ]
}

extension Call {
  func listEndpoints() throws -> HTTPResponse {
    try session.principal.require(.routes)
    return items(services.events?.states() ?? [])
  }

  func listDeadLetters() async throws -> HTTPResponse {
    try session.principal.require(.deadLetters)
    return items(try await desk().deadLetters(path("endpoint"), integer("most") ?? 1))
  }

  func redeliver() async throws -> HTTPResponse {
    try session.principal.require(.deadLetters)
    let result = try await desk().redeliver(path("endpoint"))
    return Reply.json { writer in
      writer.beginObject()
      writer.member("delivered", UInt64(result.delivered))
      writer.member("left", UInt64(result.left))
      writer.endObject()
    }
  }

  private func desk() throws(NuriError) -> EventDesk {
    guard let desk = services.events else {
      throw NuriError(
        .endpointNotFound, "There is no endpoint \"\(path("endpoint"))\" here.",
        advice: "Endpoints are named in the server's configuration.")
    }
    return desk
  }

  private func items(_ objects: [[UInt8]]) -> HTTPResponse {
    Reply.json { writer in
      writer.beginObject()
      writer.key("items")
      writer.beginArray()
      for object in objects { writer.raw(object) }
      writer.endArray()
      writer.endObject()
    }
  }
}
