import Testing
import TwinEngine
import TwinNet
import TwinValues

/// What the API says of itself, and what it refuses.
@Suite("Description")
struct DescriptionTests {
  @Test("The document names every route, and every name it refers to is there")
  func document() async throws {
    let nuri = try NativeFixture()
    let answer = try await nuri.send("GET", "/v1/openapi.json")
    let root = try answer.json().root
    #expect(root["openapi"]?.string == "3.1.0")
    let overview = try await nuri.send("GET", "/v1").json().root
    let routes = Array(try #require(overview["routes"]).elements)
    #expect(routes.count > 40)
    var names: Set<String> = []
    for route in routes {
      let path = try #require(route["path"]?.string)
      let method = try #require(route["method"]?.string)
      let operation = try #require(root["paths"]?[path]?[method.lowercased()], "\(method) \(path)")
      let isNew = names.insert(operation["operationId"]?.string ?? "").inserted
      #expect(isNew, "\(path)")
      let parameters = operation["parameters"]?.elements.compactMap { $0["name"]?.string } ?? []
      for part in path.split(separator: "/") where part.hasPrefix("{") {
        #expect(parameters.contains(String(part.dropFirst().dropLast())), "\(path)")
      }
    }
    for piece in answer.text.split(separator: "#/components/").dropFirst() {
      let parts = piece.prefix { $0 != "\"" }.split(separator: "/")
      #expect(root["components"]?[String(parts[0])]?[String(parts[1])] != nil, "\(parts)")
    }
  }

  @Test("Who asks, and for which tenants")
  func whoami() async throws {
    let nuri = try NativeFixture()
    let kim = Principal("user:kim", roles: [.reader], groups: ["ops"])
    let answer = try await nuri.send("GET", "/v1/whoami", as: kim)
    #expect(answer.text == #"{"id":"user:kim","roles":["reader"],"groups":["ops"]}"#)
    #expect(try await nuri.send("GET", "/v1/tenants").text == #"{"items":[{"name":"default"}]}"#)
    #expect(try await nuri.send("GET", "/tenants/default/v1/whoami", as: kim).status == 200)
  }

  @Test(
    "What is refused, and how",
    arguments: [
      ("GET", "/v1/nothing", "", 404, "pathNotFound"), ("GET", "/v2", "", 404, "pathNotFound"),
      ("PUT", "/v1/worlds", "{}", 405, "methodNotAllowed"),
      ("GET", "/v1/worlds?x=1", "", 400, "unknownParameter"),
      ("GET", "/v1/worlds?pageSize=0", "", 400, "invalidParameter"),
      ("GET", "/v1/worlds?pageSize=1&pageSize=2", "", 400, "invalidParameter"),
      ("POST", "/v1/worlds", "", 400, "invalidBody"), ("POST", "/v1/worlds", "{", 400, "invalidJSON"),
      ("POST", "/v1/worlds", #"{"nam":"x"}"#, 400, "invalidBody"),
      ("POST", "/v1/worlds", #"{"name":"a b"}"#, 400, "invalidName"),
      ("POST", "/v1/worlds", #"{"name":"x","parent":"none"}"#, 404, "worldNotFound"),
      ("POST", "/v1/worlds", #"{"name":"x","mode":"loose"}"#, 400, "invalidBody"),
      ("PUT", "/v1/worlds/live/twins/a%20b", #"{"$metadata":{"$model":"dtmi:a;1"}}"#, 400, "invalidId"),
      ("PUT", "/v1/worlds/live/twins/a", #"{"$metadata":{"$model":"dtmi:a;1"}}"#, 422, "modelNotFound"),
      ("PUT", "/v1/worlds/live/event-routes/r", #"{"endpoint":"hok"}"#, 422, "invalidValue"),
      ("DELETE", "/v1/keys/none", "", 404, "keyNotFound"),
      ("GET", "/v1/jobs/backup/x", "", 404, "jobNotFound"),
      ("POST", "/v1/backups", #"{"name":"../x"}"#, 400, "invalidName"),
    ])
  func refusals(_ method: String, _ target: String, _ body: String, _ status: Int, _ code: String)
    async throws
  {
    let nuri = try NativeFixture()
    let headers = body.isEmpty && method == "POST" ? ["content-type": "application/json"] : [:]
    let answer = try await nuri.send(method, target, body, headers)
    #expect(answer.status == status, "\(answer.text)")
    #expect(try answer.code() == code, "\(answer.text)")
    #expect(answer.headers["content-type"] == "application/problem+json")
  }

  @Test("Types of bodies are told apart; OPTIONS and HEAD are answered")
  func types() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let form = try await nuri.send(
      "POST", "/v1/worlds", "{}", ["content-type": "application/x-www-form-urlencoded"])
    #expect(try form.status == 415 && form.code() == "unsupportedMediaType")
    let options = try await nuri.send("OPTIONS", "/v1/worlds/live/twins/a")
    #expect(options.status == 204 && options.headers["allow"] == "DELETE, GET, PATCH, PUT, HEAD, OPTIONS")
    #expect(try await nuri.send("HEAD", "/v1/worlds/live/twins/room-0").status == 200)
    #expect(try await nuri.send("HEAD", "/v1/worlds/live/query?q=SELECT").status == 400)
  }

  @Test("Roles hold: readers don't write, operators make no keys")
  func roles() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let reader = Principal("r", roles: [.reader])
    let op = Principal("o", roles: [.operator])
    let target = "/v1/worlds/live/twins/room-0"
    #expect(try await nuri.send("GET", target, as: reader).status == 200)
    let refused = try await nuri.send("PATCH", target, #"{"temperature":1}"#, as: reader)
    #expect(try refused.status == 403 && refused.code() == "forbidden")
    #expect(try await nuri.send("PATCH", target, #"{"temperature":1}"#, as: op).status == 200)
    #expect(try await nuri.send("GET", "/v1/keys", as: op).status == 403)
    #expect(try await nuri.send("POST", "/v1/backups", as: op).status == 403)
    #expect(
      try await nuri.send("GET", "/v1/worlds/live/twins/room-0", as: Principal("x", roles: [])).status == 403)
  }

  @Test("Keys: made, listed without their text, revoked, forgotten")
  func keys() async throws {
    let nuri = try NativeFixture()
    let made = try await nuri.send(
      "POST", "/v1/keys", #"{"label":"pump","roles":["reader"],"expires":"90d"}"#)
    #expect(made.status == 201, "\(made.text)")
    let text = try #require(try made.json().root["key"]?.string)
    let id = try #require(try made.json().root["id"]?.string)
    #expect(nuri.engine.principal(forKey: text)?.id == "key:\(id)")
    let list = try await nuri.send("GET", "/v1/keys")
    #expect(list.text.contains(id) && !list.text.contains(text))
    #expect(try await nuri.send("DELETE", "/v1/keys/\(id)").status == 204)
    #expect(nuri.engine.principal(forKey: text) == nil)
    #expect(try await nuri.send("GET", "/v1/keys").text.contains("revoked"))
    #expect(try await nuri.send("DELETE", "/v1/keys/\(id)?forget=true").status == 204)
    #expect(try await nuri.send("GET", "/v1/keys").text == #"{"items":[]}"#)
    let changes = try await nuri.send(
      "GET", "/v1/worlds/live/changes", "", ["accept": "application/x-ndjson"])
    #expect(!changes.text.contains("digest"))
  }

  @Test("Policies: put, listed, explained, in force, deleted")
  func policies() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let admin = Principal("boss", roles: [.admin])
    let reader = Principal("r", roles: [.reader])
    let rule = #"{"order":1,"effect":"deny","principals":{"roles":["reader"]},"paths":["temperature"]}"#
    let put = try await nuri.send("PUT", "/v1/policies/hush", rule, as: admin)
    #expect(put.status == 200, "\(put.text)")
    #expect(try await nuri.send("GET", "/v1/policies", as: admin).json().root["items"]?.count == 1)
    #expect(try await nuri.send("GET", "/v1/policies/hush", as: admin).json().root["order"]?.int64 == 1)
    #expect(try await nuri.send("GET", "/v1/policies", as: reader).status == 403)
    let doubt = #"{"principal":{"id":"r","roles":["reader"]},"twin":"room-0","path":"temperature"}"#
    let why = try await nuri.send("POST", "/v1/policies/explain", doubt, as: admin).json().root
    #expect(why["allowed"]?.bool == false && why["policy"]?.string == "hush")
    let sequence = nuri.engine.liveSequence
    for target in [
      "twins/room-0", "twins/room-0?at=\(sequence)", "twins", "twins?at=\(sequence)", "twins/room-0/history",
      "changes", "query?q=SELECT%20*%20FROM%20DIGITALTWINS", "diff?at=1",
    ] {
      let seen = try await nuri.send(
        "GET", "/v1/worlds/live/\(target)", "", ["accept": "application/x-ndjson"], as: reader)
      #expect(
        seen.status == 200 && seen.text.contains("target") && !seen.text.contains("temperature"), "\(target)")
    }
    let broken = try await nuri.send(
      "PUT", "/v1/policies/x", #"{"order":1,"effect":"deny","path":[]}"#, as: admin)
    #expect(try broken.status == 422 && broken.code() == "invalidPolicy")
    #expect(try await nuri.send("DELETE", "/v1/policies/hush", as: admin).status == 204)
    #expect(try await nuri.send("DELETE", "/v1/policies/hush", as: admin).status == 404)
  }
}

extension Engine {
  fileprivate var liveSequence: UInt64 { (try? world().sequence) ?? 0 }
}
