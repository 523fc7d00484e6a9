import TwinEngine
import TwinGraph
import TwinModels
import TwinNet
import TwinValues

/// Models of a world: list, add, look at, take out of use, delete.
extension Route {
  static let models: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/models", "listModels", "Models in order of their DTMIs.",
      [
        .world, .at, Parameter("definition", .query, .flag, "With their DTDL."),
        Parameter(
          "neededBy", .query, .text(most: 2048), "Only this model and all that it needs.",
          example: "dtmi:example:Room;1"),
      ] + Parameter.paging, answers: [.page("Model", of: "Models.")]
    ) { try await $0.listModels() },
    Route(
      .post, "/v1/worlds/{world}/models", "addModels",
      "Adds models: a DTDL interface or an array of them, which may refer to one another in any order.",
      [.world, .reason],
      body: Body(
        .named("NewModels"), limit: NativeLimits.modelBytes,
        example:
          ##"[{"@id":"dtmi:example:Room;1","@type":"Interface","@context":"dtmi:dtdl:context;3","contents":[]}]"##
      ), answers: [.receipt("They are there.", status: 201)], problems: [409, 422]
    ) { try await $0.addModels() },
    Route(
      .get, "/v1/worlds/{world}/models/{model}", "getModel", "A model with its DTDL.", [.world, .model, .at],
      answers: [.one("Model", "The model.")]
    ) { try await $0.getModel() },
    Route(
      .patch, "/v1/worlds/{world}/models/{model}", "editModel",
      "Takes a model out of use (no new twins), or back into it.", [.world, .model, .reason],
      body: Body(
        [(MediaType.json, .named("ModelEdit")), (MediaType.merge, .named("ModelEdit"))],
        example: #"{"decommissioned":true}"#), answers: [.receipt()], problems: [409]
    ) { try await $0.editModel() },
    Route(
      .delete, "/v1/worlds/{world}/models/{model}", "deleteModel",
      "Deletes a model that no twin and no other model uses.", [.world, .model, .reason],
      answers: [.receipt()], problems: [409, 422]
    ) { try await $0.deleteModel() },
  ]
}

extension Call {
  func listModels() async throws -> HTTPResponse {
    let state = try await state()
    let isWhole = flag("definition")
    let graph = state.graph
    var models = graph.models.interfaces
    if let root = text("neededBy") {
      var found: Set<DTMI> = []
      var open = [try graph.interface(root).id]
      while let id = open.popLast() {
        if found.insert(id).inserted { open += graph.models.dependencies(of: id) }
      }
      models = found.compactMap { graph.models[$0] }
    }
    return try await listing(
      state,
      walkInOrder(models.map { (key: $0.id.text, item: $0) }) { $1.model($0, of: graph, isWhole: isWhole) })
  }

  func getModel() async throws -> HTTPResponse {
    let state = try await state()
    let id = path("model")
    _ = try DTMI(id)
    let model = try state.graph.interface(id)
    return Reply.json(reserving: 4096) { $0.model(model, of: state.graph, isWhole: true) }.stamped(state)
  }

  func addModels() async throws -> HTTPResponse {
    let root = try await json().root
    let nodes = root.kind == .array ? Array(root.elements) : [root]
    guard !nodes.isEmpty else { throw NuriError(.invalidBody, "There is no model in the body.") }
    let documents = nodes.map { Array($0.sourceText.utf8) }
    let world = try await world()
    let known = try await world.snapshot().graph.models
    for node in nodes {
      let id = try DTMI(node["@id"]?.string ?? "")
      if known[id] != nil {
        throw NuriError(
          .modelExists, "There is a model \(id.text) already.", advice: "Give the new one another version.")
      }
    }
    do throws(NuriError) {
      return try await write(world, [Operation(.addModels(documents))], status: 201, etag: false)
    } catch {
      throw Problem(error, here: [.modelNotFound: 422])
    }
  }

  func editModel() async throws -> HTTPResponse {
    let isOut = try await json().root["decommissioned"]?.bool ?? false
    let id = path("model")
    _ = try DTMI(id)
    return try await write(
      try await world(), [Operation(.decommissionModel(id: id, isOut))], etag: false)
  }

  func deleteModel() async throws -> HTTPResponse {
    let id = path("model")
    _ = try DTMI(id)
    return try await write(try await world(), [Operation(.deleteModel(id: id))], etag: false)
  }
}

extension JSONWriter {
  fileprivate mutating func model(_ model: Interface, of graph: Graph, isWhole: Bool) {
    let id = model.id.text
    beginObject()
    member("id", id)
    for (name, texts) in [("displayName", model.displayName), ("description", model.description)] {
      key(name)
      beginObject()
      for (language, text) in texts.texts { member(language, text) }
      endObject()
    }
    member("decommissioned", graph.isDecommissioned(id))
    member("uploaded", graph.added(model: id)?.description)
    if isWhole {
      key("definition")
      raw(model.source.onOneLine)
    }
    endObject()
  }
}
