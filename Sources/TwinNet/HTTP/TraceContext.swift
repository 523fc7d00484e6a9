import TwinValues

/// A W3C `traceparent`: which trace a request belongs to, and which step of it sent the request.
public struct TraceContext: Sendable, Hashable, CustomStringConvertible {
  /// 32 hexadecimal digits, not all 0.
  public let traceId: String
  /// 16 hexadecimal digits, not all 0.
  public let parentId: String
  /// The flags; bit 0 says that the caller records the trace.
  public let flags: UInt8

  /// Makes a context; `nil` when an id has the wrong form.
  public init?(traceId: String, parentId: String, flags: UInt8) {
    guard TraceContext.isId(traceId, 32), TraceContext.isId(parentId, 16) else { return nil }
    self.traceId = traceId
    self.parentId = parentId
    self.flags = flags
  }

  /// Reads a header's value as the recommendation has it; `nil` for anything else, which is then ignored.
  public init?(header: String) {
    let parts = header.utf8.split(separator: 45, omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].count == 2, parts[3].count == 2 else { return nil }
    let version = String(Substring(parts[0]))
    guard TraceContext.isLowerHex(parts[0]), TraceContext.isLowerHex(parts[3]), version != "ff",
      version != "00" || parts.count == 4, let flags = UInt8(Substring(parts[3]), radix: 16)
    else { return nil }
    self.init(traceId: String(Substring(parts[1])), parentId: String(Substring(parts[2])), flags: flags)
  }

  /// The header's value, version 00.
  public var description: String { "00-\(traceId)-\(parentId)-\(Hexadecimal.encode([flags]))" }

  private static func isLowerHex(_ text: some Collection<UInt8>) -> Bool {
    text.allSatisfy { ASCII.isDigit($0) || $0 &- 97 < 6 }
  }

  private static func isId(_ text: String, _ length: Int) -> Bool {
    text.utf8.count == length && isLowerHex(text.utf8) && text.utf8.contains { $0 != 48 }
  }
}
