/// Where one connection or stream takes an answer. All calls on its loop, but for reading `loop`.
///
/// `ticket` is the request's number: calls for a request that is over do nothing, whoever still makes them.
protocol ResponseSink: BroadcastOutlet, Sendable {
  var loop: EventLoop { get }

  /// A whole answer.
  func answer(_ ticket: UInt64, status: Int, headers: HTTPHeaders, bytes: [UInt8])
  /// The head of a streamed answer. `isEndless` for one that only ends when somebody leaves.
  func begin(_ ticket: UInt64, status: Int, headers: HTTPHeaders, length: Int?, isEndless: Bool)
  /// A piece of a streamed answer; `false` when it can't be sent any more.
  func push(_ ticket: UInt64, _ bytes: [UInt8]) -> Bool
  /// The end of a streamed answer.
  func end(_ ticket: UInt64)
  /// The answer can't be completed; the peer must notice.
  func cut(_ ticket: UInt64)
  /// Resumes with `true` once there is room, with `false` when there never will be.
  func whenRoom(_ ticket: UInt64, _ waiter: UnsafeContinuation<Bool, Never>)
  /// Turns the connection into a WebSocket; `nil` when that can't be, and then it was answered.
  func openWebSocket(_ ticket: UInt64, _ upgrade: WebSocketUpgrade, headers: HTTPHeaders) -> WebSocket?
  /// The request's task is over, whatever became of its answer.
  func taskEnded()
}

extension ResponseSink {
  /// Pushes from any thread and returns when there is room for more; `false` when the peer is gone.
  func send(_ ticket: UInt64, _ bytes: [UInt8]) async -> Bool {
    if loop.isCurrent {
      if !push(ticket, bytes) { return false }
      if hasRoom { return true }
    }
    let isPushed = loop.isCurrent
    return await withUnsafeContinuation { waiter in
      loop.perform {
        if !isPushed, !self.push(ticket, bytes) {
          waiter.resume(returning: false)
        } else if self.hasRoom {
          waiter.resume(returning: true)
        } else {
          self.whenRoom(ticket, waiter)
        }
      }
    }
  }
}
