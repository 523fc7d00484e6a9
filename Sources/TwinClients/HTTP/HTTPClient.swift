import CCurl
public import TwinValues

/// An HTTP client: many calls at once over one thread, connections kept for the next call, HTTP/2 where the server
/// speaks it over TLS.
///
/// A certificate is always checked. Proxies of the environment, cookies, stored passwords and other protocols than
/// `https` and `http` are never used. All calls may come from any thread.
///
/// `@unchecked Sendable`: `thread` is touched only while holding the core's lock.
public final class HTTPClient: @unchecked Sendable {
  /// How a client is made.
  public struct Options: Sendable {
    /// Where calls may go.
    public var addresses: AddressGuard
    /// A proxy to use, e.g. `http://proxy.city.example:3128`; `nil` for none, whatever the environment says. With a
    /// proxy, `addresses` is asked about the proxy, since it is what the client connects to.
    public var proxy: String?
    /// Connections at one time.
    public var connections: Int
    /// Connections to one host at one time.
    public var connectionsPerHost: Int
    /// Calls under way at one time, those that wait for a connection included.
    public var calls: Int
    /// What to call ourselves.
    public var agent: String

    /// Makes options.
    public init(
      addresses: AddressGuard = .anywhere, proxy: String? = nil, connections: Int = 256,
      connectionsPerHost: Int = 32, calls: Int = 4096, agent: String = "nuri"
    ) {
      self.addresses = addresses
      self.proxy = proxy
      self.connections = connections
      self.connectionsPerHost = connectionsPerHost
      self.calls = calls
      self.agent = agent
    }
  }

  private let core: HTTPCore
  private var thread: WorkThread?

  /// Makes a client and starts its thread.
  /// - Throws: `NuriError` with code `unreachable` when the system has no thread or memory to give.
  public init(_ options: Options = Options()) throws(NuriError) {
    let core = try HTTPCore(options)
    self.core = core
    thread = WorkThread { core.work() }
    guard thread != nil else { throw NuriError(.unreachable, "The system has no thread to give.") }
  }

  deinit { close() }

  /// Makes a call and waits for its answer, whatever its status. Cancelling the task ends the call.
  /// - Throws: `NuriError` with code `unreachable`, `timedOut`, `untrusted`, `addressRefused`, `answerTooLarge`,
  ///   `invalidCall`, `limitExceeded` or `cancelled`, placed at the address without its query.
  public func send(_ call: HTTPCall) async throws(NuriError) -> HTTPAnswer {
    try call.check()
    let transfer = HTTPTransfer(call, core.options)
    let core = core
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { core.enqueue(transfer, $0) }
    } onCancel: {
      core.cancel(transfer)
    }
    do {
      return try result.get()
    } catch {
      throw error.inside(call.place)
    }
  }

  /// Ends the calls under way with `cancelled`, closes all connections and ends the thread. Calling twice is harmless.
  public func close() {
    core.stop()
    let ended = core.lock.withLock {
      defer { thread = nil }
      return thread
    }
    ended?.join()
  }
}

/// What the client's thread works on.
///
/// `@unchecked Sendable`: `waiting`, `cancelled`, `count` and `isStopping` are touched only while holding `lock`,
/// `running` only by the thread; waking a multi handle is allowed from any thread.
final class HTTPCore: @unchecked Sendable {
  let options: HTTPClient.Options
  let lock = Lock()
  private let multi: UnsafeMutableRawPointer
  private var waiting: [HTTPTransfer] = []
  private var cancelled: [HTTPTransfer] = []
  private var count = 0
  private var isStopping = false
  private var running: [ObjectIdentifier: HTTPTransfer] = [:]

