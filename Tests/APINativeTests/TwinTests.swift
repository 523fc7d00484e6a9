import Testing
import TwinEngine
import TwinNet
import TwinValues

/// Twins, their components and relationships, one at a time.
@Suite("One twin")
struct TwinTests {
  private let room = #"{"$metadata":{"$model":"dtmi:test:Room;1"},"temperature":20.5}"#

  @Test("A twin is created, read, replaced and deleted, and every answer names the state")
  func lifeOfATwin() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 0)
    let made = try await nuri.send("PUT", "/v1/worlds/live/twins/a", room)
    #expect(made.status == 201)
    #expect(made.headers["nuri-world"] == "live" && made.headers["nuri-sequence"] == "3")
    let etag = try #require(made.headers["etag"])
    let read = try await nuri.send("GET", "/v1/worlds/live/twins/a")
    #expect(read.status == 200 && read.headers["etag"] == etag)
    #expect(read.headers["nuri-recorded"] != nil)
    let root = try read.json().root
    #expect(root["$dtId"]?.string == "a" && root["temperature"]?.double == 20.5)
    #expect(root["$metadata"]?["$model"]?.string == "dtmi:test:Room;1")
    let same = try await nuri.send("GET", "/v1/worlds/live/twins/a", "", ["if-none-match": etag])
    #expect(same.status == 304 && same.bytes.isEmpty)
    let replaced = try await nuri.send(
      "PUT", "/v1/worlds/live/twins/a?reason=again", room, ["if-match": etag])
    #expect(replaced.status == 200)
    let stale = try await nuri.send("DELETE", "/v1/worlds/live/twins/a", "", ["if-match": etag])
    #expect(try stale.status == 412 && stale.code() == "preconditionFailed")
    #expect(try await nuri.send("DELETE", "/v1/worlds/live/twins/a").status == 200)
    let gone = try await nuri.send("GET", "/v1/worlds/live/twins/a")
    #expect(try gone.status == 404 && gone.code() == "twinNotFound")
    #expect(gone.headers["content-type"] == "application/problem+json")
    let problem = try gone.json().root
    #expect(problem["status"]?.int64 == 404 && problem["title"]?.string == "Not Found")
    #expect(problem["requestId"]?.string == "0000000000000007")
  }

  @Test("Preconditions hold for writes")
  func preconditions() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let taken = try await nuri.send("PUT", "/v1/worlds/live/twins/room-0", room, ["if-none-match": "*"])
    #expect(taken.status == 412)
    let absent = try await nuri.send("PUT", "/v1/worlds/live/twins/new", room, ["if-match": "*"])
    #expect(absent.status == 412)
    let odd = try await nuri.send("PUT", "/v1/worlds/live/twins/new", room, ["if-match": "x"])
    #expect(try odd.status == 400 && odd.code() == "invalidParameter")
  }

  @Test("A merge patch sets, takes away, and merges into objects and components")
  func mergePatch() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let target = "/v1/worlds/live/twins/room-0"
    let merge = ["content-type": "application/merge-patch+json"]
    let first = try await nuri.send("PATCH", target, #"{"site":{"city":"Seoul","floor":3}}"#, merge)
    #expect(first.status == 200, "\(first.text)")
    let second = try await nuri.send(
      "PATCH", target, #"{"temperature":null,"site":{"floor":4},"thermostat":{"target":19}}"#, merge)
    #expect(second.status == 200, "\(second.text)")
    let root = try await nuri.send("GET", target).json().root
    #expect(root["temperature"] == nil)
    #expect(root["site"]?["city"]?.string == "Seoul" && root["site"]?["floor"]?.int64 == 4)
    #expect(root["thermostat"]?["target"]?.double == 19)
    #expect(try await nuri.send("PATCH", target, "{}", merge).status == 204)
    let wrong = try await nuri.send("PATCH", target, #"{"temperatur":1}"#, merge)
    #expect(wrong.status == 422 && wrong.text.contains("Did you mean \\\"temperature\\\"?"))
    let remodelled = try await nuri.send(
      "PATCH", target, #"{"$metadata":{"$model":"dtmi:test:Office;1"},"temperature":5}"#)
    #expect(remodelled.status == 200, "\(remodelled.text)")
    let now = try await nuri.send("GET", target).json().root
    #expect(now["$metadata"]?["$model"]?.string == "dtmi:test:Office;1" && now["temperature"]?.double == 5)
  }

  @Test("A JSON Patch is told by its type or by being an array")
  func jsonPatch() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let target = "/v1/worlds/live/twins/room-0"
    let steps = #"[{"op":"replace","path":"/temperature","value":7}]"#
    #expect(try await nuri.send("PATCH", target, steps).status == 200)
    let typed = try await nuri.send(
      "PATCH", target, #"[{"op":"remove","path":"/temperature"}]"#,
      ["content-type": "application/json-patch+json"])
    #expect(typed.status == 200)
    let again = try await nuri.send("PATCH", target, #"[{"op":"remove","path":"/temperature"}]"#)
    #expect(try again.status == 422 && again.code() == "invalidPatch")
    let part = try await nuri.send(
      "PATCH", target + "/components/thermostat", #"[{"op":"add","path":"/target","value":3}]"#)
    #expect(part.status == 200, "\(part.text)")
    let component = try await nuri.send("GET", target + "/components/thermostat")
    #expect(try component.json().root["target"]?.double == 3)
    #expect(try await nuri.send("GET", target + "/components/none").status == 404)
  }

  @Test("As of the past: by sequence, by instant, by a time ago")
  func pastReads() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let target = "/v1/worlds/live/twins/room-0"
    let before = try #require(try await nuri.send("GET", target).headers["nuri-sequence"])
    let instant = nuri.clock.now()
    nuri.clock.clock.advance(microseconds: 3_600_000_000)
    try await nuri.send("PATCH", target, #"{"temperature":99}"#)
    nuri.clock.clock.advance(microseconds: 3_600_000_000)
    for at in [before, instant.description, "-90m", "-1h"] {
      let past = try await nuri.send("GET", "\(target)?at=\(at)")
      #expect(past.status == 200, "\(past.text)")
      #expect(try past.json().root["temperature"]?.double == (at == "-1h" ? 99 : 20), "\(at)")
      #expect(try past.json().root["thermostat"]?["target"]?.double == 21)
    }
    #expect(try await nuri.send("GET", "\(target)?at=1").status == 404)
    #expect(try await nuri.send("GET", "\(target)?at=999999").status == 400)
    let odd = try await nuri.send("GET", "\(target)?at=yesterday")
    #expect(try odd.status == 400 && odd.code() == "invalidParameter")
    let list = try await nuri.send("GET", "/v1/worlds/live/twins?at=\(before)")
    #expect(list.headers["nuri-sequence"] == before)
    #expect(list.text.contains("\"temperature\":20"))
  }

  @Test("Relationships: put, read, merge, list both ways, delete")
  func relationships() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 5)
    let one = "/v1/worlds/live/twins/room-0/relationships/r0"
    let body = #"{"$targetId":"bldg","$relationshipName":"isPartOf","since":"2020"}"#
    #expect(try await nuri.send("PUT", one, body).status == 200)
    #expect(try await nuri.send("PUT", one + "x", body).status == 201)
    #expect(try await nuri.send("PATCH", one, #"{"since":"2021"}"#).status == 200)
    let read = try await nuri.send("GET", one)
    #expect(try read.json().root["since"]?.string == "2021")
    let out = try await nuri.send("GET", "/v1/worlds/live/twins/room-0/relationships?name=isPartOf")
    #expect(try out.json().root["items"]?.count == 2)
    var seen: [String] = []
    var page = "/v1/worlds/live/twins/bldg/incoming?pageSize=2"
    while true {
      let answer = try await nuri.send("GET", page)
      let root = try answer.json().root
      seen += root["items"]?.elements.compactMap { $0["$relationshipId"]?.string } ?? []
      guard let next = root["next"]?.string else { break }
      page = "/v1/worlds/live/twins/bldg/incoming?pageSize=2&cursor=\(next)"
      #expect(answer.headers["link"] == "<\(page)>; rel=\"next\"")
    }
    #expect(seen == ["r0", "r0x", "r1", "r2", "r3", "r4"])
    let nowhere = try await nuri.send(
      "PUT", one, #"{"$targetId":"nobody","$relationshipName":"isPartOf"}"#)
    #expect(nowhere.status == 422)
    #expect(try await nuri.send("DELETE", one).status == 200)
    #expect(try await nuri.send("GET", one).status == 404)
    let inUse = try await nuri.send("DELETE", "/v1/worlds/live/twins/bldg")
    #expect(try inUse.status == 409 && inUse.code() == "relationshipsNotDeleted")
  }

  @Test("Telemetry goes into the history and changes nothing")
  func telemetry() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let target = "/v1/worlds/live/twins/room-0"
    let sent = try await nuri.send(
      "POST", target + "/telemetry?component=thermostat&reason=ping", #"{"power":4.5}"#)
    #expect(sent.status == 200, "\(sent.text)")
    let history = try await nuri.send("GET", target + "/history", "", ["accept": "application/x-ndjson"])
    #expect(history.lines.contains { $0.contains("putTwin") })
    let changes = try await nuri.send(
      "GET", "/v1/worlds/live/changes", "", ["accept": "application/x-ndjson"])
    let last = try JSONDocument(try #require(changes.lines.last)).root
    #expect(last["kind"]?.string == "telemetry" && last["payload"]?["power"]?.double == 4.5)
    #expect(last["cause"]?["actor"]?.string == "tester" && last["cause"]?["reason"]?.string == "ping")
    #expect(try await nuri.send("POST", target + "/telemetry?component=x", "{}").status == 404)
  }
}
