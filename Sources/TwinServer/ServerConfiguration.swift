public import TwinNet

/// Everything a server can be told. A value; the defaults are those of `docs/server.md`.
public struct ServerConfiguration: Sendable {
  /// How connections are encrypted.
  public enum TLS: Sendable, Equatable {
    /// They are not.
    case none
    /// With an authority and a certificate of its own, made on the first start in the folder `tls` of the data folder,
    /// good for these names besides the local ones.
    case own(names: [String])
    /// With given certificates.
    case given(TLSConfiguration)
  }

  /// The data folder of the tenant that needs no prefix.
  public var data: String
  /// Where to listen.
  public var listen = [ListenAddress(host: "127.0.0.1", port: 8080)]
  /// How connections are encrypted.
  public var tls = TLS.none
  /// Threads that serve; 0 for one a core.
  public var loops = 0
  /// The limits of connections and messages.
  public var net = NetLimits()
  /// How long requests under way may take once the server was asked to stop.
  public var drainMilliseconds = 10_000

  /// The defaults, for a data folder.
  public init(data: String) { self.data = data }
}
