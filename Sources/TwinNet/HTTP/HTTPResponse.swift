import TwinValues

/// What a handler answers. A value; any thread.
///
/// Framing is the server's: `content-length`, `transfer-encoding`, `connection`, `keep-alive`, `upgrade` and
/// `date` among the headers are ignored.
public struct HTTPResponse: Sendable {
  /// What follows the head.
  public enum Body: Sendable {
    /// Nothing.
    case empty
    /// These bytes; compressed when the client accepts that, the type gains by it and there are over 1 KiB.
    case bytes([UInt8])
    /// What the closure writes; `length` when it is known. Throwing cuts the connection, so that the client sees
    /// that something is missing.
    case stream(length: Int?, @Sendable (HTTPBodyWriter) async throws -> Void)
    /// Server-sent events. A comment goes out after each `heartbeatMilliseconds` without one, if that is above 0.
    case events(heartbeatMilliseconds: Int, @Sendable (EventWriter) async throws -> Void)
    /// The request becomes a WebSocket when it asks for one; else it is answered with 400 or 426.
    case webSocket(WebSocketUpgrade)
  }

  /// The status code.
  public var status: Int
  /// The header fields.
  public var headers: HTTPHeaders
  /// What follows.
  public var body: Body

  /// Makes an answer.
  public init(status: Int = 200, headers: HTTPHeaders = [:], body: Body = .empty) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Bytes of a type.
  public static func bytes(_ bytes: [UInt8], type: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["content-type": type], body: .bytes(bytes))
  }

  /// Plain text.
  public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
    bytes(Array(text.utf8), type: "text/plain; charset=utf-8", status: status)
  }

  /// Server-sent events.
  public static func events(
    heartbeatMilliseconds: Int = 15_000, _ body: @escaping @Sendable (EventWriter) async throws -> Void
  ) -> HTTPResponse {
    HTTPResponse(
      headers: ["content-type": "text/event-stream", "cache-control": "no-store"],
      body: .events(heartbeatMilliseconds: heartbeatMilliseconds, body))
  }

  /// The body when it is there as a whole.
  var bytes: [UInt8] {
    if case .bytes(let bytes) = body { return bytes }
    return []
  }

  /// The answer to a request whose body could not be read: 413 for one too large, 408 for one too slow, 400 for a
  /// broken one, 500 for anything else, which is not told what it was.
  public static func refusing(_ error: any Error) -> HTTPResponse {
    guard let error = error as? NuriError else { return text("The request failed.\n", status: 500) }
    let status: Int
    switch error.code {
    case .bodyTooLarge: status = 413
    case .timedOut: status = 408
    case .malformedRequest, .invalidEncoding, .connectionClosed, .limitExceeded: status = 400
    default: status = 500
    }
    return text(error.description + "\n", status: status)
  }

  /// What a status code is called.
  static func reason(_ status: Int) -> StaticString {
    switch status {
    case 100: "Continue"
    case 101: "Switching Protocols"
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 206: "Partial Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 428: "Precondition Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: "Status"
    }
  }
}
