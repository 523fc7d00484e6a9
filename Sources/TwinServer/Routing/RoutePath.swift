import TwinNet

/// What a path leads to, prefixes taken off.
struct RoutePath: Equatable {
  /// Who answers.
  enum Kind: Equatable {
    case health, ready, metrics
    case page
    case uploads
    case native
    case azure
  }

  /// The tenant named by the prefix `/tenants/{tenant}`.
  private(set) var tenant: String?
  /// The world named by the prefix `/worlds/{world}`, for Azure paths.
  private(set) var world: String?
  let kind: Kind
  /// The rest of the path, as sent.
  let path: Substring

  /// Reads a checked path as sent. What belongs to nobody else is Azure's to refuse.
  init(_ path: Substring) {
    var rest = path
    tenant = RoutePath.peel("/tenants/", from: &rest)
    if tenant == nil, let kind = RoutePath.own(rest) {
      self.kind = kind
    } else if tenant == nil, RoutePath.isUnder("/page", rest) {
      kind = .page
    } else if RoutePath.isUnder("/v1", rest) {
      kind = .native
    } else if RoutePath.isUnder("/uploads", rest) {
      kind = .uploads
    } else {
      kind = .azure
      world = RoutePath.peel("/worlds/", from: &rest)
    }
    self.path = rest
  }

  /// Whether it is Azure's path for queries, in any case of its letters.
  var isQuery: Bool { path.utf8.count == 6 && path.lowercased() == "/query" }

  /// Whether models come with it, which may be large.
  var bringsModels: Bool { path.utf8.count == 7 && path.lowercased() == "/models" }

  private static func own(_ path: Substring) -> Kind? {
    switch path.utf8.count {
    case 1 where path == "/": .page
    case 7 where path == "/health": .health
    case 6 where path == "/ready": .ready
    case 8 where path == "/metrics": .metrics
    default: nil
    }
  }

  private static func isUnder(_ prefix: StaticString, _ path: Substring) -> Bool {
    guard begins(path, prefix) else { return false }
    let rest = path.utf8.dropFirst(prefix.utf8CodeUnitCount)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }

  private static func begins(_ path: Substring, _ prefix: StaticString) -> Bool {
    var path = path
    return path.withUTF8 { bytes in
      guard bytes.count >= prefix.utf8CodeUnitCount else { return false }
      return (0..<prefix.utf8CodeUnitCount).allSatisfy { bytes[$0] == prefix.utf8Start[$0] }
    }
  }

  /// Takes `/prefix/name` off the front; the name decoded.
  private static func peel(_ prefix: StaticString, from path: inout Substring) -> String? {
    guard begins(path, prefix) else { return nil }
    let after = path.utf8.dropFirst(prefix.utf8CodeUnitCount)
    let name = after.prefix { $0 != UInt8(ascii: "/") }
    path = Substring(after.dropFirst(name.count))
    return RequestTarget("/" + String(Substring(name)))?.segments.first ?? ""
  }
}
