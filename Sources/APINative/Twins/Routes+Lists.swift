import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// Lists of twins and of their relationships.
extension Route {
  static let lists: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/twins", "listTwins", "Twins in order of their making.",
      [
        .world, .at,
        Parameter(
          "model", .query, .text(most: 2048), "Only twins of this model or of one that extends it.",
          example: "dtmi:example:Room;1"),
        Parameter("exactly", .query, .flag, "Not of models that extend it."),
        Parameter(
          "prefix", .query, .text(most: TwinId.maximumBytes), "Only twins whose id starts with this.",
          example: "room-"),
      ] + Parameter.paging, answers: [.page("Twin", of: "Twins.")]
    ) { try await $0.listTwins() },
    Route(
      .get, "/v1/worlds/{world}/twins/{twin}/relationships", "listRelationships",
      "The relationships that leave a twin, in order of their ids.",
      [.world, .twin, .at, .relationshipName] + Parameter.paging,
      answers: [.page("Relationship", of: "Relationships.")]
    ) { try await $0.listRelationships(isOutgoing: true) },
    Route(
      .get, "/v1/worlds/{world}/twins/{twin}/incoming", "listIncoming",
      "The relationships that arrive at a twin, in order of their sources.",
      [.world, .twin, .at, .relationshipName] + Parameter.paging,
      answers: [.page("Relationship", of: "Relationships.")]
    ) { try await $0.listRelationships(isOutgoing: false) },
  ]
}

extension Parameter {
  fileprivate static let relationshipName = Parameter(
    "name", .query, .text(most: 512), "Only relationships of this name.", example: "isPartOf")
}

extension Call {
  func listTwins() async throws -> HTTPResponse {
    let state = try await state()
    let graph = state.graph
    var tables: Set<Int>?
    if let model = text("model") {
      _ = try graph.interface(model)
      tables = Set(graph.tables(ofModel: model, exactly: flag("exactly")))
    }
    let prefix = Array((text("prefix") ?? "").utf8)
    return try await listing(state) { [tables] (cursor, most, items) throws(NuriError) in
      var slot = 0
      if let cursor {
        guard let after = Int(cursor), after >= 0 else {
          throw NuriError(.invalidParameter, "This is not a cursor that a page of this list gave.")
        }
        slot = after
      }
      let end = graph.twinSlots
      while slot < end {
        let here = slot
        guard let twin = graph.twin(slot: here) else {
          slot += 1
          continue
        }
        let isWanted =
          tables?.contains(graph.table(of: twin)) ?? true
          && (prefix.isEmpty || graph.withId(of: twin) { $0.starts(with: prefix) })
        if isWanted {
          // Full, and there is another: the next page starts with it.
          if items.count == most { return String(here) }
          items.add { graph.writeTwin(twin, into: &$0) }
        }
        slot += 1
      }
      return nil
    }
  }

  func listRelationships(isOutgoing: Bool) async throws -> HTTPResponse {
    let state = try await state()
    let graph = state.graph
    let twin = try twin(in: graph)
    var index: Int?
    if let name = text("name") { index = graph.nameIndex(name) ?? -1 }
    let all = try await work { [index] () throws(NuriError) in
      var found: [(key: String, item: RelationshipRef)] = []
      for each in isOutgoing ? graph.outgoing(twin) : graph.incoming(twin)
      where index == nil || graph.nameIndex(of: each) == index {
        // No id has a slash, so this orders by source, then by id, and no two are alike.
        let id = graph.id(of: each)
        found.append((isOutgoing ? id : "\(graph.id(of: graph.source(of: each)))/\(id)", each))
      }
      return found
    }
    return try await listing(state, walkInOrder(all) { graph.writeRelationship($0, into: &$1) })
  }
}
