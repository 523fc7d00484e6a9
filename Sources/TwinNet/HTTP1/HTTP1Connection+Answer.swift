/// Sending answers.
extension HTTP1Connection {
  func answer(_ ticket: UInt64, status: Int, headers: HTTPHeaders, bytes: [UInt8]) {
    guard let answer = answering, answer.ticket == ticket, answer.framing == nil else { return }
    skipUnaskedBody(answer)
    let hasBody = HTTP1Connection.mayHaveBody(status)
    channel.batched {
      writeHead(answer, status, headers, hasBody ? .length(bytes.count) : .none)
      if hasBody, !answer.isHead { channel.output.append(bytes) }
      endAnswer()
    }
  }

  func begin(_ ticket: UInt64, status: Int, headers: HTTPHeaders, length: Int?, isEndless: Bool) {
    guard var answer = answering, answer.ticket == ticket, answer.framing == nil else { return }
    skipUnaskedBody(answer)
    let framing: ResponseHeadWriter.Framing
    if !HTTP1Connection.mayHaveBody(status) {
      framing = .none
    } else if let length {
      framing = .length(length)
      answer.remaining = length
    } else if answer.version == .http10 {
      framing = .untilClose
      closesAfterAnswer = true
    } else {
      framing = .chunked
    }
    answer.framing = framing
    answer.isEndless = isEndless
    answering = answer
    channel.batched { writeHead(answer, status, headers, framing) }
    if isEndless, service.isDraining { end(ticket) }
  }

  func push(_ ticket: UInt64, _ bytes: [UInt8]) -> Bool {
    guard var answer = answering, answer.ticket == ticket, channel.state == .open else { return false }
    guard let framing = answer.framing, !bytes.isEmpty, !answer.isHead else { return true }
    switch framing {
    case .none: return true
    case .length:
      // More than was promised would be taken for the next answer.
      if bytes.count > answer.remaining { return false }
      answer.remaining -= bytes.count
      answering = answer
      channel.output.append(bytes)
    case .untilClose: channel.output.append(bytes)
    case .chunked:
      if bytes.count < OutputQueue.wholeBytes {
        channel.output.gather { ResponseHeadWriter.chunk(bytes, to: &$0) }
      } else {
        channel.output.gather { $0.append(contentsOf: (String(bytes.count, radix: 16) + "\r\n").utf8) }
        channel.output.append(bytes)
        channel.output.gather { ResponseHeadWriter.append("\r\n", &$0) }
      }
    }
    channel.flush()
    return channel.state == .open
  }

  func push(_ ticket: UInt64, _ piece: Broadcast.Piece) -> Bool {
    guard let answer = answering, answer.ticket == ticket, channel.state == .open else { return false }
    guard let framing = answer.framing, !piece.bytes.isEmpty, !answer.isHead else { return true }
    switch framing {
    case .chunked: channel.send(shared: piece.chunk)
    case .untilClose: channel.send(shared: piece.bytes)
    case .none, .length: return push(ticket, piece.bytes)
    }
    return channel.state == .open
  }

  func settle() {
    channel.settle()
    if input.isEmpty { input = InputBuffer() }
  }

  func end(_ ticket: UInt64) {
    guard let answer = answering, answer.ticket == ticket, let framing = answer.framing else { return }
    if case .length = framing, answer.remaining > 0, !answer.isHead { return cut(ticket) }
    channel.batched {
      if framing == .chunked, !answer.isHead {
        channel.output.gather { ResponseHeadWriter.append("0\r\n\r\n", &$0) }
      }
      endAnswer()
    }
  }

  func cut(_ ticket: UInt64) {
    guard let answer = answering, answer.ticket == ticket else { return }
    // A length or chunks show that something is missing; without them only a broken connection does.
    if answer.framing == .untilClose { return channel.finish() }
    stopReading()
    answering = nil
    loop.counters.add(.abandonedRequests)
    channel.closeGently()
  }

  /// A peer that was never told to go on may or may not send its body: the connection can't be used again.
  private func skipUnaskedBody(_ answer: Answer) {
    if answer.expectsContinue, !answer.saidContinue, intake != nil { closesAfterAnswer = true }
  }

  private func writeHead(
    _ answer: Answer, _ status: Int, _ headers: HTTPHeaders, _ framing: ResponseHeadWriter.Framing
  ) {
    if service.isDraining { closesAfterAnswer = true }
    let connection: StaticString? =
      closesAfterAnswer ? "close" : answer.version == .http10 ? "keep-alive" : nil
    let date = loop.dateText.text(nowNanoseconds: loop.nowNanoseconds)
    channel.output.gather {
      ResponseHeadWriter.write(
        status: status, headers: headers, framing: framing, connection: connection, date: date, to: &$0)
    }
  }

  static func mayHaveBody(_ status: Int) -> Bool { status >= 200 && status != 204 && status != 304 }
}
