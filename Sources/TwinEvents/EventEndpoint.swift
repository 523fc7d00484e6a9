public import TwinClients

/// Where events go: a part of the server's configuration, since it names a machine and holds secrets.
public struct EventEndpoint: Hashable, Sendable {
  /// A kind of place to deliver to.
  public enum Target: Hashable, Sendable {
    /// An HTTP address.
    case webhook(WebhookTarget)
    /// Topics of an MQTT broker.
    case mqtt(MQTTTarget)
  }

  /// The name routes call it by: letters, digits, hyphens and underscores.
  public var name: String
  /// Where to.
  public var target: Target
  /// How often and how long to try.
  public var retry: EventRetry
  /// Requests under way at one time; events of one twin stay in order all the same.
  public var lanes: Int

  /// Makes an endpoint.
  public init(name: String, target: Target, retry: EventRetry = EventRetry(), lanes: Int = 8) {
    self.name = name
    self.target = target
    self.retry = retry
    self.lanes = lanes
  }
}

/// An address that events are sent to by HTTP.
public struct WebhookTarget: Hashable, Sendable {
  /// How events are put into requests (CloudEvents HTTP protocol binding, §3).
  public enum Format: String, Hashable, Sendable, CaseIterable {
    /// One event a request, all of it in the body.
    case structured
    /// Many events a request, in order.
    case batched
    /// One event a request: its data in the body, its attributes in header fields.
    case binary
  }

  /// The address, `https` or `http`.
  public var url: String
  /// How events are put into requests.
  public var format: Format
  /// Most events in a request, when batched.
  public var batch: Int
  /// Header fields to add, e.g. a key that the receiver asks for.
  public var headers: [HTTPField]
  /// The secret to sign with; without one requests are not signed.
  public var secret: [UInt8]?
  /// Whom to trust, what to show.
  public var trust: ClientTrust
  /// Asks the receiver first whether it wants our events (CloudEvents HTTP webhooks, §4), as this origin; `nil` to
  /// send without asking.
  public var origin: String?
  /// Milliseconds for a request.
  public var milliseconds: Int

  /// Makes a target.
  public init(
    url: String, format: Format = .structured, batch: Int = 100, headers: [HTTPField] = [],
    secret: [UInt8]? = nil, trust: ClientTrust = ClientTrust(), origin: String? = nil,
    milliseconds: Int = 30_000
  ) {
    self.url = url
    self.format = format
    self.batch = batch
    self.headers = headers
    self.secret = secret
    self.trust = trust
    self.origin = origin
    self.milliseconds = milliseconds
  }
}

/// Topics that events are published to.
public struct MQTTTarget: Hashable, Sendable {
  /// How events are put into messages (CloudEvents MQTT protocol binding, §3).
  public enum Format: String, Hashable, Sendable, CaseIterable {
    /// All of the event in the payload.
    case structured
    /// Its data in the payload, its attributes in user properties; MQTT 5 only.
    case binary
  }

  /// The broker and how to come in.
  public var broker: MQTTOptions
  /// The topic, in which `{twin}`, `{type}` (the last part, e.g. `Update`), `{kind}` (`twin`, `relationship` or
  /// `telemetry`) and `{endpoint}` are filled in; characters that topics give a meaning are percent-encoded.
  public var topic: String
  /// How surely it arrives.
  public var quality: MQTTMessage.Quality
  /// How events are put into messages.
  public var format: Format

  /// Makes a target.
  public init(
    broker: MQTTOptions, topic: String = "nuri/{kind}/{twin}", quality: MQTTMessage.Quality = .atLeastOnce,
    format: Format = .structured
  ) {
    self.broker = broker
    self.topic = topic
    self.quality = quality
    self.format = format
  }
}

/// How often and how long to try before an event becomes a dead letter.
public struct EventRetry: Hashable, Sendable {
  /// Tries of a request, the first among them.
  public var attempts: Int
  /// Milliseconds before the second try; doubled each time, half of it left to chance.
  public var firstMilliseconds: Int64
  /// The longest time between tries; a receiver's `Retry-After` is followed up to this too.
  public var longestMilliseconds: Int64
  /// An event older than this many seconds is tried once more, not again and again.
  public var ageSeconds: Int64

  /// Makes a policy; by default an hour's tries, in which an event of up to a day ago is kept trying.
  public init(
    attempts: Int = 15, firstMilliseconds: Int64 = 500, longestMilliseconds: Int64 = 300_000,
    ageSeconds: Int64 = 86_400
  ) {
    self.attempts = attempts
    self.firstMilliseconds = firstMilliseconds
    self.longestMilliseconds = longestMilliseconds
    self.ageSeconds = ageSeconds
  }

  /// Milliseconds before the next try, after so many.
  func delay(after attempts: Int, asked: Int64?, chance: Double) -> Int64 {
    let doubled = Double(firstMilliseconds) * Double(1 << min(30, max(0, attempts - 1)))
    let whole = min(Double(longestMilliseconds), doubled)
    let own = Int64(whole * (0.5 + 0.5 * chance))
    return max(own, min(asked ?? 0, longestMilliseconds))
  }
}

/// Limits of event delivery.
public enum EventLimits {
  /// Changes an endpoint looks at before it delivers what they made.
  public static let changesPerRound = 256
  /// Bytes of events an endpoint makes before it delivers them; one event may go past it.
  public static let bytesPerRound = 4 << 20
  /// Bytes of one file of dead letters.
  public static let deadFileBytes = 4 << 20
  /// Files of dead letters of one endpoint; the oldest goes when there are more.
  public static let deadFiles = 16
  /// Milliseconds that dead letters are tried again for at one time.
  public static let redeliveryMilliseconds: Int64 = 30_000
  /// Milliseconds between notes of how far delivery has come.
  public static let noteMilliseconds: Int64 = 200
  /// Changes after which the state an endpoint works with shares its pages with the world's again.
  static let changesPerState: UInt64 = 20_000
}
