public import TwinValues

/// Where a broker is and how to talk to it.
public struct MQTTOptions: Hashable, Sendable {
  /// The protocol's version.
  public enum Version: String, Hashable, Sendable, CaseIterable {
    /// MQTT 3.1.1.
    case v311 = "3.1.1"
    /// MQTT 5.
    case v5 = "5"
  }

  /// The broker's name or address.
  public var host: String
  /// Its port.
  public var port: Int
  /// Whether to speak TLS; a certificate is then always checked.
  public var isSecure: Bool
  /// Whom to trust, what to show.
  public var trust = ClientTrust()
  /// The protocol's version.
  public var version = Version.v5
  /// Our name at the broker; empty to be given one.
  public var clientId = ""
  /// A user's name.
  public var user: String?
  /// The user's password.
  public var password: String?
  /// Whether the broker forgets us, our subscriptions and what waits for us when we leave.
  public var startsClean = true
  /// Seconds of silence after which both sides ask whether the other is there.
  public var keepAliveSeconds = 30
  /// Milliseconds until the connection stands, and until a broker has acknowledged.
  public var answerMilliseconds = 20_000
  /// Messages that wait for the broker's acknowledgement at one time; more wait for room.
  public var inFlight = 64
  /// Messages and subscriptions waiting for room at one time; more are refused.
  public var waiting = 4096
  /// Milliseconds before the first new try to connect; doubled each time, some of it left to chance.
  public var firstDelayMilliseconds: Int64 = 500
  /// The longest time between tries to connect.
  public var longestDelayMilliseconds: Int64 = 30_000

  /// Reads `mqtts://host:port` or `mqtt://host:port`; the ports are 8883 and 1883 where none stands there.
  /// - Throws: `NuriError` with code `invalidCall`.
  public init(url: String) throws(NuriError) {
    let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    var rest = parts.count == 2 ? parts[1] : ""
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    let scheme = parts.first.map { $0.lowercased() } ?? ""
    isSecure = scheme == "mqtts"
    var port = isSecure ? 8883 : 1883
    var host = rest
    let colon = rest.lastIndex(of: ":")
    if let colon, !rest[colon...].contains("]") {
      host = rest[..<colon]
      port = Int(rest[rest.index(after: colon)...]) ?? 0
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard scheme == "mqtt" || scheme == "mqtts", !host.isEmpty, (1...65_535).contains(port),
      host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !"/@?#".utf8.contains($0) })
    else {
      throw NuriError(
        .invalidCall, "The broker's address \"\(url.prefix(200))\" can't be read.",
        advice: "Write it like mqtts://broker.example:8883.")
    }
    self.host = String(host)
    self.port = port
  }

  /// The broker as errors name it.
  var place: String { "\(isSecure ? "mqtts" : "mqtt")://\(host):\(port)" }
}

/// A message to a broker or from it.
public struct MQTTMessage: Hashable, Sendable {
  /// How surely it arrives.
  public enum Quality: Int32, Hashable, Sendable {
    /// Sent once, perhaps lost.
    case atMostOnce = 0
    /// Sent until acknowledged, perhaps twice.
    case atLeastOnce = 1
  }

  /// Where to.
  public var topic: String
  /// What.
  public var payload: [UInt8]
  /// How surely.
  public var quality: Quality
  /// Whether the broker keeps it for those who come later.
  public var isRetained: Bool
  /// MQTT 5: what the payload is.
  public var contentType: String?
  /// MQTT 5: more about it, in order.
  public var properties: [HTTPField]

  /// Makes a message.
  public init(
    topic: String, payload: [UInt8], quality: Quality = .atLeastOnce, isRetained: Bool = false,
    contentType: String? = nil, properties: [HTTPField] = []
  ) {
    self.topic = topic
    self.payload = payload
    self.quality = quality
    self.isRetained = isRetained
    self.contentType = contentType
    self.properties = properties
  }
}
