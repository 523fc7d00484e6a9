import TwinEngine
import TwinLog
import TwinNet
import TwinValues

/// The server's certificates: where they are, and whether their files have changed. Any thread.
///
/// `@unchecked Sendable`: `contents` is touched only while holding `lock`.
final class CertificateWatch: @unchecked Sendable {
  /// What the listeners start with; `nil` for plain HTTP.
  let current: TLSConfiguration?
  /// The certificate of the server's own authority.
  let authorityPath: String?
  private let configuration: ServerConfiguration
  private let lock = Lock()
  private var contents: [[UInt8]] = []

  /// Finds the certificates, making the server's own where it is to have one.
  /// - Throws: `NuriError` when they can't be made.
  init(_ configuration: ServerConfiguration) throws(NuriError) {
    self.configuration = configuration
    (current, authorityPath) = try CertificateWatch.prepare(configuration)
    if let current { contents = CertificateWatch.read(current) }
  }

  /// The certificates when their files have changed, or anyway; `nil` when there is nothing to load. An own
  /// certificate that is about to end is made anew.
  func changed(orAnyway isAsked: Bool) throws(NuriError) -> TLSConfiguration? {
    let (fresh, _) = try CertificateWatch.prepare(configuration)
    guard let fresh else { return nil }
    let bytes = CertificateWatch.read(fresh)
    let isChanged = lock.withLock { contents != bytes }
    guard isChanged || isAsked else { return nil }
    lock.withLock { contents = bytes }
    return fresh
  }

  private static func read(_ tls: TLSConfiguration) -> [[UInt8]] {
    var paths = tls.certificates.flatMap { [$0.chainPath, $0.keyPath] }
    switch tls.clientCertificates {
    case .none: break
    case .optional(let path), .required(let path): paths.append(path)
    }
    return paths.map { (try? PosixDisk().readFile($0, limit: 1 << 20)) ?? [] }
  }

  private static func prepare(
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
}
