import APINative
import TwinEngine
import TwinExchange
import TwinLog
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
  /// What it counts as.
  var counts: ServerMetrics.Refused?

  /// The answer, in the shape of the API that was asked.
  func response(_ kind: RoutePath.Kind, requestId: String) -> HTTPResponse {
    kind == .azure ? azure() : problem(requestId)
  }

  private func azure() -> HTTPResponse {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.beginObject()
    writer.field("code", azureCode)
    writer.field("message", advice.map { "\(message) \($0)" } ?? message)
    writer.endObject()
    writer.endObject()
    var headers = headers
    headers.append("content-type", "application/json; charset=utf-8")
    headers.append("x-ms-error-code", azureCode)
    return HTTPResponse(status: status, headers: headers, body: .bytes(writer.bytes))
  }

  private func problem(_ requestId: String) -> HTTPResponse {
    var document = ProblemDocument(status: status, code: code.rawValue, detail: message)
    document.advice = advice
    document.headers = headers
    return document.response(requestId: requestId)
  }
}

extension Refusal {
  /// 401: nobody in particular asks.
  static func unauthenticated(_ message: String, challenge: String) -> Refusal {
    Refusal(
      status: 401, code: .unauthenticated, azureCode: "AuthenticationFailed", message: message,
      headers: ["www-authenticate": challenge], counts: .unauthenticated)
  }

  /// 404: there is nothing there.
  static func nothing(_ message: String) -> Refusal {
    Refusal(status: 404, code: .notFound, azureCode: "NotFound", message: message)
  }

  /// 404: this server has no page.
  static let noPage = Refusal(
    status: 404, code: .notFound, azureCode: "NotFound", message: "This server serves no page.",
    advice: "Start it with --page and the folder Page of the repository. The API is at /v1.")

  /// 405: not with this method.
  static func methodNotAllowed(_ allowed: String) -> Refusal {
    Refusal(
      status: 405, code: .init("methodNotAllowed"), azureCode: "MethodNotAllowed",
      message: "The method is not for this path.", headers: ["allow": allowed])
  }

  /// 429: the principal asks too often.
  static func tooManyRequests(waitNanoseconds wait: UInt64) -> Refusal {
    Refusal(
      status: 429, code: .tooManyRequests, azureCode: "TooManyRequests",
      message: "You ask more often than limits.requestsPerSecond allows.", advice: "Ask less often.",
      headers: ["retry-after": retryAfter(wait)], counts: .rate)
  }

  /// 429: too many sign-ins failed from one address.
  static func tooManySignIns(waitNanoseconds wait: UInt64) -> Refusal {
    Refusal(
      status: 429, code: .tooManyRequests, azureCode: "TooManyRequests",
      message: "Too many sign-ins failed from your address (limits.failedSignInsPerMinute).",
      advice: "Wait, then send a credential that holds.", headers: ["retry-after": retryAfter(wait)],
      counts: .signIns)
  }

  /// 503: too much is under way.
  static let overloaded = Refusal(
    status: 503, code: .overloaded, azureCode: "ServiceUnavailable",
    message: "The server has more under way than limits.requestsInFlight.", advice: "Try again in a moment.",
    headers: ["retry-after": "1"], counts: .overload)

  /// 503: nothing is changed without being audited.
  static let unaudited = Refusal(
    status: 503, code: .init("unavailable"), azureCode: "ServiceUnavailable",
    message: "The audit log can't be written, so nothing is changed.",
    advice: "Make room on the server's disk.",
    headers: ["retry-after": "5"])

  /// 503: the answer took too long.
  static let overdue = Refusal(
    status: 503, code: .timedOut, azureCode: "ServiceUnavailable",
    message: "The answer took longer than limits.handlerMilliseconds.",
    advice: "Ask for less at once. A write may still have happened.", headers: ["retry-after": "1"],
    counts: .overload)

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

  /// The refusal for an error of the server's own paths.
  init(_ error: NuriError) {
    let status =
      switch error.code {
      case .forbidden: 403
      case .fileNotFound: 404
      case .bodyTooLarge: 413
      case .timedOut: 408
      case .insufficientStorage, .diskFull: 507
      case .overloaded: 503
      case .invalidId, .limitExceeded, .malformedRequest, .invalidEncoding, .connectionClosed: 400
      default: 500
      }
    self.init(
      status: status, code: error.code, azureCode: status == 403 ? "Forbidden" : "BadRequest",
      message: status == 500 ? "The server failed." : error.message, advice: error.advice)
  }

  private static func retryAfter(_ nanoseconds: UInt64) -> String {
    String(max(1, (nanoseconds + 999_999_999) / 1_000_000_000))
  }
}

extension NuriError.Code {
  /// A path with nothing behind it.
  static let notFound = Self("notFound")
  /// A request without a credential, or with one that does not hold.
  static let unauthenticated = Self("unauthenticated")
  /// More requests than one principal may make.
  static let tooManyRequests = Self("tooManyRequests")
  /// All uploads of a tenant would take more room than they may.
  static let insufficientStorage = Self("insufficientStorage")
}
