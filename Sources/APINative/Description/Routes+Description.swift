import TwinEngine
import TwinNet
import TwinValues

/// What the API says of itself and of whoever asks.
extension Route {
  static let description: [Route] = [
    Route(
      .get, "/v1", "overview", "What there is here.",
      answers: [Answer(200, "An overview.", .named("Overview"))]
    ) { $0.overview() },
    Route(
      .get, "/v1/openapi.json", "openapi", "This API as an OpenAPI 3.1 document.",
      answers: [Answer(200, "The document.", .named("Overview"))]
    ) { _ in
      HTTPResponse(
        headers: ["content-type": MediaType.json], body: .bytes(OpenAPI.document(RouteTable.native)))
    },
    Route(
      .get, "/v1/whoami", "whoami", "Who is asking, and in which roles.",
      answers: [Answer(200, "The principal.", .named("Whoami"))]
    ) { $0.whoami() },
    Route(
      .get, "/v1/tenants", "listTenants", "The tenants that whoever asks may see.", Parameter.paging,
      answers: [.page("Tenant", of: "Tenants.")]
    ) { try await $0.listTenants() },
  ]
}

extension Call {
  func overview() -> HTTPResponse {
    Reply.json(reserving: 8192) { writer in
      writer.beginObject()
      writer.member("name", "nuri")
      writer.member("version", services.version)
      writer.member("principal", session.principal.id)
      writer.member("description", "/v1/openapi.json")
      writer.key("routes")
      writer.beginArray()
      for route in RouteTable.native.routes {
        writer.beginObject()
        writer.member("method", route.method.rawValue)
        writer.member("path", route.path)
        writer.member("summary", route.summary)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
  }

  func whoami() -> HTTPResponse {
    Reply.json { writer in
      writer.beginObject()
      writer.member("id", session.principal.id)
      writer.texts("roles", session.principal.roles.sorted().map(\.rawValue))
      writer.texts("groups", session.principal.groups.sorted())
      writer.endObject()
    }
  }

  func listTenants() async throws -> HTTPResponse {
    let names = services.tenants(session.principal)
    return try await listing(
      nil,
      walkInOrder(names.map { (key: $0, item: $0) }) { name, writer in
        writer.beginObject()
        writer.member("name", name)
        writer.endObject()
      })
  }
}
