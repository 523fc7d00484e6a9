import CNet
import Glibc

/// What a channel tells the protocol on top of it. All on the loop's thread.
protocol ChannelHandler: AnyObject {
  /// The connection is ready for bytes; `protocolName` is what TLS agreed on, if anything.
  func opened(protocolName: String?)
  /// Bytes came in. They are valid during the call only.
  func received(_ bytes: UnsafeRawBufferPointer)
  /// The peer will send nothing more.
  func peerEnded()
  /// Enough was sent that more may be queued.
  func drained()
  /// The deadline set last has passed.
  func deadlinePassed()
  /// Once a second: answer what is overdue.
  func sweep(nowNanoseconds: UInt64)
  /// The server wants to end: finish what is under way, start nothing new.
  func drain()
  /// The connection is over. Called once, as the last thing.
  func closed()
}

extension ChannelHandler {
  func sweep(nowNanoseconds: UInt64) {}
}

/// One accepted connection: a non-blocking socket, TLS if wanted, and the bytes waiting to be sent.
///
/// Back-pressure: the owner stops reading with `isReading`; what waits to be sent is never more than the owner
/// queued, and `isWritable` tells it when to stop. Confined to its loop's thread.
final class Channel: EventLoop.Watcher {
  enum State { case handshake, open, flushing, lingering, closed }

  let loop: EventLoop
  let descriptor: Int32
  let peer: PeerAddress
  let limits: NetLimits
  var handler: (any ChannelHandler)?
  private(set) var tls: TLSSession?
  private(set) var state: State
  var output = OutputQueue()
  /// Called once when the connection is over, after the handler.
  private let onClose: (Channel) -> Void

  private var events: UInt32 = EPOLLIN.rawValue
  private var batches = 0
  private var wantsWrite = false
  private var wantsDrained = false
  private var sawEnd = false
  private var deadline = UInt64.max
  private var writeDeadline = UInt64.max
  private var timerDue = UInt64.max
  private var lingered = 0

  /// Whether bytes are read from the socket at all.
  var isReading = true {
    didSet {
      if isReading == oldValue { return }
      updateEvents()
      // TLS may hold bytes that the socket no longer tells of.
      if isReading, tls != nil { loop.later { [weak self] in self?.readSome() } }
    }
  }

  init(
    loop: EventLoop, descriptor: Int32, peer: PeerAddress, limits: NetLimits, tls: TLSSession?,
    onClose: @escaping (Channel) -> Void
  ) {
    self.loop = loop
    self.descriptor = descriptor
    self.peer = peer
    self.limits = limits
    self.tls = tls
    self.onClose = onClose
    state = tls == nil ? .open : .handshake
  }

  /// Whether more may be queued without exceeding the high-water mark.
  var isWritable: Bool { output.count < limits.outputHighWaterBytes }

  /// Starts hearing of the socket.
  func start() {
    loop.hold()
    guard loop.watch(descriptor, self, events: events) else {
      finish()
      return
    }
    if state == .open {
      handler?.opened(protocolName: nil)
    } else {
      setDeadline(after: limits.handshakeMilliseconds)
    }
  }

  // MARK: Deadlines

  /// Calls `deadlinePassed` after `milliseconds`, unless another deadline is set before; `nil` clears it.
  func setDeadline(after milliseconds: Int?) {
    deadline = milliseconds.map { loop.nowNanoseconds &+ UInt64($0) &* 1_000_000 } ?? .max
    armTimer()
  }

  private func armTimer() {
    let due = min(deadline, writeDeadline)
    // A timer that comes up too early looks again, so moving a deadline away costs nothing.
    if due >= timerDue || state == .closed { return }
    timerDue = due
    loop.after(nanoseconds: due &- min(due, loop.nowNanoseconds)) { [weak self] in self?.timerFired(due) }
  }

  private func timerFired(_ due: UInt64) {
    if due != timerDue || state == .closed { return }
    timerDue = .max
    let now = loop.nowNanoseconds
    if writeDeadline <= now {
      loop.counters.add(.writeTimeouts)
      finish()
    } else if deadline <= now {
      deadline = .max
      if state == .open { batched { handler?.deadlinePassed() } } else { finish() }
    }
    armTimer()
  }

  // MARK: Events

  func ready(readable: Bool, writable: Bool, broken: Bool) {
    // The kernel goes on telling of a broken socket; when nobody reads, nobody else would end it.
    if broken, sawEnd || !isReading && state == .open {
      finish()
      return
    }
    batches += 1
    if writable {
      wantsWrite = false
      if state == .handshake { shakeHands() }
    }
    if readable { readSome() }
    batches -= 1
    flush()
  }

  /// Runs `body` and sends what it queued in one go.
  func batched(_ body: () -> Void) {
    batches += 1
    body()
    batches -= 1
    flush()
  }

  private func shakeHands() {
    guard let tls else { return }
    switch tls.shakeHands() {
    case .done:
      state = .open
      setDeadline(after: nil)
      handler?.opened(protocolName: tls.protocolName)
    case .wantsRead: break
    case .wantsWrite: wantsWrite = true
    case .ended, .failed:
      loop.counters.add(.failedHandshakes)
      finish()
    }
  }

