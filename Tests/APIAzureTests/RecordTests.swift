import Foundation
import Testing
import TwinEngine
import TwinGraph
import TwinValues

@testable import APIAzure

/// What requests leave in the log, and what the document says of them.
@Suite struct RecordTests {
  private func last(_ fixture: Fixture) throws -> ChangeRecord {
    let world = try fixture.engine.world()
    var found: ChangeRecord?
    try world.changes(from: world.sequence) {
      found = $0
      return true
    }
    return try #require(found)
  }

  @Test func telemetryKeepsItsMessageAndTime() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    await fixture.send("PUT", "/digitaltwins/r1", #"{"$metadata": {"$model": "dtmi:test:Room;1"}}"#)
    let answer = await fixture.send(
      "POST", "/digitaltwins/r1/components/sensor/telemetry",
      headers: [("Message-Id", "m-1"), ("Telemetry-Source-Time", "2019-12-31T23:00:00Z")],
      #"{ "battery" : 0.5 }"#)
    #expect(answer.status == 204)
    let record = try last(fixture)
    #expect(
      record.change
        == .telemetry(twin: "r1", component: "sensor", payload: Array(#"{"battery":0.5}"#.utf8)))
    #expect(record.cause.reason == "m-1")
    #expect(record.cause.actor == "azure-api")
    #expect(record.observed == (try Instant("2019-12-31T23:00:00Z")))
  }

  @Test func sourceTimesAreObservedTimes() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    await fixture.send(
      "PUT", "/digitaltwins/b1",
      #"{"$metadata": {"$model": "dtmi:test:Building;1", "height": {"sourceTime": "2019-01-01T00:00:00Z"}}}"#)
    #expect(try last(fixture).observed == (try Instant("2019-01-01")))
    await fixture.send(
      "PATCH", "/digitaltwins/b1",
      """
      [{"op": "add", "path": "/height", "value": 1}, {"op": "add", "path": "/storeys", "value": 1},
       {"op": "add", "path": "/$metadata/height/sourceTime", "value": "2019-02-01T00:00:00Z"},
       {"op": "add", "path": "/$metadata/storeys/sourceTime", "value": "2019-01-15T00:00:00Z"}]
      """)
    #expect(try last(fixture).observed == (try Instant("2019-02-01")))
  }

  /// A refused or empty request writes nothing.
  @Test func nothingForNothing() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    await fixture.send("PUT", "/digitaltwins/b1", #"{"$metadata": {"$model": "dtmi:test:Building;1"}}"#)
    let before = try fixture.engine.world().sequence
    await fixture.send("PATCH", "/digitaltwins/b1", "[]")
    await fixture.send("PATCH", "/digitaltwins/b1", #"[{"op": "remove", "path": "/height"}]"#)
    await fixture.send(
      "PATCH", "/models/dtmi:test:Room;1", #"[{"op": "replace", "path": "/decommissioned", "value": false}]"#)
    await fixture.send("PUT", "/eventroutes/a", #"{"endpointName": "none", "filter": "true"}"#)
    #expect(try fixture.engine.world().sequence == before)
  }

  /// What was answered with success is there after the folder is opened again, routes included.
  @Test func everythingIsDurable() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    await fixture.send("PUT", "/digitaltwins/b1", #"{"$metadata": {"$model": "dtmi:test:Building;1"}}"#)
    await fixture.send("PUT", "/eventroutes/a", #"{"endpointName": "hub", "filter": "true"}"#)
    let twin = await fixture.send("GET", "/digitaltwins/b1")
    try fixture.engine.close()
    let again = AzureAPI(
      Session(try Engine.open("data", options: Fixture.options(fixture.disk, fixture.clock)), as: .owner()))
    let request = AzureRequest(method: "GET", path: "/digitaltwins/b1", query: "api-version=2023-10-31")
    #expect(await again.respond(to: request).text == twin.text)
    let route = AzureRequest(method: "GET", path: "/eventroutes/a", query: "api-version=2023-10-31")
    #expect(await again.respond(to: route).status == 200)
  }

  /// When the disk refuses, writes say so and leave no trace, reads go on, and nothing tells where files are.
  @Test func aFailingDisk() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    let body = #"{"$metadata": {"$model": "dtmi:test:Building;1"}}"#
    await fixture.send("PUT", "/digitaltwins/b1", body)
    let before = await fixture.send("GET", "/digitaltwins/b1")
    fixture.disk.faults.failingSyncs = 1
    let refused = await fixture.send("PUT", "/digitaltwins/b1", body)
    #expect(refused.status == 503)
    #expect(!refused.text.contains("data"))
    #expect(await fixture.send("GET", "/digitaltwins/b1").text == before.text)
    let found = await fixture.send("POST", "/query", #"{"query": "SELECT COUNT() FROM digitaltwins"}"#)
    #expect(found.text.contains("\"COUNT\":1"))
  }

  @Test func closedEngineIsUnavailable() async throws {
    let fixture = try Fixture()
    try fixture.engine.close()
    let answer = await fixture.send("GET", "/models")
    #expect(answer.status == 503)
    #expect(answer.header("x-ms-error-code") == "ServiceUnavailable")
  }

  /// A fork answers for itself, and what is written there stays there.
  @Test func aForkHasAnAPIOfItsOwn() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    _ = try fixture.engine.fork(WorldInstant("live"), name: "plan", cause: Cause(actor: "test"))
    let plan = AzureAPI(Session(fixture.engine, as: .owner()), world: "plan")
    let put = AzureRequest(
      method: "PUT", path: "/digitaltwins/b1", query: "api-version=2023-10-31",
      body: Array(#"{"$metadata": {"$model": "dtmi:test:Building;1"}}"#.utf8))
    #expect(await plan.respond(to: put).status == 200)
    #expect(await fixture.send("GET", "/digitaltwins/b1").status == 404)
    let query = #"{"query": "SELECT COUNT() FROM digitaltwins"}"#
    #expect(await fixture.send("POST", "/query", query).text.contains("\"COUNT\":0"))
    let nowhere = AzureAPI(Session(fixture.engine, as: .owner()), world: "nowhere")
    #expect(await nowhere.respond(to: put).status == 404)
  }

  /// docs/azure-api.md names every error code, with its status.
  @Test func everyErrorIsDocumented() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("docs/azure-api.md"), encoding: .utf8)
    for code in ErrorCode.allCases {
      #expect(text.contains("| \(code.status) | `\(code.rawValue)` |"), "\(code.rawValue)")
    }
  }
}
