import CCurl
import TwinValues

/// One call under way.
///
/// `@unchecked Sendable`: `reply` and `isCancelled` are touched only while holding the core's lock, everything else
/// only by the client's thread.
final class HTTPTransfer: @unchecked Sendable {
  typealias Reply = UnsafeContinuation<Result<HTTPAnswer, NuriError>, Never>

  var reply: Reply?
  var isCancelled = false
  private(set) var handle: UnsafeMutableRawPointer?

  private let call: HTTPCall
  private let options: HTTPClient.Options
  private var fields: UnsafeMutablePointer<curl_slist>?
  private let fault = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var headers: [HTTPField] = []
  private var headerBytes = 0
  private var body: [UInt8] = []
  private var isTooLarge = false
  private var refusedAddress = false

  init(_ call: HTTPCall, _ options: HTTPClient.Options) {
    self.call = call
    self.options = options
    fault.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit { fault.deallocate() }

  /// The transfer a handle belongs to. It lives while the handle is in the core's list.
  static func of(_ handle: UnsafeMutableRawPointer) -> HTTPTransfer? {
    var pointer: UnsafeMutableRawPointer?
    guard nuri_curl_get_pointer(handle, CURLINFO_PRIVATE, &pointer) == CURLE_OK, let pointer else {
      return nil
    }
    return Unmanaged<HTTPTransfer>.fromOpaque(pointer).takeUnretainedValue()
  }

  func cleanUp() {
    if let handle { curl_easy_cleanup(handle) }
    handle = nil
    curl_slist_free_all(fields)
    fields = nil
  }

  /// Makes the handle.
  /// - Throws: `NuriError` with code `invalidCall` when the library takes an option for wrong.
  func prepare() throws(NuriError) -> UnsafeMutableRawPointer {
    guard let handle = curl_easy_init() else {
      throw NuriError(.unreachable, "The HTTP library has no memory for a call.")
    }
    self.handle = handle
    let me = Unmanaged.passUnretained(self).toOpaque()
    var setup = HTTPSetup(handle)
    setup.set(CURLOPT_PRIVATE, me)
    setup.set(CURLOPT_ERRORBUFFER, fault)
    setup.set(CURLOPT_WRITEDATA, me)
    setup.set(CURLOPT_HEADERDATA, me)
    setup.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, me in
      HTTPTransfer.from(me).take(bytes, size * count)
    }
    setup.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, me in
      HTTPTransfer.from(me).takeHeader(bytes, size * count)
    }
    setup.note(
      nuri_curl_set_guard(
        handle,
        { me, bytes, count in
          HTTPTransfer.from(me).allows(Array(UnsafeBufferPointer(start: bytes, count: count)))
        }, me))
    setup.describe(call, options)
    setup.secure(call.trust)
    addFields()
    setup.set(CURLOPT_HTTPHEADER, fields)
    if setup.failure != CURLE_OK {
      throw NuriError(
        .invalidCall, "The call can't be made: \(String(cString: curl_easy_strerror(setup.failure))).")
    }
    return handle
  }

  private func addFields() {
    // What curl would add of itself: waiting for a "100 Continue", and calling every body a form.
    var lines = ["Expect:"]
    if !call.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      lines.append("Content-Type:")
    }
    for field in call.headers {
      lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    for line in lines { fields = curl_slist_append(fields, line) }
  }

  // MARK: What curl calls

  private static func from(_ pointer: UnsafeMutableRawPointer?) -> HTTPTransfer {
    // Always the pointer that `prepare` handed in; the empty transfer keeps the type without a trap.
    pointer.map { Unmanaged<HTTPTransfer>.fromOpaque($0).takeUnretainedValue() }
      ?? HTTPTransfer(HTTPCall("GET", ""), HTTPClient.Options())
  }

  private func allows(_ address: [UInt8]) -> Bool {
    let isAllowed = options.addresses.allows(address)
    if !isAllowed { refusedAddress = true }
    return isAllowed
  }

  /// Takes a part of the body; anything but its length ends the transfer.
  private func take(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard body.count + count <= call.limits.answerBytes else {
      isTooLarge = true
      return 0
    }
    body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
  }

  /// Takes a line of the head. A status line begins a new one: after a `100 Continue` or a redirect.
  private func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    headerBytes += count
    guard headerBytes <= call.limits.headerBytes else {
      isTooLarge = true
      return 0
    }
    let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      headers = []
      body = []
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      let end = value.lastIndex { !$0.isWhitespace }.map { value.index(after: $0) } ?? value.startIndex
      headers.append(HTTPField(line[..<colon].lowercased(), String(value[..<end])))
    }
    return count
  }

  // MARK: How it ended

  func result(_ code: CURLcode) -> Result<HTTPAnswer, NuriError> {
    guard code == CURLE_OK, let handle else { return .failure(error(code)) }
    var status = 0
    _ = nuri_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    return .success(HTTPAnswer(status: status, headers: headers, body: body))
  }

  private func error(_ code: CURLcode) -> NuriError {
    let said = String(cString: fault)
    let text = said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
    if refusedAddress, code == CURLE_COULDNT_CONNECT {
      return NuriError(
        .addressRefused, "The address lies inside a network that calls may not go to.",
        advice: "Allow its range in the configuration if it should be called.")
    }
    if isTooLarge {
      return NuriError(
        .answerTooLarge, "The answer is longer than \(call.limits.answerBytes) bytes, or its head is.")
    }
    switch code {
    case CURLE_OPERATION_TIMEDOUT: return NuriError(.timedOut, "No answer in time: \(text).")
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_LOGIN_DENIED, CURLE_TOO_MANY_REDIRECTS:
      return NuriError(.invalidCall, "The address can't be called: \(text).")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER:
      return NuriError(
        .untrusted, "The other side could not be trusted: \(text).",
        advice: "Check its certificate and the file of authorities to trust.")
    default: return NuriError(.unreachable, "The call failed: \(text).")
    }
  }
}

