import TwinEngine
import TwinGraph
import TwinModels
import TwinNet
import TwinValues

/// One twin: GET, PUT, PATCH, DELETE; its components; telemetry.
extension Route {
  private static let at = "/v1/worlds/{world}/twins/{twin}"

  static let twins: [Route] = [
    Route(
      .get, at, "getTwin", "A twin, now or as of any time.", [.world, .twin, .at, .ifChanged],
      answers: [
        .one("Twin", "The twin. As of the past without the times of its properties.", etag: true),
        .notModified,
      ]
    ) { try await $0.getTwin() },
    Route(
      .put, at, "putTwin", "Creates a twin, or replaces it wholly.",
      [.world, .twin, .reason, .observed, .ifMatch, .ifNoneMatch],
      body: Body(
        .named("NewTwin"), example: #"{"$metadata":{"$model":"dtmi:example:Room;1"},"temperature":21.5}"#),
      answers: [.receipt("It was replaced."), .receipt("It was created.", status: 201)],
      problems: [409, 412, 422]
    ) { try await $0.putTwin() },
    Route(
      .patch, at, "patchTwin", "Changes some of a twin's values, by JSON Patch or JSON merge patch.",
      [.world, .twin, .reason, .observed, .ifMatch],
      body: Body(
        [
          (MediaType.merge, .named("MergePatch")), (MediaType.patch, .named("JSONPatch")),
          (MediaType.json, .either([.named("JSONPatch"), .named("MergePatch")])),
        ], example: #"{"temperature":22.5,"setpoint":null}"#),
      answers: [.receipt(), .nothing], problems: [409, 412, 422]
    ) { try await $0.patchTwin() },
    Route(
      .delete, at, "deleteTwin", "Deletes a twin that has no relationships left.",
      [.world, .twin, .reason, .observed, .ifMatch], answers: [.receipt()], problems: [409, 412]
    ) { try await $0.deleteTwin() },
    Route(
      .get, at + "/components/{component}", "getComponent", "One component of a twin.",
      [.world, .twin, .component, .at, .ifChanged],
      answers: [.one("Component", "The component; its ETag is its twin's.", etag: true), .notModified]
    ) { try await $0.getComponent() },
    Route(
      .patch, at + "/components/{component}", "patchComponent", "Changes some of a component's values.",
      [.world, .twin, .component, .reason, .observed, .ifMatch],
      body: Body(
        [
          (MediaType.merge, .named("MergePatch")), (MediaType.patch, .named("JSONPatch")),
          (MediaType.json, .either([.named("JSONPatch"), .named("MergePatch")])),
        ], example: #"{"target":20}"#),
      answers: [.receipt(), .nothing], problems: [409, 412, 422]
    ) { try await $0.patchComponent() },
    Route(
      .post, at + "/telemetry", "sendTelemetry",
      "Sends a passing value: history and the feed keep it, the twin's state does not change.",
      [
        .world, .twin,
        Parameter("component", .query, .text(most: 512), "The component that sends it."), .reason, .observed,
      ],
      body: Body(.object([], others: .any), example: #"{"power":412.5}"#), answers: [.receipt()],
      problems: [422]
    ) { try await $0.sendTelemetry() },
  ]
}

extension Parameter {
  fileprivate static let component = Parameter(
    "component", .path, .text(most: 512), "A component's name.", example: "thermostat")
}

extension Call {
  /// The twin of the path in a state.
  /// - Throws: `NuriError` with code `twinNotFound` or `invalidId`.
  func twin(in graph: Graph) throws(NuriError) -> TwinRef {
    let id = path("twin")
    if let twin = graph.twin(id) { return twin }
    try TwinId.check(id)
    throw NuriError(.twinNotFound, "There is no twin \"\(id)\".")
  }

  /// The answer that nothing changed, when the client has this state at hand.
  func unchanged(_ current: UInt64) -> HTTPResponse? {
    guard let at = text("If-None-Match").flatMap({ ETagList($0) }), at.matches(current) else { return nil }
    return HTTPResponse(status: 304, headers: ["etag": ETag.text(current)])
  }

  func getTwin() async throws -> HTTPResponse {
    if point() != .now { return try await pastTwin(component: nil) }
    let state = try await world().snapshot()
    let twin = try twin(in: state.graph)
    let sequence = state.graph.sequence(of: twin)
    if let unchanged = unchanged(sequence) { return unchanged.stamped(state) }
    return Reply.twin(twin, in: state)
  }

  /// A twin as of the past, without building the whole world of that time.
  private func pastTwin(component: String?) async throws -> HTTPResponse {
    let world = try await world()
    let id = path("twin")
    try TwinId.check(id)
    let point = point()
    let found = try await work { () throws(NuriError) in try world.twin(id, at: point) }
    guard let found else {
      throw NuriError(.twinNotFound, "There was no twin \"\(id)\" then.")
    }
    if let component {
      let known = try await world.snapshot().graph.components(ofModel: found.model)
      guard
        known.contains(component) || found.properties.contains(where: { $0.path.hasPrefix(component + ".") })
      else { throw NuriError(.componentNotFound, "The twin \"\(id)\" had no component \"\(component)\".") }
    }
    if let unchanged = unchanged(found.sequence) { return unchanged }
    var response = Reply.json(reserving: 1024) {
      if let component { $0.pastComponent(component, found) } else { $0.pastTwin(id, found) }
    }
    response.headers.append("etag", ETag.text(found.sequence))
    response.headers.append("nuri-world", PercentCoding.encode(world.name))
    response.headers.append("nuri-at", point.text)
    return response
  }

  func getComponent() async throws -> HTTPResponse {
    let name = path("component")
    if point() != .now { return try await pastTwin(component: name) }
    let state = try await world().snapshot()
    let twin = try twin(in: state.graph)
    let sequence = state.graph.sequence(of: twin)
    var isThere = false
    var response = Reply.json { isThere = state.graph.writeComponent(name, of: twin, into: &$0) }
    guard isThere else { throw noComponent(name) }
    if let unchanged = unchanged(sequence) { return unchanged.stamped(state) }
    response.headers.append("etag", ETag.text(sequence))
    return response.stamped(state)
  }

  private func noComponent(_ name: String) -> NuriError {
    NuriError(.componentNotFound, "The twin \"\(path("twin"))\" has no component \"\(name.prefix(200))\".")
  }

  func putTwin() async throws -> HTTPResponse {
    let id = path("twin")
    try TwinId.check(id)
    let document = try await json()
    if let stated = document.root["$dtId"]?.string, stated != id {
      throw NuriError(.invalidBody, "The body's \"$dtId\" is not the path's id.")
    }
    let world = try await world()
    var graph = try await world.snapshot().graph
    let current = graph.twin(id).map { graph.sequence(of: $0) }
    let precondition = try requirement(current: current)
    do throws(NuriError) {
      let change = try graph.twinChange(from: document.root, id: id)
      let operation = Operation(change, if: precondition, observed: instant("observed"))
      return try await write(world, [operation], status: current == nil ? 201 : 200)
    } catch {
      throw Problem(error, here: [.modelNotFound: 422])
    }
  }

  func patchTwin() async throws -> HTTPResponse { try await patch(component: nil) }

  func patchComponent() async throws -> HTTPResponse { try await patch(component: path("component")) }

  private func patch(component: String?) async throws -> HTTPResponse {
    let isPatch = try media() == MediaType.patch
    let document = try await json()
    let world = try await world()
    var attempt = 0
    while true {
      let graph = try await world.snapshot().graph
      let twin = try twin(in: graph)
      if let component, !graph.layout(of: twin).components.contains(component) {
        throw noComponent(component)
      }
      let current = graph.sequence(of: twin)
      let asked = try requirement(current: current)
      let isSteps = isPatch || document.root.kind == .array
      let reader = PatchReader(graph: graph, twin: twin, component: component)
      guard
        let patch = isSteps
          ? try reader.steps(document.root) : try reader.merge(document.root)
      else { return HTTPResponse(status: 204, headers: ["etag": ETag.text(current)]) }
      let guarded = asked == .none && patch.dependsOnState ? Precondition.match(current) : asked
      do throws(NuriError) {
        return try await write(
          world, [Operation(patch.kind, if: guarded, observed: instant("observed"))])
      } catch {
        attempt += 1
        // A merge is made against what was read: when others wrote meanwhile, it is made anew.
        guard error.code == .preconditionFailed, asked == .none, attempt < NativeLimits.mergeAttempts else {
          throw Problem(error, here: [.modelNotFound: 422])
        }
      }
    }
  }

  func deleteTwin() async throws -> HTTPResponse {
    let world = try await world()
    let graph = try await world.snapshot().graph
    let precondition = try requirement(current: graph.sequence(of: try twin(in: graph)))
    return try await write(
      world, [Operation(.deleteTwin(id: path("twin")), if: precondition, observed: instant("observed"))],
      etag: false)
  }

  func sendTelemetry() async throws -> HTTPResponse {
    let document = try await json()
    let world = try await world()
    let graph = try await world.snapshot().graph
    let twin = try twin(in: graph)
    let component = text("component")
    if let component, !graph.layout(of: twin).components.contains(component) { throw noComponent(component) }
    var writer = JSONWriter()
    writer.node(document.root)
    let change = Change.telemetry(twin: path("twin"), component: component, payload: writer.bytes)
    return try await write(world, [Operation(change, observed: instant("observed"))], etag: false)
  }
}

extension Graph {
  /// The names of the components of a model's twins.
  fileprivate func components(ofModel id: String) -> [String] {
    (try? interface(id))?.components.map(\.name) ?? []
  }
}

extension JSONWriter {
  /// A twin of the past in the shape of one of the present, without the times of its properties.
  fileprivate mutating func pastTwin(_ id: String, _ twin: PastTwin) {
    beginObject()
    member("$dtId", id)
    member("$etag", ETag.text(twin.sequence))
    var components: [String] = []
    for property in twin.properties {
      guard let dot = property.path.firstIndex(of: ".") else {
        member(property.path, property.value)
        continue
      }
      let component = String(property.path[..<dot])
      if !components.contains(component) { components.append(component) }
    }
    for component in components {
      key(component)
      pastComponent(component, twin)
    }
    key("$metadata")
    beginObject()
    member("$model", twin.model)
    endObject()
    endObject()
  }

  fileprivate mutating func pastComponent(_ component: String, _ twin: PastTwin) {
    beginObject()
    for property in twin.properties where property.path.hasPrefix(component + ".") {
      member(String(property.path.dropFirst(component.count + 1)), property.value)
    }
    key("$metadata")
    beginObject()
    endObject()
    endObject()
  }
}
