import TwinValues

/// One HTTP/1 connection: reads requests in order, has one answered at a time, writes answers in order.
///
/// `@unchecked Sendable`: everything but `loop` is touched on the loop's thread only. The type is Sendable because
/// a request's task carries a reference to its connection, and hands all work back to the loop.
final class HTTP1Connection: ChannelHandler, ResponseSink, @unchecked Sendable {
  enum Phase {
    case head
    case fixed(remaining: Int)
    case chunked(ChunkDecoder)
    /// Nothing more is read.
    case deaf
  }

  /// The answer under way.
  struct Answer {
    let ticket: UInt64
    let isHead: Bool
    let version: HTTPRequest.Version
    let expectsContinue: Bool
    var saidContinue = false
    var framing: ResponseHeadWriter.Framing?
    var remaining = Int.max
    var isEndless = false
    let request: HTTPRequest
    /// When the request was complete; `nil` while its body comes.
    var startNanoseconds: UInt64?
  }

  let loop: EventLoop
  let channel: Channel
  let service: HTTPService
  private let origin: HTTPRequest.Origin
  private let nextNumber: () -> UInt64

  var input = InputBuffer()
  private var scanner: HeadScanner
  var phase = Phase.head
  var intake: BodyIntake?
  var answering: Answer?
  private var task: Task<Void, Never>?
  private var waiters: [UnsafeContinuation<Bool, Never>] = []
  var closesAfterAnswer = false
  private var isProcessing = false
  private var isTimingHead = false
  private var peerHasEnded = false
  private var served = 0
  var bodyStartNanoseconds: UInt64 = 0
  var bodyCounted = 0

  init(
    channel: Channel, service: HTTPService, origin: HTTPRequest.Origin, nextNumber: @escaping () -> UInt64
  ) {
    self.channel = channel
    self.service = service
    self.origin = origin
    self.nextNumber = nextNumber
    loop = channel.loop
    scanner = HeadScanner(limits: service.limits)
  }

  // MARK: Channel

  func opened(protocolName: String?) { channel.setDeadline(after: service.limits.idleMilliseconds) }

  func received(_ bytes: UnsafeRawBufferPointer) {
    if case .deaf = phase { return }
    input.append(bytes)
    process()
    if answering != nil, case .head = phase, input.count > service.limits.pipelineBytes {
      channel.isReading = false
    }
  }

  func peerEnded() {
    peerHasEnded = true
    guard let answer = answering else { return channel.finish() }
    if case .head = phase, !answer.isEndless {
      // The peer only said that it has no more requests; it may still want this answer.
      closesAfterAnswer = true
    } else {
      channel.finish()
    }
  }

  func drained() { resumeWaiters(true) }

  func closed() {
    intake?.pipe.fail(HTTPBodyWriter.closed)
    intake = nil
    phase = .deaf
    if answering != nil { loop.counters.add(.abandonedRequests) }
    answering = nil
    task?.cancel()
    task = nil
    resumeWaiters(false)
  }

  func sweep(nowNanoseconds now: UInt64) {
    guard var answer = answering, answer.framing == nil else { return }
    guard let start = answer.startNanoseconds else {
      if case .head = phase {
        answer.startNanoseconds = now
        answering = answer
      }
      return
    }
    guard now &- start > UInt64(service.limits.handlerMilliseconds) * 1_000_000 else { return }
    let late = service.overdue(answer.request)
    let given = task
    self.answer(answer.ticket, status: late.status, headers: late.headers, bytes: late.bytes)
    given?.cancel()
  }

  func deadlinePassed() {
    switch phase {
    case .head where isTimingHead:
      loop.counters.add(.headerTimeouts)
      refuse(NetRefusal(408, .timedOut, "the request's head took longer than headerMilliseconds"))
    case .fixed, .chunked:
      loop.counters.add(.bodyTimeouts)
      intake?.pipe.fail(NuriError(.timedOut, "The body came too slowly.", advice: "Send it faster."))
      stopReading()
      if answering == nil { channel.closeGently() }
    default:
      loop.counters.add(.idleTimeouts)
      channel.closeGently()
    }
  }

  /// Ends the connection as soon as nobody is cut off.
  func drain() {
    guard let answer = answering else {
      if input.isEmpty { channel.closeGently() }
      closesAfterAnswer = true
      return
    }
    closesAfterAnswer = true
    if answer.isEndless, answer.framing != nil {
      task?.cancel()
      channel.batched { end(answer.ticket) }
    }
  }

  // MARK: Requests

  /// Goes on with what was received, as far as it reaches.
  func process() {
    // An answer given at once comes back here from within; the loop below goes on with the next request itself.
    if isProcessing { return }
    isProcessing = true
    defer { isProcessing = false }
    while channel.state == .open {
      switch phase {
      case .head:
        if answering != nil || !readHead() { return }
      case .fixed, .chunked:
        if !readBody() { return }
      case .deaf:
        input.drop(input.count)
        return
      }
    }
  }

  private func readHead() -> Bool {
    if input.isEmpty { return false }
    switch input.withBytes({ scanner.scan($0) }) {
    case .partial:
      if !isTimingHead {
        isTimingHead = true
        channel.setDeadline(after: service.limits.headerMilliseconds)
      }
      return false
    case .refused(let refusal):
      refuse(refusal)
      return false
    case .complete(let length):
      let head = input.withBytes { bytes in
        Result { () throws(NetRefusal) -> RequestHead in try RequestHead(scanner, bytes, length: length) }
      }
      input.drop(length)
      scanner.reset()
      isTimingHead = false
      do {
        try start(try head.get())
        return true
      } catch {
        refuse(error)
        return false
      }
    }
  }

