/// Which certificates a server shows and which it asks for.
public struct TLSConfiguration: Sendable, Equatable {
  /// A certificate with its key, as files.
  public struct Certificate: Sendable, Equatable {
    /// PEM: the server's certificate, then those up to (not including) the root.
    public var chainPath: String
    /// PEM: the private key of the first.
    public var keyPath: String

    /// Names the two files.
    public init(chainPath: String, keyPath: String) {
      self.chainPath = chainPath
      self.keyPath = keyPath
    }
  }

  /// Whether clients are asked for a certificate.
  public enum ClientCertificates: Sendable, Equatable {
    /// They are not asked.
    case none
    /// They are asked; one that is shown must be signed by an authority of the PEM file.
    case optional(authoritiesPath: String)
    /// Without one that is signed by an authority of the PEM file the handshake fails.
    case required(authoritiesPath: String)
  }

  /// The certificates. The one whose names cover the name the client asked for is shown; else the first.
  public var certificates: [Certificate]
  /// Whether clients are asked for a certificate.
  public var clientCertificates: ClientCertificates
  /// Whether HTTP/2 is offered beside HTTP/1.1.
  public var offersHTTP2: Bool

  /// Makes a configuration.
  public init(
    certificates: [Certificate], clientCertificates: ClientCertificates = .none, offersHTTP2: Bool = true
  ) {
    self.certificates = certificates
    self.clientCertificates = clientCertificates
    self.offersHTTP2 = offersHTTP2
  }
}
