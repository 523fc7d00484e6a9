/// A connection that became a WebSocket: frames between the channel and the handler's `WebSocket`, pings, closing.
/// Confined to its loop's thread.
final class WebSocketConnection: ChannelHandler {
  let socket: WebSocket
  private let channel: Channel
  private let limits: NetLimits
  private let codec: WebSocketCodec?
  private var task: Task<Void, Never>?
  private var waiters: [UnsafeContinuation<Bool, Never>] = []
  private var heard = true
  private var isClosing = false
  private var queueIsFull = false
  private let startsDraining: Bool
  private let listens: Bool

  init(
    channel: Channel, limits: NetLimits, messageBytes: Int, listens: Bool, task: Task<Void, Never>?,
    isDraining: Bool
  ) {
    self.listens = listens
    self.channel = channel
    self.limits = limits
    self.task = task
    startsDraining = isDraining
    codec = WebSocketCodec(messageBytes: messageBytes)
    socket = WebSocket(loop: channel.loop)
    socket.connection = self
  }

  /// The head was queued; `early` is what the peer sent before it could have seen it.
  func start(_ early: [UInt8]) {
    channel.loop.counters.add(.webSockets)
    guard codec != nil else { return channel.closeGently() }
    channel.isReading = true
    channel.setDeadline(after: limits.pingMilliseconds)
    if !early.isEmpty { early.withUnsafeBytes { received($0) } }
    if startsDraining { close(.goingAway, "the server drains") }
  }

  /// Cancels `task`, the handler's, when the connection ends.
  func keep(_ task: Task<Void, Never>) { self.task = task }

  func opened(protocolName: String?) {}

  func received(_ bytes: UnsafeRawBufferPointer) {
    guard let codec else { return }
    heard = true
    for event in codec.receive(bytes) {
      switch event {
      case .text where !listens, .binary where !listens: break
      case .text(let text): queueIsFull = socket.push(.text(text)) >= limits.queuedMessages
      case .binary(let bytes): queueIsFull = socket.push(.binary(bytes)) >= limits.queuedMessages
      case .pong: break
      case .close(let code, _): socket.end(WebSocket.CloseCode(rawValue: code))
      }
    }
    sendOutput()
    updateReading()
  }

  /// Sends what the codec wants sent, and ends the connection when both sides have closed.
  private func sendOutput() {
    guard let codec else { return }
    channel.batched {
      if !codec.output.isEmpty {
        channel.output.append(codec.output)
        codec.output = []
      }
      if codec.isFinished {
        socket.end(nil)
        channel.closeGently()
      }
    }
  }

  /// A peer that sends but does not take, or whose messages nobody takes, has to wait.
  private func updateReading() {
    if channel.state == .open { channel.isReading = isClosing || !queueIsFull && channel.isWritable }
    if !channel.isWritable { channel.requestDrained() }
  }

  /// Everything queued was read.
  func wanted() {
    queueIsFull = false
    updateReading()
  }

  func send(_ message: WebSocket.Message, _ waiter: UnsafeContinuation<Bool, Never>) {
    guard let codec, channel.state == .open, !isClosing else { return waiter.resume(returning: false) }
    let isQueued: Bool
    switch message {
    case .text(let text): isQueued = codec.send(text: text)
    case .binary(let bytes): isQueued = codec.send(binary: bytes)
    }
    sendOutput()
    if !isQueued || channel.state != .open { return waiter.resume(returning: false) }
    if channel.isWritable { return waiter.resume(returning: true) }
    waiters.append(waiter)
    updateReading()
  }

  func send(frames: [UInt8], _ waiter: UnsafeContinuation<Bool, Never>) {
    guard push(frames: frames) else { return waiter.resume(returning: false) }
    if channel.isWritable { return waiter.resume(returning: true) }
    waiters.append(waiter)
    updateReading()
  }

  var hasRoom: Bool { channel.isWritable }

  func settle() { channel.settle() }

  /// Sends whole frames as they are. The codec sends whole frames too, so none comes between.
  func push(frames: [UInt8]) -> Bool {
    guard channel.state == .open, !isClosing, codec?.hasClosed == false else { return false }
    channel.send(shared: frames)
    return channel.state == .open
  }

  func close(_ code: WebSocket.CloseCode, _ reason: String) {
    guard let codec, channel.state == .open, !isClosing else { return }
    isClosing = true
    codec.close(code: code.rawValue, reason: reason)
    channel.setDeadline(after: limits.lingerMilliseconds)
    sendOutput()
    updateReading()
  }

  func peerEnded() { channel.finish() }

  func drained() {
    resumeWaiters(true)
    updateReading()
  }

  func deadlinePassed() {
    if isClosing || !heard {
      if !isClosing { channel.loop.counters.add(.idleTimeouts) }
      channel.finish()
      return
    }
    heard = false
    codec?.ping()
    sendOutput()
    channel.setDeadline(after: limits.pingMilliseconds)
  }

  func drain() { close(.goingAway, "the server drains") }

  func closed() {
    channel.loop.counters.add(.webSockets, -1)
    socket.connection = nil
    socket.end(nil)
    resumeWaiters(false)
    task?.cancel()
    task = nil
  }

  private func resumeWaiters(_ hasRoom: Bool) {
    let resumed = waiters
    waiters = []
    for waiter in resumed { waiter.resume(returning: hasRoom) }
  }
}
