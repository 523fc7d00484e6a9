/// One request on an HTTP/2 connection and its answer.
///
/// `@unchecked Sendable`: everything but `loop` is touched on the loop's thread only. The type is Sendable because
/// a request's task carries a reference to it, and hands all work back to the loop.
final class HTTP2Stream: ResponseSink, @unchecked Sendable {
  let id: Int32
  let loop: EventLoop
  private weak var connection: HTTP2Connection?
  private let limits: NetLimits

  // The head as it comes in.
  var method = ""
  var path = ""
  var authority = ""
  var headers = HTTPHeaders()
  var headBytes = 0
  var refusal: NetRefusal?

  // The body as it comes in.
  var intake: BodyIntake?
  /// Bytes the peer may send again once the reader has taken more.
  var unconsumed = 0
  var startNanoseconds: UInt64
  var expectsContinue = false

  // The answer as it goes out.
  private(set) var request: HTTPRequest?
  var task: Task<Void, Never>?
  private var output = OutputQueue()
  private var remaining = Int.max
  private var handlerStartNanoseconds: UInt64?
  private(set) var hasBegun = false
  private(set) var isEndless = false
  private var isHead = false
  private var isDone = false
  private var isWaitingForBytes = false
  private var lastProgressNanoseconds: UInt64
  private var waiters: [UnsafeContinuation<Bool, Never>] = []

  init(id: Int32, connection: HTTP2Connection) {
    self.id = id
    self.connection = connection
    loop = connection.loop
    limits = connection.service.limits
    startNanoseconds = loop.nowNanoseconds
    lastProgressNanoseconds = loop.nowNanoseconds
  }

  /// The request was made; its handler starts.
  func begin(_ request: HTTPRequest) {
    self.request = request
    isHead = request.method == .head
  }

  func answer(_ ticket: UInt64, status: Int, headers: HTTPHeaders, bytes: [UInt8]) {
    guard let connection, isOpen(ticket), !hasBegun else { return }
    let hasBody = HTTP1Connection.mayHaveBody(status)
    hasBegun = true
    isDone = true
    if hasBody, !isHead { output.append(bytes) }
    connection.respond(
      self, status, headers, length: hasBody ? bytes.count : nil, hasBody: !output.isEmpty)
  }

  func begin(_ ticket: UInt64, status: Int, headers: HTTPHeaders, length: Int?, isEndless: Bool) {
    guard let connection, isOpen(ticket), !hasBegun else { return }
    hasBegun = true
    self.isEndless = isEndless
    if let length { remaining = length }
    if !HTTP1Connection.mayHaveBody(status) { isHead = true }
    connection.respond(self, status, headers, length: length, hasBody: !isHead)
    if isEndless, connection.service.isDraining { end(ticket) }
  }

  func push(_ ticket: UInt64, _ bytes: [UInt8]) -> Bool {
    guard let connection, isOpen(ticket), hasBegun, !isDone else { return false }
    if bytes.isEmpty || isHead { return true }
    if bytes.count > remaining { return false }
    if remaining != .max { remaining -= bytes.count }
    if output.isEmpty { lastProgressNanoseconds = loop.nowNanoseconds }
    output.append(bytes)
    wakeUp(connection)
    return isOpen(ticket)
  }

  func push(_ ticket: UInt64, _ piece: Broadcast.Piece) -> Bool { push(ticket, piece.bytes) }

  func settle() { if output.isEmpty { output.clear() } }

  func end(_ ticket: UInt64) {
    guard let connection, isOpen(ticket), hasBegun, !isDone else { return }
    if remaining != .max, remaining > 0, !isHead { return cut(ticket) }
    isDone = true
    wakeUp(connection)
  }

  func cut(_ ticket: UInt64) {
    guard let connection, isOpen(ticket) else { return }
    connection.reset(self, .internalError)
  }

  private func wakeUp(_ connection: HTTP2Connection) {
    if isWaitingForBytes {
      isWaitingForBytes = false
      connection.resume(self)
    } else {
      connection.pumpSoon()
    }
  }

  private func isOpen(_ ticket: UInt64) -> Bool { connection != nil && request?.number == ticket }

  var hasRoom: Bool { output.count < limits.outputHighWaterBytes }

  func whenRoom(_ ticket: UInt64, _ waiter: UnsafeContinuation<Bool, Never>) {
    guard isOpen(ticket), !isDone else { return waiter.resume(returning: false) }
    waiters.append(waiter)
  }

  func openWebSocket(_ ticket: UInt64, _ upgrade: WebSocketUpgrade, headers: HTTPHeaders) -> WebSocket? {
    answer(
      ticket, status: 400, headers: ["content-type": "text/plain; charset=utf-8"],
      bytes: Array("a WebSocket starts with GET over HTTP/1.1\n".utf8))
    return nil
  }

  func taskEnded() {
    task = nil
    connection?.taskEnded()
  }

  /// The next bytes for the wire; `nil` when the handler has not written any.
  func nextBody(into room: UnsafeMutableRawBufferPointer) -> (count: Int, isLast: Bool)? {
    var count = 0
    while count < room.count, !output.isEmpty {
      let copied = output.withNext { bytes in
        let part = min(bytes.count, room.count - count)
        UnsafeMutableRawBufferPointer(rebasing: room[count..<count + part])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<part]))
        return part
      }
      output.drop(copied)
      count += copied
    }
    if count > 0 { lastProgressNanoseconds = loop.nowNanoseconds }
    if output.count <= limits.outputLowWaterBytes { resumeWaiters(true) }
    if count == 0, !isDone {
      isWaitingForBytes = true
      return nil
    }
    return (count, isDone && output.isEmpty)
  }

  /// Whether the peer has not taken a byte for too long, or sends its body too slowly.
  func isOverdue(now: UInt64) -> (writing: Bool, receiving: Bool) {
    let stalled = Int(clamping: (now &- lastProgressNanoseconds) / 1_000_000)
    let writing = !output.isEmpty && stalled > limits.writeMilliseconds
    guard let intake, unconsumed == 0 else { return (writing, false) }
    let earned = intake.received / max(1, limits.bodyBytesPerSecond) * 1000
    let spent = Int(clamping: (now &- startNanoseconds) / 1_000_000)
    return (writing, spent > limits.bodyMilliseconds + earned)
  }

  /// Answers in the handler's place when it took longer than `handlerMilliseconds` since the request was complete.
  func answerOverdue(now: UInt64, _ service: HTTPService) {
    guard let request, !hasBegun, intake == nil else { return }
    guard let start = handlerStartNanoseconds else {
      handlerStartNanoseconds = now
      return
    }
    guard now &- start > UInt64(limits.handlerMilliseconds) * 1_000_000 else { return }
    let late = service.overdue(request)
    let given = task
    answer(request.number, status: late.status, headers: late.headers, bytes: late.bytes)
    given?.cancel()
  }

  /// Both sides are done, or one has given up.
  func close() {
    connection = nil
    intake?.pipe.fail(HTTPBodyWriter.closed)
    intake = nil
    output.clear()
    resumeWaiters(false)
    if !isDone { loop.counters.add(.abandonedRequests) }
    task?.cancel()
    task = nil
  }

  private func resumeWaiters(_ hasRoom: Bool) {
    if waiters.isEmpty { return }
    let resumed = waiters
    waiters = []
    for waiter in resumed { waiter.resume(returning: hasRoom) }
  }
}
