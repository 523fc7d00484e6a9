import Synchronization
import TwinValues

/// What turns requests into answers, the same for every connection: the handler, the limits, and the way an answer
/// is delivered. Any thread.
final class HTTPService: Sendable {
  let limits: NetLimits
  let compresses: Bool
  /// The answer to a request whose handler took longer than `handlerMilliseconds`; its body is given as bytes.
  let overdue: @Sendable (HTTPRequest) -> HTTPResponse
  private let quick: @Sendable (HTTPRequest) -> HTTPResponse?
  private let handler: @Sendable (HTTPRequest) async -> HTTPResponse
  private let draining = Atomic(false)

  init(
    limits: NetLimits, compresses: Bool, overdue: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
    quick: @escaping @Sendable (HTTPRequest) -> HTTPResponse?,
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) {
    self.limits = limits
    self.compresses = compresses
    self.overdue = overdue
    self.quick = quick
    self.handler = handler
  }

  /// Whether connections are to end after what they are doing.
  var isDraining: Bool { draining.load(ordering: .relaxed) }

  func drain() { draining.store(true, ordering: .relaxed) }

  /// Runs the handler and delivers its answer. On the loop; the handler starts at once and, if it never has to
  /// wait, the answer is delivered before this returns. `nil` when the answer was at hand, so that no task was made.
  func serve(_ request: HTTPRequest, _ sink: any ResponseSink) -> Task<Void, Never>? {
    let loop = sink.loop
    let start = LoopClock.monotonicNanoseconds()
    if let response = quick(request) {
      deliver(response.bytes, response, to: request, sink)
      loop.counters.addRequest(
        status: response.status, nanoseconds: LoopClock.monotonicNanoseconds() &- start)
      sink.taskEnded()
      return nil
    }
    loop.counters.add(.openRequests)
    // The loop must outlive the task, whose jobs it runs.
    loop.hold()
    return Task.immediate(executorPreference: loop) {
      let response = await self.handler(request)
      await self.deliver(response, to: request, sink)
      loop.counters.addRequest(
        status: response.status, nanoseconds: LoopClock.monotonicNanoseconds() &- start)
      loop.counters.add(.openRequests, -1)
      sink.taskEnded()
      loop.release()
    }
  }

  private func deliver(_ response: HTTPResponse, to request: HTTPRequest, _ sink: any ResponseSink) async {
    let ticket = request.number
    let isHead = request.method == .head
    switch response.body {
    case .empty:
      sink.answer(ticket, status: response.status, headers: response.headers, bytes: [])
    case .bytes(let bytes):
      deliver(bytes, response, to: request, sink)
    case .stream(let length, let produce):
      sink.begin(ticket, status: response.status, headers: response.headers, length: length, isEndless: false)
      if isHead { return sink.end(ticket) }
      await finish(ticket, sink) { try await produce(HTTPBodyWriter(sink, ticket)) }
    case .events(let heartbeatMilliseconds, let produce):
      sink.begin(ticket, status: response.status, headers: response.headers, length: nil, isEndless: true)
      if isHead { return sink.end(ticket) }
      let writer = EventWriter(sink, ticket, heartbeatMilliseconds: heartbeatMilliseconds)
      await finish(ticket, sink) { try await produce(writer) }
    case .webSocket(let upgrade):
      guard let socket = sink.openWebSocket(ticket, upgrade, headers: response.headers) else { return }
      await upgrade.run(socket)
      await socket.close(.normal)
    }
  }

  /// Ends a streamed answer, well or badly.
  private func finish(
    _ ticket: UInt64, _ sink: any ResponseSink, _ produce: () async throws -> Void
  ) async {
    do {
      try await produce()
      sink.end(ticket)
    } catch {
      sink.cut(ticket)
    }
  }

  private func deliver(
    _ bytes: [UInt8], _ response: HTTPResponse, to request: HTTPRequest, _ sink: any ResponseSink
  ) {
    guard compresses, bytes.count >= ContentCoding.leastBytes else {
      return sink.answer(request.number, status: response.status, headers: response.headers, bytes: bytes)
    }
    var headers = response.headers
    var body = bytes
    if let type = headers["content-type"], ContentCoding.isCompressible(type) {
      if !headers.list("vary").contains("accept-encoding") { headers.append("vary", "accept-encoding") }
      let coding = ContentCoding.forAnswer(
        accepted: request.headers.list("accept-encoding"), status: response.status, headers: headers,
        count: bytes.count)
      if let coding, let smaller = Compressor.compress(bytes, coding) {
        headers.append("content-encoding", coding.name)
        body = smaller
      }
    }
    sink.answer(request.number, status: response.status, headers: headers, bytes: body)
  }
}
