import TwinGraph
import TwinValues

/// Lists of relationships: GET `/digitaltwins/{id}/relationships` and `/digitaltwins/{id}/incomingrelationships`.
extension AzureAPI {
  func listRelationships(
    of id: String, _ request: AzureRequest, _ parameters: Parameters
  ) async throws -> AzureResponse {
    let graph = try await graph()
    let twin = try graph.existing(id)
    let page = try Page(request, parameters, standard: AzureLimits.defaultPageRelationships)
    var all = Array(graph.outgoing(twin))
    if let name = parameters.first("relationshipName") {
      let index = graph.nameIndex(name)
      all.removeAll { graph.nameIndex(of: $0) != index }
    }
    return page.response(all, by: { graph.id(of: $0) }, to: request, parameters) {
      graph.writeRelationship($0, into: &$1)
    }
  }

  func listIncoming(
    to id: String, _ request: AzureRequest, _ parameters: Parameters
  ) async throws -> AzureResponse {
    let graph = try await graph()
    let twin = try graph.existing(id)
    let page = try Page(request, parameters, standard: AzureLimits.defaultPageRelationships)
    let version = parameters.version
    return page.response(
      Array(graph.incoming(twin)),
      // No id has a slash, so this orders by source, then by id, and no two are alike.
      by: { "\(graph.id(of: graph.source(of: $0)))/\(graph.id(of: $0))" }, to: request, parameters
    ) {
      graph.writeIncoming($0, origin: request.origin, version, into: &$1)
    }
  }
}

extension Graph {
  fileprivate func writeIncoming(
    _ relationship: RelationshipRef, origin: String, _ version: String, into writer: inout JSONWriter
  ) {
    let source = id(of: source(of: relationship))
    let id = id(of: relationship)
    let path =
      "/digitaltwins/\(PercentCoding.encode(source))/relationships/\(PercentCoding.encode(id))"
    writer.beginObject()
    for (key, value) in [
      ("$relationshipId", id), ("$sourceId", source), ("$relationshipName", name(of: relationship)),
      ("$relationshipLink", "\(origin)\(path)?api-version=\(version)"),
    ] {
      writer.key(key)
      writer.string(value)
    }
    writer.endObject()
  }
}
