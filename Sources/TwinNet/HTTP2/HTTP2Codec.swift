import CNghttp2

/// What an HTTP/2 peer does, told while `HTTP2Codec.receive` runs; and what is asked for while it writes.
protocol HTTP2Events: AnyObject {
  /// A request's head begins.
  func headBegan(_ stream: Int32)
  /// One field of it, pseudo fields included. The bytes are valid during the call only.
  func headField(_ stream: Int32, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer)
  /// The head is complete; `isLast` when no body follows.
  func headEnded(_ stream: Int32, isLast: Bool)
  /// Bytes of the body. Say `consumed` when the peer may send as many more.
  func bodyReceived(_ stream: Int32, _ bytes: UnsafeRawBufferPointer)
  /// The body is complete.
  func bodyEnded(_ stream: Int32)
  /// The stream is over, for both sides.
  func streamClosed(_ stream: Int32)
  /// The peer reset a stream.
  func peerReset()
  /// A frame that costs the peer nothing: settings, ping, priority, empty data.
  func controlFrame()
  /// The next bytes of an answer's body: how many were put into `room`, and whether they are the last.
  /// `nil` when there are none yet; say `resume` when there are.
  func nextBody(_ stream: Int32, into room: UnsafeMutableRawBufferPointer) -> (count: Int, isLast: Bool)?
}

/// HTTP/2 framing, by nghttp2. Pure: no sockets, no clock; for one thread.
final class HTTP2Codec {
  /// Codes of RFC 9113, 7.
  enum ErrorCode: UInt32 {
    case none = 0
    case internalError = 2
    case refusedStream = 7
    case cancel = 8
    case enhanceYourCalm = 11
  }

  private var session: OpaquePointer?
  private weak var events: (any HTTP2Events)?

