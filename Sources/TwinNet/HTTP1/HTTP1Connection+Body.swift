import TwinValues

/// Receiving bodies.
extension HTTP1Connection {
  /// Takes what is there of the body; `false` when more bytes are needed.
  func readBody() -> Bool {
    guard let intake else { return false }
    if !intake.isDiscarding, intake.pipe.isFull {
      pauseBody()
      return false
    }
    if input.isEmpty { return false }
    var refusal: NetRefusal?
    switch phase {
    case .fixed(let remaining):
      let count = min(remaining, input.count)
      refusal = input.withBytes { intake.take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      input.drop(count)
      phase = .fixed(remaining: remaining - count)
      if refusal == nil, remaining == count { endBody() }
    case .chunked(var decoder):
      let step = input.withBytes { bytes in
        let step = decoder.step(bytes)
        if case .body(let range, _) = step {
          refusal = intake.take(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
        return step
      }
      phase = .chunked(decoder)
      switch step {
      case .body(_, let used), .partial(let used): input.drop(used)
      case .end(let used):
        input.drop(used)
        endBody()
      case .refused(let broken):
        intake.pipe.fail(broken.error)
        refusal = broken
      }
    case .head, .deaf: return false
    }
    if let refusal {
      loop.counters.add(.refusedRequests)
      refuseBody(refusal)
      return false
    }
    if self.intake != nil { moveBodyClock() }
    return true
  }

  private func endBody() {
    intake?.end()
    intake = nil
    phase = .head
    channel.setDeadline(after: answering == nil ? service.limits.idleMilliseconds : nil)
  }

  /// The reader of the body was told; when the answer is out already, nobody else needs to know.
  private func refuseBody(_ refusal: NetRefusal) {
    stopReading()
    if answering == nil { channel.closeGently() }
  }

  private func pauseBody() {
    channel.isReading = false
    channel.setDeadline(after: nil)
  }

  /// The reader waits, or has taken enough that the peer may go on.
  func bodyWanted() {
    guard channel.state == .open, intake != nil else { return }
    sayContinue()
    if !channel.isReading {
      startBodyClock()
      channel.isReading = true
    }
    channel.batched { process() }
  }

  private func sayContinue() {
    guard var answer = answering, answer.expectsContinue, !answer.saidContinue, answer.framing == nil else {
      return
    }
    answer.saidContinue = true
    answering = answer
    channel.batched {
      channel.output.gather { ResponseHeadWriter.append("HTTP/1.1 100 Continue\r\n\r\n", &$0) }
    }
  }

  func startBodyClock() {
    bodyStartNanoseconds = loop.nowNanoseconds
    bodyCounted = intake?.received ?? 0
    channel.setDeadline(after: service.limits.bodyMilliseconds)
  }

  /// A body may take `bodyMilliseconds`, and as long again as `bodyBytesPerSecond` allows for what came.
  private func moveBodyClock() {
    guard let intake else { return }
    let earned = (intake.received - bodyCounted) / max(1, service.limits.bodyBytesPerSecond) * 1000
    let spent = Int(clamping: (loop.nowNanoseconds &- bodyStartNanoseconds) / 1_000_000)
    channel.setDeadline(after: max(1, service.limits.bodyMilliseconds + earned - spent))
  }
}