  /// Set up once for the process; curl's own initialisation is safe from any thread.
  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(_ options: HTTPClient.Options) throws(NuriError) {
    guard Self.isReady, let multi = curl_multi_init() else {
      throw NuriError(.unreachable, "The HTTP library can't be started.")
    }
    self.options = options
    self.multi = multi
    _ = nuri_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, options.connections)
    _ = nuri_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, options.connectionsPerHost)
    _ = nuri_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.connections)
  }

  deinit { curl_multi_cleanup(multi) }

  func enqueue(_ transfer: HTTPTransfer, _ reply: HTTPTransfer.Reply) {
    let refusal: NuriError? = lock.withLock {
      if isStopping || transfer.isCancelled { return NuriError(.cancelled, "The call was given up.") }
      guard count < options.calls else {
        return NuriError(.limitExceeded, "There are \(options.calls) calls under way already.")
      }
      count += 1
      transfer.reply = reply
      waiting.append(transfer)
      return nil
    }
    if let refusal { reply.resume(returning: .failure(refusal)) } else { curl_multi_wakeup(multi) }
  }

  func cancel(_ transfer: HTTPTransfer) {
    lock.withLock {
      transfer.isCancelled = true
      cancelled.append(transfer)
    }
    curl_multi_wakeup(multi)
  }

  func stop() {
    lock.withLock { isStopping = true }
    curl_multi_wakeup(multi)
  }

  /// The thread: starts what waits, drives what runs, answers what has ended.
  func work() {
    while true {
      let (starting, ending, isLast) = lock.withLock {
        defer {
          waiting = []
          cancelled = []
        }
        return (waiting, cancelled, isStopping)
      }
      for transfer in starting { start(transfer) }
      for transfer in isLast ? Array(running.values) : ending where running[ObjectIdentifier(transfer)] != nil
      {
        finish(transfer, .failure(NuriError(.cancelled, "The call was given up.")))
      }
      if isLast { return }
      var alive: Int32 = 0
      curl_multi_perform(multi, &alive)
      answer()
      curl_multi_poll(multi, nil, 0, 1000, nil)
    }
  }

  private func start(_ transfer: HTTPTransfer) {
    running[ObjectIdentifier(transfer)] = transfer
    do throws(NuriError) {
      let handle = try transfer.prepare()
      guard curl_multi_add_handle(multi, handle) == CURLM_OK else {
        throw NuriError(.unreachable, "The HTTP library takes no more calls.")
      }
    } catch {
      finish(transfer, .failure(error))
    }
  }

  private func answer() {
    var code = CURLE_OK
    while let handle = nuri_curl_multi_ended(multi, &code) {
      guard let transfer = HTTPTransfer.of(handle) else { continue }
      finish(transfer, transfer.result(code))
    }
  }

  private func finish(_ transfer: HTTPTransfer, _ result: Result<HTTPAnswer, NuriError>) {
    running[ObjectIdentifier(transfer)] = nil
    if let handle = transfer.handle { curl_multi_remove_handle(multi, handle) }
    transfer.cleanUp()
    let reply = lock.withLock {
      count -= 1
      defer { transfer.reply = nil }
      return transfer.reply
    }
    reply?.resume(returning: result)
  }
}

extension HTTPCall {
  /// The address as errors name it: a query may hold what should not be in a log.
  var place: String { String(url.prefix { $0 != "?" && $0 != "#" }.prefix(300)) }

  /// - Throws: `NuriError` with code `invalidCall`.
  func check() throws(NuriError) {
    let start = url.prefix(8).lowercased()
    guard start.hasPrefix("http://") || start.hasPrefix("https://"), url.utf8.count <= 8192,
      url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
    else {
      throw NuriError(
        .invalidCall, "The address \"\(place)\" can't be called.",
        advice: "Write it like https://host.example/path.")
    }
    guard !method.isEmpty, method.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5a || $0 == 0x2d }) else {
      throw NuriError(.invalidCall, "\"\(method.prefix(40))\" is no method.", at: place)
    }
    for field in headers {
      let isName = !field.name.isEmpty && field.name.utf8.allSatisfy(\.isTokenByte)
      guard isName, field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 9 }) else {
        throw NuriError(
          .invalidCall,
          "The header field \"\(field.name.prefix(40))\" has a character that fields may not have.",
          at: place)
      }
    }
  }
}

extension UInt8 {
  /// Whether the byte may stand in the name of a header field (RFC 9110, §5.6.2).
  fileprivate var isTokenByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
  }
}
