import TwinEngine
import TwinGraph
import TwinValues

/// Components: GET, PATCH `/digitaltwins/{id}/components/{name}`. Their ETag is their twin's.
extension AzureAPI {
  func getComponent(_ name: String, of id: String) async throws -> AzureResponse {
    let graph = try await graph()
    let twin = try graph.existing(id)
    var writer = JSONWriter()
    guard graph.writeComponent(name, of: twin, into: &writer) else {
      throw AzureError(.componentNotFound, "The twin \"\(id)\" has no component \"\(name)\".")
    }
    return .json(etag: graph.sequence(of: twin), body: writer.bytes)
  }

  func patchComponent(_ name: String, of id: String, _ request: AzureRequest) async throws -> AzureResponse {
    let graph = try await graph()
    let twin = try graph.existing(id)
    guard graph.layout(of: twin).components.contains(name) else {
      throw AzureError(.jsonPatchInvalid, "The twin \"\(id)\" has no component \"\(name)\".")
    }
    let patch = try PatchDocument(request.body)
    return try await apply(
      patch.inside(component: name), patch.observed, to: twin, in: graph, request)
  }
}
