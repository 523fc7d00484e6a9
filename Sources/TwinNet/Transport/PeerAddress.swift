/// The other end of a connection: a numeric address and a port.
public struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
  /// The address as text, e.g. `192.0.2.7` or `2001:db8::7`.
  public let host: String
  /// The port.
  public let port: UInt16

  /// Makes an address.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Address and port, e.g. `192.0.2.7:4711` or `[2001:db8::7]:4711`.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
