import COpenSSL

/// TLS on one accepted socket: a thin, owned OpenSSL object. Confined to its loop's thread.
final class TLSSession {
  enum Outcome { case done, wantsRead, wantsWrite, ended, failed }

  private let ssl: OpaquePointer
  /// Keeps certificates alive that were replaced meanwhile.
  private let context: TLSContext
  /// How many bytes the last `read` or `write` moved.
  private(set) var count = 0
  private var isBroken = false

  /// A session for an accepted descriptor; `nil` when memory is out.
  init?(context: TLSContext, descriptor: Int32) {
    guard let made = SSL_new(context.primary) else { return nil }
    ssl = made
    self.context = context
    if SSL_set_fd(made, descriptor) != 1 { return nil }
    SSL_set_accept_state(made)
  }

  deinit { SSL_free(ssl) }

  /// Goes on with the handshake.
  func shakeHands() -> Outcome {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    return result == 1 ? .done : outcome(result)
  }

  /// Reads what fits.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    if isBroken { return .failed }
    ERR_clear_error()
    let result = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
    count = Int(max(0, result))
    return result > 0 ? .done : outcome(result)
  }

  /// Writes at most one record.
  func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    if isBroken { return .failed }
    ERR_clear_error()
    let result = SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
    count = Int(max(0, result))
    return result > 0 ? .done : outcome(result)
  }

  /// Tells the peer that nothing follows.
  func sayGoodbye() {
    if isBroken { return }
    ERR_clear_error()
    SSL_shutdown(ssl)
  }

  private func outcome(_ result: Int32) -> Outcome {
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    case SSL_ERROR_ZERO_RETURN: return .ended
    default:
      // After a fatal error OpenSSL must not even be asked to say goodbye.
      isBroken = true
      ERR_clear_error()
      return .failed
    }
  }

  /// What ALPN agreed on.
  var protocolName: String? {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &length)
    guard let name, length > 0 else { return nil }
    return String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
  }

  /// Who the client proved to be; `nil` without a certificate or when it did not check out.
  var clientIdentity: TLSClientIdentity? {
    guard SSL_get_verify_result(ssl) == Int(X509_V_OK) else { return nil }
    return TLSClientIdentity(of: ssl)
  }
}
