import TwinNet
import TwinValues

/// A request that is refused before a wing sees it, in words for both APIs.
struct Refusal: Error, Sendable {
  let status: Int
  /// The code of `/v1`.
  let code: NuriError.Code
  /// The code of Azure Digital Twins.
  let azureCode: String
  let message: String
  var advice: String?
  var headers: HTTPHeaders = [:]

  /// The answer, in the shape of the API that was asked.
  func response(_ kind: RoutePath.Kind, requestId: String) -> HTTPResponse {
    kind == .azure ? azure() : problem(requestId)
  }

  private func azure() -> HTTPResponse {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.beginObject()
    writer.key("code")
    writer.string(azureCode)
    writer.key("message")
    writer.string(advice.map { "\(message) \($0)" } ?? message)
    writer.endObject()
    writer.endObject()
    var headers = headers
    headers.append("content-type", "application/json; charset=utf-8")
    headers.append("x-ms-error-code", azureCode)
    return HTTPResponse(status: status, headers: headers, body: .bytes(writer.bytes))
  }

  /// A problem document (RFC 9457).
  private func problem(_ requestId: String) -> HTTPResponse {
    var writer = JSONWriter()
    writer.beginObject()
    for (key, value) in [("type", "about:blank"), ("title", Refusal.title(status))] {
      writer.key(key)
      writer.string(value)
    }
    writer.key("status")
    writer.integer(Int64(status))
    let members = [
      ("code", code.rawValue), ("detail", message), ("advice", advice), ("requestId", requestId),
    ]
    for case (let key, let value?) in members {
      writer.key(key)
      writer.string(value)
    }
    writer.endObject()
    var headers = headers
    headers.append("content-type", "application/problem+json")
    return HTTPResponse(status: status, headers: headers, body: .bytes(writer.bytes))
  }

  private static func title(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 413: "Content Too Large"
    case 429: "Too Many Requests"
    case 503: "Service Unavailable"
    default: "Error"
    }
  }
}

extension Refusal {
  /// 401: nobody in particular asks.
  static func unauthenticated(_ message: String, challenge: String) -> Refusal {
    Refusal(
      status: 401, code: .unauthenticated, azureCode: "AuthenticationFailed", message: message,
      headers: ["www-authenticate": challenge])
  }

  /// 404: there is nothing there.
  static func nothing(_ message: String) -> Refusal {
    Refusal(status: 404, code: .notFound, azureCode: "NotFound", message: message)
  }

  /// The refusal for a body that could not be read.
  init(body error: NuriError) {
    let (status, azureCode) =
      switch error.code {
      case .bodyTooLarge: (413, "PayloadTooLarge")
      case .timedOut: (408, "RequestTimeout")
      default: (400, "BadRequest")
      }
    self.init(
      status: status, code: error.code, azureCode: azureCode, message: error.message, advice: error.advice)
  }
}
