import APINative
import Synchronization
import Testing
import TwinEngine
import TwinNet
import TwinStorm
import TwinValues

/// Every limit has a number and is met with a problem that names it; random requests meet with nothing worse.
@Suite("Limits")
struct LimitTests {
  private func code(
    _ nuri: NativeFixture, _ method: String, _ target: String, _ body: String,
    _ headers: [String: String] = [:]
  ) async throws -> String? {
    try await nuri.send(method, target, body, headers).code()
  }

  @Test("Bodies, lines, steps, models, pages, reasons")
  func sizes() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let pad = String(repeating: " ", count: NativeLimits.bodyBytes)
    #expect(try await code(nuri, "PATCH", "/v1/worlds/live/twins/room-0", "{}" + pad) == "bodyTooLarge")
    let line = String(repeating: " ", count: NativeLimits.lineBytes + 1) + "\n"
    let lines = ["content-type": "application/x-ndjson"]
    #expect(try await code(nuri, "POST", "/v1/worlds/live/batch", line, lines) == "limitExceeded")
    let step = #"{"op":"add","path":"/temperature","value":1}"#
    let steps = "[" + Array(repeating: step, count: NativeLimits.patchSteps + 1).joined(separator: ",") + "]"
    let patch = ["content-type": "application/json-patch+json"]
    #expect(try await code(nuri, "PATCH", "/v1/worlds/live/twins/room-0", steps, patch) == "limitExceeded")
    let size = NativeLimits.pageItems + 1
    #expect(try await code(nuri, "GET", "/v1/worlds/live/twins?pageSize=\(size)", "") == "invalidParameter")
    let group = NativeLimits.groupLines + 1
    #expect(
      try await code(nuri, "POST", "/v1/worlds/live/batch?group=\(group)", "", lines) == "invalidParameter")
    let reason = String(repeating: "x", count: NativeLimits.reasonBytes + 1)
    #expect(
      try await code(nuri, "DELETE", "/v1/worlds/live/twins/room-0?reason=\(reason)", "")
        == "invalidParameter")
    let cursor = String(repeating: "0", count: NativeLimits.cursorBytes + 1)
    #expect(try await code(nuri, "GET", "/v1/worlds?cursor=\(cursor)", "") == "invalidParameter")
    let label = String(repeating: "x", count: NativeLimits.labelBytes + 1)
    #expect(try await code(nuri, "POST", "/v1/worlds", #"{"name":"a","label":"\#(label)"}"#) == "invalidBody")
    let models =
      "["
      + Array(repeating: "{\"@id\":\"dtmi:a;1\"}", count: NativeLimits.modelsPerRequest + 1)
      .joined(separator: ",") + "]"
    #expect(try await code(nuri, "POST", "/v1/worlds/live/models", models) == "invalidBody")
    for at in ["-692990965w", "-9223372036854775807s", "-57143w", "-99999999999999999999d", "--1h", "-h"] {
      #expect(try await code(nuri, "GET", "/v1/worlds/live/twins?at=\(at)", "") == "invalidParameter", "\(at)")
    }
    #expect(try await code(nuri, "GET", "/v1/worlds/live/twins?at=-\(NativeLimits.spanDays)d", "") == nil)
    #expect(
      try await code(nuri, "POST", "/v1/worlds", #"{"name":"a","expires":"400001d"}"#) == "invalidBody")
    let path = "/v1/worlds/live/twins/room-0/series?path=temperature"
    #expect(
      try await code(nuri, "GET", "\(path)&limit=\(NativeLimits.samples + 1)", "") == "invalidParameter")
    #expect(
      try await code(nuri, "GET", "\(path)&buckets=\(NativeLimits.buckets + 1)", "") == "invalidParameter")
  }

  @Test("Streams that nobody reads take a thread each, up to the limit; let go, they give it back")
  func streams() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 2_000)
    var open: [HTTPResponse] = []
    let target = try #require(RequestTarget("/v1/worlds/live/changes"))
    let request = HTTPRequest(method: .get, target: target, headers: ["accept": "application/x-ndjson"])
    let api = NativeAPI(session: Session(nuri.engine, as: .owner()), services: nuri.services)
    for _ in 0..<NativeLimits.streams {
      let answer = await api.respond(to: request)
      #expect(answer.status == 200)
      open.append(answer)
    }
    let refused = try await Reply(await api.respond(to: request))
    #expect(try refused.status == 503 && refused.code() == "overloaded")
    #expect(refused.headers["retry-after"] == "1")
    open = []
    var status = 503
    while status == 503 {
      let answer = try await Reply(await api.respond(to: request))
      status = answer.status
      if status == 200 { #expect(answer.lines.count == 4_002) }
    }
    #expect(status == 200)
  }

  @Test("Random methods, paths, parameters, headers and bodies: never a fault of the server's")
  func fuzz() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 2)
    var seed = Seed(20_261_121)
    let pieces = [
      "v1", "worlds", "live", "plan", "twins", "room-0", "bldg", "relationships", "r0", "incoming", "history",
      "series", "changes", "models", "dtmi:test:Room;1", "query", "batch", "diff", "promote", "components",
      "thermostat", "telemetry", "keys", "jobs", "backups", "event-routes", "tenants", "whoami",
      "openapi.json", "%2F", "%EA%B1%B4", ";", "~", "+", "", "'", "a%20b", "%22",
    ]
    let queries = [
      "at=-1h", "at=1", "at=now", "at=2026-01-01", "at=x", "pageSize=1", "pageSize=x", "cursor=00",
      "cursor=31",
      "q=SELECT%20*%20FROM%20DIGITALTWINS", "q=%00", "to=live", "toAt=3", "path=temperature", "from=1",
      "buckets=3", "model=dtmi:test:Room;1", "prefix=r", "x=y", "=", "&", "reason=%ff", "name=isPartOf",
      "definition=true", "neededBy=dtmi:x;1", "group=1", "observed=2020-01-01T00:00:00Z",
      "continuation=1-2-3-4-5-6",
    ]
    let bodies = [
      "", "{}", "[]", "{", "null", "[{}]", #"{"name":"plan"}"#, #"{"preview":true}"#,
      #"{"query":"SELECT 1"}"#,
      #"{"temperature":1}"#, #"{"$metadata":{"$model":"dtmi:test:Room;1"}}"#, #"{"operations":[{"op":"x"}]}"#,
      #"[{"op":"add","path":"/temperature","value":{}}]"#, #"{"set":{"a":1},"op":"patchTwin","id":"room-0"}"#,
      "\u{0}", "\"\\ud800\"", #"{"roles":["reader"]}"#, "1e999",
      #"{"at":"-99999999w","query":"x","name":"y"}"#,
    ]
    let types = [
      "application/json", "application/x-ndjson", "application/merge-patch+json",
      "application/json-patch+json",
      "text/plain", "",
    ]
    let methods = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get"]
    for round in 0..<3_000 {
      let path =
        "/v1/" + (0..<seed.below(6)).map { _ in pieces[seed.below(pieces.count)] }.joined(separator: "/")
      let query = (0..<seed.below(3)).map { _ in queries[seed.below(queries.count)] }.joined(separator: "&")
      guard let target = RequestTarget(query.isEmpty ? path : "\(path)?\(query)"), !path.hasSuffix("/feed")
      else {
        continue
      }
      var headers: HTTPHeaders = ["content-type": types[seed.below(types.count)]]
      headers.append("accept", seed.chance(1, in: 2) ? "application/x-ndjson" : "*/*")
      if seed.chance(1, in: 3) { headers.append("if-match", ["*", "W/\"1\"", "x", ""][seed.below(4)]) }
      let request = HTTPRequest(
        method: HTTPMethod(rawValue: methods[seed.below(methods.count)]), target: target, headers: headers,
        body: Array(bodies[seed.below(bodies.count)].utf8), number: UInt64(round))
      let answer = try await nuri.send(request)
      #expect(
        (200..<500).contains(answer.status), "round \(round): \(request.method) \(target): \(answer.text)")
      if answer.status >= 400 {
        #expect(try answer.code() != nil, "round \(round): \(target)")
      }
    }
    #expect(nuri.failures.all == [])
  }
}
