import COpenSSL
import TwinValues

/// How a handler accepts a WebSocket.
public struct WebSocketUpgrade: Sendable {
  /// The sub-protocols the handler speaks; the first that the client offers too is chosen.
  public var protocols: [String]
  /// The longest message; `nil` for `NetLimits.messageBytes`.
  public var messageBytes: Int?
  /// Whether the handler receives. When it never does, messages are thrown away as they come.
  public var listens: Bool
  let run: @Sendable (WebSocket) async -> Void

  /// Accepts. The socket is closed normally when `run` returns. Browsers let any page open a WebSocket anywhere:
  /// check `origin` before accepting where that matters.
  public init(
    protocols: [String] = [], messageBytes: Int? = nil, listens: Bool = true,
    run: @escaping @Sendable (WebSocket) async -> Void
  ) {
    self.protocols = protocols
    self.messageBytes = messageBytes
    self.listens = listens
    self.run = run
  }
}

/// The answer to RFC 6455's opening handshake. Pure.
struct WebSocketHandshake {
  let accept: String
  let chosenProtocol: String?

  init(_ request: HTTPRequest, _ upgrade: WebSocketUpgrade) throws(NetRefusal) {
    guard request.version == .http11, request.method == .get else {
      throw .malformed("a WebSocket starts with GET over HTTP/1.1")
    }
    let headers = request.headers
    let connection = headers.list("connection").map { $0.lowercased() }
    guard connection.contains("upgrade"),
      headers.list("upgrade").contains(where: { $0.lowercased() == "websocket" })
    else { throw NetRefusal(426, .malformedRequest, "this resource is a WebSocket") }
    guard headers.values("sec-websocket-version") == ["13"] else {
      throw NetRefusal(426, .malformedRequest, "the WebSocket version must be 13")
    }
    let keys = headers.values("sec-websocket-key")
    guard keys.count == 1, let key = keys.first, WebSocketHandshake.isKey(key) else {
      throw .malformed("the WebSocket key is not 16 bytes in Base64")
    }
    accept = WebSocketHandshake.accept(for: key)
    let offered = headers.list("sec-websocket-protocol")
    chosenProtocol = upgrade.protocols.first { offered.contains($0) }
  }

  /// 22 digits and two equals signs; the last digit has four spare bits, which must be 0.
  static func isKey(_ key: String) -> Bool {
    let bytes = Array(key.utf8)
    guard bytes.count == 24, bytes.suffix(2) == [61, 61], "AQgw".utf8.contains(bytes[21]) else {
      return false
    }
    return bytes.prefix(22).allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 43 || $0 == 47 }
  }

  /// Base64 of SHA-1 of the key and RFC 6455's constant.
  static func accept(for key: String) -> String {
    let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    EVP_Digest(text, text.count, &digest, &count, EVP_sha1(), nil)
    var encoded = [UInt8](repeating: 0, count: 64)
    let length = EVP_EncodeBlock(&encoded, digest, Int32(count))
    return String(decoding: encoded.prefix(Int(length)), as: UTF8.self)
  }

  /// Appends the head that turns the connection.
  func write(_ headers: HTTPHeaders, to out: inout [UInt8]) {
    ResponseHeadWriter.append(
      "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n", &out)
    var headers = headers
    headers.set("sec-websocket-accept", accept)
    headers.remove("sec-websocket-protocol")
    if let chosenProtocol { headers.append("sec-websocket-protocol", chosenProtocol) }
    headers.writeUnframed(to: &out)
    ResponseHeadWriter.append("\r\n", &out)
  }
}
