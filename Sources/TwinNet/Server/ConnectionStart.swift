/// The first moments of a connection: finds out which protocol it speaks and hands it over.
/// Confined to its loop's thread.
final class ConnectionStart: ChannelHandler {
  private let channel: Channel
  private let server: LoopServer
  private var early: [UInt8] = []

  init(channel: Channel, server: LoopServer) {
    self.channel = channel
    self.server = server
  }

  func opened(protocolName: String?) {
    if channel.tls == nil {
      channel.setDeadline(after: server.service.limits.idleMilliseconds)
    } else {
      hand(to: protocolName == "h2")
    }
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    early.append(contentsOf: bytes)
    let preface = Array("PRI".utf8)
    // A client that knows beforehand speaks HTTP/2 without TLS; everybody else starts with a method.
    if early.count < preface.count, preface.starts(with: early) {
      channel.setDeadline(after: server.service.limits.headerMilliseconds)
    } else {
      hand(to: server.offersPlainHTTP2 && early.starts(with: preface))
    }
  }

  private func hand(to isHTTP2: Bool) {
    let origin = HTTPRequest.Origin(
      peer: channel.peer, isSecure: channel.tls != nil, client: channel.tls?.clientIdentity)
    let next: any ChannelHandler
    if isHTTP2 {
      next = HTTP2Connection(
        channel: channel, service: server.service, origin: origin, nextNumber: server.nextNumber)
    } else {
      next = HTTP1Connection(
        channel: channel, service: server.service, origin: origin, nextNumber: server.nextNumber)
    }
    channel.handler = next
    next.opened(protocolName: nil)
    if !early.isEmpty { early.withUnsafeBytes { next.received($0) } }
  }

  func peerEnded() { channel.finish() }
  func drained() {}
  func deadlinePassed() { channel.finish() }
  func closed() {}
  func drain() { channel.finish() }
}
