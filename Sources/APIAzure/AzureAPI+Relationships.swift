import TwinEngine
import TwinGraph
import TwinValues

/// Relationships: PUT, GET, PATCH, DELETE `/digitaltwins/{id}/relationships/{relationshipId}`.
extension AzureAPI {
  func getRelationship(_ source: String, _ id: String) async throws -> AzureResponse {
    let graph = try await graph()
    let relationship = try graph.existing(source, id)
    var writer = JSONWriter()
    graph.writeRelationship(relationship, into: &writer)
    return .json(etag: graph.sequence(of: relationship), body: writer.bytes)
  }

  func putRelationship(_ source: String, _ id: String, _ request: AzureRequest) async throws -> AzureResponse
  {
    try TwinId.check(id)
    let root = try document(request).root
    guard root.kind == .object, let target = root["$targetId"]?.string,
      root["$relationshipName"]?.string != nil
    else {
      throw AzureError(
        .invalidArgument, "A relationship is a JSON object with a \"$relationshipName\" and a \"$targetId\".")
    }
    guard target != source else {
      throw AzureError(.operationNotAllowed, "A relationship leads to another twin, not back to its own.")
    }
    let graph = try await graph()
    let current = graph.twin(source).flatMap { graph.relationship($0, id) }.map { graph.sequence(of: $0) }
    let precondition = try Conditions(request).precondition(current: current)
    let change = try graph.relationshipChange(from: root, source: source, id: id)
    let receipt: Receipt
    do throws(NuriError) {
      receipt = try await write(Operation(change, if: precondition))
    } catch {
      throw try await missingEnd(error, source)
    }
    return Self.response(change, receipt)
  }

  /// Says which end of a relationship there is not.
  private func missingEnd(_ error: NuriError, _ source: String) async throws(NuriError) -> AzureError {
    guard error.code == .twinNotFound else { return AzureError(error) }
    return AzureError(
      try await graph().twin(source) == nil ? .digitalTwinNotFound : .targetDigitalTwinNotFound, error)
  }

  /// The answer that shows a relationship as a change left it, whatever others wrote since.
  private static func response(_ change: Change, _ receipt: Receipt) -> AzureResponse {
    var writer = JSONWriter()
    if case .putRelationship(let source, let id, let name, let target, let properties) = change {
      writer.beginObject()
      for (key, value) in [
        ("$relationshipId", id), ("$sourceId", source), ("$targetId", target), ("$relationshipName", name),
        ("$etag", ETag.text(receipt.last)),
      ] {
        writer.key(key)
        writer.string(value)
      }
      writer.splice(members: properties)
      writer.endObject()
    }
    return .json(etag: receipt.last, body: writer.bytes)
  }

  func patchRelationship(_ source: String, _ id: String, _ request: AzureRequest) async throws
    -> AzureResponse
  {
    let graph = try await graph()
    let current = graph.sequence(of: try graph.existing(source, id))
    let patch = try PatchDocument(request.body)
    let precondition = try Conditions(request).precondition(current: current)
    guard !patch.steps.isEmpty else { return .noContent(etag: current) }
    let operation = Operation(
      .patchRelationship(source: source, id: id, patch.steps), if: precondition, observed: patch.observed)
    return .noContent(etag: try await write(operation).last)
  }

  func deleteRelationship(
    _ source: String, _ id: String, _ request: AzureRequest
  ) async throws -> AzureResponse {
    let graph = try await graph()
    let current = graph.sequence(of: try graph.existing(source, id))
    let precondition = try Conditions(request).precondition(current: current)
    try await write(Operation(.deleteRelationship(source: source, id: id), if: precondition))
    return .noContent()
  }
}

extension Graph {
  /// The relationship with an id.
  /// - Throws: `NuriError` with code `invalidId`, `twinNotFound` or `relationshipNotFound`.
  fileprivate func existing(_ source: String, _ id: String) throws(NuriError) -> RelationshipRef {
    try TwinId.check(id)
    guard let relationship = relationship(try existing(source), id) else {
      throw NuriError(.relationshipNotFound, "The twin \"\(source)\" has no relationship \"\(id)\".")
    }
    return relationship
  }
}
