import TwinNet

/// The limits of connections and messages (`NetLimits`).
extension Setting {
  static let connections: [Setting] = [
    .number("limits.connections", \.net.connections, in: 1...1_000_000, "", "Open connections."),
    .number(
      "limits.connectionsPerPeer", \.net.connectionsPerPeer, in: 1...1_000_000, "",
      "Open connections from one address."),
    .number(
      "limits.acceptBacklog", \.net.acceptBacklog, in: 1...65_535, "",
      "Connections the kernel may hold that were not accepted yet, per loop."),
    .number(
      "limits.headBytes", \.net.headBytes, in: 1_024...(80 << 10), "B",
      "The request line and all header fields. More: 431."),
    .number("limits.targetBytes", \.net.targetBytes, in: 256...(64 << 10), "B", "Path and query. More: 414."),
    .number("limits.headerFields", \.net.headerFields, in: 8...1_000, "", "Header fields. More: 431."),
    .number(
      "limits.bodyBytes", \.net.bodyBytes, in: 1_024...(1 << 50), "B",
      "A request's body, as sent and again once decoded. More: 413."),
    .number(
      "limits.expansionRatio", \.net.expansionRatio, in: 1...10_000, "",
      "How many times larger than sent a compressed body may become. More: 413."),
    .number(
      "limits.expansionFloorBytes", \.net.expansionFloorBytes, in: 0...(1 << 30), "B",
      "Compressed bodies may become this large whatever their ratio."),
    .number(
      "limits.bodyBufferBytes", \.net.bodyBufferBytes, in: 1_024...(1 << 30), "B",
      "What a body may run ahead of its reader before the client is made to wait."),
    .number(
      "limits.outputHighWaterBytes", \.net.outputHighWaterBytes, in: 1_024...(1 << 30), "B",
      "What may wait to be sent before a writer is made to wait."),
    .number(
      "limits.requestsPerConnection", \.net.requestsPerConnection, in: 1...1_000_000_000, "",
      "Requests answered on one connection before it is closed."),
    .number(
      "limits.handshakeMilliseconds", \.net.handshakeMilliseconds, in: 100...600_000, "ms",
      "The TLS handshake."),
    .number(
      "limits.headerMilliseconds", \.net.headerMilliseconds, in: 100...600_000, "ms",
      "From a request's first byte to the end of its head. More: 408."),
    .number(
      "limits.bodyMilliseconds", \.net.bodyMilliseconds, in: 100...3_600_000, "ms",
      "The time a body always gets; then it must come at `limits.bodyBytesPerSecond`."),
    .number(
      "limits.bodyBytesPerSecond", \.net.bodyBytesPerSecond, in: 1...(1 << 30), "B/s",
      "A slower body is given up. 408."),
    .number(
      "limits.handlerMilliseconds", \.net.handlerMilliseconds, in: 100...3_600_000, "ms",
      "From a request's end to the start of its answer. More: 503."),
    .number(
      "limits.idleMilliseconds", \.net.idleMilliseconds, in: 100...86_400_000, "ms",
      "A connection without a request."),
    .number(
      "limits.writeMilliseconds", \.net.writeMilliseconds, in: 100...3_600_000, "ms",
      "Without the client taking a single byte of what waits."),
    .number(
      "limits.streams", \.net.streams, in: 1...10_000, "", "HTTP/2: requests under way on one connection."),
    .number(
      "limits.resetBurst", \.net.resets.burst, in: 1...1_000_000, "",
      "HTTP/2: streams a client may reset at once."),
    .number(
      "limits.resetsPerSecond", \.net.resets.perSecond, in: 1...1_000_000, "/s",
      "HTTP/2: and how many more. More: the connection is ended."),
    .number(
      "limits.messageBytes", \.net.messageBytes, in: 1_024...(1 << 30), "B",
      "WebSocket: one message. More: 1009."),
    .number(
      "limits.pingMilliseconds", \.net.pingMilliseconds, in: 1_000...3_600_000, "ms",
      "WebSocket: a silent client is pinged after this and given up after twice this."),
  ]
}
