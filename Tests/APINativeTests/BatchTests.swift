import Testing
import TwinEngine
import TwinStorm
import TwinValues

@testable import TwinNet

/// Batches, as JSON and as lines.
@Suite("Batches")
struct BatchTests {
  private let lines = ["content-type": "application/x-ndjson"]
  private let target = "/v1/worlds/live/batch"

  private func set(_ id: String, _ value: Int) -> String {
    #"{"op":"patchTwin","id":"\#(id)","set":{"temperature":\#(value)}}"#
  }

  @Test("A JSON batch is all or nothing, and says which operation was wrong")
  func atomic() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 2)
    let done = try await nuri.send(
      "POST", target, #"{"operations":[\#(set("room-0", 1)),\#(set("room-1", 2))],"reason":"both"}"#)
    #expect(done.status == 200, "\(done.text)")
    let root = try done.json().root
    #expect(root["operations"]?.int64 == 2 && root["batches"]?.int64 == 1)
    #expect((root["last"]?.int64 ?? 0) - (root["first"]?.int64 ?? 0) == 1)
    let half = try await nuri.send(
      "POST", target, #"{"operations":[\#(set("room-0", 9)),\#(set("none", 9))]}"#)
    #expect(try half.status == 422 && half.code() == "twinNotFound")
    #expect(try half.json().root["place"]?.string?.hasPrefix("operation 2") == true)
    #expect(try half.json().root["applied"]?["operations"]?.int64 == 0)
    let twin = try await nuri.send("GET", "/v1/worlds/live/twins/room-0").json().root
    #expect(twin["temperature"]?.double == 1)
  }

  @Test("Every kind of operation, each seeing those before it")
  func kinds() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 0)
    let answer = try await nuri.send(
      "POST", target,
      """
      {"op":"addModels","models":[{"@context":"dtmi:dtdl:context;3","@id":"dtmi:test:Pump;1","@type":"Interface","contents":[{"@type":"Property","name":"hours","schema":"integer"}]}]}
      {"op":"putTwin","id":"pump","twin":{"$metadata":{"$model":"dtmi:test:Pump;1"}},"ifNoneMatch":"*"}

      {"op":"patchTwin","id":"pump","set":{"hours":5}}
      {"op":"putTwin","id":"r","twin":{"$metadata":{"$model":"dtmi:test:Room;1"}}}
      {"op":"patchTwin","id":"r","set":{"thermostat.target":4,"temperature":2}}
      {"op":"patchTwin","id":"r","patch":[{"op":"remove","path":"/temperature"}]}
      {"op":"putRelationship","source":"r","id":"x","relationship":{"$targetId":"bldg","$relationshipName":"isPartOf"}}
      {"op":"patchRelationship","source":"r","id":"x","patch":[{"op":"add","path":"/since","value":"1999"}]}
      {"op":"telemetry","id":"r","component":"thermostat","payload":{"power":1},"observed":"2018-06-04T00:00:00Z"}
      {"op":"deleteRelationship","source":"r","id":"x"}
      {"op":"deleteTwin","id":"r"}
      {"op":"decommissionModel","id":"dtmi:test:Pump;1"}
      """, lines)
    #expect(answer.status == 200, "\(answer.text)")
    #expect(try answer.json().root["operations"]?.int64 == 12)
    let pump = try await nuri.send("GET", "/v1/worlds/live/twins/pump").json().root
    #expect(pump["hours"]?.int64 == 5)
  }

  @Test("Lines are written in groups; the first fault ends it, and says its line and what was done before")
  func faults() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 4)
    for (fault, code) in [
      (set("none", 1), "twinNotFound"), ("{", "invalidJSON"), (#"{"op":"patchTwn"}"#, "invalidBody"),
      (#"{"op":"patchTwin","id":"room-0","set":{"temperature":"x"}}"#, "invalidValue"),
      (
        #"{"op":"patchTwin","id":"room-0","set":{"temperature":1},"ifMatch":"W/\"1\""}"#, "preconditionFailed"
      ),
    ] {
      let body = [set("room-0", 1), "", set("room-1", 1), set("room-2", 1), fault, set("room-3", 77)]
      let answer = try await nuri.send("POST", target + "?group=2", body.joined(separator: "\n"), lines)
      let root = try answer.json().root
      #expect((400..<500).contains(answer.status), "\(answer.text)")
      #expect(root["code"]?.string == code && root["line"]?.int64 == 5, "\(answer.text)")
      #expect(root["applied"]?["operations"]?.int64 == 2 && root["applied"]?["batches"]?.int64 == 1)
      let last = try await nuri.send("GET", "/v1/worlds/live/twins/room-3").json().root
      #expect(last["temperature"]?.double != 77)
    }
  }

  @Test("However a body is cut into pieces, its lines are the same")
  func pieces() async throws {
    var seed = Seed(41)
    for _ in 0..<12 {
      let nuri = try NativeFixture()
      try await nuri.furnish(rooms: 3)
      let count = 1 + seed.below(60)
      var body: [UInt8] = []
      for n in 0..<count {
        body += Array(set("room-\(n % 3)", n).utf8) + (seed.chance(1, in: 3) ? [13, 10] : [10])
      }
      if seed.chance(1, in: 2) { body.removeLast() }
      let pipe = BodyPipe(highWater: .max) {}
      var start = 0
      while start < body.count {
        let end = min(body.count, start + 1 + seed.below(120))
        pipe.push(Array(body[start..<end]))
        start = end
      }
      pipe.end()
      let request = HTTPRequest(
        method: .post, target: try #require(RequestTarget("\(target)?group=\(1 + seed.below(20))")),
        version: .http11, headers: ["content-type": "application/x-ndjson"], authority: "",
        body: HTTPRequestBody(pipe: pipe, announcedLength: nil), number: 1,
        origin: HTTPRequest.Origin(peer: PeerAddress(host: "::1", port: 1), isSecure: false, client: nil))
      let answer = try await nuri.send(request)
      #expect(answer.status == 200, "\(answer.text)")
      #expect(try answer.json().root["operations"]?.int64 == Int64(count))
      let last = try await nuri.send("GET", "/v1/worlds/live/twins/room-\((count - 1) % 3)").json().root
      #expect(last["temperature"]?.double == Double(count - 1))
    }
  }

  @Test("A body that breaks off leaves the groups before it")
  func brokenOff() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let pipe = BodyPipe(highWater: .max) {}
    pipe.push(Array("\(set("room-0", 1))\n\(set("room-0", 2))\n\(set("room-0", 3))\n".utf8))
    pipe.fail(NuriError(.connectionClosed, "gone"))
    let request = HTTPRequest(
      method: .post, target: try #require(RequestTarget("\(target)?group=2")), version: .http11,
      headers: ["content-type": "application/x-ndjson"], authority: "",
      body: HTTPRequestBody(pipe: pipe, announcedLength: nil), number: 1,
      origin: HTTPRequest.Origin(peer: PeerAddress(host: "::1", port: 1), isSecure: false, client: nil))
    let answer = try await nuri.send(request)
    #expect(try answer.status == 400 && answer.code() == "connectionClosed")
    #expect(try answer.json().root["applied"]?["operations"]?.int64 == 2)
  }
}
