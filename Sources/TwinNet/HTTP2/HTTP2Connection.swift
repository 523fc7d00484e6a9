import TwinValues

/// One HTTP/2 connection: many requests at once, each a stream.
///
/// `@unchecked Sendable`: everything but `loop` is touched on the loop's thread only. The type is Sendable because
/// the reader of a body carries a reference to it, and hands all work back to the loop.
final class HTTP2Connection: ChannelHandler, @unchecked Sendable {
  let loop: EventLoop
  let service: HTTPService
  let channel: Channel
  let origin: HTTPRequest.Origin
  let nextNumber: () -> UInt64
  private(set) var codec: HTTP2Codec?
  var streams: [Int32: HTTP2Stream] = [:]
  /// Handlers that run, those of streams that are gone already included.
  private var handlers = 0
  private var resets: FloodGate
  private var controls: FloodGate
  private var isFlooded = false
  private var isPumpQueued = false
  private var isWatching = false

  init(
    channel: Channel, service: HTTPService, origin: HTTPRequest.Origin, nextNumber: @escaping () -> UInt64
  ) {
    self.channel = channel
    self.service = service
    self.origin = origin
    self.nextNumber = nextNumber
    loop = channel.loop
    resets = FloodGate(service.limits.resets, now: loop.nowNanoseconds)
    controls = FloodGate(service.limits.controlFrames, now: loop.nowNanoseconds)
    codec = HTTP2Codec(limits: service.limits, events: self)
  }

  // MARK: Channel

  func opened(protocolName: String?) {
    guard codec != nil else { return channel.finish() }
    channel.setDeadline(after: service.limits.idleMilliseconds)
    if service.isDraining { codec?.goAway() }
    pump()
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    guard let codec else { return }
    let received = codec.receive(bytes)
    if isFlooded || received == .flooded {
      isFlooded = false
      loop.counters.add(.floods)
      codec.terminate(.enhanceYourCalm)
    }
    pump()
    if received != .sound { channel.closeGently() }
  }

  /// Moves frames to the channel as long as it has room; ends the connection when nothing more can come or go.
  func pump() {
    guard let codec, channel.state == .open else { return }
    var hasMore = true
    // Once more as long as all that fitted was sent at once: nobody would tell us to go on.
    while hasMore, channel.isWritable, channel.state == .open {
      channel.batched {
        while channel.isWritable, hasMore { hasMore = codec.send { channel.output.append($0) } }
        if codec.isFinished { channel.closeGently() }
      }
    }
    // A peer that makes us answer but takes no answers has to wait.
    if channel.state == .open { channel.isReading = channel.isWritable }
    if !channel.isWritable { channel.requestDrained() }
  }

  /// Pumps at the end of this turn, once for everything written in it.
  func pumpSoon() {
    if isPumpQueued { return }
    isPumpQueued = true
    loop.later { [weak self] in
      self?.isPumpQueued = false
      self?.pump()
    }
  }

  func peerEnded() { channel.finish() }

  func drained() { pump() }

  func deadlinePassed() {
    if !streams.isEmpty { return }
    loop.counters.add(.idleTimeouts)
    codec?.goAway()
    pump()
    channel.closeGently()
  }

  func drain() {
    codec?.goAway()
    for stream in streams.values where stream.isEndless {
      stream.task?.cancel()
      if let number = stream.request?.number { stream.end(number) }
    }
    pump()
    if streams.isEmpty { channel.closeGently() }
  }

  func closed() {
    let open = streams
    streams = [:]
    for stream in open.values { stream.close() }
    codec = nil
  }

  // MARK: Answers

  func respond(_ stream: HTTP2Stream, _ status: Int, _ headers: HTTPHeaders, length: Int?, hasBody: Bool) {
    var extra: [(StaticString, [UInt8])] = [("date", loop.dateText.text(nowNanoseconds: loop.nowNanoseconds))]
    if let length {
      var digits: [UInt8] = []
      ASCII.append(length, to: &digits)
      extra.append(("content-length", digits))
    }
    if codec?.respond(stream.id, status: status, headers: headers, extra: extra, hasBody: hasBody) != true {
      codec?.reset(stream.id, .internalError)
    }
    pumpSoon()
  }

  func resume(_ stream: HTTP2Stream) {
    codec?.resume(stream.id)
    pumpSoon()
  }

