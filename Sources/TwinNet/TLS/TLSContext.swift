import CNet
import COpenSSL
import TwinValues

/// Certificates and settings, loaded and checked. Immutable; any thread.
///
/// `@unchecked Sendable`: OpenSSL contexts count their references atomically, and nothing here changes them after
/// `init`.
final class TLSContext: @unchecked Sendable {
  private let contexts: [OpaquePointer]
  private let offersHTTP2: Bool

  /// The context of the first certificate; each session starts with it.
  var primary: OpaquePointer { contexts[0] }

  init(_ configuration: TLSConfiguration) throws(NuriError) {
    guard !configuration.certificates.isEmpty else {
      throw NuriError(
        .invalidCertificate, "TLS needs at least one certificate.", advice: "Name its PEM file and its key's."
      )
    }
    var made: [OpaquePointer] = []
    do throws(NuriError) {
      for certificate in configuration.certificates {
        made.append(try TLSContext.load(certificate, configuration))
      }
    } catch {
      for context in made { SSL_CTX_free(context) }
      throw error
    }
    contexts = made
    offersHTTP2 = configuration.offersHTTP2
    let this = Unmanaged.passUnretained(self).toOpaque()
    for context in made {
      nuri_tls_on_server_name(context, { ssl, _, argument in TLSContext.choose(ssl, argument) }, this)
      SSL_CTX_set_alpn_select_cb(
        context,
        { _, out, length, offered, offeredLength, argument in
          TLSContext.agree(out, length, offered, offeredLength, argument)
        }, this)
    }
  }

  deinit { for context in contexts { SSL_CTX_free(context) } }

  private static func load(
    _ certificate: TLSConfiguration.Certificate, _ configuration: TLSConfiguration
  ) throws(NuriError) -> OpaquePointer {
    ERR_clear_error()
    guard let context = SSL_CTX_new(TLS_server_method()), nuri_tls_harden(context) == 1 else {
      throw failure("TLS can't be set up", "", "")
    }
    do throws(NuriError) {
      if SSL_CTX_use_certificate_chain_file(context, certificate.chainPath) != 1 {
        throw failure(
          "The certificate can't be read", certificate.chainPath,
          "It must be PEM, the server's certificate first.")
      }
      if SSL_CTX_use_PrivateKey_file(context, certificate.keyPath, SSL_FILETYPE_PEM) != 1 {
        throw failure(
          "The private key can't be used", certificate.keyPath, "It must be PEM and fit the certificate.")
      }
      if SSL_CTX_check_private_key(context) != 1 {
        throw failure(
          "The private key does not fit the certificate", certificate.keyPath, "Check the two paths.")
      }
      try askClients(context, configuration.clientCertificates)
    } catch {
      SSL_CTX_free(context)
      throw error
    }
    let name = Array("nuri".utf8)
    SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
    return context
  }

  private static func askClients(
    _ context: OpaquePointer, _ clients: TLSConfiguration.ClientCertificates
  ) throws(NuriError) {
    let path: String
    var mode = SSL_VERIFY_PEER
    switch clients {
    case .none: return
    case .optional(let authorities): path = authorities
    case .required(let authorities):
      path = authorities
      mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT
    }
    guard SSL_CTX_load_verify_file(context, path) == 1, let names = SSL_load_client_CA_file(path) else {
      throw failure(
        "The authorities for clients can't be read", path, "It must be PEM, one or more certificates.")
    }
    SSL_CTX_set_client_CA_list(context, names)
    SSL_CTX_set_verify(context, mode, nil)
  }

  private static func failure(_ message: String, _ path: String, _ advice: String) -> NuriError {
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(ERR_get_error(), &text, text.count)
    let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    ERR_clear_error()
    return NuriError(
      .invalidCertificate, "\(message): \(reason).", at: path.isEmpty ? nil : path,
      advice: advice.isEmpty ? nil : advice)
  }

  /// Shows the certificate whose names cover the one the client asks for.
  private static func choose(_ ssl: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> Int32 {
    guard let ssl, let argument, let asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else {
      return SSL_TLSEXT_ERR_NOACK
    }
    let this = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
    for context in this.contexts {
      guard let certificate = SSL_CTX_get0_certificate(context) else { continue }
      if X509_check_host(certificate, asked, 0, 0, nil) == 1 {
        if context != this.primary { SSL_set_SSL_CTX(ssl, context) }
        return SSL_TLSEXT_ERR_OK
      }
    }
    return SSL_TLSEXT_ERR_NOACK
  }

  private static func agree(
    _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ length: UnsafeMutablePointer<UInt8>?,
    _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32, _ argument: UnsafeMutableRawPointer?
  ) -> Int32 {
    guard let out, let length, let offered, let argument else { return SSL_TLSEXT_ERR_NOACK }
    let this = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
    // Length-prefixed names in order of preference. Static: OpenSSL keeps a pointer into it.
    let names: StaticString = this.offersHTTP2 ? "\u{2}h2\u{8}http/1.1" : "\u{8}http/1.1"
    var chosen: UnsafeMutablePointer<UInt8>?
    let result = SSL_select_next_proto(
      &chosen, length, names.utf8Start, UInt32(names.utf8CodeUnitCount), offered, offeredLength)
    guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    out.pointee = UnsafePointer(chosen)
    return SSL_TLSEXT_ERR_OK
  }
}

/// The certificates new connections get. Any thread.
///
/// `@unchecked Sendable`: `current` is read and written under `lock` only.
final class TLSStore: @unchecked Sendable {
  private let lock = Lock()
  private var current: TLSContext

  init(_ configuration: TLSConfiguration) throws(NuriError) { current = try TLSContext(configuration) }

  /// What a new connection uses.
  var context: TLSContext { lock.withLock { current } }

  /// Loads anew; when that fails, the old certificates stay.
  func reload(_ configuration: TLSConfiguration) throws(NuriError) {
    let fresh = try TLSContext(configuration)
    lock.withLock { current = fresh }
  }
}
