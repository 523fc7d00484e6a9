import APIAzure
import Foundation
import Testing
import TwinEngine
import TwinStorm
import TwinValues

/// Random paths and patches: every answer is well formed, none is a server error, and a refused patch leaves no trace.
@Suite struct FuzzTests {
  private static let rounds = Int(ProcessInfo.processInfo.environment["NURI_FUZZ_ROUNDS"] ?? "") ?? 4000
  private static let seed = UInt64(ProcessInfo.processInfo.environment["NURI_FUZZ_SEED"] ?? "") ?? 20_231_031

  private func checkForm(_ answer: AzureResponse, _ what: String) {
    #expect((200..<500).contains(answer.status), "\(what): \(answer.status) \(answer.text)")
    guard !answer.body.isEmpty else { return }
    do {
      let root = try answer.json().root
      let code = root["error"]?["code"]?.string
      #expect((code != nil) == (answer.status >= 400), "\(what)")
      #expect(answer.header("x-ms-error-code") == code, "\(what)")
    } catch {
      Issue.record("\(what): \(error) in \(answer.text)")
    }
  }

  @Test func paths() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    var seed = Seed(Self.seed)
    let pieces = [
      "/", "/", "/", "digitaltwins", "models", "eventroutes", "query", "relationships", "components",
      "telemetry",
      "incomingrelationships", "b1", "sensor", "dtmi:test:Room;1", "..", ".", "%2F", "%2e", "%", "%0", "%00",
      "%ff",
      "%EA%B1%B4", ";", "+", "a b", "\u{1}", "건", "?", "#", "//", "~", "'", "\"",
    ]
    let queries = [
      "", "x", "=", "&", "continuationToken=", "continuationToken=31", "%", "a=%zz", "api-version=1",
    ]
    let methods = ["GET", "PUT", "POST", "PATCH", "DELETE", "get", "", "TRACE"]
    let bodies = ["", "{}", "[]", "{", "null", "[{}]", "{\"query\":1}", "\u{0}"]
    for round in 0..<Self.rounds {
      let path = (0..<seed.below(9)).map { _ in pieces[seed.below(pieces.count)] }.joined()
      let headers = [
        ("If-Match", ["*", "", "W/\"1\"", "W/", "\"", ","][seed.below(6)]), ("Message-Id", "m"),
      ]
      let answer = await fixture.send(
        methods[seed.below(methods.count)], seed.chance(3, in: 4) ? "/\(path)" : path,
        query: queries[seed.below(queries.count)], headers: seed.chance(1, in: 2) ? headers : [],
        bodies[seed.below(bodies.count)])
      checkForm(answer, "seed \(Self.seed), round \(round), \(path)")
    }
  }

  @Test func filters() async throws {
    let fixture = try Fixture()
    var seed = Seed(Self.seed)
    let pieces = [
      "type", "$body.x", "$eventType", "=", "!=", "<", ">=", "'text'", "'it\\\\'s'", "'", "\\\\", "1", "-2.5",
      ".", "-",
      "AND", "or", "NOT", "IN", "[", "]", "(", ")", ",", "true", "FALSE", "STARTS_WITH", "CONTAINS", "é", "!",
      "$",
    ]
    for round in 0..<Self.rounds {
      let filter = (0..<(1 + seed.below(9))).map { _ in pieces[seed.below(pieces.count)] }
        .joined(separator: seed.chance(1, in: 4) ? "" : " ")
      let answer = await fixture.send(
        "PUT", "/eventroutes/fuzz", #"{"endpointName": "hub", "filter": "\#(filter)"}"#)
      let code = answer.header("x-ms-error-code")
      #expect(
        answer.status == 204 || code == "EventRouteFilterInvalid", "round \(round), \(filter): \(answer.text)"
      )
    }
  }

  @Test func patches() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    await fixture.send(
      "PUT", "/digitaltwins/b1",
      #"{"$metadata": {"$model": "dtmi:test:Building;1"}, "height": 1, "address": {"city": "Seoul"}}"#)
    await fixture.send("PUT", "/digitaltwins/r1", #"{"$metadata": {"$model": "dtmi:test:Room;1"}}"#)
    var seed = Seed(Self.seed)
    var accepted = 0
    for round in 0..<Self.rounds {
      let target = ["/digitaltwins/b1", "/digitaltwins/r1", "/digitaltwins/r1/components/sensor"][
        seed.below(3)]
      let path = target.hasPrefix("/digitaltwins/b1") ? "/digitaltwins/b1" : "/digitaltwins/r1"
      let before = await fixture.send("GET", path)
      let body = patch(&seed)
      let answer = await fixture.send("PATCH", target, body)
      let what = "seed \(Self.seed), round \(round), \(target) \(body)"
      checkForm(answer, what)
      let after = await fixture.send("GET", path)
      checkForm(after, what)
      if answer.status == 204 {
        accepted += 1
        #expect(answer.header("ETag") == after.header("ETag"), "\(what)")
      } else {
        #expect(before.text == after.text, "\(what)")
      }
    }
    #expect(accepted > Self.rounds / 50)
    // The whole history still replays to the same state.
    let twin = await fixture.send("GET", "/digitaltwins/b1")
    try fixture.engine.close()
    let again = AzureAPI(
      Session(try Engine.open("data", options: Fixture.options(fixture.disk, fixture.clock)), as: .owner()))
    let read = AzureRequest(method: "GET", path: "/digitaltwins/b1", query: "api-version=2023-10-31")
    #expect(await again.respond(to: read).text == twin.text)
  }

  /// A patch that is mostly well formed, sometimes with a byte changed.
  private func patch(_ seed: inout Seed) -> String {
    let names = [
      "height", "storeys", "name", "isOpen", "address", "tags", "area", "sensor", "temperature", "label",
      "city",
      "zip", "$metadata", "$model", "sourceTime", "$dtId", "", "~0", "~1", "~", "a.b", "sensor.label", "-",
      "0",
    ]
    let values = [
      "1", "2.5", "-3", "1e400", "true", "null", "\"text\"", "\"2019-12-31T00:00:00Z\"", "{}", "[]",
      "{\"city\": \"Busan\"}", "{\"city\": 5}", "{\"k\": \"v\"}", "\"dtmi:test:Tower;1\"",
      "\"dtmi:test:Building;1\"", "\"\\ud800\"", "18446744073709551616", "{\"temperature\": 1}",
    ]
    let ops = ["add", "add", "add", "replace", "remove", "move", "test", ""]
    let steps = (0..<seed.below(4)).map { _ in
      let path = (0..<seed.below(4)).map { _ in "/" + names[seed.below(names.count)] }.joined()
      let value = seed.chance(9, in: 10) ? ", \"value\": \(values[seed.below(values.count)])" : ""
      return "{\"op\": \"\(ops[seed.below(ops.count)])\", \"path\": \"\(path)\"\(value)}"
    }
    var bytes = Array("[\(steps.joined(separator: ", "))]".utf8)
    if seed.chance(1, in: 10) {
      bytes[seed.below(bytes.count)] = UInt8(truncatingIfNeeded: seed.next() & 0x7f)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
