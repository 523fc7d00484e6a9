/// Every limit of a server, by name. `docs/net.md` has them as a table with what a client sees.
///
/// A value type; change a copy before the server starts.
public struct NetLimits: Sendable, Equatable {
  /// So many at once, and so many more each second.
  public struct Rate: Sendable, Equatable {
    /// At once.
    public var burst: Int
    /// Each second after.
    public var perSecond: Int

    /// Makes a rate.
    public init(burst: Int, perSecond: Int) {
      self.burst = burst
      self.perSecond = perSecond
    }
  }

  // MARK: Connections

  /// Open connections in all.
  public var connections = 20_000
  /// Open connections from one address.
  public var connectionsPerPeer = 10_000
  /// Connections the kernel may hold that were not accepted yet, per loop.
  public var acceptBacklog = 1024

  // MARK: Sizes

  /// The request line and all fields, on the wire for HTTP/1, decoded for HTTP/2.
  public var headBytes = 32 << 10
  /// The request target alone.
  public var targetBytes = 8 << 10
  /// Header fields of a request, trailers counted apart.
  public var headerFields = 100
  /// A request's body, as sent and again once decoded.
  public var bodyBytes = 64 << 20
  /// How many times larger than sent a compressed body may become, once `expansionFloorBytes` are passed.
  public var expansionRatio = 100
  /// Compressed bodies may become this large whatever their ratio.
  public var expansionFloorBytes = 1 << 20
  /// The line that starts a chunk, its extension included.
  public var chunkLineBytes = 256
  /// What a body may run ahead of its handler before the peer is made to wait.
  public var bodyBufferBytes = 64 << 10
  /// What may wait to be sent before a writer is made to wait.
  public var outputHighWaterBytes = 64 << 10
  /// A waiting writer goes on when no more than this waits.
  public var outputLowWaterBytes = 16 << 10
  /// Bytes of pipelined requests kept while an answer is under way.
  public var pipelineBytes = 64 << 10
  /// Requests answered on one connection before it is closed.
  public var requestsPerConnection = 1_000_000
  /// What is read and thrown away of a body nobody wanted, before the connection is closed instead.
  public var lingerBytes = 1 << 20

  // MARK: Times

  /// The TLS handshake.
  public var handshakeMilliseconds = 10_000
  /// From a request's first byte to the end of its head; sending slowly does not stretch it.
  public var headerMilliseconds = 10_000
  /// The time a body always gets, and then more by `bodyBytesPerSecond`.
  public var bodyMilliseconds = 30_000
  /// A body slower than this over its whole length, after `bodyMilliseconds`, is given up.
  public var bodyBytesPerSecond = 1024
  /// From the end of a request to the start of its answer. The handler is cancelled.
  public var handlerMilliseconds = 60_000
  /// A connection without a request.
  public var idleMilliseconds = 75_000
  /// Without the peer taking a single byte of what waits.
  public var writeMilliseconds = 30_000
  /// How long a peer may still send after we said that nothing follows.
  public var lingerMilliseconds = 1_000

  // MARK: HTTP/2

  /// Requests under way on one connection.
  public var streams = 128
  /// Streams a peer may reset at once, and how many more each second.
  public var resets = Rate(burst: 200, perSecond: 20)
  /// Settings, pings, priorities and empty data frames a peer may send at once, and how many more each second.
  public var controlFrames = Rate(burst: 200, perSecond: 50)
  /// Continuation frames of one head.
  public var continuations = 8

  // MARK: WebSocket

  /// One message, all fragments together.
  public var messageBytes = 1 << 20
  /// Messages received and not yet read before the peer is made to wait.
  public var queuedMessages = 16
  /// A silent peer is pinged after this, and given up after twice this.
  public var pingMilliseconds = 30_000

  /// The limits as documented.
  public init() {}
}
