import TwinEngine
import TwinLog
import TwinNet
public import TwinValues

/// A server on a data folder: opens it, listens, answers, drains and closes. Any thread.
public final class NuriServer: Sendable {
  private let configuration: ServerConfiguration
  private let tenant: Tenant
  private let router: Router
  private let listeners: [HTTPServer]
  /// The key that the first start made, to be shown once.
  public let firstKey: String?
  /// The certificate of the server's own authority, which clients are to trust; `nil` with given certificates.
  public let authorityPath: String?

  /// Opens the data folder and prepares to listen.
  /// - Throws: `NuriError` when the folder or the certificates can't be used.
  public init(_ configuration: ServerConfiguration, cores: Int) throws(NuriError) {
    self.configuration = configuration
    tenant = try Tenant(name: "default", folder: configuration.data)
    let key = try NuriServer.temporaryKey()
    firstKey = key
    let router = Router(tenant: tenant, authenticator: Authenticator(key: key))
    self.router = router
    let (tls, authorityPath) = try NuriServer.certificates(configuration)
    self.authorityPath = authorityPath
    listeners = configuration.listen.map { address in
      HTTPServer(
        configuration: HTTPServer.Configuration(
          address: address.host, port: address.port,
          loops: configuration.loops > 0 ? configuration.loops : max(1, cores), tls: tls,
          limits: configuration.net)
      ) { await router.respond(to: $0) }
    }
  }

  /// Listens and answers.
  /// - Throws: `NuriError` when an address is taken or a certificate can't be used.
  public func start() throws(NuriError) {
    for listener in listeners { try listener.start() }
  }

  /// Where it listens, as URLs.
  public var addresses: [String] {
    let scheme = !configuration.tls.isOn ? "http" : "https"
    return zip(configuration.listen, listeners).map {
      "\(scheme)://\(ListenAddress(host: $0.host, port: $1.port))"
    }
  }

  /// Loads certificates anew; when they can't be used, the old ones stay.
  /// - Throws: `NuriError` that says which file and why.
  public func reload() throws(NuriError) {
    let (tls, _) = try NuriServer.certificates(configuration)
    guard let tls else { return }
    for listener in listeners { try listener.reloadCertificates(tls) }
  }

  /// Takes no more requests, lets those under way end, and closes the data folder. Returns how many connections had
  /// to be cut.
  /// - Throws: `NuriError` when the folder can't be closed well.
  @discardableResult
  public func stop() async throws(NuriError) -> Int {
    var cut = 0
    for listener in listeners {
      cut += await listener.drain(deadlineMilliseconds: configuration.drainMilliseconds)
    }
    try tenant.engine.close()
    return cut
  }

  private static func certificates(
    _ configuration: ServerConfiguration
  ) throws(NuriError) -> (TLSConfiguration?, authorityPath: String?) {
    let settings = configuration.tls
    if !settings.isOn { return (nil, nil) }
    var tls = TLSConfiguration(certificates: settings.certificates)
    if !settings.clientAuthorities.isEmpty {
      tls.clientCertificates =
        settings.requiresClientCertificate
        ? .required(authoritiesPath: settings.clientAuthorities)
        : .optional(authoritiesPath: settings.clientAuthorities)
    }
    if !tls.certificates.isEmpty { return (tls, nil) }
    let local = ["localhost", "127.0.0.1", "::1"]
    let files = try PrivateAuthority.prepare(
      directory: configuration.data + "/tls", names: local + settings.names.filter { !local.contains($0) },
      nowSeconds: Int(SystemClock().now().microseconds / 1_000_000))
    tls.certificates = [files.server]
    return (tls, files.authorityPath)
  }

  private static func temporaryKey() throws(NuriError) -> String {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 24, alignment: 1)
    defer { bytes.deallocate() }
    _ = try PosixDisk().open("/dev/urandom", .read).read(into: bytes, at: 0)
    return "nuri_" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
