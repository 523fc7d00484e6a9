/// One HTTP request to somebody else's server.
public struct HTTPCall: Sendable {
  /// The method, e.g. `POST`.
  public var method: String
  /// The absolute address, `https` or `http`, without a user or password.
  public var url: String
  /// Header fields, in order.
  public var headers: [HTTPField]
  /// The body; empty for none.
  public var body: [UInt8]
  /// How long and how much.
  public var limits: HTTPCallLimits
  /// Whom to trust, what to show.
  public var trust: ClientTrust

  /// Makes a call.
  public init(
    _ method: String, _ url: String, headers: [HTTPField] = [], body: [UInt8] = [],
    limits: HTTPCallLimits = HTTPCallLimits(), trust: ClientTrust = ClientTrust()
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.limits = limits
    self.trust = trust
  }
}

/// A header field.
public struct HTTPField: Hashable, Sendable {
  /// Its name; in answers in small letters.
  public let name: String
  /// Its value.
  public let value: String

  /// Makes a field.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// How long a call may take and how much it may bring.
public struct HTTPCallLimits: Hashable, Sendable {
  /// Milliseconds until the connection stands, names and TLS included.
  public var connectMilliseconds: Int
  /// Milliseconds for everything, waiting for a free connection included.
  public var totalMilliseconds: Int
  /// Bytes of the answer's body.
  public var answerBytes: Int
  /// Bytes of the answer's header fields.
  public var headerBytes: Int
  /// Redirects to follow; only to `https`.
  public var redirects: Int

  /// Makes limits.
  public init(
    connectMilliseconds: Int = 5_000, totalMilliseconds: Int = 30_000, answerBytes: Int = 4 << 20,
    headerBytes: Int = 64 << 10, redirects: Int = 0
  ) {
    self.connectMilliseconds = connectMilliseconds
    self.totalMilliseconds = totalMilliseconds
    self.answerBytes = answerBytes
    self.headerBytes = headerBytes
    self.redirects = redirects
  }
}

/// What a server answered.
public struct HTTPAnswer: Sendable {
  /// The status code.
  public let status: Int
  /// Header fields in the order they came, names in small letters.
  public let headers: [HTTPField]
  /// The body.
  public let body: [UInt8]

  /// The value of a header field, by its name in small letters.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