  func reset(_ stream: HTTP2Stream, _ code: HTTP2Codec.ErrorCode) {
    codec?.reset(stream.id, code)
    pumpSoon()
  }

  func taskEnded() { handlers -= 1 }

  // MARK: Time

  /// Looks after slow streams once a second while there are streams.
  private func watch() {
    if isWatching { return }
    isWatching = true
    let limits = service.limits
    let milliseconds = max(
      20,
      min(
        1000, limits.bodyMilliseconds / 2, limits.writeMilliseconds / 2, limits.handlerMilliseconds / 2))
    loop.after(nanoseconds: UInt64(milliseconds) * 1_000_000) { [weak self] in
      guard let self, self.channel.state == .open else { return }
      self.isWatching = false
      self.giveUpOverdue()
      if !self.streams.isEmpty { self.watch() }
    }
  }

  private func giveUpOverdue() {
    for stream in Array(streams.values) {
      stream.answerOverdue(now: loop.nowNanoseconds, service)
      let overdue = stream.isOverdue(now: loop.nowNanoseconds)
      if overdue.writing {
        loop.counters.add(.writeTimeouts)
        reset(stream, .cancel)
      } else if overdue.receiving {
        loop.counters.add(.bodyTimeouts)
        stream.intake?.pipe.fail(NuriError(.timedOut, "The body came too slowly.", advice: "Send it faster."))
        stream.intake = nil
        if stream.hasBegun { reset(stream, .cancel) }
      }
    }
  }
}

extension HTTP2Connection: HTTP2Events {
  func peerReset() { if !resets.admit(now: loop.nowNanoseconds) { isFlooded = true } }

  func controlFrame() { if !controls.admit(now: loop.nowNanoseconds) { isFlooded = true } }

  func headBegan(_ id: Int32) {
    if isFlooded || handlers >= 2 * service.limits.streams {
      codec?.reset(id, .refusedStream)
      return
    }
    streams[id] = HTTP2Stream(id: id, connection: self)
    channel.setDeadline(after: nil)
    watch()
  }

  func headField(_ id: Int32, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    guard let stream = streams[id], stream.refusal == nil else { return }
    let limits = service.limits
    stream.headBytes += name.count + value.count + 32
    if stream.headBytes > limits.headBytes {
      stream.refusal = NetRefusal(
        431, .limitExceeded, "the request's head is longer than headBytes (\(limits.headBytes))")
    } else if name.first == ASCII.colon {
      let text = String(decoding: value, as: UTF8.self)
      if ASCII.equalIgnoringCase(name, ":method") { stream.method = text }
      if ASCII.equalIgnoringCase(name, ":path") { stream.path = text }
      if ASCII.equalIgnoringCase(name, ":authority") { stream.authority = text }
    } else if stream.headers.count >= limits.headerFields {
      stream.refusal = NetRefusal(
        431, .limitExceeded, "there are more than headerFields (\(limits.headerFields)) fields")
    } else {
      stream.headers.append(name, value)
    }
  }

  func headEnded(_ id: Int32, isLast: Bool) {
    guard let stream = streams[id] else { return }
    do throws(NetRefusal) {
      if let refusal = stream.refusal { throw refusal }
      let request = try makeRequest(stream, isLast: isLast)
      stream.begin(request)
      handlers += 1
      let task = service.serve(request, stream)
      if task != nil, streams[id] === stream { stream.task = task }
    } catch {
      refuse(stream, error)
    }
  }

  private func refuse(_ stream: HTTP2Stream, _ refusal: NetRefusal) {
    loop.counters.add(.refusedRequests)
    loop.counters.addRequest(status: refusal.status, nanoseconds: 0)
    guard let target = RequestTarget("/") else { return }
    stream.begin(
      HTTPRequest(
        method: .get, target: target, version: .http2, headers: [:], authority: "",
        body: HTTPRequestBody(bytes: []), number: nextNumber(), origin: origin))
    guard let number = stream.request?.number else { return }
    stream.answer(
      number, status: refusal.status, headers: ["content-type": "text/plain; charset=utf-8"],
      bytes: Array((refusal.message + "\n").utf8))
  }

