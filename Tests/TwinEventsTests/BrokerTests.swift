import ProofServers
import Testing
import TwinClients
import TwinEngine
import TwinEvents
import TwinGraph
import TwinValues

/// Events to a real mosquitto, read by mosquitto's own client.
@Suite(.serialized) struct BrokerTests {
  @Test func arriveOverTLSWithAPassword() async throws {
    let fixture = try Fixture()
    let certificates = try Certificates(in: fixture.folder)
    let broker = try await Broker(
      in: fixture.folder, certificates, users: [("nuri", "right"), ("reader", "also")])
    let reader = try Server(
      "stdbuf",
      [
        "-oL", "mosquitto_sub",
        "-h", "localhost", "-p", "\(broker.port)", "--cafile", certificates.authority, "-u", "reader", "-P",
        "also", "-q",
        "1", "-t", "city/#", "-C", "4", "-d", "-F", "got %t %p",
      ])
    #expect(await Server.until { reader.output.contains("SUBACK") })
    var options = try MQTTOptions(url: "mqtts://localhost:\(broker.port)")
    options.user = "nuri"
    options.password = "right"
    options.trust.authorityFile = certificates.authority
    let target = MQTTTarget(broker: options, topic: "city/{endpoint}/{kind}/{twin}/{type}")
    let delivery = try fixture.delivery(EventEndpoint(name: "plant", target: .mqtt(target)))
    delivery.start()
    try fixture.route("plant")
    try fixture.put("a")
    try fixture.set("a", 1)
    try fixture.write(.telemetry(twin: "a", component: nil, payload: Array("{}".utf8)))
    try fixture.put("x+y#z%")
    #expect(
      await Server.until { reader.output.contains("%25") || reader.output.split(separator: "got ").count > 4 }
    )
    _ = reader.wait()
    let lines = reader.output.split(separator: "\n").filter { $0.hasPrefix("got ") }.map { $0.dropFirst(4) }
    #expect(
      Set(lines.compactMap { $0.split(separator: " ").first }) == [
        "city/plant/twin/a/Create", "city/plant/twin/a/Update", "city/plant/telemetry/a/telemetry",
        "city/plant/twin/x%2By%23z%25/Create",
      ])
    for line in lines {
      let event = try JSONDocument(String(line.drop { $0 != "{" })).root
      #expect(event["specversion"]?.string == "1.0" && event["data"]?.kind == .object)
    }
    #expect(await Server.until { delivery.figures[0].delivered == 4 })
    await delivery.stop()
  }

  /// The broker is killed in between; everything arrives all the same.
  @Test func aBrokerThatDiesLosesNothing() async throws {
    let fixture = try Fixture()
    let port = try Server.freePort()
    var broker = try await Broker(in: fixture.folder, port: port)
    var options = try MQTTOptions(url: "mqtt://127.0.0.1:\(port)")
    options.firstDelayMilliseconds = 20
    options.longestDelayMilliseconds = 100
    let retry = EventRetry(attempts: 1000, firstMilliseconds: 10, longestMilliseconds: 50)
    let target = MQTTTarget(broker: options, topic: "t/{twin}", format: .binary)
    let delivery = try fixture.delivery(EventEndpoint(name: "plant", target: .mqtt(target), retry: retry))
    delivery.start()
    try fixture.route("plant")
    for number in 0..<100 { try fixture.put("a\(number)") }
    #expect(await Server.until { delivery.figures[0].delivered > 0 })
    broker.stop(signal: 9)
    for number in 0..<100 { try fixture.put("b\(number)") }
    #expect(await Server.until { delivery.figures[0].retried > 0 })
    let ids = Ids()
    broker = try await Broker(in: fixture.folder, port: port)
    let reader = try MQTTClient(options) { ids.take($0) }
    try await reader.connected()
    try await reader.subscribe("t/#")
    for number in 0..<100 { try fixture.put("c\(number)") }
    #expect(await Server.until { delivery.figures[0].lag == 0 && delivery.figures[0].delivered >= 300 })
    #expect(await Server.until { ids.subjects.filter { $0.hasPrefix("c") }.count == 100 })
    #expect(delivery.figures[0].dead == 0)
    await delivery.stop()
    reader.close()
    broker.stop()
  }

  private final class Ids: Sendable {
    private let lock = Lock()
    nonisolated(unsafe) private var seen: Set<String> = []
    var subjects: Set<String> { lock.withLock { seen } }
    func take(_ message: MQTTMessage) {
      let subject = message.properties.first { $0.name == "subject" }?.value ?? ""
      lock.withLock { _ = seen.insert(subject) }
    }
  }
}
