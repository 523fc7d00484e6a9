import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// Worlds: list, fork, look at, label, discard.
extension Route {
  static let worlds: [Route] = [
    Route(
      .get, "/v1/worlds", "listWorlds", "The live world and its forks, in order of their names.",
      [
        Parameter("parent", .query, .text(most: 64), "Only forks of this world.", example: "live"),
        Parameter(
          "label", .query, .text(most: NativeLimits.labelBytes), "Only those whose label has this in it."),
      ] + Parameter.paging, answers: [.page("World", of: "Worlds.")]
    ) { try await $0.listWorlds() },
    Route(
      .post, "/v1/worlds", "forkWorld", "Forks a world, now or as of any time.",
      body: Body(
        .named("NewWorld"), example: #"{"name":"plan-b","parent":"live","at":"-2h","label":"what if"}"#),
      answers: [Answer(201, "The fork.", .named("World"))], problems: [409, 422]
    ) { try await $0.forkWorld() },
    Route(
      .get, "/v1/worlds/{world}", "getWorld", "A world, and how far it has come.", [.world],
      answers: [.one("World", "The world.")]
    ) { try await $0.getWorld() },
    Route(
      .patch, "/v1/worlds/{world}", "editWorld", "Changes a fork's label or expiry.", [.world],
      body: Body(
        [(MediaType.json, .named("WorldEdit")), (MediaType.merge, .named("WorldEdit"))],
        example: #"{"label":"keep","expires":null}"#), answers: [.one("World", "The world.")], problems: [409]
    ) { try await $0.editWorld() },
    Route(
      .delete, "/v1/worlds/{world}", "discardWorld", "Discards a fork that no other fork comes from.",
      [.world], answers: [Answer(204, "It is gone, and its space is free.")], problems: [409]
    ) { try await $0.discardWorld() },
  ]
}

extension Call {
  /// The worlds there are.
  private func infos() async throws(NuriError) -> [WorldInfo] {
    let session = session
    return try await work { () throws(NuriError) in try session.worlds() }
  }

  private func info(_ name: String) async throws(NuriError) -> WorldInfo {
    guard let info = try await infos().first(where: { $0.name == name }) else {
      throw NuriError(
        .worldNotFound, "There is no world \"\(name)\".", advice: "GET /v1/worlds lists them.")
    }
    return info
  }

  func listWorlds() async throws -> HTTPResponse {
    let (parent, label) = (text("parent"), text("label"))
    let wanted = try await infos().filter {
      (parent == nil || $0.parent == parent) && (label == nil || $0.label.contains(label ?? ""))
    }
    return try await listing(
      nil, walkInOrder(wanted.map { (key: $0.name, item: $0) }) { $1.world($0, nil) })
  }

  func getWorld() async throws -> HTTPResponse {
    let info = try await info(path("world"))
    let state = try await world().snapshot()
    return Reply.json { $0.world(info, state) }.stamped(state)
  }

  func forkWorld() async throws -> HTTPResponse {
    let root = try await json().root
    let name = root["name"]?.string ?? ""
    let parent = WorldInstant(root["parent"]?.string ?? Engine.live, try point(in: root))
    let mode = root["mode"]?.string.flatMap { ForkMode(rawValue: $0) } ?? .detached
    let label = root["label"]?.string ?? ""
    let expires = try root["expires"]?.string.map { text throws(NuriError) in try expiry(text) }
    let session = session
    try await work { () throws(NuriError) in
      _ = try session.fork(parent, name: name, mode: mode, label: label, expires: expires)
    }
    let info = try await info(name)
    let state = try await world(name).snapshot()
    var response = Reply.json(201) { $0.world(info, state) }
    response.headers.append("location", "/v1/worlds/\(PercentCoding.encode(name))")
    return response.stamped(state)
  }

  /// The point in time that a body's `at` names.
  func point(in root: JSONNode) throws(NuriError) -> AsOf {
    guard let text = root["at"]?.string else { return .now }
    guard let point = Point(text) else {
      throw NuriError(.invalidBody, "body.at is \(Point.explanation).", at: root["at"]?.place)
    }
    return point.asOf(services.clock.now())
  }

  /// An instant, or a time from now such as `7d`.
  func expiry(_ text: String) throws(NuriError) -> Instant {
    if let span = Point.span(text.first == "+" ? text.dropFirst() : text[...]) {
      return Instant(microseconds: services.clock.now().microseconds + span)
    }
    if let instant = try? Instant(text) { return instant }
    throw NuriError(
      .invalidBody, "body.expires is an instant such as 2026-10-31T09:00:00Z, or a time from now such as 7d.")
  }

  func editWorld() async throws -> HTTPResponse {
    let root = try await json().root
    let name = path("world")
    var expires: Instant??
    if let given = root["expires"] {
      expires = .some(nil)
      if let text = given.string { expires = .some(try expiry(text)) }
    }
    let label = root["label"]?.string
    let session = session
    if name == Engine.live {
      throw NuriError(.conflict, "The live world has neither a label nor an end.")
    }
    try await work { [expires] () throws(NuriError) in
      try session.edit(name, label: label, expires: expires)
    }
    return try await getWorld()
  }

  func discardWorld() async throws -> HTTPResponse {
    let name = path("world")
    if name == Engine.live { throw NuriError(.conflict, "The live world can't be discarded.") }
    let session = session
    try await work { () throws(NuriError) in try session.discard(name) }
    return HTTPResponse(status: 204)
  }
}

extension JSONWriter {
  /// A world in a list, or, with its state, one that was asked for.
  fileprivate mutating func world(_ info: WorldInfo, _ state: Snapshot?) {
    beginObject()
    member("name", info.name)
    if info.parent != nil {
      member("parent", info.parent)
      member("forkPoint", info.forkPoint)
      member("forkedAt", info.forked?.description)
      member("mode", info.mode.rawValue)
      member("label", info.label)
      member("created", info.created.description)
      member("expires", info.expires?.description)
      member("owner", info.owner)
    }
    if let state {
      member("sequence", state.sequence)
      member("recorded", state.recorded.description)
    }
    endObject()
  }
}
