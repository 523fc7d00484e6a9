import TwinEngine
import TwinGraph
import TwinValues

/// Telemetry: POST `/digitaltwins/{id}/telemetry` and `/digitaltwins/{id}/components/{name}/telemetry`.
///
/// A message is a change like another, so that history keeps it and the feed brings it. Its id is the reason of
/// the change's cause; its source's time is the change's observed time.
extension AzureAPI {
  func sendTelemetry(
    _ id: String, component: String?, _ request: AzureRequest
  ) async throws -> AzureResponse {
    let message = request.header("Message-Id") ?? ""
    guard !message.isEmpty, message.utf8.count <= AzureLimits.messageIdBytes else {
      throw AzureError(
        .invalidArgument, "The header Message-Id has 1 to \(AzureLimits.messageIdBytes) bytes.")
    }
    let observed = try request.header("Telemetry-Source-Time").map { text throws(NuriError) in
      try Instant(text)
    }
    let root = try document(request).root
    guard root.kind == .object else {
      throw AzureError(.validationFailed, "Telemetry is a JSON object of names and values.")
    }
    let graph = try await graph()
    let twin = try graph.existing(id)
    if let component, !graph.layout(of: twin).components.contains(component) {
      throw AzureError(.componentNotFound, "The twin \"\(id)\" has no component \"\(component)\".")
    }
    var writer = JSONWriter()
    writer.node(root)
    let change = Change.telemetry(twin: id, component: component, payload: writer.bytes)
    try await write(Operation(change, observed: observed), reason: message)
    return .noContent()
  }
}
