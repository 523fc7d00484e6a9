import TwinEngine
import TwinGraph
import TwinModels
import TwinValues

/// Models: GET, POST `/models`; GET, PATCH, DELETE `/models/{id}`.
extension AzureAPI {
  func getModel(_ id: String, _ parameters: Parameters) async throws -> AzureResponse {
    _ = try DTMI(id)
    let isWhole = try parameters.flag("includeModelDefinition")
    let graph = try await graph()
    var writer = JSONWriter()
    graph.write(try graph.interface(id), isWhole: isWhole, into: &writer)
    return .json(body: writer.bytes)
  }

  func listModels(_ request: AzureRequest, _ parameters: Parameters) async throws -> AzureResponse {
    let isWhole = try parameters.flag("includeModelDefinition")
    let page = try Page(request, parameters, standard: AzureLimits.defaultPageItems)
    let graph = try await graph()
    // The JavaScript SDK writes "dependenciesFor=" when it means no model.
    let wanted = parameters.all("dependenciesFor").filter { !$0.isEmpty }
    let models = wanted.isEmpty ? graph.models.interfaces : try graph.modelsNeeded(by: wanted)
    return page.response(models, by: \.id.text, to: request, parameters) {
      graph.write($0, isWhole: isWhole, into: &$1)
    }
  }

  func addModels(_ request: AzureRequest) async throws -> AzureResponse {
    let root = try document(request).root
    guard root.kind == .array, root.count > 0, root.elements.allSatisfy({ $0.kind == .object }) else {
      throw AzureError(.invalidArgument, "Models are given as a JSON array of at least one object.")
    }
    guard root.count <= AzureLimits.modelsPerRequest else {
      throw AzureError(
        .limitExceeded, "The request has \(root.count) models; the limit is \(AzureLimits.modelsPerRequest).")
    }
    let ids = root.elements.compactMap { $0["@id"]?.string }
    let documents = root.elements.map { Array($0.sourceText.utf8) }
    do throws(NuriError) {
      try await write(Operation(.addModels(documents)))
    } catch {
      throw try await explain(error, ids, documents)
    }
    let graph = try await graph()
    var writer = JSONWriter()
    writer.beginArray()
    for id in ids {
      // Another request may have deleted it meanwhile.
      guard let model = try? graph.interface(id) else { continue }
      graph.write(model, isWhole: false, into: &writer)
    }
    writer.endArray()
    return .json(201, body: writer.bytes)
  }

  /// Which of the ways to be wrong it was.
  private func explain(
    _ error: NuriError, _ ids: [String], _ documents: [[UInt8]]
  ) async throws(NuriError) -> AzureError {
    guard error.code == .invalidModel else { return AzureError(error) }
    let models = try await graph().models
    let known = ids.filter { id in (try? DTMI(id)).flatMap { models[$0] } != nil }
    if !known.isEmpty {
      return AzureError(
        .modelIdAlreadyExists,
        "There are models with these ids already: \(known.prefix(10).joined(separator: ", ")).")
    }
    let faults = (try? models.faults(adding: documents)) ?? []
    let versions: Set<ModelRule> = [.unrecognizedContextVersion, .disallowedContextVersion]
    var explained = AzureError(
      faults.contains { versions.contains($0.rule) } ? .modelVersionNotSupported : .dtdlParserError, error)
    explained.details = faults.prefix(10).map(\.description)
    return explained
  }

  func patchModel(_ id: String, _ request: AzureRequest) async throws -> AzureResponse {
    _ = try DTMI(id)
    let graph = try await graph()
    _ = try graph.interface(id)
    let steps = try PatchDocument(request.body).steps
    guard let last = steps.last else { return .noContent() }
    for step in steps {
      let isFit =
        step.action == .replace && step.path == "/decommissioned"
        && (step.value == Array("true".utf8) || step.value == Array("false".utf8))
      guard isFit else {
        throw AzureError(
          .jsonPatchInvalid, "Of a model only \"/decommissioned\" can be replaced, by true or false.")
      }
    }
    let isOut = last.value == Array("true".utf8)
    if isOut != graph.isDecommissioned(id) {
      try await write(Operation(.decommissionModel(id: id, isOut)))
    }
    return .noContent()
  }

  func deleteModel(_ id: String, _ request: AzureRequest) async throws -> AzureResponse {
    _ = try DTMI(id)
    try await write(Operation(.deleteModel(id: id)))
    return .noContent()
  }
}

extension Graph {
  /// Models and all that they need, directly or through others.
  /// - Throws: `AzureError` or `NuriError` for too many models, no id, or a model there is not.
  fileprivate func modelsNeeded(by ids: [String]) throws -> [Interface] {
    guard ids.count <= AzureLimits.dependenciesFor else {
      throw AzureError(
        .limitExceeded, "The parameter dependenciesFor is given at most \(AzureLimits.dependenciesFor) times."
      )
    }
    var found: Set<DTMI> = []
    var open: [DTMI] = []
    for id in ids {
      _ = try DTMI(id)
      open.append(try interface(id).id)
    }
    while let id = open.popLast() {
      if found.insert(id).inserted { open += models.dependencies(of: id) }
    }
    return found.compactMap { models[$0] }
  }

  fileprivate func write(_ model: Interface, isWhole: Bool, into writer: inout JSONWriter) {
    let id = model.id.text
    writer.beginObject()
    writer.key("id")
    writer.string(id)
    for (key, texts) in [("description", model.description), ("displayName", model.displayName)] {
      writer.key(key)
      writer.beginObject()
      for (language, text) in texts.texts {
        writer.key(language)
        writer.string(text)
      }
      writer.endObject()
    }
    writer.key("decommissioned")
    writer.bool(isDecommissioned(id))
    if let added = added(model: id) {
      writer.key("uploadTime")
      writer.string(added.description)
    }
    if isWhole {
      writer.key("model")
      writer.raw(model.source)
    }
    writer.endObject()
  }
}