  private func readSome() {
    if state == .handshake { shakeHands() }
    // One read is enough for a plain socket: epoll tells again. TLS must be emptied, within reason.
    var rounds = tls == nil ? 1 : 8
    while rounds > 0, state != .closed, state != .handshake, !sawEnd, isReading || state == .lingering {
      rounds -= 1
      let count: Int
      switch receive() {
      case .bytes(let received): count = received
      case .nothing: return
      case .ended:
        sawEnd = true
        updateEvents()
        if state == .open { handler?.peerEnded() } else if state == .lingering { finish() }
        return
      case .failed:
        finish()
        return
      }
      loop.counters.add(.bytesIn, count)
      if state == .open {
        handler?.received(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
      } else if state == .lingering {
        lingered += count
        if lingered > limits.lingerBytes { finish() }
      }
    }
    if rounds == 0, tls != nil { loop.later { [weak self] in self?.readSome() } }
  }

  private enum Received { case bytes(Int), nothing, ended, failed }

  private func receive() -> Received {
    if let tls {
      switch tls.read(into: loop.scratch) {
      case .done: return .bytes(tls.count)
      case .wantsRead: return .nothing
      case .wantsWrite:
        wantsWrite = true
        return .nothing
      case .ended: return .ended
      case .failed: return .failed
      }
    }
    let count = recv(descriptor, loop.scratch.baseAddress, loop.scratch.count, 0)
    if count > 0 { return .bytes(count) }
    if count == 0 { return .ended }
    let code = nuri_net_errno()
    return code == EAGAIN || code == EINTR ? .nothing : .failed
  }

  // MARK: Sending

  /// Sends what waits, as far as the socket takes it. Within `batched` it waits for the end.
  func flush() {
    if batches > 0 || state == .closed || state == .handshake { return }
    var moved = false
    while !output.isEmpty {
      let sent = sendNext()
      if sent > 0 {
        moved = true
        loop.counters.add(.bytesOut, sent)
        output.drop(sent)
      } else if sent == 0 {
        break
      } else {
        finish()
        return
      }
    }
    if output.isEmpty {
      writeDeadline = .max
      wantsWrite = false
    } else {
      if moved || writeDeadline == .max {
        writeDeadline = loop.nowNanoseconds &+ UInt64(limits.writeMilliseconds) &* 1_000_000
        armTimer()
      }
      wantsWrite = true
      if !isWritable { wantsDrained = true }
    }
    if wantsDrained, output.count <= limits.outputLowWaterBytes, state == .open {
      wantsDrained = false
      batched { handler?.drained() }
      return
    }
    if state == .flushing, output.isEmpty { startLingering() }
    updateEvents()
  }

  /// Sends bytes that many connections are sent: straight from where they are while nothing else waits.
  func send(shared bytes: [UInt8]) {
    guard output.isEmpty, batches == 0, state == .open else {
      output.append(bytes)
      return flush()
    }
    let sent = bytes.withUnsafeBytes { sendOnce($0) }
    if sent < 0 { return finish() }
    loop.counters.add(.bytesOut, sent)
    if sent == bytes.count { return }
    bytes.withUnsafeBytes { output.append(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
    flush()
  }

  /// Gives back the memory that an emptied queue keeps.
  func settle() { if output.isEmpty { output.clear() } }

  /// Asks for `drained` once little enough waits.
  func requestDrained() { wantsDrained = true }

  /// Sends once; the count, 0 when the socket is full, -1 when it is broken.
  private func sendNext() -> Int { output.withNext { sendOnce($0) } }

  private func sendOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
    if let tls {
      switch tls.write(bytes) {
      case .done: return tls.count
      case .wantsRead, .wantsWrite: return 0
      case .ended, .failed: return -1
      }
    }
    let sent = nuri_net_send(descriptor, bytes.baseAddress, bytes.count)
    if sent >= 0 { return sent }
    let code = nuri_net_errno()
    return code == EAGAIN || code == EINTR ? 0 : -1
  }

  private func updateEvents() {
    if state == .closed { return }
    var wanted: UInt32 = 0
    let reads = isReading || state == .lingering || state == .handshake
    if reads && !sawEnd { wanted |= EPOLLIN.rawValue }
    if wantsWrite { wanted |= EPOLLOUT.rawValue }
    if wanted == events { return }
    events = wanted
    loop.rewatch(descriptor, events: wanted)
  }

  // MARK: Closing

  /// Sends what waits, then tells the peer that nothing follows, reads on for a moment so that the peer is not cut
  /// off while it still sends, and closes.
  func closeGently() {
    guard state == .open else {
      if state == .handshake { finish() }
      return
    }
    state = .flushing
    setDeadline(after: nil)
    flush()
  }

  private func startLingering() {
    tls?.sayGoodbye()
    if sawEnd {
      finish()
      return
    }
    state = .lingering
    shutdown(descriptor, Int32(SHUT_WR))
    setDeadline(after: limits.lingerMilliseconds)
    updateEvents()
    // TLS may hold bytes that the socket no longer tells of.
    if tls != nil { loop.later { [weak self] in self?.readSome() } }
  }

  /// Ends the connection at once; what waits is lost.
  func finish() {
    if state == .closed { return }
    state = .closed
    output.clear()
    loop.unwatch(descriptor)
    tls = nil
    let told = handler
    handler = nil
    told?.closed()
    onClose(self)
    loop.release()
  }
}