  /// A server's side, its settings queued; `nil` when memory is out.
  init?(limits: NetLimits, events: any HTTP2Events) {
    self.events = events
    var callbacks: OpaquePointer?
    var option: OpaquePointer?
    guard nghttp2_session_callbacks_new(&callbacks) == 0, nghttp2_option_new(&option) == 0 else { return nil }
    defer {
      nghttp2_session_callbacks_del(callbacks)
      nghttp2_option_del(option)
    }
    HTTP2Codec.listen(callbacks)
    // The peer may send more when the reader has read, not when the bytes are here.
    nghttp2_option_set_no_auto_window_update(option, 1)
    nghttp2_option_set_max_continuations(option, limits.continuations)
    nghttp2_option_set_max_settings(option, 32)
    nghttp2_option_set_max_outbound_ack(option, limits.controlFrames.burst)
    // A second net behind our own count, which tells of it.
    nghttp2_option_set_stream_reset_rate_limit(
      option, UInt64(limits.resets.burst * 2), UInt64(limits.resets.perSecond * 2))
    let this = Unmanaged.passUnretained(self).toOpaque()
    guard nghttp2_session_server_new2(&session, callbacks, this, option) == 0 else { return nil }
    let settings = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
        value: UInt32(clamping: limits.streams)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
        value: UInt32(clamping: min(limits.bodyBufferBytes, 1 << 30))),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
        value: UInt32(clamping: limits.headBytes)),
    ]
    nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
    nghttp2_session_set_local_window_size(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, 1 << 20)
  }

  deinit { nghttp2_session_del(session) }

  /// Whether nothing more can come or go.
  var isFinished: Bool { nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0 }

  enum Received { case sound, flooded, broken }

  /// Decodes and tells `events`. Unless sound, the connection can't go on.
  func receive(_ bytes: UnsafeRawBufferPointer) -> Received {
    let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let count = nghttp2_session_mem_recv(session, base, bytes.count)
    if count == bytes.count { return .sound }
    return count == Int(NGHTTP2_ERR_FLOODED.rawValue) ? .flooded : .broken
  }

  /// Gives `take` what wants to be sent next; `false` when nothing does.
  func send(_ take: (UnsafeRawBufferPointer) -> Void) -> Bool {
    var bytes: UnsafePointer<UInt8>?
    let count = nghttp2_session_mem_send(session, &bytes)
    if count <= 0 { return false }
    take(UnsafeRawBufferPointer(start: bytes, count: count))
    return true
  }

  /// The stream's peer may send `count` bytes more.
  func consumed(_ stream: Int32, _ count: Int) { nghttp2_session_consume_stream(session, stream, count) }

  /// The connection's peer may send `count` bytes more.
  func consumedByConnection(_ count: Int) { nghttp2_session_consume_connection(session, count) }

  /// There is something for `nextBody` again.
  func resume(_ stream: Int32) { nghttp2_session_resume_data(session, stream) }

  /// Queues a stream's reset.
  func reset(_ stream: Int32, _ code: ErrorCode) {
    nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, code.rawValue)
  }

  /// Queues a farewell after which no frame is read.
  func terminate(_ code: ErrorCode) { nghttp2_session_terminate_session(session, code.rawValue) }

  /// Queues a farewell after which streams that began go on.
  func goAway() {
    let last = nghttp2_session_get_last_proc_stream_id(session)
    nghttp2_submit_goaway(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, ErrorCode.none.rawValue, nil, 0)
  }

  /// Queues the head of an answer. With `hasBody`, `nextBody` is asked for what follows.
  func respond(
    _ stream: Int32, status: Int, headers: HTTPHeaders, extra: [(StaticString, [UInt8])], hasBody: Bool
  )
    -> Bool
  {
    withFields(status, headers, extra) { fields in
      if !hasBody {
        return nghttp2_submit_response(session, stream, fields.baseAddress, fields.count, nil) == 0
      }
      var provider = nghttp2_data_provider()
      provider.read_callback = { _, stream, buffer, room, flags, _, user in
        guard let events = HTTP2Codec.from(user)?.events, let buffer, let flags else {
          return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
        }
        let room = UnsafeMutableRawBufferPointer(start: buffer, count: room)
        guard let (count, isLast) = events.nextBody(stream, into: room) else {
          return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        if isLast { flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
        return count
      }
      return nghttp2_submit_response(session, stream, fields.baseAddress, fields.count, &provider) == 0
    }
  }

  /// Queues `100 Continue`.
  func sayContinue(_ stream: Int32) {
    _ = withFields(100, [:], []) { fields in
      nghttp2_submit_headers(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, nil, fields.baseAddress, fields.count, nil) == 0
    }
  }

  /// nghttp2 copies the fields, so they need to live during the call only.
  private func withFields(
    _ status: Int, _ headers: HTTPHeaders, _ extra: [(StaticString, [UInt8])],
    _ body: (UnsafeMutableBufferPointer<nghttp2_nv>) -> Bool
  ) -> Bool {
    var text: [UInt8] = Array(":status".utf8)
    ASCII.append(status, to: &text)
    var places = [(0..<7, 7..<text.count)]
    for field in headers.fields where !headers.isFraming(field) {
      let start = text.count
      text.append(contentsOf: headers.text[Int(field.nameStart)..<Int(field.nameEnd)].lazy.map(ASCII.lower))
      let middle = text.count
      text.append(contentsOf: headers.text[Int(field.valueStart)..<Int(field.valueEnd)])
      places.append((start..<middle, middle..<text.count))
    }
    for (name, value) in extra {
      let start = text.count
      text.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
      let middle = text.count
      text.append(contentsOf: value)
      places.append((start..<middle, middle..<text.count))
    }
    return text.withUnsafeMutableBufferPointer { text in
      var fields = places.map { name, value in
        nghttp2_nv(
          name: text.baseAddress.map { $0 + name.lowerBound },
          value: text.baseAddress.map { $0 + value.lowerBound },
          namelen: name.count, valuelen: value.count, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
      }
      return fields.withUnsafeMutableBufferPointer { body($0) }
    }
  }

  private static func from(_ user: UnsafeMutableRawPointer?) -> HTTP2Codec? {
    user.map { Unmanaged<HTTP2Codec>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func listen(_ callbacks: OpaquePointer?) {
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
      guard let frame, frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
      HTTP2Codec.from(user)?.events?.headBegan(frame.pointee.hd.stream_id)
      return 0
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      _, frame, name, nameLength, value, valueLength, _, user in
      guard let frame, frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
      HTTP2Codec.from(user)?.events?.headField(
        frame.pointee.hd.stream_id, UnsafeRawBufferPointer(start: name, count: nameLength),
        UnsafeRawBufferPointer(start: value, count: valueLength))
      return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, bytes, count, user in
      HTTP2Codec.from(user)?.events?.bodyReceived(stream, UnsafeRawBufferPointer(start: bytes, count: count))
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, user in
      HTTP2Codec.from(user)?.events?.streamClosed(stream)
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
      if let frame, let events = HTTP2Codec.from(user)?.events { HTTP2Codec.received(frame.pointee, events) }
      return 0
    }
  }

  private static func received(_ frame: nghttp2_frame, _ events: any HTTP2Events) {
    let head = frame.hd
    let isLast = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    let isAnswer = head.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0
    switch UInt32(head.type) {
    case NGHTTP2_HEADERS.rawValue:
      if frame.headers.cat == NGHTTP2_HCAT_REQUEST {
        events.headEnded(head.stream_id, isLast: isLast)
      } else if isLast {
        events.bodyEnded(head.stream_id)
      }
    case NGHTTP2_DATA.rawValue:
      if isLast { events.bodyEnded(head.stream_id) } else if head.length == 0 { events.controlFrame() }
    case NGHTTP2_RST_STREAM.rawValue: events.peerReset()
    case NGHTTP2_SETTINGS.rawValue, NGHTTP2_PING.rawValue: if !isAnswer { events.controlFrame() }
    case NGHTTP2_PRIORITY.rawValue: events.controlFrame()
    default: break
    }
  }
}
