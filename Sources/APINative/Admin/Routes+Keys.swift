import TwinEngine
import TwinNet
import TwinValues

/// API keys: list, make, revoke, forget.
extension Route {
  private static let key = Parameter(
    "key", .path, .text(most: 128), "A key's id, as the list shows it; not its text.", example: "k3x9")

  static let keys: [Route] = [
    Route(
      .get, "/v1/keys", "listKeys", "API keys, oldest first, revoked and expired ones too.", Parameter.paging,
      answers: [.page("Key", of: "Keys.")]
    ) { try await $0.listKeys() },
    Route(
      .post, "/v1/keys", "createKey", "Makes an API key. Its text is shown this once and never kept.",
      body: Body(
        .named("NewKey"), example: #"{"label":"dashboard","roles":["reader"],"expires":"90d"}"#),
      answers: [Answer(201, "The key.", .named("CreatedKey"))], problems: [422]
    ) { try await $0.createKey() },
    Route(
      .delete, "/v1/keys/{key}", "revokeKey", "Revokes a key: from the next request on it opens nothing.",
      [key, Parameter("forget", .query, .flag, "Also takes it out of the list.")],
      answers: [Answer(204, "It opens nothing any more.")]
    ) { try await $0.revokeKey() },
  ]
}

extension Shape {
  private static let key: [Member] = [
    Member("id", .text(most: 128), required: true), Member("label", .text(most: 256), required: true),
    Member("roles", .list(roles), required: true), Member("groups", .list(.text(most: 128)), required: true),
    Member("created", .instant, required: true), Member("expires", .instant), Member("revoked", .instant),
  ]

  private static let roles = Shape.choice(Principal.Role.allCases.map(\.rawValue))

  static let keyShapes: [String: Shape] = [
    "Key": .object(key),
    "CreatedKey": .object(
      key + [Member("key", .text(most: 256), required: true, "What to send: Authorization: Bearer …")]),
    "NewKey": .object([
      Member("label", .text(most: AccessLimits.labelBytes), "Whose it is or what for."),
      Member("roles", .list(roles, most: 8), required: true, "What it allows."),
      Member("groups", .list(.text(most: AccessLimits.groupBytes), most: AccessLimits.groups)),
      Member("expires", .text(most: 64), "An instant, or a time from now such as 90d."),
    ]),
  ]
}

extension Call {
  func listKeys() async throws -> HTTPResponse {
    let session = session
    let keys = try await work { () throws(NuriError) in try session.keys() }
    return try await listing(
      nil, walkInOrder(keys.map { (key: "\($0.created) \($0.id)", item: $0) }) { $1.key($0, text: nil) })
  }

  func createKey() async throws -> HTTPResponse {
    let root = try await json().root
    let roles = Set(
      (root["roles"]?.elements.compactMap(\.string) ?? []).compactMap { Principal.Role(rawValue: $0) })
    let groups = Set(root["groups"]?.elements.compactMap(\.string) ?? [])
    let expires = try root["expires"]?.string.map { text throws(NuriError) in try expiry(text) }
    let label = root["label"]?.string ?? ""
    let session = session
    let made = try await work { () throws(NuriError) in
      try session.createKey(label: label, roles: roles, groups: groups, expires: expires)
    }
    var response = Reply.json(201) { $0.key(made.entry, text: made.text) }
    response.headers.append("location", "/v1/keys/\(PercentCoding.encode(made.entry.id))")
    response.headers.append("cache-control", "no-store")
    return response
  }

  func revokeKey() async throws -> HTTPResponse {
    let (session, id, isForgotten) = (session, path("key"), flag("forget"))
    try await work { () throws(NuriError) in
      if isForgotten { try session.deleteKey(id) } else { try session.revokeKey(id) }
    }
    return HTTPResponse(status: 204)
  }
}

extension JSONWriter {
  fileprivate mutating func key(_ entry: KeyEntry, text: String?) {
    beginObject()
    member("id", entry.id)
    member("label", entry.label)
    texts("roles", entry.roles.sorted().map(\.rawValue))
    texts("groups", entry.groups.sorted())
    member("created", entry.created.description)
    member("expires", entry.expires?.description)
    member("revoked", entry.revoked?.description)
    member("key", text)
    endObject()
  }

  /// A member that is a list of texts.
  mutating func texts(_ name: String, _ texts: [String]) {
    key(name)
    beginArray()
    for text in texts { string(text) }
    endArray()
  }
}
