public import TwinEngine
import TwinGraph
import TwinValues

/// The data plane of Azure Digital Twins (api-version 2023-10-31) over one world, as one principal sees it.
///
/// ```swift
/// let api = AzureAPI(session)
/// let answer = await api.respond(
///   to: AzureRequest(method: "GET", path: "/digitaltwins/bldg-1", query: "api-version=2023-10-31"))
/// ```
///
/// All calls may come from any thread. Reads are of one state of the world and see every write acknowledged before
/// them; a write is one batch, on disk when its answer is given.
public struct AzureAPI: Sendable {
  let session: Session
  let worldName: String
  let endpoints: Set<String>
  let jobs: AzureJobs?

  /// Makes an API; it costs nothing to make one for each request.
  ///
  /// - Parameters:
  ///   - world: the world that requests are about.
  ///   - endpoints: the names of the endpoints that event routes may lead to.
  ///   - jobs: what jobs stand on; without it there are none.
  public init(
    _ session: Session, world: String = Engine.live, endpoints: Set<String> = [], jobs: AzureJobs? = nil
  ) {
    self.session = session
    worldName = world
    self.endpoints = endpoints
    self.jobs = jobs
  }

  /// Answers a request. It never fails: what goes wrong is an answer too.
  public func respond(to request: AzureRequest) async -> AzureResponse {
    do {
      let route = try Route(request.path)
      let parameters = try Parameters(request.query)
      try ApiVersion.check(parameters, for: route)
      guard route.methods.contains(request.method) else {
        var error = AzureError(
          .methodNotAllowed, "The method \(request.method.prefix(20)) is not for this path.")
        error.allowed = route.methods
        throw error
      }
      try checkBody(request, route)
      if let twin = route.twin { try TwinId.check(twin) }
      let response = try await answer(request, route, parameters)
      let showsTwins = route.showsTwins && !response.body.isEmpty
      return showsTwins && parameters.version == ApiVersion.oldest
        ? try response.withoutUpdateTimes() : response
    } catch {
      return AzureResponse(AzureError(thrown: error))
    }
  }

  private func checkBody(_ request: AzureRequest, _ route: Route) throws(AzureError) {
    let limit = route == .models ? AzureLimits.modelRequestBytes : AzureLimits.requestBytes
    guard request.body.count <= limit else {
      throw AzureError(
        .payloadTooLarge, "The request has \(request.body.count) bytes; the limit is \(limit).")
    }
    guard !request.body.isEmpty, let type = request.header("Content-Type") else { return }
    let media = type.prefix { $0 != ";" && $0 != " " }.lowercased()
    guard media == "application/json" || media.hasSuffix("+json") else {
      throw AzureError(
        .unsupportedMediaType, "The body is JSON: application/json or application/json-patch+json.")
    }
  }

  private func answer(
    _ request: AzureRequest, _ route: Route, _ parameters: Parameters
  ) async throws -> AzureResponse {
    switch (request.method, route) {
    case ("GET", .models): try await listModels(request, parameters)
    case ("POST", .models): try await addModels(request)
    case ("GET", .model(let id)): try await getModel(id, parameters)
    case ("PATCH", .model(let id)): try await patchModel(id, request)
    case ("DELETE", .model(let id)): try await deleteModel(id, request)
    case ("POST", .query): try await query(request)
    case ("GET", .twin(let id)): try await getTwin(id)
    case ("PUT", .twin(let id)): try await putTwin(id, request)
    case ("PATCH", .twin(let id)): try await patchTwin(id, request)
    case ("DELETE", .twin(let id)): try await deleteTwin(id, request)
    case ("GET", .component(let twin, let name)): try await getComponent(name, of: twin)
    case ("PATCH", .component(let twin, let name)): try await patchComponent(name, of: twin, request)
    case ("POST", .telemetry(let twin)): try await sendTelemetry(twin, component: nil, request)
    case ("POST", .componentTelemetry(let twin, let name)):
      try await sendTelemetry(twin, component: name, request)
    case ("GET", .relationships(let twin)): try await listRelationships(of: twin, request, parameters)
    case ("GET", .incomingRelationships(let twin)): try await listIncoming(to: twin, request, parameters)
    case ("GET", .relationship(let twin, let id)): try await getRelationship(twin, id)
    case ("PUT", .relationship(let twin, let id)): try await putRelationship(twin, id, request)
    case ("PATCH", .relationship(let twin, let id)): try await patchRelationship(twin, id, request)
    case ("DELETE", .relationship(let twin, let id)): try await deleteRelationship(twin, id, request)
    case ("GET", .eventRoutes): try await listEventRoutes(request, parameters)
    case ("GET", .eventRoute(let id)): try await getEventRoute(id)
    case ("PUT", .eventRoute(let id)): try await putEventRoute(id, request)
    case ("DELETE", .eventRoute(let id)): try await deleteEventRoute(id, request)
    default: try await answerJob(request, route, parameters)
    }
  }

  private func answerJob(
    _ request: AzureRequest, _ route: Route, _ parameters: Parameters
  ) async throws -> AzureResponse {
    switch (request.method, route) {
    case ("GET", .importJobs): try await listJobs(.imports, request, parameters)
    case ("GET", .importJob(let id)): try await getJob(.imports, id)
    case ("PUT", .importJob(let id)): try await putImportJob(id, request)
    case ("DELETE", .importJob(let id)): try await deleteImportJob(id)
    case ("POST", .importJobCancel(let id)): try await cancelImportJob(id)
    case ("GET", .deletionJobs): try await listJobs(.deletion, request, parameters)
    case ("POST", .deletionJobs): try await addDeletionJob(request, parameters)
    case ("GET", .deletionJob(let id)): try await getJob(.deletion, id)
    default: throw AzureError(.methodNotAllowed, "The method is not for this path.")
    }
  }
}

extension AzureAPI {
  /// The newest state of the world.
  func graph() async throws(NuriError) -> Graph {
    try await session.world(worldName).snapshot().graph
  }

  /// Makes one change, on disk when this returns.
  @discardableResult
  func write(_ operation: Operation, reason: String = "") async throws(NuriError)
    -> Receipt
  {
    try await session.world(worldName).write([operation], reason: reason)
  }

  /// The body as JSON.
  /// - Throws: `badRequest` when there is none or it is not JSON.
  func document(_ request: AzureRequest) throws(AzureError) -> JSONDocument {
    guard !request.body.isEmpty else { throw AzureError(.badRequest, "The request needs a body.") }
    do throws(NuriError) {
      return try JSONDocument(request.body)
    } catch {
      throw AzureError(.badRequest, error)
    }
  }
}

extension Graph {
  /// The twin with an id.
  /// - Throws: `NuriError` with code `twinNotFound`.
  func existing(_ id: String) throws(NuriError) -> TwinRef {
    guard let twin = twin(id) else {
      throw NuriError(.twinNotFound, "There is no twin \"\(id)\".")
    }
    return twin
  }
}
