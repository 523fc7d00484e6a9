import Glibc

/// One loop's share of a server: its listener and its connections. Confined to the loop's thread once started.
///
/// `@unchecked Sendable`: references are carried to the loop in blocks; everything mutable is touched there only.
final class LoopServer: @unchecked Sendable {
  let loop: EventLoop
  let service: HTTPService
  let offersPlainHTTP2: Bool
  private let census: ConnectionCensus
  private let tls: TLSStore?
  private let descriptor: Int32
  private var listener: Listener?
  private var channels: [ObjectIdentifier: Channel] = [:]
  private var count: UInt64
  private var whenQuiet: (@Sendable (_ forced: Int) -> Void)?
  private var forced = 0

  init(
    loop: EventLoop, index: Int, descriptor: Int32, service: HTTPService, census: ConnectionCensus,
    tls: TLSStore?,
    offersPlainHTTP2: Bool
  ) {
    self.loop = loop
    self.descriptor = descriptor
    self.service = service
    self.census = census
    self.tls = tls
    self.offersPlainHTTP2 = offersPlainHTTP2
    count = UInt64(index) << 48
  }

  /// A number no other request of this server gets.
  func nextNumber() -> UInt64 {
    count += 1
    return count
  }

  func start() {
    loop.hold()
    let listener = Listener(loop: loop, descriptor: descriptor) { [weak self] client, peer in
      if let self { self.accept(client, peer) } else { close(client) }
    }
    self.listener = listener
    listener.start()
    sweepLater()
  }

  /// Answers what is overdue once a second, or more often when less is allowed.
  private func sweepLater() {
    let milliseconds = max(20, min(1000, service.limits.handlerMilliseconds / 2))
    loop.after(nanoseconds: UInt64(milliseconds) * 1_000_000) { [weak self] in
      guard let self else { return }
      let now = self.loop.nowNanoseconds
      for channel in Array(self.channels.values) { channel.handler?.sweep(nowNanoseconds: now) }
      self.sweepLater()
    }
  }

  private func accept(_ client: Int32, _ peer: PeerAddress) {
    guard census.admit(peer.host) else {
      loop.counters.add(.refusedConnections)
      close(client)
      return
    }
    var session: TLSSession?
    if let tls {
      session = TLSSession(context: tls.context, descriptor: client)
      if session == nil {
        census.leave(peer.host)
        close(client)
        return
      }
    }
    loop.counters.add(.connections)
    let channel = Channel(
      loop: loop, descriptor: client, peer: peer, limits: service.limits, tls: session
    ) { [weak self] in self?.forget($0) }
    channels[ObjectIdentifier(channel)] = channel
    channel.handler = ConnectionStart(channel: channel, server: self)
    channel.start()
  }

  private func forget(_ channel: Channel) {
    channels[ObjectIdentifier(channel)] = nil
    census.leave(channel.peer.host)
    if channels.isEmpty { becomeQuiet() }
  }

  private func becomeQuiet() {
    guard let told = whenQuiet else { return }
    whenQuiet = nil
    loop.release()
    loop.endWhenIdle()
    told(forced)
  }

  /// Takes no more connections and lets those there are end; cuts what is left at the deadline. Calls `quiet`
  /// once, with how many had to be cut.
  func drain(deadlineMilliseconds: Int, quiet: @escaping @Sendable (_ forced: Int) -> Void) {
    listener?.stop()
    listener = nil
    whenQuiet = quiet
    for channel in channels.values { channel.handler?.drain() }
    if channels.isEmpty { return becomeQuiet() }
    loop.after(nanoseconds: UInt64(max(0, deadlineMilliseconds)) * 1_000_000) { [self] in
      forced = channels.count
      for channel in channels.values { channel.finish() }
    }
  }
}
