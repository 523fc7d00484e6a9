import TwinEngine
import TwinNet
import TwinValues

/// Views and queries that people save under a name.
extension Route {
  private static let kind = Parameter(
    "kind", .path, .choice(Saved.Kind.allCases.map(\.rawValue)), "view or query.", example: "view")
  private static let name = Parameter(
    "name", .path, .text(most: Saved.Limits.nameBytes), "The name it is saved under.", example: "morning")
  private static let owner = Parameter(
    "owner", .query, .text(most: 512), "Whose: a principal's id. One's own before others' when left out.")

  static let saved: [Route] = [
    Route(
      .get, "/v1/saved/{kind}", "listSaved", "What one saved and what others share, by name.",
      [kind] + Parameter.paging, answers: [.page("Saved", of: "Saved documents.")]
    ) { try await $0.listSaved() },
    Route(
      .get, "/v1/saved/{kind}/{name}", "getSaved", "What is saved under a name.", [kind, name, owner],
      answers: [Answer(200, "The document.", .named("Saved"))]
    ) { try await $0.getSaved() },
    Route(
      .put, "/v1/saved/{kind}/{name}", "putSaved",
      "Saves a document under a name, in place of one's own of that name. Sharing takes the right to write.",
      [kind, name],
      body: Body(
        .named("NewSaved"), limit: Saved.Limits.bodyBytes + 1024,
        example: #"{"shared":true,"body":{"world":"live","at":"2026-10-31T09:00:00Z"}}"#),
      answers: [Answer(200, "The document.", .named("Saved"))], problems: [422]
    ) { try await $0.putSaved() },
    Route(
      .delete, "/v1/saved/{kind}/{name}", "deleteSaved",
      "Deletes one's own document of a name; an admin may delete what others share.", [kind, name, owner],
      answers: [Answer(204, "It is gone.")]
    ) { try await $0.deleteSaved() },
  ]
}

extension Shape {
  static let savedShapes: [String: Shape] = [
    "Saved": .object([
      Member("name", .text(most: Saved.Limits.nameBytes), required: true),
      Member("owner", .text(most: 512), required: true, "Who saved it."),
      Member("saved", .instant, required: true, "When."), Member("shared", .flag, required: true),
      Member("body", .object([], others: .any), required: true),
    ]),
    "NewSaved": .object([
      Member("name", .text(most: Saved.Limits.nameBytes), "The path's when given."),
      Member("shared", .flag, "Whether everybody may read it; false when left out."),
      Member("body", .object([], others: .any), required: true, "The document: {\"body\": {…}}."),
    ]),
  ]
}

extension Call {
  private var kind: Saved.Kind { Saved.Kind(rawValue: path("kind")) ?? .view }

  func listSaved() async throws -> HTTPResponse {
    let (session, kind) = (session, kind)
    let all = try await work { () throws(NuriError) in try session.saved(kind) }
    return try await listing(
      nil, walkInOrder(all.map { (key: "\($0.name)\n\($0.owner)", item: $0) }) { $1.raw($0.json) })
  }

  func getSaved() async throws -> HTTPResponse {
    let (session, kind, name, owner) = (session, kind, path("name"), text("owner"))
    let saved = try await work { () throws(NuriError) in try session.saved(kind, name, of: owner) }
    return Reply.json { $0.raw(saved.json) }
  }

  func putSaved() async throws -> HTTPResponse {
    let root = try await json().root
    let (session, kind, name) = (session, kind, path("name"))
    if let stated = root["name"]?.string, stated != name {
      throw NuriError(.invalidBody, "The body's \"name\" is not the path's.")
    }
    let isShared = root["shared"]?.bool ?? false
    let body = Array((root["body"]?.sourceText ?? "").utf8)
    let saved = try await work { () throws(NuriError) in
      try session.save(kind, name, body, shared: isShared)
    }
    return Reply.json { $0.raw(saved.json) }
  }

  func deleteSaved() async throws -> HTTPResponse {
    let (session, kind, name, owner) = (session, kind, path("name"), text("owner"))
    try await work { () throws(NuriError) in try session.deleteSaved(kind, name, of: owner) }
    return HTTPResponse(status: 204)
  }
}
