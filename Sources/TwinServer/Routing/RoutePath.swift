import TwinNet

/// What a path leads to, prefixes taken off.
struct RoutePath: Equatable {
  /// Who answers.
  enum Kind: Equatable {
    case health, ready, metrics
    case native
    case azure
  }

  /// The tenant named by the prefix `/tenants/{tenant}`.
  var tenant: String?
  /// The world named by the prefix `/worlds/{world}`, for Azure paths.
  var world: String?
  let kind: Kind
  /// The rest of the path, as sent.
  let path: Substring

  /// Reads a checked path as sent. What belongs to nobody else is Azure's to refuse.
  init(_ path: Substring) {
    var rest = path
    tenant = RoutePath.peel("/tenants/", from: &rest)
    if tenant == nil, let kind = RoutePath.own(rest) {
      self.kind = kind
    } else if rest == "/v1" || rest.utf8.starts(with: "/v1/".utf8) {
      kind = .native
    } else {
      kind = .azure
      world = RoutePath.peel("/worlds/", from: &rest)
    }
    self.path = rest
  }

  private static func own(_ path: Substring) -> Kind? {
    switch path {
    case "/health": .health
    case "/ready": .ready
    case "/metrics": .metrics
    default: nil
    }
  }

  /// Takes `/prefix/name` off the front; the name decoded.
  private static func peel(_ prefix: StaticString, from path: inout Substring) -> String? {
    let bytes = path.utf8
    let start = UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
    guard bytes.starts(with: start) else { return nil }
    let after = bytes.dropFirst(start.count)
    let name = after.prefix { $0 != UInt8(ascii: "/") }
    path = Substring(after.dropFirst(name.count))
    return RequestTarget("/" + String(Substring(name)))?.segments.first ?? ""
  }
}
