import Glibc
public import TwinValues

/// A client of an MQTT broker: connects, and again after it was cut off; publishes and waits for the acknowledgement;
/// subscribes, and again after each connection.
///
/// What was published but not acknowledged when the connection broke is answered with `unreachable`: whether it arrived
/// is not known, and sending it again is up to the caller. All calls may come from any thread.
///
/// `@unchecked Sendable`: `thread` is touched only while holding the desk's lock.
public final class MQTTClient: @unchecked Sendable {
  private let desk: MQTTDesk
  private var thread: WorkThread?

  /// Makes a client; its thread starts and begins to connect.
  /// - Parameter onMessage: called on the client's thread with each message of a subscription. The broker hears that it
  ///   arrived after the call has returned, so it should be quick.
  /// - Throws: `NuriError` with code `unreachable` when the system has no thread or pipe to give.
  public init(
    _ options: MQTTOptions, clock: any ClientClock = SystemClientClock(),
    onMessage: @escaping @Sendable (MQTTMessage) -> Void = { _ in }
  ) throws(NuriError) {
    let desk = try MQTTDesk(options, clock, onMessage)
    self.desk = desk
    thread = WorkThread { MQTTThread(desk).run() }
    guard thread != nil else { throw NuriError(.unreachable, "The system has no thread to give.") }
  }

  deinit { close() }

  /// Whether there is a connection now.
  public var isConnected: Bool { desk.lock.withLock { desk.isConnected } }

  /// Waits until there is a connection; returns at once when there is.
  /// - Throws: `NuriError` why the try that was under way failed: `unreachable`, `timedOut`, `untrusted`, `refused`.
  ///   The client goes on trying all the same.
  public func connected() async throws(NuriError) {
    if isConnected { return }
    try await desk.ask(.connected)
  }

  /// Publishes a message. With `atLeastOnce` the broker has it when the call returns.
  /// - Throws: `NuriError` with code `unreachable` without a connection or when it broke, `timedOut`, `refused`,
  ///   `invalidCall` for a topic that is none, `limitExceeded` when too much waits.
  public func publish(_ message: MQTTMessage) async throws(NuriError) {
    try await desk.ask(.publish(message))
  }

  /// Subscribes to the topics a filter covers, now and after each new connection.
  /// - Throws: as `publish` does.
  public func subscribe(
    _ filter: String, quality: MQTTMessage.Quality = .atLeastOnce
  ) async throws(NuriError) {
    try await desk.ask(.subscribe(filter, quality))
  }

  /// Says goodbye to the broker, answers what waits with `cancelled` and ends the thread. Calling twice is harmless.
  public func close() {
    desk.stop()
    let ended = desk.lock.withLock {
      defer { thread = nil }
      return thread
    }
    ended?.join()
  }
}

/// Something asked of the client, and where its answer goes.
struct MQTTRequest: Sendable {
  enum Kind: Sendable {
    case connected
    case publish(MQTTMessage)
    case subscribe(String, MQTTMessage.Quality)
  }

  typealias Reply = UnsafeContinuation<NuriError?, Never>

  let kind: Kind
  let reply: Reply
}

/// Where callers leave what the thread is to do.
///
/// `@unchecked Sendable`: `requests`, `isStopping` and `isConnected` are touched only while holding `lock`; the pipe's
/// ends never change, and it is closed when nobody can write to it any more.
final class MQTTDesk: @unchecked Sendable {
  let options: MQTTOptions
  let clock: any ClientClock
  let onMessage: @Sendable (MQTTMessage) -> Void
  let lock = Lock()
  var isConnected = false
  private var requests: [MQTTRequest] = []
  private var isStopping = false
  /// Read by the thread to be woken.
  let wakeEnd: Int32
  private let ringEnd: Int32

  init(
    _ options: MQTTOptions, _ clock: any ClientClock, _ onMessage: @escaping @Sendable (MQTTMessage) -> Void
  ) throws(NuriError) {
    self.options = options
    self.clock = clock
    self.onMessage = onMessage
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw NuriError(.unreachable, "The system has no pipe to give.") }
    for end in ends {
      _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    wakeEnd = ends[0]
    ringEnd = ends[1]
  }

  deinit {
    Glibc.close(wakeEnd)
    Glibc.close(ringEnd)
  }

  func ask(_ kind: MQTTRequest.Kind) async throws(NuriError) {
    let failure = await withUnsafeContinuation { reply in
      let refusal: NuriError? = lock.withLock {
        if isStopping { return .closedClient }
        guard requests.count < options.waiting else {
          return NuriError(.limitExceeded, "There are \(options.waiting) messages waiting already.")
        }
        requests.append(MQTTRequest(kind: kind, reply: reply))
        return nil
      }
      if let refusal { reply.resume(returning: refusal) } else { ring() }
    }
    if let failure { throw failure.inside(options.place) }
  }

  func stop() {
    lock.withLock { isStopping = true }
    ring()
  }

  /// What has come, and whether it is the end. The thread calls this.
  func take() -> (requests: [MQTTRequest], isStopping: Bool) {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(wakeEnd, &bytes, bytes.count) == bytes.count {}
    return lock.withLock {
      defer { requests = [] }
      return (requests, isStopping)
    }
  }

  private func ring() {
    var byte: UInt8 = 1
    // A full pipe wakes as well as one byte.
    _ = write(ringEnd, &byte, 1)
  }
}

extension NuriError {
  static let closedClient = NuriError(.cancelled, "The client was closed.")
}
