import Glibc
import ProofServers
import Synchronization
import Testing
import TwinClients
import TwinValues

/// The client against a real mosquitto, and mosquitto's own clients on the other side.
@Suite(.serialized) struct MQTTClientTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func options(
    _ broker: Broker, secure: Bool = false, _ change: (inout MQTTOptions) -> Void = { _ in }
  ) throws -> MQTTOptions {
    var options = try MQTTOptions(url: "\(secure ? "mqtts" : "mqtt")://localhost:\(broker.port)")
    options.firstDelayMilliseconds = 20
    options.longestDelayMilliseconds = 100
    change(&options)
    return options
  }

  /// Messages as they come.
  private final class Inbox: Sendable {
    let messages = Mutex<[MQTTMessage]>([])
    var count: Int { messages.withLock { $0.count } }
    func take(_ message: MQTTMessage) { messages.withLock { $0.append(message) } }
  }

  @Test(arguments: MQTTOptions.Version.allCases, [MQTTMessage.Quality.atMostOnce, .atLeastOnce])
  func thereAndBack(_ version: MQTTOptions.Version, _ quality: MQTTMessage.Quality) async throws {
    let broker = try await Broker(in: folder)
    let inbox = Inbox()
    let client = try MQTTClient(options(broker) { $0.version = version }) { inbox.take($0) }
    try await client.connected()
    try await client.subscribe("plant/#", quality: quality)
    let message = MQTTMessage(
      topic: "plant/펌프 1", payload: [0, 1, 255], quality: quality,
      contentType: version == .v5 ? "application/x" : nil,
      properties: version == .v5 ? [HTTPField("one", "1"), HTTPField("zwei", "ü")] : [])
    try await client.publish(message)
    try await client.publish(MQTTMessage(topic: "other", payload: []))
    try await client.publish(MQTTMessage(topic: "plant", payload: [], quality: quality))
    #expect(await Server.until { inbox.count >= 2 })
    #expect(
      inbox.messages.withLock { $0 } == [message, MQTTMessage(topic: "plant", payload: [], quality: quality)])
    client.close()
    client.close()
    #expect(await code { try await client.publish(message) } == .cancelled)
  }

  @Test func othersReadIt() async throws {
    let broker = try await Broker(in: folder)
    let reader = try Server(
      "stdbuf",
      [
        "-oL", "mosquitto_sub", "-p", "\(broker.port)", "-q", "1", "-t", "a/b", "-C", "1", "-d", "-F",
        "got %p",
      ])
    #expect(await Server.until { reader.output.contains("SUBACK") })
    let client = try MQTTClient(options(broker))
    try await client.connected()
    try await client.publish(MQTTMessage(topic: "a/b", payload: Array("hello".utf8)))
    #expect(reader.wait() == 0)
    #expect(await Server.until { reader.output.contains("got hello") })
  }

  @Test(arguments: MQTTOptions.Version.allCases) func usersAndPasswords(_ version: MQTTOptions.Version)
    async throws
  {
    let broker = try await Broker(in: folder, users: [("kim", "right")])
    func outcome(_ user: String?, _ password: String?) async throws -> NuriError.Code? {
      let client = try MQTTClient(
        options(broker) {
          $0.version = version
          $0.user = user
          $0.password = password
        })
      return await code {
        try await client.connected()
        try await client.publish(MQTTMessage(topic: "t", payload: [1]))
      }
    }
    #expect(try await outcome("kim", "right") == nil)
    #expect(try await outcome("kim", "wrong") == .refused)
    #expect(try await outcome(nil, nil) == .refused)
  }

  @Test func tlsAndClientCertificates() async throws {
    let certificates = try Certificates(in: folder)
    let broker = try await Broker(in: folder, certificates, asksForCertificate: true)
    func outcome(_ trust: ClientTrust, host: String = "localhost") async throws -> NuriError.Code? {
      let client = try MQTTClient(
        options(broker, secure: true) {
          $0.trust = trust
          $0.host = host
        })
      return await code {
        try await client.connected()
        try await client.publish(MQTTMessage(topic: "t", payload: [1]))
      }
    }
    let own = ClientTrust(
      authorityFile: certificates.authority, certificateFile: certificates.clientCertificate,
      keyFile: certificates.clientKey)
    #expect(try await outcome(own) == nil)
    #expect(try await outcome(own, host: "127.0.0.1") == nil)
    #expect(try await outcome(ClientTrust()) == .untrusted)
    #expect(try await outcome(ClientTrust(authorityFile: "\(folder.path)/none.pem")) == .untrusted)
    let anonymous = try await outcome(ClientTrust(authorityFile: certificates.authority))
    #expect(anonymous == .untrusted || anonymous == .unreachable)
  }

  @Test func comesBackAndSubscribesAgain() async throws {
    let port = try Server.freePort()
    let inbox = Inbox()
    var options = try MQTTOptions(url: "mqtt://127.0.0.1:\(port)")
    options.firstDelayMilliseconds = 20
    options.longestDelayMilliseconds = 100
    let client = try MQTTClient(options) { inbox.take($0) }
    #expect(await code { try await client.connected() } == .unreachable)
    #expect(await code { try await client.publish(MQTTMessage(topic: "t", payload: [0])) } == .unreachable)
    for round in 1...3 {
      let broker = try await Broker(in: folder, port: port)
      #expect(await Server.until { client.isConnected })
      if round == 1 { try await client.subscribe("t") }
      let payload = [UInt8(round)]
      // Right after a new connection the subscription may still be on its way.
      var tries = 0
      while !inbox.messages.withLock({ $0.contains { $0.payload == payload } }), tries < 300 {
        try await client.publish(MQTTMessage(topic: "t", payload: payload))
        try await Task.sleep(nanoseconds: 10_000_000)
        tries += 1
      }
      #expect(tries < 300)
      broker.stop(signal: SIGKILL)
      #expect(await Server.until { !client.isConnected })
    }
  }

  @Test func manyAtOnceInOrder() async throws {
    let broker = try await Broker(in: folder, more: "max_queued_messages 0\nmax_inflight_messages 0\n")
    let all = 2000
    let inbox = Inbox()
    let client = try MQTTClient(options(broker) { $0.inFlight = 8 }) { inbox.take($0) }
    try await client.connected()
    try await client.subscribe("n/#")
    await withTaskGroup(of: NuriError.Code?.self) { group in
      for lane in 0..<10 {
        group.addTask {
          await code {
            for number in 0..<(all / 10) {
              try await client.publish(MQTTMessage(topic: "n/\(lane)", payload: Array("\(number)".utf8)))
            }
          }
        }
      }
      for await failure in group { #expect(failure == nil) }
    }
    #expect(await Server.until { inbox.count >= all })
    let byTopic = inbox.messages.withLock { Dictionary(grouping: $0, by: \.topic) }
    #expect(byTopic.count == 10)
    for messages in byTopic.values {
      #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == (0..<200).map { "\($0)" })
    }
  }

  @Test func whatCantBePublished() async throws {
    let broker = try await Broker(in: folder, more: "message_size_limit 1000\nmax_packet_size 2000\n")
    let client = try MQTTClient(options(broker))
    try await client.connected()
    for topic in ["", "a/#", "a/+"] {
      #expect(
        await code { try await client.publish(MQTTMessage(topic: topic, payload: [])) } == .invalidCall,
        "\(topic)")
    }
    let large = MQTTMessage(topic: "t", payload: [UInt8](repeating: 1, count: 5000))
    #expect(await code { try await client.publish(large) } == .invalidCall)
    try await client.publish(MQTTMessage(topic: "t", payload: [1]))
  }

  /// A peer that takes the connection and says nothing.
  @Test func silence() async throws {
    let port = try Server.freePort()
    let mute = try Server(
      "python3",
      [
        "-c",
        "import socket,time\ns=socket.create_server(('127.0.0.1',\(port)))\nprint('up',flush=True)\ntime.sleep(60)",
      ])
    #expect(await Server.until { mute.output.contains("up") })
    var options = try MQTTOptions(url: "mqtt://127.0.0.1:\(port)")
    options.answerMilliseconds = 200
    let client = try MQTTClient(options)
    #expect(await code { try await client.connected() } == .timedOut)
  }

  @Test func addresses() throws {
    let plain = try MQTTOptions(url: "mqtt://broker")
    #expect(plain.host == "broker" && plain.port == 1883 && !plain.isSecure)
    let secure = try MQTTOptions(url: "MQTTS://[fd00::1]:99/")
    #expect(secure.host == "fd00::1" && secure.port == 99 && secure.isSecure)
    #expect(try MQTTOptions(url: "mqtts://[fd00::1]").port == 8883)
    for url in [
      "", "broker", "http://broker", "mqtt://", "mqtt://a:0", "mqtt://a:x", "mqtt://a b", "mqtt://u:p@a",
    ] {
      #expect(throws: NuriError.self, "\(url)") { try MQTTOptions(url: url) }
    }
  }
}
