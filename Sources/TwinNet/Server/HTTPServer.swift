import CNet
import Glibc
public import TwinValues

/// An HTTP server: listens, speaks TLS, HTTP/1.1 and HTTP/2, and asks one handler for every answer.
///
/// ```swift
/// let server = HTTPServer(configuration: .init(port: 8080)) { request in
///   .text("Hello, \(request.target.rawPath)\n")
/// }
/// try server.start()
/// await server.drain(deadlineMilliseconds: 10_000)
/// ```
///
/// The handler runs on the loop of its connection and shares that thread with every other connection of the loop:
/// it may wait as long as it likes, but should not compute or block for more than about a millisecond. It is
/// cancelled when its client goes away. Every method may be called from any thread.
///
/// `@unchecked Sendable`: `state` is read and written under `lock` only.
public final class HTTPServer: @unchecked Sendable {
  /// Where and how a server listens.
  public struct Configuration: Sendable {
    /// A numeric IPv4 or IPv6 address.
    public var address: String
    /// The port; 0 for one the system chooses.
    public var port: UInt16
    /// How many threads serve; each has its own listener, and the kernel spreads connections over them.
    public var loops: Int
    /// Certificates; `nil` for plain HTTP.
    public var tls: TLSConfiguration?
    /// Every limit.
    public var limits: NetLimits
    /// Whether answers are compressed for clients that accept it.
    public var compresses: Bool
    /// Whether clients may speak HTTP/2 without TLS if they know beforehand.
    public var offersPlainHTTP2: Bool

    /// Makes a configuration.
    public init(
      address: String = "127.0.0.1", port: UInt16 = 0, loops: Int = 1, tls: TLSConfiguration? = nil,
      limits: NetLimits = NetLimits(), compresses: Bool = true, offersPlainHTTP2: Bool = true
    ) {
      self.address = address
      self.port = port
      self.loops = loops
      self.tls = tls
      self.limits = limits
      self.compresses = compresses
      self.offersPlainHTTP2 = offersPlainHTTP2
    }
  }

  private struct State {
    var loops: [LoopServer] = []
    var port: UInt16 = 0
    var isStarted = false
    var isDraining = false
    var quietLoops = 0
    var forced = 0
    var waiters: [UnsafeContinuation<Int, Never>] = []
  }

  private let configuration: Configuration
  private let service: HTTPService
  private let census: ConnectionCensus
  private let lock = Lock()
  private var state = State()
  private var tls: TLSStore?

  /// Makes a server that does not listen yet.
  ///
  /// `overdue` gives the answer to a request whose handler took longer than `NetLimits.handlerMilliseconds`, its
  /// body as bytes; the handler is cancelled. `quick` is asked first and gives the answers that need no waiting, their
  /// bodies as bytes; what it passes over with `nil` is the handler's. A task for each request costs as much as the
  /// rest of a small answer.
  public init(
    configuration: Configuration, overdue: (@Sendable (HTTPRequest) -> HTTPResponse)? = nil,
    quick: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) {
    self.configuration = configuration
    service = HTTPService(
      limits: configuration.limits, compresses: configuration.compresses,
      overdue: overdue ?? { _ in .text("The answer took longer than handlerMilliseconds.\n", status: 503) },
      quick: quick, handler: handler)
    census = ConnectionCensus(
      limit: configuration.limits.connections, limitPerPeer: configuration.limits.connectionsPerPeer)
  }

  /// The port listened on; 0 before `start`.
  public var port: UInt16 { lock.withLock { state.port } }

  /// What was counted so far.
  public var metrics: HTTPMetrics {
    var metrics = HTTPMetrics()
    for loop in lock.withLock({ state.loops }) { metrics.add(loop.loop.counters) }
    metrics.openConnections = census.open
    return metrics
  }

