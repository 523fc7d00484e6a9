import Foundation
import ProofServers
import Testing
import TwinClients
import TwinEvents
import TwinValues

/// Events from the built program to receivers as they are in the world, asked for through Azure's API.
@Suite("Events of nuri serve", .serialized)
struct LiveEventTests {
  private let json = ["-H", "content-type: application/json"]
  private let secret = "a secret of some length"

  private func route(_ server: LiveServer, _ id: String, to endpoint: String) -> Int {
    server.curl(
      "/eventroutes/\(id)?\(House.version)",
      options: json + ["-X", "PUT", "-d", #"{"endpointName":"\#(endpoint)","filter":"true"}"#]
    ).status
  }

  private func patch(_ server: LiveServer, _ value: Int) -> Int {
    server.curl(
      "/digitaltwins/a?\(House.version)", "-H", "content-type: application/json-patch+json", "-X", "PATCH",
      "-d",
      #"[{"op":"replace","path":"/n","value":\#(value)}]"#
    ).status
  }

  @Test("A patched twin's CloudEvent comes to a webhook, signed, and to a broker")
  func arrives() async throws {
    let folder = try TemporaryFolder()
    let receiver = try await Receiver(in: folder)
    let broker = try await Broker(in: folder)
    let reader = try Server(
      "stdbuf", ["-oL", "mosquitto_sub", "-p", "\(broker.port)", "-q", "1", "-t", "nuri/#", "-C", "1", "-d"])
    #expect(await Server.until { reader.output.contains("SUBACK") })
    let file = try folder.write("hub.secret", secret + "\n")
    let server = try LiveServer(
      "--set", "events.source=twins.example", "--set",
      #"events.endpoints={"hub":{"type":"webhook","url":"\#(receiver.address)/hook","secretFile":"\#(file)"},"#
        + #""plant":{"type":"mqtt","url":"mqtt://127.0.0.1:\#(broker.port)"}}"#,
      in: folder)
    server.furnish()
    #expect(route(server, "all", to: "hub") == 204 && route(server, "mqtt", to: "plant") == 204)
    #expect(patch(server, 5) == 204)
    #expect(try await Server.until { try receiver.entries().count == 1 })
    let entries = try receiver.entries()
    let entry = try #require(entries.first)
    let event = try JSONDocument(entry.body).root
    #expect(event["specversion"]?.string == "1.0" && event["source"]?.string == "twins.example")
    #expect(event["type"]?.string == "Microsoft.DigitalTwins.Twin.Update" && event["subject"]?.string == "a")
    #expect(event["data"]?["patch"]?.elements.map { $0["value"]?.int64 } == [5])
    #expect(
      EventSignature.holds(
        entry.headers["nuri-signature"] ?? "", entry.headers.map { HTTPField($0.key, $0.value) }, entry.body,
        Array(secret.utf8), now: Int64(Date().timeIntervalSince1970)))
    #expect(await Server.until { reader.output.contains("Microsoft.DigitalTwins.Twin.Update") })
    #expect(await Server.until { delivered(server, "plant") == 1 && delivered(server, "hub") == 1 })
    let figure = #"nuri_events_delivered_total{tenant="default",endpoint="hub"} 1"#
    #expect(await Server.until { server.curl("/metrics").body.contains(figure) })
    #expect(server.stop() == 0)
  }

  private func delivered(_ server: LiveServer, _ endpoint: String) -> Int64? {
    let list = try? JSONDocument(server.curl("/v1/endpoints").body).root["items"]
    return list?.elements.first { $0["name"]?.string == endpoint }?["delivered"]?.int64
  }

  @Test("What comes while the server is down or the receiver refuses is not lost")
  func deadLetters() async throws {
    let folder = try TemporaryFolder()
    let receiver = try await Receiver(in: folder, script: "404")
    let endpoints = #"events.endpoints={"hub":{"type":"webhook","url":"\#(receiver.address)/hook"}}"#
    let first = try LiveServer("--set", endpoints, in: folder)
    first.furnish()
    #expect(route(first, "all", to: "hub") == 204 && patch(first, 5) == 204)
    #expect(await Server.until { first.curl("/v1/endpoints/hub/dead-letters").body.contains("404") })
    first.signal(SIGKILL)
    _ = first.wait()
    let server = try LiveServer("--set", endpoints, in: folder, key: first.key)
    let letters = try JSONDocument(server.curl("/v1/endpoints/hub/dead-letters").body).root["items"]
    #expect(letters?.elements.map { $0["event"]?["subject"]?.string } == ["a"])
    let again = server.curl("/v1/endpoints/hub/redeliver", "-X", "POST")
    #expect(again.status == 200 && again.body == #"{"delivered":1,"left":0}"#, "\(again)")
    #expect(server.curl("/v1/endpoints/hub/dead-letters").body == #"{"items":[]}"#)
    #expect(try receiver.entries().last?.status == 200)
    #expect(server.curl("/v1/endpoints/hob/dead-letters").status == 404)
    // They hold what policies may hide: nothing for readers.
    let made = server.curl("/v1/keys", options: json + ["-d", #"{"roles":["modeller"]}"#])
    let key = (try? JSONDocument(made.body))?.root["key"]?.string ?? ""
    func status(_ path: String) -> Int {
      server.curl(path, "-H", "Authorization:", "-H", "Authorization: Bearer \(key)").status
    }
    #expect(status("/v1/endpoints") == 200 && status("/v1/endpoints/hub/dead-letters") == 403)
    #expect(server.stop() == 0)
  }
}