/// Sets options and remembers the first that failed.
private struct HTTPSetup {
  let handle: UnsafeMutableRawPointer
  private(set) var failure = CURLE_OK

  init(_ handle: UnsafeMutableRawPointer) { self.handle = handle }

  mutating func note(_ code: CURLcode) { if failure == CURLE_OK { failure = code } }
  mutating func set(_ option: CURLoption, _ value: Int) { note(nuri_curl_set_long(handle, option, value)) }
  mutating func set(_ option: CURLoption, _ value: String?) {
    note(nuri_curl_set_text(handle, option, value))
  }
  mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
    note(nuri_curl_set_pointer(handle, option, value))
  }
  mutating func set(_ option: CURLoption, _ value: @escaping curl_write_callback) {
    note(nuri_curl_set_writer(handle, option, value))
  }

  mutating func describe(_ call: HTTPCall, _ options: HTTPClient.Options) {
    set(CURLOPT_URL, call.url)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    set(CURLOPT_FOLLOWLOCATION, call.limits.redirects > 0 ? 1 : 0)
    set(CURLOPT_MAXREDIRS, call.limits.redirects)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    set(CURLOPT_CONNECTTIMEOUT_MS, call.limits.connectMilliseconds)
    set(CURLOPT_TIMEOUT_MS, call.limits.totalMilliseconds)
    set(CURLOPT_USERAGENT, options.agent)
    // An empty proxy is none, whatever the environment says.
    set(CURLOPT_PROXY, options.proxy ?? "")
    set(CURLOPT_NOPROXY, "")
    if call.method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
    } else if !call.body.isEmpty || call.method == "POST" || call.method == "PUT" {
      note(nuri_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(call.body.count)))
      call.body.withUnsafeBytes { bytes in
        note(
          nuri_curl_set_pointer(
            handle, CURLOPT_COPYPOSTFIELDS,
            UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? Self.nothing)))
      }
    }
    set(CURLOPT_CUSTOMREQUEST, call.method)
  }

  /// Something to point at where there are no bytes; never read, so threads may share it.
  nonisolated(unsafe) private static let nothing = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

  mutating func secure(_ trust: ClientTrust) {
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let file = trust.authorityFile {
      set(CURLOPT_CAINFO, file)
      // Else the system's authorities would count too.
      set(CURLOPT_CAPATH, nil as String?)
    }
    if let file = trust.certificateFile { set(CURLOPT_SSLCERT, file) }
    if let file = trust.keyFile { set(CURLOPT_SSLKEY, file) }
  }
}
