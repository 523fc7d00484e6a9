import Foundation
import ProofServers
import Testing
import TwinClients
import TwinEngine
import TwinEvents
import TwinGraph
import TwinValues

/// Events to a real HTTPS server: the seven kinds, retries, dead letters, restarts.
@Suite(.serialized) struct WebhookTests {
  /// Everything that makes events, once.
  private func live(_ fixture: Fixture) throws {
    try fixture.put("a", PropertyEdit("label", .string("A")), PropertyEdit("sensor.battery", .integer(9)))
    try fixture.put("b")
    try fixture.write(
      .patchTwin(
        id: "a",
        edits: [
          PropertyEdit("temperature", .double(20.5)), PropertyEdit("label", nil),
          PropertyEdit("sensor.battery", .integer(8)),
        ]))
    try fixture.set("a", 21)
    try fixture.write(
      .putRelationship(
        source: "a", id: "r", name: "leadsTo", target: "b",
        properties: Array("{\"width\":2,\"user\":\"x\"}".utf8)))
    try fixture.write(
      .putRelationship(
        source: "a", id: "r", name: "leadsTo", target: "b", properties: Array("{\"width\":3}".utf8)))
    try fixture.write(
      .telemetry(twin: "a", component: nil, payload: Array("{\"t\":1}".utf8)), reason: "message-1")
    try fixture.write(
      .telemetry(twin: "a", component: "sensor", payload: Array("{\"beep\":2}".utf8)), reason: "message-2",
      observed: Instant("2020-01-01T00:00:00Z"))
    try fixture.write(.deleteRelationship(source: "a", id: "r"))
    try fixture.put("b", PropertyEdit("temperature", .double(1)), model: "dtmi:test:Room;2")
    try fixture.write(.deleteTwin(id: "a"), .deleteTwin(id: "b"))
  }

