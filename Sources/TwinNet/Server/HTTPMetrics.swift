/// What a server counted since it started, over all loops. A value; numbers read while the server works may be a
/// few requests apart from one another.
public struct HTTPMetrics: Sendable, Equatable {
  /// Connections accepted.
  public var connections = 0
  /// Connections open now.
  public var openConnections = 0
  /// Connections turned away because of a limit.
  public var refusedConnections = 0
  /// TLS handshakes that failed.
  public var failedHandshakes = 0
  /// Answers by class of status: index 1 for 1xx to 5 for 5xx; index 0 is unused.
  public var answersByClass = [0, 0, 0, 0, 0, 0]
  /// Requests whose handler has not answered yet, or whose streamed answer is under way.
  public var openRequests = 0
  /// Requests whose client went away before the answer was complete.
  public var abandonedRequests = 0
  /// Requests refused before a handler saw them. Their answers are counted by class too.
  public var refusedRequests = 0
  /// Connections cut for flooding (HTTP/2).
  public var floods = 0
  /// WebSockets open now.
  public var webSockets = 0
  /// Bytes received, after TLS.
  public var bytesIn = 0
  /// Bytes sent, before TLS.
  public var bytesOut = 0
  /// Connections given up because of `headerMilliseconds`.
  public var headerTimeouts = 0
  /// Connections given up because of `bodyMilliseconds` and `bodyBytesPerSecond`.
  public var bodyTimeouts = 0
  /// Connections given up because of `writeMilliseconds`.
  public var writeTimeouts = 0
  /// Connections closed because of `idleMilliseconds`.
  public var idleTimeouts = 0
  /// Answered requests by time from the end of the head to the end of the answer as handed to the connection: one
  /// number for each of `latencyBoundsMicroseconds`, and one for longer. Not cumulative.
  public var latencyBuckets = [Int](repeating: 0, count: HTTPMetrics.latencyBoundsMicroseconds.count + 1)
  /// The sum of those times.
  public var latencyMicroseconds = 0

  /// The upper bounds of the buckets.
  public static let latencyBoundsMicroseconds = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000,
  ]

  /// All zero.
  public init() {}

  /// Answered requests in all.
  public var requests: Int { latencyBuckets.reduce(0, +) }

  /// Adds what another server counted.
  public mutating func add(_ other: HTTPMetrics) {
    connections += other.connections
    openConnections += other.openConnections
    refusedConnections += other.refusedConnections
    failedHandshakes += other.failedHandshakes
    for index in answersByClass.indices { answersByClass[index] += other.answersByClass[index] }
    openRequests += other.openRequests
    abandonedRequests += other.abandonedRequests
    refusedRequests += other.refusedRequests
    floods += other.floods
    webSockets += other.webSockets
    bytesIn += other.bytesIn
    bytesOut += other.bytesOut
    headerTimeouts += other.headerTimeouts
    bodyTimeouts += other.bodyTimeouts
    writeTimeouts += other.writeTimeouts
    idleTimeouts += other.idleTimeouts
    for index in latencyBuckets.indices { latencyBuckets[index] += other.latencyBuckets[index] }
    latencyMicroseconds += other.latencyMicroseconds
  }

  mutating func add(_ counters: HTTPCounters) {
    connections += counters.value(.connections)
    refusedConnections += counters.value(.refusedConnections)
    failedHandshakes += counters.value(.failedHandshakes)
    let classes: [HTTPCounters.Name] = [
      .informational, .successful, .redirections, .clientErrors, .serverErrors,
    ]
    for (index, name) in classes.enumerated() { answersByClass[index + 1] += counters.value(name) }
    openRequests += counters.value(.openRequests)
    abandonedRequests += counters.value(.abandonedRequests)
    refusedRequests += counters.value(.refusedRequests)
    floods += counters.value(.floods)
    webSockets += counters.value(.webSockets)
    bytesIn += counters.value(.bytesIn)
    bytesOut += counters.value(.bytesOut)
    headerTimeouts += counters.value(.headerTimeouts)
    bodyTimeouts += counters.value(.bodyTimeouts)
    writeTimeouts += counters.value(.writeTimeouts)
    idleTimeouts += counters.value(.idleTimeouts)
    latencyMicroseconds += counters.value(.latencyMicroseconds)
    for index in latencyBuckets.indices { latencyBuckets[index] += counters.bucket(index) }
  }
}
