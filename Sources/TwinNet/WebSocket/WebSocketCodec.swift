import CWslay

/// WebSocket frames in and out, by wslay. Pure: no sockets, no clock; for one thread.
///
/// wslay joins fragments, checks masking, lengths, reserved bits, control frames and UTF-8, and answers pings and
/// closes. What it wants to send gathers in `output`.
final class WebSocketCodec {
  enum Event: Equatable {
    case text(String)
    case binary([UInt8])
    case pong
    /// The peer closes; 1005 when it gave no code.
    case close(code: Int, reason: String)
  }

  private var context: wslay_event_context_ptr?
  private var input: [UInt8] = []
  private var read = 0
  private var events: [Event] = []
  /// What wants to be sent.
  var output: [UInt8] = []

  /// `nil` when memory is out.
  init?(messageBytes: Int) {
    var callbacks = wslay_event_callbacks()
    callbacks.recv_callback = { context, buffer, count, _, user in
      guard let this = WebSocketCodec.from(user), let buffer, this.read < this.input.count else {
        wslay_event_set_error(context, Int32(WSLAY_ERR_WOULDBLOCK.rawValue))
        return -1
      }
      return this.give(buffer, count)
    }
    callbacks.send_callback = { _, bytes, count, _, user in
      guard let this = WebSocketCodec.from(user) else { return -1 }
      this.output.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
      return count
    }
    callbacks.on_msg_recv_callback = { _, message, user in
      if let message { WebSocketCodec.from(user)?.take(message.pointee) }
    }
    let this = Unmanaged.passUnretained(self).toOpaque()
    guard wslay_event_context_server_init(&context, &callbacks, this) == 0 else { return nil }
    wslay_event_config_set_max_recv_msg_length(context, UInt64(messageBytes))
  }

  deinit { if context != nil { wslay_event_context_free(context) } }

  /// Whether both sides have closed, or the peer broke the protocol and was told.
  var isFinished: Bool { wslay_event_want_read(context) == 0 && wslay_event_want_write(context) == 0 }

  /// Whether our side has said, or is about to say, that it closes.
  var hasClosed: Bool {
    wslay_event_get_write_enabled(context) == 0 || wslay_event_get_close_sent(context) != 0
  }

  /// Decodes; gives what became complete.
  func receive(_ bytes: UnsafeRawBufferPointer) -> [Event] {
    input.append(contentsOf: bytes)
    let result = wslay_event_recv(context)
    if result != 0 { wslay_event_shutdown_read(context) }
    if wslay_event_get_read_enabled(context) == 0 { read = input.count }
    input.removeFirst(read)
    if input.isEmpty { input = [] }
    read = 0
    flush()
    let found = events
    events = []
    return found
  }

  /// Queues a message; `false` once closing has begun.
  func send(text: String) -> Bool { queue(UInt8(WSLAY_TEXT_FRAME.rawValue), Array(text.utf8)) }

  /// Queues a message; `false` once closing has begun.
  func send(binary: [UInt8]) -> Bool { queue(UInt8(WSLAY_BINARY_FRAME.rawValue), binary) }

  /// Queues a ping.
  func ping() { _ = queue(UInt8(WSLAY_PING.rawValue), []) }

  /// Begins closing.
  func close(code: Int, reason: String) {
    let reason = Array(reason.utf8.prefix(120))
    let whole = String(validating: reason, as: UTF8.self) == nil ? [] : reason
    _ = whole.withUnsafeBufferPointer {
      wslay_event_queue_close(context, UInt16(clamping: code), $0.baseAddress, whole.count)
    }
    flush()
  }

  private func queue(_ opcode: UInt8, _ bytes: [UInt8]) -> Bool {
    let result = bytes.withUnsafeBufferPointer { bytes in
      var message = wslay_event_msg(opcode: opcode, msg: bytes.baseAddress, msg_length: bytes.count)
      return wslay_event_queue_msg(context, &message)
    }
    flush()
    return result == 0
  }

  private func flush() { wslay_event_send(context) }

  private static func from(_ user: UnsafeMutableRawPointer?) -> WebSocketCodec? {
    user.map { Unmanaged<WebSocketCodec>.fromOpaque($0).takeUnretainedValue() }
  }

  private func give(_ buffer: UnsafeMutablePointer<UInt8>, _ room: Int) -> Int {
    let count = min(room, input.count - read)
    input.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { buffer.update(from: base + read, count: count) }
    }
    read += count
    return count
  }

  private func take(_ message: wslay_event_on_msg_recv_arg) {
    let bytes = UnsafeBufferPointer(start: message.msg, count: message.msg_length)
    switch UInt32(message.opcode) {
    case WSLAY_TEXT_FRAME.rawValue: events.append(.text(String(decoding: bytes, as: UTF8.self)))
    case WSLAY_BINARY_FRAME.rawValue: events.append(.binary(Array(bytes)))
    case WSLAY_PONG.rawValue: events.append(.pong)
    case WSLAY_CONNECTION_CLOSE.rawValue:
      // The payload begins with the code itself.
      let code = message.status_code == 0 ? 1005 : Int(message.status_code)
      events.append(.close(code: code, reason: String(decoding: bytes.dropFirst(2), as: UTF8.self)))
    default: break
    }
  }
}
