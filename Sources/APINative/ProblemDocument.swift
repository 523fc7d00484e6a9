public import TwinNet
import TwinValues

/// What went wrong with a request, as `/v1` tells it (RFC 9457).
public struct ProblemDocument: Sendable {
  let status: Int
  let code: String
  let detail: String
  var place: String?
  /// What to do about it.
  public var advice: String?
  /// Further members, as a whole JSON object.
  var members: [UInt8] = []
  /// Header fields of the answer.
  public var headers: HTTPHeaders = [:]

  /// Makes one.
  public init(status: Int, code: String, detail: String) {
    self.status = status
    self.code = code
    self.detail = detail
  }

  /// The answer.
  public func response(requestId: String) -> HTTPResponse {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", "about:blank")
    writer.member("title", ProblemDocument.title(status))
    writer.key("status")
    writer.integer(Int64(status))
    let texts: [(String, String?)] = [
      ("code", code), ("detail", detail), ("place", place), ("advice", advice), ("requestId", requestId),
    ]
    for case (let key, let text?) in texts { writer.member(key, text) }
    if !members.isEmpty { writer.splice(members: members) }
    writer.endObject()
    var headers = headers
    headers.append("content-type", MediaType.problem)
    return HTTPResponse(status: status, headers: headers, body: .bytes(writer.bytes))
  }

  /// What a status is called.
  static func title(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 503: "Service Unavailable"
    case 507: "Insufficient Storage"
    default: "Internal Server Error"
    }
  }
}