  /// Loads certificates, listens and serves. Throws when the address is taken or a certificate can't be used; then
  /// nothing was started. A server starts once.
  public func start() throws(NuriError) {
    try lock.withLock { () throws(NuriError) in
      if state.isStarted { throw NuriError(.networkUnavailable, "The server was started before.") }
      nuri_net_ignore_sigpipe()
      if let configured = configuration.tls { tls = try TLSStore(configured) }
      var descriptors: [Int32] = []
      var loops: [LoopServer] = []
      do throws(NuriError) {
        descriptors = try listen()
        for (index, descriptor) in descriptors.enumerated() {
          guard let loop = EventLoop() else { throw unavailable("An event loop can't be made") }
          loops.append(
            LoopServer(
              loop: loop, index: index, descriptor: descriptor, service: service, census: census, tls: tls,
              offersPlainHTTP2: configuration.offersPlainHTTP2))
        }
      } catch {
        for descriptor in descriptors { close(descriptor) }
        throw error
      }
      state.port = UInt16(clamping: nuri_net_port(descriptors[0]))
      state.loops = loops
      state.isStarted = true
      for (index, server) in loops.enumerated() {
        server.start()
        // The thread keeps its share of the server alive.
        if LoopThread.start(server.loop, ended: { withExtendedLifetime(server) {} }) { continue }
        let error = unavailable("A thread can't be started")
        for started in loops[..<index] {
          started.loop.perform { started.drain(deadlineMilliseconds: 0) { _ in } }
        }
        throw error
      }
    }
  }

  /// One listener for each loop, all on one port.
  private func listen() throws(NuriError) -> [Int32] {
    let backlog = Int32(clamping: configuration.limits.acceptBacklog)
    // Listeners share a port, and would share it with a forgotten server too: ask for it alone first.
    if configuration.port != 0 {
      let probe = nuri_net_listen(configuration.address, configuration.port, backlog, 0)
      if probe < 0 { throw unavailable("Nothing can listen there") }
      close(probe)
    }
    var descriptors: [Int32] = []
    var port = configuration.port
    for _ in 0..<max(1, configuration.loops) {
      let descriptor = nuri_net_listen(configuration.address, port, backlog, 1)
      if descriptor < 0 {
        let error = unavailable("Nothing can listen there")
        for descriptor in descriptors { close(descriptor) }
        throw error
      }
      descriptors.append(descriptor)
      port = UInt16(clamping: nuri_net_port(descriptor))
    }
    return descriptors
  }

  private func unavailable(_ message: String) -> NuriError {
    let code = nuri_net_errno()
    let advice: String
    switch code {
    case EADDRINUSE: advice = "Another program listens on that port; stop it or choose another port."
    case EACCES: advice = "Ports below 1024 need a privilege; choose another port."
    case EINVAL, EADDRNOTAVAIL: advice = "Give a numeric address of this machine."
    default: advice = "Check the limits on descriptors and threads."
    }
    return NuriError(
      .networkUnavailable, "\(message): \(String(cString: strerror(code))).",
      at: PeerAddress(host: configuration.address, port: configuration.port).description, advice: advice)
  }

  /// Loads the certificates anew, from the same files or from those of `fresh`. Connections that are open keep
  /// theirs. Throws when they can't be used; then the old ones stay.
  public func reloadCertificates(_ fresh: TLSConfiguration? = nil) throws(NuriError) {
    let store = lock.withLock { tls }
    guard let store, let configured = fresh ?? configuration.tls else {
      throw NuriError(
        .invalidCertificate, "The server does not speak TLS.", advice: "Configure certificates.")
    }
    try store.reload(configured)
  }

  /// Takes no more connections, lets requests under way end, closes idle connections, event streams and
  /// WebSockets, and cuts what is left after the deadline. Returns how many connections had to be cut. Handlers
  /// that were cut are cancelled; their thread ends when they do.
  @discardableResult
  public func drain(deadlineMilliseconds: Int) async -> Int {
    service.drain()
    return await withUnsafeContinuation { waiter in
      lock.lock()
      let loops = state.loops
      let isFirst = !state.isDraining
      let isOver = !state.isStarted || state.isDraining && state.quietLoops == loops.count
      let forced = state.forced
      if state.isStarted { state.isDraining = true }
      if !isOver { state.waiters.append(waiter) }
      lock.unlock()
      if isOver { return waiter.resume(returning: forced) }
      if !isFirst { return }
      for server in loops {
        server.loop.perform {
          server.drain(deadlineMilliseconds: deadlineMilliseconds) { self.becameQuiet($0) }
        }
      }
    }
  }

  private func becameQuiet(_ forced: Int) {
    lock.lock()
    state.quietLoops += 1
    state.forced += forced
    let total = state.forced
    var waiters: [UnsafeContinuation<Int, Never>] = []
    if state.quietLoops == state.loops.count { swap(&waiters, &state.waiters) }
    lock.unlock()
    for waiter in waiters { waiter.resume(returning: total) }
  }
}
