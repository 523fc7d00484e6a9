import TwinValues

/// Reads arbitrary bytes as what a client may send: for fuzzing. Whatever the bytes, and however they are cut, these
/// return, and say the same. No socket, no state; any thread.
public enum NetFuzz {
  /// What HTTP/1.1 makes of one request that comes in pieces of `step` bytes: `body …` for a whole one.
  public static func http1(_ bytes: [UInt8], step: Int) -> String {
    let limits = NetLimits()
    var scanner = HeadScanner(limits: limits)
    var given = 0
    while true {
      given = min(bytes.count, given + max(1, step))
      switch bytes[..<given].withUnsafeBytes({ scanner.scan($0) }) {
      case .partial: if given == bytes.count { return "partial" }
      case .refused(let refusal): return "refused \(refusal.status)"
      case .complete(let length):
        let head = bytes.withUnsafeBytes { bytes in
          Result { () throws(NetRefusal) in try RequestHead(scanner, bytes, length: length) }
        }
        guard case .success(let head) = head else { return "refused" }
        return body(head, Array(bytes[length...]), step: max(1, step), limits)
      }
    }
  }

  private static func body(_ head: RequestHead, _ rest: [UInt8], step: Int, _ limits: NetLimits) -> String {
    switch head.framing {
    case .none: return "body "
    case .fixed(let length):
      return rest.count < length
        ? "partial body" : "body " + String(decoding: rest.prefix(length), as: UTF8.self)
    case .chunked: break
    }
    var decoder = ChunkDecoder(limits: limits)
    var body: [UInt8] = []
    var index = 0
    while index < rest.count {
      let end = min(rest.count, index + step)
      let piece = Array(rest[index..<end])
      switch piece.withUnsafeBytes({ decoder.step($0) }) {
      case .body(let range, let used):
        body += piece[range]
        index += used
      case .partial(let used): index += used
      case .end: return "body " + String(decoding: body, as: UTF8.self)
      case .refused: return "refused body"
      }
    }
    return "partial body"
  }

  /// What a WebSocket makes of frames that come in pieces of `step` bytes.
  public static func webSocket(_ bytes: [UInt8], step: Int) -> [String] {
    guard let codec = WebSocketCodec(messageBytes: 4096) else { return [] }
    var events: [String] = []
    var index = 0
    while index < bytes.count {
      let end = min(bytes.count, index + max(1, step))
      events += bytes[index..<end].withUnsafeBytes { codec.receive($0) }.map { "\($0)" }
      index = end
    }
    return events
  }
}
