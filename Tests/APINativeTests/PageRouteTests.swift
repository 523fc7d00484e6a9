import Testing
import TwinEngine
import TwinNet
import TwinValues

@Suite("Routes of the page")
struct PageRouteTests {
  @Test("A timeline counts by stretches and names what is next to a point")
  func timeline() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish()
    nuri.clock.clock.advance(microseconds: 10_000_000)
    let middle = try await nuri.send("PATCH", "/v1/worlds/live/twins/room-0", #"{"temperature":1}"#)
    let sequence = try #require(middle.headers["nuri-sequence"])
    nuri.clock.clock.advance(microseconds: 10_000_000)
    try await nuri.send("PATCH", "/v1/worlds/live/twins/room-0", #"{"temperature":2}"#)
    let whole = try await nuri.send("GET", "/v1/worlds/live/timeline?buckets=4&at=\(sequence)")
    #expect(whole.status == 200, "\(whole.text)")
    let root = try JSONDocument(whole.text).root
    let counts = root["buckets"]?.elements.compactMap { $0["changes"]?.int64 } ?? []
    #expect(counts.count == 4 && counts.reduce(0, +) == Int64(whole.headers["nuri-sequence"] ?? ""))
    #expect(root["previous"]?["sequence"]?.int64 == Int64(sequence).map { $0 - 1 })
    #expect(root["next"]?["sequence"]?.int64 == Int64(sequence).map { $0 + 1 })
    let twin = try await nuri.send("GET", "/v1/worlds/live/timeline?twin=room-0&buckets=1")
    #expect(try first(JSONDocument(twin.text).root["buckets"])?["changes"]?.int64 == 4)
    for wrong in ["twin=nope", "buckets=0", "buckets=10001", "at=yesterday", "from=-1s&to=-2s", "from=17"] {
      let status = try await nuri.send("GET", "/v1/worlds/live/timeline?\(wrong)").status
      #expect(status == (wrong == "twin=nope" ? 404 : 400), "\(wrong): \(status)")
    }
    #expect(try await nuri.send("GET", "/v1/worlds/nope/timeline").status == 404)
  }

  @Test("A divergence names the change, its world and its differences, as many as asked for")
  func divergence() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish()
    try await nuri.send("POST", "/v1/worlds", #"{"name":"plan"}"#)
    #expect(
      try await nuri.send("GET", "/v1/worlds/live/divergence?to=plan").text.contains(#""diverged":false"#))
    nuri.clock.clock.advance(microseconds: 1_000_000)
    try await nuri.send(
      "POST", "/v1/worlds/plan/batch",
      #"{"operations":[{"op":"patchTwin","id":"room-0","set":{"temperature":0}},{"op":"patchTwin","id":"room-1","set":{"temperature":0}}]}"#
    )
    let found = try await nuri.send("GET", "/v1/worlds/live/divergence?to=plan&pageSize=1")
    let root = try JSONDocument(found.text).root
    #expect(root["world"]?.string == "plan" && root["items"]?.count == 1 && root["more"]?.bool == true)
    #expect(try await nuri.send("GET", "/v1/worlds/live/divergence").status == 400)
    #expect(try await nuri.send("GET", "/v1/worlds/live/divergence?to=nope").status == 404)
  }

  @Test("Views and queries are saved, listed, read and deleted")
  func saved() async throws {
    let nuri = try NativeFixture()
    let kim = Principal("kim", roles: [.operator])
    let lee = Principal("lee", roles: [.reader])
    let path = "/v1/saved/view/%EC%97%AD%EC%82%BC"
    let made = try await nuri.send("PUT", path, #"{"shared":true,"body":{"at":null}}"#, as: kim)
    #expect(made.status == 200 && made.text.contains(#""body":{"at":null}"#), "\(made.text)")
    #expect(try await nuri.send("GET", path, as: lee).text.contains(#""name":"역삼""#))
    #expect(try await nuri.send("GET", "/v1/saved/view", as: lee).text.contains(#""owner":"kim""#))
    #expect(try await nuri.send("GET", "/v1/saved/query", as: lee).text == #"{"items":[]}"#)
    #expect(try await nuri.send("DELETE", path, as: lee).status == 403)
    #expect(try await nuri.send("PUT", path, #"{"shared":true,"body":{}}"#, as: lee).status == 403)
    #expect(try await nuri.send("PUT", path, #"{"name":"x","body":{}}"#, as: kim).status == 400)
    #expect(try await nuri.send("PUT", path, #"{"body":[]}"#, as: kim).status == 400)
    let long = String(repeating: "x", count: Saved.Limits.bodyBytes)
    #expect(try await nuri.send("PUT", path, #"{"body":{"a":"\#(long)"}}"#, as: kim).status == 400)
    #expect(try await nuri.send("GET", "/v1/saved/folder", as: kim).status == 400)
    #expect(try await nuri.send("DELETE", path, as: kim).status == 204)
    #expect(try await nuri.send("GET", path, as: kim).status == 404)
  }
}

@Suite("Migrations over the API")
struct MigrationRouteTests {
  private let second = """
    {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Building;2", "@type": "Interface", "contents": [
      {"@type": "Property", "name": "storeys", "schema": "integer"}]}
    """

  @Test("A preview says what each twin would lose and does nothing; then they move in one batch")
  func migration() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 0)
    try await nuri.send("PATCH", "/v1/worlds/live/twins/bldg", #"{"name":"Hall"}"#)
    #expect(try await nuri.send("POST", "/v1/worlds/live/models", second).status == 201)
    let path = "/v1/worlds/live/migrations"
    func body(_ more: String) -> String {
      #"{"from":"dtmi:test:Building;1","to":"dtmi:test:Building;2"\#(more)}"#
    }
    let preview = try await nuri.send("POST", path, body(#","preview":true"#))
    let root = try JSONDocument(preview.text).root
    #expect(
      preview.status == 200 && root["twins"]?.int64 == 1 && root["broken"]?.int64 == 1, "\(preview.text)")
    let move = first(root["moves"])
    let loss = first(move?["losses"])
    #expect(loss?["path"]?.string == "name" && loss?["value"]?.string == "Hall")
    #expect(loss?["canBeDropped"]?.bool == true && root["receipt"] == nil)
    #expect(root["differences"]?.count == 2)
    #expect(try await nuri.send("POST", path, body("")).status == 409)
    let reader = Principal("lee", roles: [.reader])
    #expect(try await nuri.send("POST", path, body(#","preview":true"#), as: reader).status == 200)
    #expect(try await nuri.send("POST", path, body(#","drop":true"#), as: reader).status == 403)
    let done = try await nuri.send("POST", path, body(#","drop":true"#))
    #expect(done.status == 200 && done.text.contains(#""receipt":{"#), "\(done.text)")
    let twin = try await nuri.send("GET", "/v1/worlds/live/twins/bldg")
    #expect(twin.text.contains("dtmi:test:Building;2") && !twin.text.contains("Hall"))
    let history = try await nuri.send("GET", "/v1/worlds/live/twins/bldg/history?pageSize=1")
    #expect(history.text.contains("migrate dtmi:test:Building;1 to dtmi:test:Building;2"))
    for wrong in [
      #"{"from":"dtmi:test:Nope;1","to":"dtmi:test:Building;2"}"#, #"{"from":"dtmi:test:Building;1"}"#,
    ] {
      let status = try await nuri.send("POST", path, wrong).status
      #expect(status == 422 || status == 400)
    }
  }
}

/// The first element of a list.
private func first(_ node: JSONNode?) -> JSONNode? { node.flatMap { Array($0.elements).first } }
