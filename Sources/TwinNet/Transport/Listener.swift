import CNet
import Glibc

/// A listening socket of one loop. Confined to its loop's thread once started.
final class Listener: EventLoop.Watcher {
  private let loop: EventLoop
  private let descriptor: Int32
  private let accepted: (Int32, PeerAddress) -> Void
  private var isOpen = false
  private var isResting = false

  static let acceptsPerTurn = 64
  static let restNanoseconds: UInt64 = 100_000_000

  init(loop: EventLoop, descriptor: Int32, accepted: @escaping (Int32, PeerAddress) -> Void) {
    self.loop = loop
    self.descriptor = descriptor
    self.accepted = accepted
  }

  func start() { isOpen = loop.watch(descriptor, self, events: EPOLLIN.rawValue) }

  func ready(readable: Bool, writable: Bool, broken: Bool) {
    var address = [CChar](repeating: 0, count: 64)
    for _ in 0..<Listener.acceptsPerTurn where isOpen {
      var port: UInt16 = 0
      let client = nuri_net_accept(descriptor, &address, address.count, &port)
      if client < 0 {
        if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(nuri_net_errno()) { rest() }
        return
      }
      let length = address.firstIndex(of: 0) ?? 0
      let host = String(decoding: address[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      accepted(client, PeerAddress(host: host, port: port))
    }
  }

  /// Without descriptors the socket would stay ready and the loop would spin: look away for a moment.
  private func rest() {
    if isResting { return }
    isResting = true
    loop.rewatch(descriptor, events: 0)
    loop.after(nanoseconds: Listener.restNanoseconds) { [weak self] in
      guard let self, self.isOpen else { return }
      self.isResting = false
      self.loop.rewatch(self.descriptor, events: EPOLLIN.rawValue)
    }
  }

  /// Takes those who had connected already, then stops listening.
  func stop() {
    if !isOpen { return }
    ready(readable: true, writable: false, broken: false)
    isOpen = false
    loop.unwatch(descriptor)
  }
}