  private func makeRequest(_ stream: HTTP2Stream, isLast: Bool) throws(NetRefusal) -> HTTPRequest {
    let limits = service.limits
    if stream.path.utf8.count > limits.targetBytes {
      throw NetRefusal(
        414, .limitExceeded, "the request's target is longer than targetBytes (\(limits.targetBytes))")
    }
    if stream.method == "CONNECT" { throw NetRefusal(501, .malformedRequest, "this server is no proxy") }
    let hosts = stream.headers.values("host")
    let authority = stream.authority.isEmpty ? hosts.first ?? "" : stream.authority
    guard hosts.count <= 1, FieldFacts.isAuthority(authority),
      hosts.allSatisfy({ ASCII.equalIgnoringCase($0.utf8, authority.utf8) })
    else { throw .malformed("the authority is missing, said in two ways, or not a name and port") }
    let cookies = stream.headers.values("cookie")
    if cookies.count > 1 { stream.headers.set("cookie", cookies.joined(separator: "; ")) }
    if let expected = stream.headers["expect"] {
      guard ASCII.equalIgnoringCase(expected.utf8, "100-continue".utf8) else {
        throw NetRefusal(417, .malformedRequest, "only 100-continue can be expected")
      }
      stream.expectsContinue = true
    }
    let method = HTTPMethod(rawValue: stream.method)
    let (target, _) = try RequestHead.resolve(stream.path, host: authority, method: method)
    return HTTPRequest(
      method: method, target: target, version: .http2, headers: stream.headers, authority: authority,
      body: try openBody(stream, isLast: isLast), number: nextNumber(), origin: origin)
  }

  private func openBody(_ stream: HTTP2Stream, isLast: Bool) throws(NetRefusal) -> HTTPRequestBody {
    let coding = try ContentCoding.ofRequest(stream.headers)
    let length = try stream.headers["content-length"].map { text throws(NetRefusal) in
      try FieldFacts.length(text)
    }
    if let length, length > service.limits.bodyBytes {
      throw NetRefusal(413, .bodyTooLarge, "the body is longer than bodyBytes (\(service.limits.bodyBytes))")
    }
    if isLast { return HTTPRequestBody(bytes: []) }
    let id = stream.id
    let pipe = BodyPipe(highWater: service.limits.bodyBufferBytes) { [weak self, loop] in
      loop.perform { [weak self] in self?.bodyWanted(id) }
    }
    stream.intake = try BodyIntake(pipe: pipe, coding: coding, limits: service.limits)
    stream.startNanoseconds = loop.nowNanoseconds
    return HTTPRequestBody(pipe: pipe, announcedLength: length)
  }

  private func bodyWanted(_ id: Int32) {
    guard let stream = streams[id] else { return }
    if stream.expectsContinue, !stream.hasBegun {
      stream.expectsContinue = false
      codec?.sayContinue(id)
    }
    if stream.unconsumed > 0 {
      codec?.consumed(id, stream.unconsumed)
      stream.unconsumed = 0
    }
    pumpSoon()
  }

  func bodyReceived(_ id: Int32, _ bytes: UnsafeRawBufferPointer) {
    // Other streams must not starve because this one is not read.
    codec?.consumedByConnection(bytes.count)
    guard let stream = streams[id], let intake = stream.intake else { return }
    if intake.take(bytes) != nil {
      loop.counters.add(.refusedRequests)
      stream.intake = nil
      if stream.hasBegun { codec?.reset(id, .cancel) }
    } else if intake.pipe.isFull {
      stream.unconsumed += bytes.count
    } else {
      codec?.consumed(id, bytes.count + stream.unconsumed)
      stream.unconsumed = 0
    }
  }

  func bodyEnded(_ id: Int32) {
    streams[id]?.intake?.end()
    streams[id]?.intake = nil
  }

  func nextBody(_ id: Int32, into room: UnsafeMutableRawBufferPointer) -> (count: Int, isLast: Bool)? {
    guard let stream = streams[id] else { return (0, true) }
    return stream.nextBody(into: room)
  }

  func streamClosed(_ id: Int32) {
    guard let stream = streams.removeValue(forKey: id) else { return }
    stream.close()
    if streams.isEmpty {
      channel.setDeadline(after: service.limits.idleMilliseconds)
      if service.isDraining { loop.later { [weak self] in self?.closeWhenIdle() } }
    }
  }

  private func closeWhenIdle() {
    pump()
    if streams.isEmpty { channel.closeGently() }
  }
}
