import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// One relationship: GET, PUT, PATCH, DELETE.
extension Route {
  private static let at = "/v1/worlds/{world}/twins/{twin}/relationships/{relationship}"

  static let relationships: [Route] = [
    Route(
      .get, at, "getRelationship", "A relationship, now or as of any time.",
      [.world, .twin, .relationship, .at, .ifChanged],
      answers: [.one("Relationship", "The relationship.", etag: true), .notModified]
    ) { try await $0.getRelationship() },
    Route(
      .put, at, "putRelationship", "Creates a relationship, or replaces it wholly.",
      [.world, .twin, .relationship, .reason, .observed, .ifMatch, .ifNoneMatch],
      body: Body(
        .named("NewRelationship"), example: #"{"$targetId":"bldg-1","$relationshipName":"isPartOf"}"#),
      answers: [.receipt("It was replaced."), .receipt("It was created.", status: 201)],
      problems: [409, 412, 422]
    ) { try await $0.putRelationship() },
    Route(
      .patch, at, "patchRelationship", "Changes some of a relationship's properties.",
      [.world, .twin, .relationship, .reason, .observed, .ifMatch],
      body: Body(
        [
          (MediaType.merge, .named("MergePatch")), (MediaType.patch, .named("JSONPatch")),
          (MediaType.json, .either([.named("JSONPatch"), .named("MergePatch")])),
        ], example: #"{"since":"2026"}"#),
      answers: [.receipt(), .nothing], problems: [409, 412, 422]
    ) { try await $0.patchRelationship() },
    Route(
      .delete, at, "deleteRelationship", "Deletes a relationship.",
      [.world, .twin, .relationship, .reason, .observed, .ifMatch], answers: [.receipt()],
      problems: [409, 412]
    ) { try await $0.deleteRelationship() },
  ]
}

extension Call {
  /// The relationship of the path in a state.
  /// - Throws: `NuriError` with code `invalidId`, `twinNotFound` or `relationshipNotFound`.
  private func relationship(in graph: Graph) throws(NuriError) -> RelationshipRef {
    let source = try twin(in: graph)
    let id = path("relationship")
    if let relationship = graph.relationship(source, id) { return relationship }
    try TwinId.check(id)
    throw NuriError(.relationshipNotFound, "The twin \"\(path("twin"))\" has no relationship \"\(id)\".")
  }

  func getRelationship() async throws -> HTTPResponse {
    let state = try await state()
    let relationship = try relationship(in: state.graph)
    let sequence = state.graph.sequence(of: relationship)
    if let unchanged = unchanged(sequence) { return unchanged.stamped(state) }
    var response = Reply.json { state.graph.writeRelationship(relationship, into: &$0) }
    response.headers.append("etag", ETag.text(sequence))
    return response.stamped(state)
  }

  func putRelationship() async throws -> HTTPResponse {
    let (source, id) = (path("twin"), path("relationship"))
    try TwinId.check(id)
    let document = try await json()
    let stated = (document.root["$sourceId"]?.string, document.root["$relationshipId"]?.string)
    guard stated.0 ?? source == source, stated.1 ?? id == id else {
      throw NuriError(.invalidBody, "The body's \"$sourceId\" or \"$relationshipId\" is not the path's.")
    }
    let world = try await world()
    let graph = try await world.snapshot().graph
    let current = graph.relationship(try twin(in: graph), id).map { graph.sequence(of: $0) }
    let precondition = try requirement(current: current)
    do throws(NuriError) {
      let change = try graph.relationshipChange(from: document.root, source: source, id: id)
      let operation = Operation(change, if: precondition, observed: instant("observed"))
      return try await write(world, [operation], status: current == nil ? 201 : 200)
    } catch {
      // The source is there: what is missing is the target.
      throw Problem(error, here: [.twinNotFound: 422])
    }
  }

  func patchRelationship() async throws -> HTTPResponse {
    let isPatch = try media() == MediaType.patch
    let document = try await json()
    let world = try await world()
    let (source, id) = (path("twin"), path("relationship"))
    var attempt = 0
    while true {
      let graph = try await world.snapshot().graph
      let relationship = try relationship(in: graph)
      let current = graph.sequence(of: relationship)
      let asked = try requirement(current: current)
      let isSteps = isPatch || document.root.kind == .array
      let kind =
        isSteps ? try steps(document.root, source, id) : try merge(document.root, relationship, graph)
      guard let kind else { return HTTPResponse(status: 204, headers: ["etag": ETag.text(current)]) }
      let guarded = asked == .none && !isSteps ? Precondition.match(current) : asked
      do throws(NuriError) {
        return try await write(world, [Operation(kind, if: guarded, observed: instant("observed"))])
      } catch {
        attempt += 1
        guard error.code == .preconditionFailed, asked == .none, attempt < NativeLimits.mergeAttempts else {
          throw error
        }
      }
    }
  }

  private func steps(_ root: JSONNode, _ source: String, _ id: String) throws(NuriError) -> Operation.Kind? {
    let steps = try PatchReader.steps(root)
    return steps.isEmpty ? nil : .patchRelationship(source: source, id: id, steps)
  }

  private func merge(
    _ root: JSONNode, _ relationship: RelationshipRef, _ graph: Graph
  ) throws(NuriError) -> Operation.Kind? {
    guard root.members.contains(where: { !$0.key.hasPrefix("$") }) else { return nil }
    let now = graph.describe(relationship)
    let empty = now.properties.isEmpty ? Array("{}".utf8) : now.properties
    var writer = JSONWriter()
    PatchReader.merge(root, into: try JSONDocument(empty).root, &writer)
    return .change(
      .putRelationship(
        source: now.source, id: now.id, name: now.name, target: now.target,
        properties: writer.bytes.count > 2 ? writer.bytes : []))
  }

  func deleteRelationship() async throws -> HTTPResponse {
    let world = try await world()
    let graph = try await world.snapshot().graph
    let precondition = try requirement(current: graph.sequence(of: try relationship(in: graph)))
    let change = Change.deleteRelationship(source: path("twin"), id: path("relationship"))
    return try await write(
      world, [Operation(change, if: precondition, observed: instant("observed"))], etag: false)
  }
}