  private func start(_ head: RequestHead) throws(NetRefusal) {
    served += 1
    if !head.keepsAlive || service.isDraining || served >= service.limits.requestsPerConnection
      || peerHasEnded
    {
      closesAfterAnswer = true
    }
    let body = try openBody(head)
    let number = nextNumber()
    let request = HTTPRequest(
      method: head.method, target: head.target, version: head.version, headers: head.headers,
      authority: head.authority, body: body, number: number, origin: origin)
    answering = Answer(
      ticket: number, isHead: head.method == .head, version: head.version,
      expectsContinue: head.expectsContinue && intake != nil, request: request)
    if intake == nil {
      answering?.startNanoseconds = loop.nowNanoseconds
      channel.setDeadline(after: nil)
    } else {
      startBodyClock()
    }
    guard let started = service.serve(request, self) else { return }
    // By now it may have been answered, or turned into a WebSocket.
    if answering?.ticket == number { task = started }
    if let socket = channel.handler as? WebSocketConnection { socket.keep(started) }
  }

  private func openBody(_ head: RequestHead) throws(NetRefusal) -> HTTPRequestBody {
    let coding = try ContentCoding.ofRequest(head.headers)
    var announced: Int?
    switch head.framing {
    case .none: return HTTPRequestBody(bytes: [])
    case .fixed(let length):
      if length > service.limits.bodyBytes {
        throw NetRefusal(
          413, .bodyTooLarge, "the body is longer than bodyBytes (\(service.limits.bodyBytes))")
      }
      if coding == nil, input.count >= length { return HTTPRequestBody(bytes: input.take(length)) }
      announced = length
      phase = .fixed(remaining: length)
    case .chunked: phase = .chunked(ChunkDecoder(limits: service.limits))
    }
    let pipe = BodyPipe(highWater: service.limits.bodyBufferBytes) { [weak self, loop] in
      loop.perform { [weak self] in self?.bodyWanted() }
    }
    intake = try BodyIntake(pipe: pipe, coding: coding, limits: service.limits)
    return HTTPRequestBody(pipe: pipe, announcedLength: announced)
  }

  /// Answers what no handler will see, and closes.
  private func refuse(_ refusal: NetRefusal) {
    loop.counters.add(.refusedRequests)
    loop.counters.addRequest(status: refusal.status, nanoseconds: 0)
    phase = .deaf
    input.drop(input.count)
    let body = Array((refusal.message + "\n").utf8)
    let headers: HTTPHeaders = ["content-type": "text/plain; charset=utf-8"]
    channel.batched {
      channel.output.gather {
        ResponseHeadWriter.write(
          status: refusal.status, headers: headers, framing: .length(body.count), connection: "close",
          date: loop.dateText.text(nowNanoseconds: loop.nowNanoseconds), to: &$0)
        $0.append(contentsOf: body)
      }
      channel.closeGently()
    }
  }

  /// Nothing more is read; the connection ends after the answer.
  func stopReading() {
    phase = .deaf
    intake = nil
    closesAfterAnswer = true
    channel.setDeadline(after: nil)
  }

  /// The answer is complete: on to the next request, or the end.
  func endAnswer() {
    answering = nil
    task = nil
    resumeWaiters(false)
    if let intake {
      // What is left of the body is skipped when that is cheap.
      intake.discard()
      if case .fixed(let remaining) = phase, remaining > service.limits.lingerBytes {
        closesAfterAnswer = true
      }
    }
    if closesAfterAnswer {
      phase = .deaf
      intake = nil
      channel.closeGently()
      return
    }
    if case .head = phase, input.isEmpty {
      channel.setDeadline(after: service.limits.idleMilliseconds)
    }
    channel.isReading = true
    process()
  }

  private func resumeWaiters(_ hasRoom: Bool) {
    if waiters.isEmpty { return }
    let resumed = waiters
    waiters = []
    for waiter in resumed { waiter.resume(returning: hasRoom) }
  }

  func taskEnded() {}

  var hasRoom: Bool { channel.isWritable }

  func whenRoom(_ ticket: UInt64, _ waiter: UnsafeContinuation<Bool, Never>) {
    guard answering?.ticket == ticket, channel.state == .open else { return waiter.resume(returning: false) }
    waiters.append(waiter)
    channel.requestDrained()
  }

  func openWebSocket(_ ticket: UInt64, _ upgrade: WebSocketUpgrade, headers: HTTPHeaders) -> WebSocket? {
    guard let answer = answering, answer.ticket == ticket, answer.framing == nil else { return nil }
    let accepted: WebSocketHandshake
    do {
      accepted = try WebSocketHandshake(answer.request, upgrade)
    } catch {
      var headers = headers
      headers.set("content-type", "text/plain; charset=utf-8")
      if error.status == 426 { headers.set("sec-websocket-version", "13") }
      self.answer(ticket, status: error.status, headers: headers, bytes: Array((error.message + "\n").utf8))
      return nil
    }
    answering = nil
    phase = .deaf
    let connection = WebSocketConnection(
      channel: channel, limits: service.limits,
      messageBytes: upgrade.messageBytes ?? service.limits.messageBytes, listens: upgrade.listens,
      task: task, isDraining: service.isDraining)
    task = nil
    let early = input.take(input.count)
    channel.batched {
      channel.output.gather { accepted.write(headers, to: &$0) }
      channel.handler = connection
      connection.start(early)
    }
    return connection.socket
  }
}
