public import TwinValues

/// A numeric address and a port to listen on.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// A numeric IPv4 or IPv6 address.
  public var host: String
  /// The port; 0 for one the system chooses.
  public var port: UInt16

  /// Makes an address.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `127.0.0.1:8080`, `[::1]:8080` or `:8080` (every address of the machine).
  /// - Throws: `NuriError` with code `invalidSetting`.
  public init(_ text: String) throws(NuriError) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw NuriError(
        .invalidSetting, "\"\(text)\" is not an address to listen on.",
        advice: "Write address:port, as 127.0.0.1:8080 or [::1]:8080.")
    }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
    self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
  }

  /// Whether only programs of the same machine can reach it.
  public var isLocal: Bool { host == "::1" || host.hasPrefix("127.") }

  /// `127.0.0.1:8080`, `[::1]:8080`.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension NuriError.Code {
  /// A setting of the server that can't be used.
  public static let invalidSetting = Self("invalidSetting")
}
