import TwinEngine
import TwinNet
import TwinValues

/// Policies: list, put, delete, explain.
extension Route {
  private static let policy = Parameter(
    "policy", .path, .text(most: 128), "A policy's id.", example: "contractors-3")

  static let policies: [Route] = [
    Route(
      .get, "/v1/policies", "listPolicies", "The policies in force, in the order in which they decide.",
      answers: [Answer(200, "Policies.", .page(.named("Policy")))]
    ) { try await $0.listPolicies() },
    Route(
      .get, "/v1/policies/{policy}", "getPolicy", "A policy.", [policy],
      answers: [Answer(200, "The policy.", .named("Policy"))]
    ) { try await $0.getPolicy() },
    Route(
      .put, "/v1/policies/{policy}", "putPolicy",
      "Puts a policy in force, or another in its place: from the next request on, in every world and for every past.",
      [policy],
      body: Body(
        .named("NewPolicy"),
        example:
          #"{"order":30,"effect":"deny","principals":{"groups":["contractors"]},"twins":["bldg-*"],"paths":["owner"]}"#
      ), answers: [Answer(200, "The policy.", .named("Policy"))], problems: [422]
    ) { try await $0.putPolicy() },
    Route(
      .delete, "/v1/policies/{policy}", "deletePolicy", "Takes a policy out of force.", [policy],
      answers: [Answer(204, "It decides nothing any more.")]
    ) { try await $0.deletePolicy() },
    Route(
      .post, "/v1/policies/explain", "explainPolicy",
      "Whether somebody may read or write a twin, or one path of it, in the newest state of a world, and which rule decides.",
      body: Body(
        .named("Doubt"),
        example: #"{"principal":{"id":"user:kim","roles":["reader"]},"twin":"room-1","path":"temperature"}"#),
      answers: [Answer(200, "The decision.", .named("Decision"))]
    ) { try await $0.explain() },
  ]
}

extension Shape {
  private static let roles = Shape.choice(Principal.Role.allCases.map(\.rawValue))

  static let policyShapes: [String: Shape] = [
    "Policy": .object([Member("id", .text(most: 128), required: true)], others: .any),
    "NewPolicy": .object(
      [
        Member("id", .text(most: 128), "The path's when given."),
        Member(
          "order", .integer(-1_000_000...1_000_000), required: true, "Its place; the least decides first."),
        Member("effect", .choice(["allow", "deny"]), required: true, "\"allow\" or \"deny\""),
      ], others: .any),
    "Doubt": .object([
      Member("action", .choice(Policy.Action.allCases.map(\.rawValue)), "read when left out."),
      Member("world", .text(most: EngineLimits.worldNameBytes), "live when left out."),
      Member("twin", id, required: true), Member("path", .text(most: 2048), "The whole twin when left out."),
      Member(
        "principal",
        .object([
          Member("id", .text(most: 256), required: true), Member("roles", .list(roles, most: 8)),
          Member("groups", .list(.text(most: AccessLimits.groupBytes), most: AccessLimits.groups)),
        ]), "Whoever asks when left out."),
    ]),
    "Decision": .object([
      Member("allowed", .flag, required: true), Member("text", .text(most: .max), required: true),
      Member("policy", .text(most: 128), "The policy that decided, if one did."),
    ]),
    "AuditEntry": .object(
      [
        Member("number", .sequence, required: true), Member("time", .instant, required: true),
        Member("action", .text(most: .max), required: true),
        Member("outcome", .choice(AuditEntry.Outcome.allCases.map(\.rawValue)), required: true),
      ], others: .any),
  ]
}

extension Call {
  func listPolicies() async throws -> HTTPResponse {
    let session = session
    let policies = try await work { () throws(NuriError) in try session.policies() }
    return Reply.json(reserving: 4096) { writer in
      writer.beginObject()
      writer.key("items")
      writer.beginArray()
      for policy in policies { writer.raw(policy.json) }
      writer.endArray()
      writer.endObject()
    }
  }

  func getPolicy() async throws -> HTTPResponse {
    let (session, id) = (session, path("policy"))
    let policies = try await work { () throws(NuriError) in try session.policies() }
    guard let policy = policies.first(where: { $0.id == id }) else {
      throw NuriError(.policyNotFound, "There is no policy \"\(id)\".")
    }
    return Reply.json { $0.raw(policy.json) }
  }

  func putPolicy() async throws -> HTTPResponse {
    let root = try await json().root
    let id = path("policy")
    if let stated = root["id"]?.string, stated != id {
      throw NuriError(.invalidBody, "The body's \"id\" is not the path's.")
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", id)
    for (name, value) in root.members where name != "id" {
      writer.key(name)
      writer.node(value)
    }
    writer.endObject()
    let (session, json) = (session, writer.bytes)
    let policy = try await work { () throws(NuriError) in try session.putPolicy(json) }
    return Reply.json { $0.raw(policy.json) }
  }

  func deletePolicy() async throws -> HTTPResponse {
    let (session, id) = (session, path("policy"))
    try await work { () throws(NuriError) in try session.deletePolicy(id) }
    return HTTPResponse(status: 204)
  }

  func explain() async throws -> HTTPResponse {
    let root = try await json().root
    var principal = session.principal
    if let other = root["principal"] {
      principal = Principal(
        other["id"]?.string ?? "",
        roles: Set(
          (other["roles"]?.elements.compactMap(\.string) ?? []).compactMap { Principal.Role(rawValue: $0) }),
        groups: Set(other["groups"]?.elements.compactMap(\.string) ?? []))
    }
    let action = root["action"]?.string.flatMap { Policy.Action(rawValue: $0) } ?? .read
    let (world, twin, path) = (
      root["world"]?.string ?? Engine.live, root["twin"]?.string ?? "", root["path"]?.string
    )
    let (session, asked) = (session, principal)
    let found = try await work { () throws(NuriError) in
      try session.explain(action, world: world, twin: twin, path: path, for: asked)
    }
    return Reply.json { writer in
      writer.beginObject()
      writer.member("allowed", found.isAllowed)
      writer.member("text", found.text)
      switch found.reason {
      case .policy(let id, _), .world(let id): writer.member("policy", id)
      default: break
      }
      writer.endObject()
    }
  }
}
