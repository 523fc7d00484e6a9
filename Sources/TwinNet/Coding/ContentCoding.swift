import TwinValues

/// The content codings spoken here, and when an answer gets one. Pure.
public enum ContentCoding: Sendable, Equatable {
  /// RFC 1952
  case gzip
  /// RFC 8878
  case zstd

  /// Answers of this size and more may be compressed.
  static let leastBytes = 1025

  /// The coding's name in a header.
  public var name: String { self == .gzip ? "gzip" : "zstd" }

  /// What a request's body is coded with; `nil` for not at all. Codings on top of one another are refused.
  static func ofRequest(_ headers: HTTPHeaders) throws(NetRefusal) -> ContentCoding? {
    if !headers.has("content-encoding") { return nil }
    let names = headers.list("content-encoding").map { $0.lowercased() }.filter { $0 != "identity" }
    if names.isEmpty { return nil }
    if names == ["gzip"] || names == ["x-gzip"] { return .gzip }
    if names == ["zstd"] { return .zstd }
    throw NetRefusal(415, .invalidEncoding, "the body's coding must be gzip, zstd or none")
  }

  /// What an answer of this size and these headers is coded with for a client that sent `accepted`.
  static func forAnswer(
    accepted: [String], status: Int, headers: HTTPHeaders, count: Int
  ) -> ContentCoding? {
    guard count >= leastBytes, status != 206, !headers.has("content-encoding"), !headers.has("content-range"),
      let type = headers["content-type"], isCompressible(type)
    else { return nil }
    // A strong entity tag names bytes, and these would be others.
    if let tag = headers["etag"], !tag.hasPrefix("W/") { return nil }
    if headers.list("cache-control").contains(where: { $0.lowercased() == "no-transform" }) { return nil }
    return preferred(accepted)
  }

  /// What a client that sent `accepted` in `accept-encoding` likes best, zstd before gzip; `nil` for neither.
  public static func preferred(_ accepted: [String]) -> ContentCoding? {
    let zstd = quality(of: "zstd", in: accepted)
    let gzip = quality(of: "gzip", in: accepted)
    if zstd == 0, gzip == 0 { return nil }
    return zstd >= gzip ? .zstd : .gzip
  }

  /// Whether a type's bytes are worth it.
  static func isCompressible(_ type: String) -> Bool {
    let essence = String(type.prefix { $0 != ";" && $0 != " " }).lowercased()
    if essence == "text/event-stream" { return false }
    return essence.hasPrefix("text/") || essence.hasSuffix("+json") || essence.hasSuffix("+xml")
      || [
        "application/json", "application/x-ndjson", "application/ndjson", "application/xml",
        "application/javascript", "application/wasm", "application/problem+json", "image/svg+xml",
        "application/vnd.nuri.tile", "application/vnd.nuri.values",
      ].contains(essence)
  }

  /// How much a client wants a coding, in thousandths; 0 for not at all or not named.
  static func quality(of name: String, in accepted: [String]) -> Int {
    for member in accepted {
      let parts = member.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
      guard parts.first == name else { continue }
      for part in parts.dropFirst() where part.hasPrefix("q=") { return thousandths(part.dropFirst(2)) }
      return 1000
    }
    return 0
  }

  /// `0.25` as 250; 0 for what is no quality.
  private static func thousandths(_ text: Substring) -> Int {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, whole == "0" || whole == "1", parts.count <= 2 else { return 0 }
    if whole == "1" { return 1000 }
    guard parts.count == 2, parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy(ASCII.isDigit) else {
      return 0
    }
    return Int(parts[1] + String(repeating: "0", count: 3 - parts[1].utf8.count)) ?? 0
  }
}
