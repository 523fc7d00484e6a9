import TwinValues

/// One request, as a handler gets it. A value; any thread.
///
/// Everything that can be wrong with a message's form was refused before: framing is certain, the target is
/// checked, there is exactly one host.
public struct HTTPRequest: Sendable {
  /// The version spoken with the peer.
  public enum Version: Sendable, Equatable {
    /// HTTP/1.0
    case http10
    /// HTTP/1.1
    case http11
    /// HTTP/2
    case http2
  }

  /// What is the same for all requests of a connection.
  ///
  /// `@unchecked Sendable`: `memory` is touched only while holding `lock`.
  final class Origin: @unchecked Sendable {
    let peer: PeerAddress
    let isSecure: Bool
    let client: TLSClientIdentity?
    private let lock = Lock()
    private var memory: (field: [UInt8], value: any AnyObject & Sendable)?

    func remember(_ field: [UInt8], _ value: any AnyObject & Sendable) {
      lock.withLock { memory = (field, value) }
    }

    func remembered(_ field: (UnsafeRawBufferPointer) -> Bool) -> (any AnyObject & Sendable)? {
      lock.withLock { memory.flatMap { $0.field.withUnsafeBytes(field) ? $0.value : nil } }
    }

    init(peer: PeerAddress, isSecure: Bool, client: TLSClientIdentity?) {
      self.peer = peer
      self.isSecure = isSecure
      self.client = client
    }
  }

  /// What a request is made of, behind one reference: requests are handed on and kept in many places.
  private final class Parts: Sendable {
    let method: HTTPMethod
    let target: RequestTarget
    let version: Version
    let headers: HTTPHeaders
    let authority: String
    let body: HTTPRequestBody
    let number: UInt64
    let origin: Origin

    init(
      _ method: HTTPMethod, _ target: RequestTarget, _ version: Version, _ headers: HTTPHeaders,
      _ authority: String, _ body: HTTPRequestBody, _ number: UInt64, _ origin: Origin
    ) {
      self.method = method
      self.target = target
      self.version = version
      self.headers = headers
      self.authority = authority
      self.body = body
      self.number = number
      self.origin = origin
    }
  }

  private let parts: Parts

  /// The method.
  public var method: HTTPMethod { parts.method }
  /// Path and query.
  public var target: RequestTarget { parts.target }
  /// The version spoken.
  public var version: Version { parts.version }
  /// The header fields.
  public var headers: HTTPHeaders { parts.headers }
  /// The host and port asked for, from `:authority` or `host`; empty for HTTP/1.0 without one.
  public var authority: String { parts.authority }
  /// The body: read it as a stream, or collect it.
  public var body: HTTPRequestBody { parts.body }
  /// A number no other request of this server run has.
  public var number: UInt64 { parts.number }
  var origin: Origin { parts.origin }

  /// The other end of the connection.
  public var peer: PeerAddress { origin.peer }
  /// Whether the connection is encrypted.
  public var isSecure: Bool { origin.isSecure }
  /// Who the client proved to be by certificate.
  public var client: TLSClientIdentity? { origin.client }

  /// Has the connection remember what its `authorization` field, the only one of that name, led to.
  public func rememberAuthorization(_ value: any AnyObject & Sendable) {
    guard let field = headers["authorization"], headers.values("authorization").count == 1 else { return }
    origin.remember(Array(field.utf8), value)
  }

  /// What `rememberAuthorization` was given by an earlier request of the connection with the very same field; bytes
  /// are compared in a time that does not depend on where they differ.
  public var rememberedAuthorization: (any AnyObject & Sendable)? {
    headers.withOnly("authorization") { field in
      origin.remembered { known in
        guard known.count == field.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<field.count { difference |= known[index] ^ field[index] }
        return difference == 0
      }
    } ?? nil
  }

  /// The caller's `x-request-id` when it is 1 to 64 letters, digits, `-`, `_` and `.`; else one made from `number`.
  public var id: String {
    if let given = headers["x-request-id"], (1...64).contains(given.utf8.count),
      given.utf8.allSatisfy({ ASCII.isLetter($0) || ASCII.isDigit($0) || [45, 46, 95].contains($0) })
    {
      return given
    }
    return Hexadecimal.encode(number)
  }

  /// The caller's place in a trace; `nil` when there is none or it breaks the recommendation.
  public var trace: TraceContext? { headers["traceparent"].flatMap { TraceContext(header: $0) } }

  /// Makes a request without a connection, for tests of handlers.
  public init(
    method: HTTPMethod, target: RequestTarget, headers: HTTPHeaders = [:], body: [UInt8] = [],
    peer: PeerAddress = PeerAddress(host: "127.0.0.1", port: 0), client: TLSClientIdentity? = nil,
    number: UInt64 = 0
  ) {
    self.init(
      method: method, target: target, version: .http11, headers: headers,
      authority: headers["host"] ?? "", body: HTTPRequestBody(bytes: body), number: number,
      origin: Origin(peer: peer, isSecure: client != nil, client: client))
  }

  init(
    method: HTTPMethod, target: RequestTarget, version: Version, headers: HTTPHeaders, authority: String,
    body: HTTPRequestBody, number: UInt64, origin: Origin
  ) {
    parts = Parts(method, target, version, headers, authority, body, number, origin)
  }
}
