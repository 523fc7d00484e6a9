import CMosquitto
import Glibc
import TwinValues

/// One connection to a broker, from its first byte to its end. Used by one thread only.
final class MQTTSession {
  typealias Reply = MQTTRequest.Reply

  private struct Waiting {
    let reply: Reply?
    let deadline: Int64
  }

  private let options: MQTTOptions
  private let onMessage: (MQTTMessage) -> Void
  private let handle: OpaquePointer
  private var acknowledgements: [Int32: Waiting] = [:]
  /// Acknowledgements that came before the library had returned the message's number.
  private var early: [Int32: NuriError?] = [:]
  private let connectDeadline: Int64
  /// Whether the broker has accepted us.
  private(set) var isReady = false
  /// Why the connection is over, once it is.
  private(set) var failure: NuriError?

  /// Set up once for the process.
  private static let isLibraryReady = mosquitto_lib_init() == Int32(MOSQ_ERR_SUCCESS.rawValue)

  /// Begins to connect.
  /// - Throws: `NuriError` with code `unreachable`, `untrusted` or `invalidCall`.
  init(
    _ options: MQTTOptions, startedAt now: Int64, _ onMessage: @escaping (MQTTMessage) -> Void
  ) throws(NuriError) {
    guard Self.isLibraryReady,
      let handle = mosquitto_new(
        options.clientId.isEmpty ? nil : options.clientId, options.clientId.isEmpty || options.startsClean,
        nil)
    else {
      throw NuriError(.unreachable, "The MQTT library can't be started.")
    }
    self.options = options
    self.onMessage = onMessage
    self.handle = handle
    connectDeadline = now + Int64(options.answerMilliseconds)
    mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
    try configure()
    listen()
    let code = mosquitto_connect_async(
      handle, options.host, Int32(options.port), Int32(max(5, options.keepAliveSeconds)))
    if code > 0 { throw Self.error(code, "connect") }
  }

  deinit { mosquitto_destroy(handle) }