  @Test func allSevenKinds() async throws {
    let fixture = try Fixture()
    let certificates = try Certificates(in: fixture.folder)
    let receiver = try await Receiver(in: fixture.folder, certificates)
    let delivery = try fixture.delivery(.hook(receiver, certificates))
    delivery.start()
    try fixture.route("hub")
    try live(fixture)
    #expect(try await Server.until { try receiver.events().count >= 12 })
    let events = try receiver.events()
    // Lanes run side by side, so only the order of each twin's events is the same each time.
    let ofA = events.filter { $0.subject.hasPrefix("a") || $0.source.hasSuffix("/a") }
    #expect(
      ofA.map { "\($0.type) \($0.subject)" } == [
        "Twin.Create a", "Twin.Update a", "Twin.Update a", "Relationship.Create a/relationships/r",
        "Relationship.Update a/relationships/r", "iot.telemetry ", "iot.telemetry sensor",
        "Relationship.Delete a/relationships/r", "Twin.Delete a",
      ])
    let data = ofA.map(\.data)
    #expect(
      data[0].contains("\"$dtId\":\"a\"") && data[0].contains("\"$model\":\"dtmi:test:Room;1\"")
        && data[0].contains("\"battery\":9"))
    #expect(
      data[1]
        == #"{"modelId":"dtmi:test:Room;1","patch":[{"value":20.5,"path":"/temperature","op":"add"},{"path":"/label","op":"remove"},{"value":8,"path":"/sensor/battery","op":"replace"}]}"#
    )
    #expect(
      data[2]
        == #"{"modelId":"dtmi:test:Room;1","patch":[{"value":21,"path":"/temperature","op":"replace"}]}"#)
    #expect(data[3].contains("\"$targetId\":\"b\"") && data[3].contains("\"width\":2"))
    #expect(
      data[4]
        == #"{"modelId":"dtmi:test:Room;1","patch":[{"path":"/user","op":"remove"},{"value":3,"path":"/width","op":"replace"}]}"#
    )
    #expect(data[5] == #"{"t":1}"# && data[6] == #"{"beep":2}"#)
    #expect(data[7].contains("\"width\":3") && data[7].contains("\"$relationshipId\":\"r\""))
    #expect(data[8].contains("\"temperature\":21") && data[8].contains("\"battery\":8"))
    let replaced = events.filter { $0.subject == "b" && $0.type == "Twin.Update" }
    #expect(
      replaced.map(\.data) == [
        #"{"modelId":"dtmi:test:Room;2","patch":[{"value":"dtmi:test:Room;2","path":"/$metadata/$model","op":"replace"},{"value":1,"path":"/temperature","op":"add"}]}"#
      ])
    let telemetry = ofA[6]
    #expect(telemetry.id == "message-2" && telemetry.source == "twins.example/digitaltwins/a")
    #expect(
      telemetry.all["dataschema"] == "dtmi:test:Sensor;1"
        && telemetry.all["time"] == "2020-01-01T00:00:00.000Z")
    #expect(ofA[5].all["dataschema"] == room && ofA[5].all["subject"] == nil)
    #expect(Set(events.map(\.id)).count == 12 && events.allSatisfy { $0.all["specversion"] == "1.0" })
    let traces = events.filter { $0.type == "Twin.Delete" }.compactMap {
      $0.all["traceparent"]?.split(separator: "-")
    }
    #expect(traces.count == 2 && traces[0][1] == traces[1][1] && traces[0][2] != traces[1][2])
    #expect(try receiver.isSigned())
    #expect(await Server.until { delivery.figures[0].delivered == UInt64(events.count) })
    await delivery.stop()
  }

  /// The package `cloudevents` from PyPI reads every event, in every format.
  @Test(arguments: WebhookTarget.Format.allCases) func thePythonPackageReadsThem(
    _ format: WebhookTarget.Format
  ) async throws {
    let fixture = try Fixture()
    let receiver = try await Receiver(in: fixture.folder)
    let delivery = try fixture.delivery(.hook(receiver) { $0.format = format })
    delivery.start()
    try fixture.route("hub")
    try fixture.put("방100%")
    try live(fixture)
    #expect(await Server.until { delivery.figures[0].delivered == 13 && delivery.figures[0].lag == 0 })
    #expect(try receiver.isSigned())
    await delivery.stop()
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "cloudevents")
    let reader = try Server("bash", [script.path, "\(fixture.folder.path)/received.ndjson"])
    let code = reader.wait()
    if code == 3 { return print("The package cloudevents can't be had here: \(reader.output)") }
    let read = reader.output
    #expect(code == 0, "\(read)")
    let lines = try read.split(separator: "\n").map { try JSONDocument(String($0)) }
    #expect(lines.count == 13)
    #expect(
      Set(lines.compactMap { $0.root["attributes"]?["type"]?.string })
        == Set(CloudEvent.Kind.allCases.map(\.rawValue)))
    #expect(lines.contains { $0.root["attributes"]?["subject"]?.string?.hasPrefix("방") ?? false })
    #expect(lines.allSatisfy { $0.root["data"]?.kind == .object })
  }

  @Test func triedAgainInOrder() async throws {
    let fixture = try Fixture()
    let receiver = try await Receiver(in: fixture.folder, script: "500,503,429:1,drop,hang:0.4,200,500,200")
    let delivery = try fixture.delivery(.hook(receiver) { $0.milliseconds = 200 })
    delivery.start()
    try fixture.route("hub")
    try fixture.put("a")
    for number in 0..<20 { try fixture.set("a", Double(number)) }
    #expect(await Server.until { delivery.figures[0].delivered == 21 })
    let events = try receiver.events()
    #expect(events.map { $0.all["sequence"] ?? "" } == events.map { $0.all["sequence"] ?? "" }.sorted())
    #expect(Set(events.map(\.id)).count == 21 && events.count == 21)
    // Of a kept connection that is dropped the HTTP library itself makes a new one.
    #expect((5...6).contains(delivery.figures[0].retried) && delivery.figures[0].dead == 0)
    await delivery.stop()
  }

  @Test func deadLettersAndAfterwards() async throws {
    let fixture = try Fixture()
    let receiver = try await Receiver(in: fixture.folder, script: "500,500,500,404")
    let delivery = try fixture.delivery(.hook(receiver, attempts: 3))
    delivery.start()
    try fixture.route("hub")
    try fixture.put("a")
    try fixture.set("a", 1)
    try fixture.set("a", 2)
    #expect(await Server.until { delivery.figures[0].delivered == 1 && delivery.figures[0].dead == 2 })
    let letters = try await delivery.deadLetters(of: "hub")
    #expect(letters.map(\.event.kind) == [.twinCreate, .twinUpdate] && letters.map(\.attempts) == [3, 1])
    #expect(letters[0].reason.contains("500") && letters[1].reason.contains("404"))
    await delivery.stop()
    let later = try fixture.delivery(.hook(receiver))
    #expect(try await later.deadLetters(of: "hub").count == 2)
    let result = try await later.redeliver("hub")
    #expect(result.delivered == 2 && result.left == 0)
    #expect(try await later.deadLetters(of: "hub").isEmpty)
    #expect(try receiver.events().count == 3)
    await later.stop()
    await #expect(throws: NuriError.self) { try await later.deadLetters(of: "none") }
  }

  /// A batch that the receiver refuses is halved until only what it means is among the dead letters.
  @Test func oneBadEventInABatch() async throws {
    let fixture = try Fixture()
    let receiver = try await Receiver(in: fixture.folder)
    try fixture.route("hub")
    let delivery = try fixture.delivery(.hook(receiver) { $0.format = .batched })
    for number in 0..<30 {
      try fixture.put("t\(number)", PropertyEdit("label", .string(number == 17 ? "refuse-me" : "fine")))
    }
    delivery.start()
    #expect(await Server.until { delivery.figures[0].delivered == 29 && delivery.figures[0].dead == 1 })
    #expect(try await delivery.deadLetters(of: "hub").map(\.event.twin) == ["t17"])
    await delivery.stop()
  }

  @Test func aRestartGoesOnWhereItLeftOff() async throws {
    let folder: TemporaryFolder
    let receiver: Receiver
    do {
      let fixture = try Fixture()
      folder = fixture.folder
      receiver = try await Receiver(in: folder)
      let delivery = try fixture.delivery(.hook(receiver))
      delivery.start()
      try fixture.route("hub")
      for number in 0..<50 { try fixture.put("a\(number)") }
      #expect(await Server.until { delivery.figures[0].delivered > 0 })
      await delivery.stop()
      // What happens while nobody delivers comes later.
      for number in 0..<50 { try fixture.put("b\(number)") }
      try fixture.engine.close()
    }
    let fixture = try Fixture(again: folder)
    let delivery = try fixture.delivery(.hook(receiver))
    delivery.start()
    #expect(await Server.until { delivery.figures[0].lag == 0 })
    #expect(Set(try receiver.events().map(\.subject)).count == 100)
    await delivery.stop()
  }

  @Test func routesApplyFromTheirOwnChangeOn() async throws {
    let fixture = try Fixture()
    let receiver = try await Receiver(in: fixture.folder)
    let delivery = try fixture.delivery(.hook(receiver))
    try fixture.put("before")
    try fixture.route("other")
    try fixture.route(
      "hub", "type = 'Microsoft.DigitalTwins.Twin.Create' AND $body.label = 'yes'", id: "some")
    try fixture.put("no", PropertyEdit("label", .string("no")))
    try fixture.put("yes", PropertyEdit("label", .string("yes")))
    try fixture.set("yes", 1)
    try fixture.route("hub", "type = 'Microsoft.DigitalTwins.Twin.Delete'", id: "more")
    try fixture.write(.deleteTwin(id: "no"))
    try fixture.write(.deleteEventRoute(id: "some"), .deleteEventRoute(id: "more"))
    try fixture.write(.deleteTwin(id: "yes"))
    delivery.start()
    #expect(await Server.until { delivery.figures[0].lag == 0 })
    #expect(
      try receiver.events().map { "\($0.type) \($0.subject)" } == ["Twin.Create yes", "Twin.Delete no"])
    await delivery.stop()
  }

  @Test func oneSlowEndpointHoldsNobodyUp() async throws {
    let fixture = try Fixture()
    let slow = try await Receiver(in: try TemporaryFolder(), script: "hang,hang,hang,hang")
    let fast = try await Receiver(in: fixture.folder)
    let delivery = try fixture.delivery(.hook(slow, name: "slow"), .hook(fast, name: "fast"))
    delivery.start()
    try fixture.route("slow", id: "1")
    try fixture.route("fast", id: "2")
    for number in 0..<600 { try fixture.put("t\(number)") }
    #expect(await Server.until { delivery.figures[1].delivered == 600 })
    #expect(delivery.figures[0].delivered == 0 && delivery.figures[0].lag > 0)
    await delivery.stop()
  }

  @Test func asksBeforeSending() async throws {
    let fixture = try Fixture()
    let receiver = try await Receiver(in: fixture.folder)
    let open = EventEndpoint.hook(receiver, name: "open") { $0.origin = "twins.example" }
    let closed = EventEndpoint.hook(receiver, name: "closed", attempts: 2) {
      $0.origin = "twins.example"
      $0.url = "\(receiver.address)/closed"
    }
    let delivery = try fixture.delivery(open, closed)
    delivery.start()
    try fixture.route("open", id: "1")
    try fixture.route("closed", id: "2")
    try fixture.put("a")
    try fixture.put("b")
    #expect(await Server.until { delivery.figures[0].delivered == 2 && delivery.figures[1].dead == 2 })
    let asked = try receiver.entries().filter { $0.method == "OPTIONS" && $0.path == "/hook" }
    #expect(asked.allSatisfy { $0.headers["webhook-request-origin"] == "twins.example" } && !asked.isEmpty)
    #expect(try receiver.entries().allSatisfy { $0.method == "OPTIONS" || $0.path == "/hook" })
    await delivery.stop()
  }

  /// The ways to check a signature that the documentation shows.
  @Test func theDocumentationsExamples() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/events.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    func block(_ language: String) -> String {
      text.components(separatedBy: "```\(language)\n").dropFirst().first?.components(separatedBy: "```").first
        ?? ""
    }
    let folder = try TemporaryFolder()
    let body = "{\"a\": \"å\"}"
    let fields = [HTTPField("ce-id", "1"), HTTPField("Ce-Type", "x:y")]
    let now = Int64(Date().timeIntervalSince1970)
    let plain = EventSignature.text([], Array(body.utf8), secret, at: now)
    let binary = EventSignature.text(fields, Array(body.utf8), secret, at: now)
    let old = EventSignature.text([], Array(body.utf8), secret, at: now - 400)
    let key = String(decoding: secret, as: UTF8.self)
    let python = try folder.write(
      "check.py",
      block("python") + """

        body, key = '\(body)'.encode(), b'\(key)'
        print(is_genuine('\(plain)', body, key), is_genuine('\(binary)', body, key, [('Ce-Type', 'x:y'), ('ce-id', '1')]),
              is_genuine('\(old)', body, key), is_genuine('\(plain)', body + b' ', key), is_genuine('\(binary)', body, key))
        """)
    #expect(try Server.run("python3", [python]) == "True True False False False\n")
    _ = try folder.write("body.json", body)
    let parts = plain.split(separator: ",").map { $0.split(separator: "=")[1] }
    let shell = "cd '\(folder.path)'; SECRET='\(key)'; t=\(parts[0]); v1=\(parts[1])\n" + block("sh")
    #expect(try Server.run("bash", ["-c", shell]) == "")
    #expect(throws: (any Error).self) {
      try Server.run("bash", ["-c", shell.replacing("; v1=", with: "; v1=0")])
    }
  }

  @Test func signatures() {
    let body = Array("{}".utf8)
    let text = EventSignature.text([], body, secret, at: 1_000)
    #expect(EventSignature.holds(text, [], body, secret, now: 1_000))
    #expect(EventSignature.holds(text, [], body, secret, now: 1_300))
    #expect(!EventSignature.holds(text, [], body, secret, now: 1_301))
    #expect(!EventSignature.holds(text, [], body, secret, now: 699))
    #expect(!EventSignature.holds(text, [], Array("{ }".utf8), secret, now: 1_000))
    #expect(!EventSignature.holds(text, [HTTPField("CE-id", "1")], body, secret, now: 1_000))
    #expect(!EventSignature.holds(text, [], body, [1], now: 1_000))
    #expect(!EventSignature.holds("t=1000,v1=", [], body, secret, now: 1_000))
    for wrong in ["", "t=,v1=", "v1=00", "t=9223372036854775807,v1=00", "t=-9223372036854775808,v1=0"] {
      #expect(!EventSignature.holds(wrong, [], body, secret, now: 1_000))
    }
  }
}
