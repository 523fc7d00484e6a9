public import TwinValues

/// One server-sent event. A value; any thread.
public struct ServerSentEvent: Sendable, Equatable {
  /// The position a client names when it comes back (`last-event-id`).
  public var id: String?
  /// The event's type.
  public var event: String?
  /// The text; line ends of any kind start a new `data:` line.
  public var data: String
  /// How long a client should wait before it comes back.
  public var retryMilliseconds: Int?

  /// Makes an event.
  public init(_ data: String, event: String? = nil, id: String? = nil, retryMilliseconds: Int? = nil) {
    self.data = data
    self.event = event
    self.id = id
    self.retryMilliseconds = retryMilliseconds
  }

  /// The event as bytes, its empty line included. What goes to many readers is best encoded once.
  public var encoded: [UInt8] {
    var out: [UInt8] = []
    if let id { ServerSentEvent.field("id: ", ServerSentEvent.oneLine(id), &out) }
    if let event { ServerSentEvent.field("event: ", ServerSentEvent.oneLine(event), &out) }
    if let retryMilliseconds { ServerSentEvent.field("retry: ", String(retryMilliseconds).utf8, &out) }
    var line: [UInt8] = []
    var afterReturn = false
    for byte in data.utf8 {
      if byte == 10, afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = byte == 13
      if byte == 10 || byte == 13 {
        ServerSentEvent.field("data: ", line, &out)
        line.removeAll(keepingCapacity: true)
      } else {
        line.append(byte)
      }
    }
    ServerSentEvent.field("data: ", line, &out)
    out.append(10)
    return out
  }

  private static func field(_ name: StaticString, _ value: some Sequence<UInt8>, _ out: inout [UInt8]) {
    out.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    out.append(contentsOf: value)
    out.append(10)
  }

  /// Line ends, and the 0 that makes clients ignore an id, are left out.
  private static func oneLine(_ text: String) -> [UInt8] {
    text.utf8.filter { $0 != 10 && $0 != 13 && $0 != 0 }
  }
}

/// Writes server-sent events. Any thread; events go out in the order of the calls of one task.
public final class EventWriter: Sendable {
  private let sink: any ResponseSink
  private let ticket: UInt64
  private let heartbeat: Heartbeat

  /// When something was last written. Confined to the loop's thread.
  private final class Heartbeat: @unchecked Sendable {
    // `@unchecked Sendable`: touched in blocks given to the loop only.
    var wroteSince = false
  }

  init(_ sink: any ResponseSink, _ ticket: UInt64, heartbeatMilliseconds: Int) {
    self.sink = sink
    self.ticket = ticket
    heartbeat = Heartbeat()
    if heartbeatMilliseconds > 0 {
      EventWriter.beat(sink, ticket, heartbeat, UInt64(heartbeatMilliseconds) * 1_000_000)
    }
  }

  /// On the loop: a comment when nothing was written for a while, as long as the stream lives.
  private static func beat(
    _ sink: any ResponseSink, _ ticket: UInt64, _ heartbeat: Heartbeat, _ nanoseconds: UInt64
  ) {
    sink.loop.after(nanoseconds: nanoseconds) { [weak sink] in
      guard let sink else { return }
      // Never on top of a backlog: a reader that does not read needs no sign of life.
      if !heartbeat.wroteSince, sink.hasRoom, !sink.push(ticket, [58, 10, 10]) { return }
      if heartbeat.wroteSince, !sink.push(ticket, []) { return }
      heartbeat.wroteSince = false
      beat(sink, ticket, heartbeat, nanoseconds)
    }
  }

  /// Sends an event and waits until the peer has taken enough of what was written before.
  /// Throws `connectionClosed` when the peer is gone or the server drains.
  public func send(_ event: ServerSentEvent) async throws(NuriError) {
    try await send(encoded: event.encoded)
  }

  /// Sends bytes that are whole events already, as `ServerSentEvent.encoded` gives them.
  public func send(encoded bytes: [UInt8]) async throws(NuriError) {
    if await !sink.send(ticket, bytes) { throw HTTPBodyWriter.closed }
    let heartbeat = heartbeat
    if sink.loop.isCurrent {
      heartbeat.wroteSince = true
    } else {
      sink.loop.perform { heartbeat.wroteSince = true }
    }
  }

  /// Joins those who are sent a broadcast, standing at `position`, and waits until this reader is no longer among
  /// them. Meanwhile nothing else should be sent.
  public func follow(
    _ broadcast: Broadcast, after position: UInt64, until recall: Broadcast.Recall? = nil
  ) async -> Broadcast.Exit {
    await broadcast.follow(sink, ticket, on: sink.loop, after: position, until: recall)
  }

  /// Sends a comment, which clients ignore.
  public func comment(_ text: String) async throws(NuriError) {
    try await send(encoded: Array(": ".utf8) + text.utf8.filter { $0 != 10 && $0 != 13 } + [10, 10])
  }
}