  private func configure() throws(NuriError) {
    let version = options.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
    try check(mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version), "choose the version")
    try check(mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1), "set up the connection")
    // Our own bound comes first; the library's would hold messages back in silence.
    try check(mosquitto_max_inflight_messages_set(handle, 0), "set up the connection")
    if let user = options.user {
      try check(mosquitto_username_pw_set(handle, user, options.password), "set the user")
    }
    guard options.isSecure else { return }
    let trust = options.trust
    try check(
      mosquitto_tls_set(
        handle, trust.authorityFile, trust.authorityFile == nil ? Self.systemAuthorities : nil,
        trust.certificateFile, trust.keyFile, nil), "use the certificates", .untrusted)
    try check(mosquitto_tls_insecure_set(handle, false), "set up TLS", .untrusted)
  }

  /// Where Debian keeps the system's certificate authorities.
  private static let systemAuthorities = "/etc/ssl/certs"

  // MARK: What the thread does

  /// The connection's descriptor; -1 when there is none.
  var descriptor: Int32 { mosquitto_socket(handle) }
  /// Whether something waits to be written.
  var wantsToWrite: Bool { mosquitto_want_write(handle) }
  /// Messages the broker has not acknowledged.
  var inFlight: Int { acknowledgements.count }
  /// When the next thing is too late.
  var nextDeadline: Int64 {
    let first = acknowledgements.values.lazy.map(\.deadline).min() ?? .max
    return isReady ? first : min(first, connectDeadline)
  }

  /// Reads and writes what there is, as far as it goes without waiting.
  func move() {
    var code: Int32 = 0
    var packets = 0
    // The library may hold decrypted bytes that the descriptor knows nothing of, so it is asked until it is empty.
    repeat {
      errno = 0
      code = mosquitto_loop_read(handle, 1)
      packets += 1
    } while code == 0 && errno != EAGAIN && descriptor >= 0 && packets < 1000
    if code == 0, descriptor >= 0, wantsToWrite { code = mosquitto_loop_write(handle, 1) }
    if code == 0, descriptor >= 0 { code = mosquitto_loop_misc(handle) }
    if code != 0 { fail(Self.error(code, "talk to the broker")) }
    if descriptor < 0 { fail(NuriError(.unreachable, "The broker closed the connection.")) }
  }

  /// Gives up what took too long.
  func expire(_ now: Int64) {
    if !isReady, now >= connectDeadline { fail(NuriError(.timedOut, "The broker did not answer in time.")) }
    for (number, waiting) in acknowledgements where now >= waiting.deadline {
      acknowledgements[number] = nil
      waiting.reply?.resume(returning: NuriError(.timedOut, "The broker did not acknowledge in time."))
    }
  }

  /// Sends a message; the reply comes with the acknowledgement.
  func publish(_ message: MQTTMessage, _ reply: Reply, _ now: Int64) {
    var properties: OpaquePointer?
    if options.version == .v5 {
      if let type = message.contentType {
        mosquitto_property_add_string(&properties, Int32(MQTT_PROP_CONTENT_TYPE.rawValue), type)
      }
      for each in message.properties {
        mosquitto_property_add_string_pair(
          &properties, Int32(MQTT_PROP_USER_PROPERTY.rawValue), each.name, each.value)
      }
    }
    defer { mosquitto_property_free_all(&properties) }
    var number: Int32 = 0
    let code = message.payload.withUnsafeBytes {
      mosquitto_publish_v5(
        handle, &number, message.topic, Int32(clamping: $0.count), $0.baseAddress, message.quality.rawValue,
        message.isRetained, properties)
    }
    wait(for: number, code, "publish to \"\(message.topic.prefix(200))\"", reply, now)
  }

  /// Subscribes; the reply comes with the acknowledgement.
  func subscribe(_ filter: String, _ quality: MQTTMessage.Quality, _ reply: Reply?, _ now: Int64) {
    var number: Int32 = 0
    let code = mosquitto_subscribe_v5(handle, &number, filter, quality.rawValue, 0, nil)
    wait(for: number, code, "subscribe to \"\(filter.prefix(200))\"", reply, now)
  }

  private func wait(for number: Int32, _ code: Int32, _ what: String, _ reply: Reply?, _ now: Int64) {
    let known = early[number]
    early = [:]
    if code != 0 {
      reply?.resume(returning: Self.error(code, what))
    } else if let known {
      reply?.resume(returning: known)
    } else {
      acknowledgements[number] = Waiting(reply: reply, deadline: now + Int64(options.answerMilliseconds))
    }
  }

  /// Leaves in good order: the broker need not wonder.
  func sayGoodbye() {
    if isReady { mosquitto_disconnect(handle) }
    if descriptor >= 0, wantsToWrite { mosquitto_loop_write(handle, 1) }
  }

  /// Answers everything under way with a failure.
  func abandon(_ failure: NuriError) {
    for waiting in acknowledgements.values { waiting.reply?.resume(returning: failure) }
    acknowledgements = [:]
  }

  private func fail(_ error: NuriError) {
    if failure == nil { failure = error }
    isReady = false
  }

  // MARK: What the library calls

  private static func from(_ pointer: UnsafeMutableRawPointer?) -> MQTTSession? {
    pointer.map { Unmanaged<MQTTSession>.fromOpaque($0).takeUnretainedValue() }
  }

  private func listen() {
    mosquitto_connect_v5_callback_set(handle) { _, me, code, _, _ in
      MQTTSession.from(me)?.connected(code)
    }
    mosquitto_publish_v5_callback_set(handle) { _, me, number, reason, _ in
      let failure = reason >= 0x80 ? MQTTSession.refusal(reason, "the message") : nil
      MQTTSession.from(me)?.acknowledged(number, failure)
    }
    mosquitto_subscribe_v5_callback_set(handle) { _, me, number, count, granted, _ in
      let code = count > 0 ? granted?[0] ?? 0x80 : 0x80
      let failure = code >= 0x80 ? MQTTSession.refusal(code, "the subscription") : nil
      MQTTSession.from(me)?.acknowledged(number, failure)
    }
    mosquitto_message_v5_callback_set(handle) { _, me, message, properties in
      guard let message, let topic = message.pointee.topic else { return }
      let payload = UnsafeRawBufferPointer(
        start: message.pointee.payload, count: Int(message.pointee.payloadlen))
      MQTTSession.from(me)?.onMessage(
        MQTTMessage(
          topic: String(cString: topic), payload: Array(payload),
          quality: message.pointee.qos == 0 ? .atMostOnce : .atLeastOnce, isRetained: message.pointee.retain,
          contentType: MQTTSession.contentType(properties), properties: MQTTSession.pairs(properties)))
    }
  }

  private func connected(_ code: Int32) {
    if code == 0 {
      isReady = true
    } else if options.version == .v5 {
      fail(Self.refusal(code, "the connection"))
    } else {
      fail(
        NuriError(
          code == 3 ? .unreachable : .refused,
          "The broker refused the connection: \(String(cString: mosquitto_connack_string(code)))"))
    }
  }

  private func acknowledged(_ number: Int32, _ failure: NuriError?) {
    if let waiting = acknowledgements.removeValue(forKey: number) {
      waiting.reply?.resume(returning: failure)
    } else {
      early[number] = failure
    }
  }

  private static func contentType(_ properties: OpaquePointer?) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    mosquitto_property_read_string(properties, Int32(MQTT_PROP_CONTENT_TYPE.rawValue), &text, false)
    defer { free(text) }
    return text.map { String(cString: $0) }
  }

  private static func pairs(_ properties: OpaquePointer?) -> [HTTPField] {
    var found: [HTTPField] = []
    var at = properties
    while let each = at {
      if mosquitto_property_identifier(each) == Int32(MQTT_PROP_USER_PROPERTY.rawValue) {
        var name: UnsafeMutablePointer<CChar>?
        var value: UnsafeMutablePointer<CChar>?
        mosquitto_property_read_string_pair(
          each, Int32(MQTT_PROP_USER_PROPERTY.rawValue), &name, &value, false)
        if let name, let value { found.append(HTTPField(String(cString: name), String(cString: value))) }
        free(name)
        free(value)
      }
      at = mosquitto_property_next(each)
    }
    return found
  }
}

