import APIAzure
import Testing
import TwinEngine
import TwinGraph
import TwinStorm
import TwinValues

/// Pages fit together, whatever is written between them.
@Suite struct PagingTests {
  /// Follows the links of a listing to its end, calling `between` after each page; gives the values of `key`.
  private func walk(
    _ fixture: Fixture, _ path: String, by key: String, size: Int, between: () async throws -> Void
  ) async throws -> [String] {
    var found: [String] = []
    var request = AzureRequest(
      method: "GET", path: path, query: "api-version=2023-10-31",
      headers: [("max-items-per-page", String(size))])
    while true {
      let answer = await fixture.api.respond(to: request)
      let root = try answer.json().root
      let page = try #require(root["value"]).elements.map { $0[key]?.string ?? "" }
      #expect(page.count <= size)
      found += page
      guard let link = root["nextLink"]?.string else { return found }
      let parts = link.split(separator: "?", maxSplits: 1)
      request = AzureRequest(method: "GET", path: String(parts[0]), query: String(parts[1]))
      try await between()
    }
  }

  @Test func relationshipsWhileWriting() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    let building = #"{"$metadata": {"$model": "dtmi:test:Building;1"}}"#
    for id in ["a", "b"] { await fixture.send("PUT", "/digitaltwins/\(id)", building) }
    let link = #"{"$relationshipName": "near", "$targetId": "b"}"#
    let kept = (0..<60).map { "kept\($0)" }
    for id in kept { await fixture.send("PUT", "/digitaltwins/a/relationships/\(id)", link) }
    for (path, key) in [
      ("a/relationships", "$relationshipId"), ("b/incomingrelationships", "$relationshipId"),
    ] {
      var seed = Seed(7)
      var number = 0
      let found = try await walk(fixture, "/digitaltwins/\(path)", by: key, size: 7) {
        for _ in 0..<3 {
          number += 1
          let id = "\(["a", "kept", "z"][seed.below(3)])x\(number)"
          await fixture.send("PUT", "/digitaltwins/a/relationships/\(id)", link)
          await fixture.send("PUT", "/digitaltwins/a/relationships/kept\(seed.below(60))", link)
          await fixture.send("DELETE", "/digitaltwins/a/relationships/\(id)")
        }
      }
      #expect(Set(kept).isSubset(of: found))
      #expect(Set(found).count == found.count)
    }
  }

  @Test func modelsWhileWriting() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    var number = 0
    let found = try await walk(fixture, "/models", by: "id", size: 2) {
      number += 1
      let id = "dtmi:test:New\(number);1"
      await fixture.send(
        "POST", "/models", #"[{"@context": "dtmi:dtdl:context;3", "@id": "\#(id)", "@type": "Interface"}]"#)
    }
    let old = ["Building", "Floor", "Room", "Sensor", "Tower"].map { "dtmi:test:\($0);1" }
    #expect(found.filter(old.contains) == old)
    #expect(Set(found).count == found.count)
  }

  @Test func modelsAsTheyCame() async throws {
    let fixture = try Fixture()
    let names = ["C", "A", "D", "B"]
    for name in names {
      fixture.clock.clock.advance(microseconds: 1000)
      await fixture.send(
        "POST", "/models",
        #"[{"@context": "dtmi:dtdl:context;2", "@id": "dtmi:test:\#(name);1", "@type": "Interface"}]"#)
    }
    #expect(
      try await walk(fixture, "/models", by: "id", size: 3) {} == names.map { "dtmi:test:\($0);1" })
  }

  @Test func routes() async throws {
    let fixture = try Fixture()
    for number in 0..<20 {
      await fixture.send("PUT", "/eventroutes/r\(number)", #"{"endpointName": "hub", "filter": "true"}"#)
    }
    let found = try await walk(fixture, "/eventroutes", by: "id", size: 3) {}
    #expect(found == (0..<20).map { "r\($0)" }.sorted())
  }

  /// All pages of a query are of the state that its first page was of.
  @Test func queriesWhileWriting() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    for number in 0..<30 {
      await fixture.send(
        "PUT", "/digitaltwins/b\(number)",
        #"{"$metadata": {"$model": "dtmi:test:Building;1"}, "storeys": 1}"#)
    }
    var found: [String] = []
    var body = #"{"query": "SELECT T.$dtId, T.storeys FROM digitaltwins T"}"#
    while true {
      let answer = await fixture.send("POST", "/query", headers: [("max-items-per-page", "4")], body)
      let root = try answer.json().root
      for row in try #require(root["value"]).elements {
        found.append(row["$dtId"]?.string ?? "")
        #expect(row["storeys"]?.int64 == 1)
      }
      guard let token = root["continuationToken"]?.string else { break }
      body = #"{"continuationToken": "\#(token)"}"#
      for number in 0..<30 {
        await fixture.send(
          "PATCH", "/digitaltwins/b\(number)", #"[{"op": "add", "path": "/storeys", "value": 2}]"#)
      }
      await fixture.send("DELETE", "/digitaltwins/b\(found.count % 30)")
    }
    #expect(Set(found) == Set((0..<30).map { "b\($0)" }))
    #expect(found.count == 30)
  }

  @Test func pagesHaveALimit() async throws {
    let fixture = try Fixture()
    for size in ["99999999999999999999", "-5", "3.5", ""] {
      let answer = await fixture.send("GET", "/models", headers: [("max-items-per-page", size)])
      #expect(answer.status == 400)
    }
    let answer = await fixture.send("GET", "/models", headers: [("max-items-per-page", "1000000")])
    #expect(answer.status == 200)
  }
}
