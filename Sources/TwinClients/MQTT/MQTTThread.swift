import Glibc
import TwinValues

/// The client's thread: one connection after another, and what is asked in between. Only this thread touches the
/// library's handle, so that nothing in it is shared.
final class MQTTThread {
  private let desk: MQTTDesk
  private var session: MQTTSession?
  private var delay: Int64
  /// When to try to connect again.
  private var nextTry: Int64 = 0
  /// Those who wait for a connection.
  private var hopeful: [MQTTRequest.Reply] = []
  /// Requests with a connection, but no room in flight yet.
  private var waiting: [MQTTRequest] = []
  /// Filters to subscribe to after each connection.
  private var filters: [(filter: String, quality: MQTTMessage.Quality)] = []
  private var lastFailure = NuriError(.unreachable, "There is no connection yet.")

  private var options: MQTTOptions { desk.options }

  init(_ desk: MQTTDesk) {
    self.desk = desk
    delay = desk.options.firstDelayMilliseconds
  }

  func run() {
    while true {
      let (requests, isStopping) = desk.take()
      if isStopping {
        for request in requests { request.reply.resume(returning: .closedClient) }
        return end()
      }
      let now = desk.clock.milliseconds()
      if session == nil, now >= nextTry { connect(now) }
      for request in requests { take(request) }
      if let session { serve(session, now) }
      wait(now)
    }
  }

  private func connect(_ now: Int64) {
    do throws(NuriError) {
      session = try MQTTSession(options, startedAt: now, desk.onMessage)
    } catch {
      failed(error)
    }
  }

  private func take(_ request: MQTTRequest) {
    switch request.kind {
    case .connected:
      if session?.isReady == true {
        request.reply.resume(returning: nil)
      } else {
        hopeful.append(request.reply)
      }
    case .publish:
      if session?.isReady == true {
        waiting.append(request)
      } else {
        request.reply.resume(returning: lastFailure)
      }
    case .subscribe(let filter, let quality):
      filters.removeAll { $0.filter == filter }
      filters.append((filter, quality))
      if session?.isReady == true {
        waiting.append(request)
      } else {
        request.reply.resume(returning: lastFailure)
      }
    }
  }

  /// Moves bytes, sends what there is room for, and notices what became of the connection.
  private func serve(_ session: MQTTSession, _ now: Int64) {
    let wasReady = session.isReady
    session.move()
    if session.isReady, !wasReady { welcome(session, now) }
    while session.isReady, let request = waiting.first, session.inFlight < options.inFlight {
      waiting.removeFirst()
      switch request.kind {
      case .publish(let message): session.publish(message, request.reply, now)
      case .subscribe(let filter, let quality): session.subscribe(filter, quality, request.reply, now)
      case .connected: request.reply.resume(returning: nil)
      }
    }
    session.expire(now)
    if let failure = session.failure { failed(failure) }
  }

  private func welcome(_ session: MQTTSession, _ now: Int64) {
    desk.lock.withLock { desk.isConnected = true }
    delay = options.firstDelayMilliseconds
    for each in filters { session.subscribe(each.filter, each.quality, nil, now) }
    for reply in hopeful { reply.resume(returning: nil) }
    hopeful = []
  }

  private func failed(_ failure: NuriError) {
    desk.lock.withLock { desk.isConnected = false }
    lastFailure = failure
    session?.abandon(failure)
    session = nil
    answerAll(failure)
    // Between half and all of the delay: many clients of a broker that went down don't come back all at once.
    let part = 0.5 + 0.5 * desk.clock.chance()
    nextTry = desk.clock.milliseconds() + Int64(Double(delay) * part)
    delay = min(delay * 2, options.longestDelayMilliseconds)
  }

  private func end() {
    desk.lock.withLock { desk.isConnected = false }
    session?.sayGoodbye()
    session?.abandon(.closedClient)
    session = nil
    answerAll(.closedClient)
  }

  private func answerAll(_ failure: NuriError) {
    for reply in hopeful { reply.resume(returning: failure) }
    for request in waiting { request.reply.resume(returning: failure) }
    hopeful = []
    waiting = []
  }

  /// Sleeps until the connection has something, somebody rings, or it is time to look again.
  private func wait(_ now: Int64) {
    var watched = [pollfd(fd: desk.wakeEnd, events: Int16(POLLIN), revents: 0)]
    var timeout = session == nil ? max(0, nextTry - desk.clock.milliseconds()) : 1000
    if let session {
      let events = Int16(POLLIN) | (session.wantsToWrite ? Int16(POLLOUT) : 0)
      watched.append(pollfd(fd: session.descriptor, events: events, revents: 0))
      timeout = min(timeout, max(1, session.nextDeadline - now))
    }
    _ = poll(&watched, nfds_t(watched.count), Int32(min(timeout, 1000)))
  }
}