extension MQTTSession {
  private func check(_ code: Int32, _ what: String, _ kind: NuriError.Code? = nil) throws(NuriError) {
    guard code != 0 else { return }
    let error = Self.error(code, what)
    throw NuriError(kind ?? error.code, error.message, at: error.place, advice: error.advice)
  }

  fileprivate static func error(_ code: Int32, _ what: String) -> NuriError {
    let text = "Could not \(what): \(String(cString: mosquitto_strerror(code)))"
    switch mosq_err_t(rawValue: code) {
    case MOSQ_ERR_TLS, MOSQ_ERR_TLS_HANDSHAKE:
      return NuriError(
        .untrusted, text, advice: "Check the broker's certificate and the file of authorities to trust.")
    case MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_OVERSIZE_PACKET,
      MOSQ_ERR_QOS_NOT_SUPPORTED, MOSQ_ERR_RETAIN_NOT_SUPPORTED, MOSQ_ERR_NOT_SUPPORTED:
      return NuriError(.invalidCall, text)
    case MOSQ_ERR_AUTH, MOSQ_ERR_ACL_DENIED, MOSQ_ERR_CONN_REFUSED: return NuriError(.refused, text)
    case MOSQ_ERR_TIMEOUT: return NuriError(.timedOut, text)
    default: return NuriError(.unreachable, text)
    }
  }

  /// The error of a reason that an MQTT 5 broker gives; those that pass by themselves are `unreachable`.
  fileprivate static func refusal(_ reason: Int32, _ what: String) -> NuriError {
    let text = "The broker refused \(what): \(String(cString: mosquitto_reason_string(reason)))"
    switch reason {
    // Server unavailable, busy, shutting down, use another server, quota exceeded, connection rate exceeded.
    case 0x88, 0x89, 0x8b, 0x97, 0x9c, 0x9f: return NuriError(.unreachable, text)
    default: return NuriError(.refused, text)
    }
  }
}
