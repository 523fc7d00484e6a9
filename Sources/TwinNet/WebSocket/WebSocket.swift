public import TwinValues

/// A WebSocket to one client, as a handler holds it.
///
/// Any thread. Messages go out in the order of the calls of one task; one task receives.
///
/// `@unchecked Sendable`: what is received is behind `lock`; the connection is touched in blocks given to its loop.
public final class WebSocket: @unchecked Sendable {
  /// One whole message.
  public enum Message: Sendable, Equatable {
    /// Text.
    case text(String)
    /// Bytes.
    case binary([UInt8])
  }

  /// Why a WebSocket closes (RFC 6455, 7.4).
  public struct CloseCode: RawRepresentable, Sendable, Hashable {
    /// The number.
    public let rawValue: Int
    /// Wraps a number.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// The work is done.
    public static let normal = Self(rawValue: 1000)
    /// The server drains, or the page is left.
    public static let goingAway = Self(rawValue: 1001)
    /// A frame against the protocol.
    public static let protocolError = Self(rawValue: 1002)
    /// Data that is not what was expected.
    public static let invalidData = Self(rawValue: 1007)
    /// A message the policy forbids.
    public static let policyViolation = Self(rawValue: 1008)
    /// A message over the limit.
    public static let tooLarge = Self(rawValue: 1009)
    /// The server could not go on.
    public static let internalError = Self(rawValue: 1011)
    /// The server is overloaded.
    public static let tryAgainLater = Self(rawValue: 1013)
  }

  private let loop: EventLoop
  private let lock = Lock()
  private var queue: ContiguousArray<Message> = []
  private var first = 0
  private var ending: CloseCode?
  private var isEnded = false
  private var reader: UnsafeContinuation<Void, Never>?
  /// On the loop's thread only.
  weak var connection: WebSocketConnection?

  init(loop: EventLoop) { self.loop = loop }

  /// Why the peer closed; `nil` while it has not, and when it left without a word.
  public var peerCloseCode: CloseCode? { lock.withLock { ending } }

  /// The next message; `nil` once the peer has closed or is gone and everything before was read.
  /// While nobody receives, the peer is made to wait after `NetLimits.queuedMessages`.
  public func receive() async -> Message? {
    while true {
      let (message, isOver, left) = lock.withLock { take() }
      if let message {
        if left == 0 { loop.perform { self.connection?.wanted() } }
        return message
      }
      if isOver || Task.isCancelled { return nil }
      await withTaskCancellationHandler {
        await withUnsafeContinuation { continuation in
          let isReady = lock.withLock {
            if first < queue.count || isEnded || Task.isCancelled { return true }
            reader = continuation
            return false
          }
          if isReady { continuation.resume() }
        }
      } onCancel: {
        change {}
      }
    }
  }

  private func take() -> (Message?, Bool, Int) {
    guard first < queue.count else { return (nil, isEnded, 0) }
    let message = queue[first]
    first += 1
    if first == queue.count {
      queue.removeAll()
      first = 0
    }
    return (message, false, queue.count - first)
  }

  /// Sends a message and waits until the peer has taken enough of what was sent before.
  /// Throws `connectionClosed` when the peer is gone or either side has closed.
  public func send(_ message: Message) async throws(NuriError) {
    let isSent = await withUnsafeContinuation { waiter in
      loop.perform {
        guard let connection = self.connection else { return waiter.resume(returning: false) }
        connection.send(message, waiter)
      }
    }
    if !isSent { throw NuriError(.connectionClosed, "The WebSocket is closed.") }
  }

  /// Says that nothing follows. The connection ends when the peer has answered, or soon after. `reason` is cut
  /// off where it passes 120 bytes.
  public func close(_ code: CloseCode, reason: String = "") async {
    await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
      loop.perform {
        self.connection?.close(code, reason)
        waiter.resume()
      }
    }
  }

  /// Joins those who are sent a broadcast of whole frames, standing at `position`, and waits until this reader is no
  /// longer among them. Meanwhile nothing else should be sent.
  public func follow(
    _ broadcast: Broadcast, after position: UInt64, until recall: Broadcast.Recall? = nil
  ) async -> Broadcast.Exit {
    await broadcast.follow(WebSocketOutlet(self), 0, on: loop, after: position, until: recall)
  }

  /// Sends whole frames, as `frame` makes them, and waits until the peer has taken enough of what was sent before.
  /// Throws `connectionClosed` when the peer is gone or either side has closed.
  public func send(frames: [UInt8]) async throws(NuriError) {
    let isSent = await withUnsafeContinuation { waiter in
      loop.perform {
        guard let connection = self.connection else { return waiter.resume(returning: false) }
        connection.send(frames: frames, waiter)
      }
    }
    if !isSent { throw NuriError(.connectionClosed, "The WebSocket is closed.") }
  }

  /// A text message as the one frame in which a server sends it, for a broadcast (RFC 6455, 5.2).
  public static func frame(text: [UInt8]) -> [UInt8] {
    var frame: [UInt8] = [0x81]
    frame.reserveCapacity(text.count + 10)
    switch text.count {
    case ..<126: frame.append(UInt8(text.count))
    case ..<65536: frame += [126, UInt8(text.count >> 8), UInt8(text.count & 255)]
    default:
      frame.append(127)
      for shift in stride(from: 56, through: 0, by: -8) { frame.append(UInt8(text.count >> shift & 255)) }
    }
    return frame + text
  }

  // MARK: For the connection, on the loop

  /// Adds a message; how many wait now.
  func push(_ message: Message) -> Int {
    change { queue.append(message) }
    return lock.withLock { queue.count - first }
  }

  func end(_ code: CloseCode?) {
    change {
      if ending == nil { ending = code }
      isEnded = true
    }
  }

  private func change(_ body: () -> Void) {
    lock.lock()
    body()
    let waiting = reader
    reader = nil
    lock.unlock()
    waiting?.resume()
  }
}

/// A WebSocket among those who are sent a broadcast. On its loop.
///
/// `@unchecked Sendable`: carried to the loop, and touched there only.
private final class WebSocketOutlet: BroadcastOutlet, @unchecked Sendable {
  private let socket: WebSocket

  init(_ socket: WebSocket) { self.socket = socket }

  var hasRoom: Bool { socket.connection?.hasRoom ?? true }

  func push(_ ticket: UInt64, _ piece: Broadcast.Piece) -> Bool {
    socket.connection?.push(frames: piece.bytes) ?? false
  }

  func settle() { socket.connection?.settle() }
}
