import TwinValues

/// One stream of bytes to many connections.
///
/// A handler that only passes on what others are told too would wake a task for every connection and every piece. Here
/// the pieces are made once, each loop is handed them once, and the loop writes them to its connections' sockets
/// itself, some at a time so that others get their turn. Readers sleep meanwhile.
///
/// Every piece says which part of a numbered stream it is, so a connection joins where it stands: it hears everything
/// after its position, once. A connection that does not take its pieces fast enough, or stands before what is kept,
/// is let go with the position it has reached, and catches up by itself.
///
/// Any thread; pieces in order from one publisher at a time.
///
/// `@unchecked Sendable`: `lists`, `start` and the rest are touched only while holding `lock`.
public final class Broadcast: @unchecked Sendable {
  /// Some bytes of the stream.
  public struct Piece: Sendable {
    /// The position this piece follows.
    public let after: UInt64
    /// The first number it tells of: a reader anywhere from `after` to before this one may take it.
    public let first: UInt64
    /// Where a reader stands that has taken it.
    public let through: UInt64
    /// What is sent.
    public let bytes: [UInt8]
    /// The same as a chunk of HTTP/1.1.
    let chunk: [UInt8]

    /// Makes a piece. For WebSockets the bytes are whole frames (`WebSocket.frame`).
    public init(after: UInt64, first: UInt64, through: UInt64, bytes: [UInt8]) {
      self.after = after
      self.first = first
      self.through = through
      self.bytes = bytes
      var chunk: [UInt8] = []
      chunk.reserveCapacity(bytes.count + 16)
      ResponseHeadWriter.chunk(bytes, to: &chunk)
      self.chunk = chunk
    }
  }

  /// Why a connection is no longer among those who are told.
  public enum Exit: Sendable {
    /// It has to catch up from this position by itself. `wasLive` when it had been up to date before: it is too slow.
    case behind(UInt64, wasLive: Bool)
    /// Nothing more will be published.
    case ended
    /// The peer is gone, or the server drains.
    case gone
  }

  private let lock = Lock()
  private var isEnded = false
  private var lists: [ObjectIdentifier: BroadcastList] = [:]
  private var start: UInt64?
  /// What a list that begins later must know of: the newest pieces.
  private var kept: ContiguousArray<Piece> = []
  private var keptBytes = 0
  private var reached: UInt64 = 0
  private let heartbeatMilliseconds: Int
  private let heartbeat: @Sendable (UInt64) -> [UInt8]

  /// Pieces are kept up to so many bytes, for connections that come back or are a little behind.
  public static let keptBytes = 1 << 20

  /// Makes a stream. A connection to which nothing was sent for so long is sent `heartbeat`, which is handed how far
  /// the stream has come; with 0 none is.
  public init(
    heartbeatMilliseconds: Int = 0, heartbeat: @escaping @Sendable (UInt64) -> [UInt8] = { _ in [] }
  ) {
    self.heartbeatMilliseconds = heartbeatMilliseconds
    self.heartbeat = heartbeat
  }

  /// Says where the stream begins: pieces follow from `position` on. Until then connections may join and wait.
  public func open(at position: UInt64) {
    let told = lock.withLock {
      start = position
      reached = max(reached, position)
      return Array(lists.values)
    }
    for list in told { list.loop.perform { list.open(at: position) } }
  }

  /// Sends a piece to everyone who stands before it.
  public func publish(_ piece: Piece) {
    let told = lock.withLock {
      kept.append(piece)
      keptBytes += piece.bytes.count
      while keptBytes > Broadcast.keptBytes, kept.count > 1, let oldest = kept.first {
        keptBytes -= oldest.bytes.count
        kept.removeFirst()
      }
      reached = piece.through
      return Array(lists.values)
    }
    for list in told { list.loop.perform { list.add(piece) } }
  }

  /// Says how far the stream has come where there was nothing to tell.
  public func reach(_ position: UInt64) { lock.withLock { reached = max(reached, position) } }

  /// Nothing more comes: lets every connection go, those that join later too.
  public func end() {
    let told = lock.withLock {
      isEnded = true
      return Array(lists.values)
    }
    for list in told { list.loop.perform { list.end() } }
  }

  /// How far the stream has come.
  public var position: UInt64 { lock.withLock { reached } }

  // MARK: For loops

  /// The loop's list, which begins with the first that joins. On the loop.
  func list(_ loop: EventLoop) -> BroadcastList {
    lock.withLock {
      let key = ObjectIdentifier(loop)
      if let list = lists[key] { return list }
      let list = BroadcastList(
        self, loop, start: start, pieces: kept, isEnded: isEnded, heartbeatMilliseconds: heartbeatMilliseconds
      )
      lists[key] = list
      return list
    }
  }

  /// A list without connections goes. On the loop.
  func drop(_ loop: EventLoop) { lock.withLock { lists[ObjectIdentifier(loop)] = nil } }

  func heartbeatPiece() -> Piece {
    let position = self.position
    return Piece(after: 0, first: 0, through: position, bytes: heartbeat(position))
  }
}

/// Where one connection takes pieces. On its loop.
protocol BroadcastOutlet: AnyObject {
  /// Whether little enough waits to be sent that more may be.
  var hasRoom: Bool { get }
  /// Sends a piece; `false` when it can't be sent any more.
  func push(_ ticket: UInt64, _ piece: Broadcast.Piece) -> Bool
  /// Nothing may come for long: gives back memory kept for the next time.
  func settle()
}
