import TwinNet

/// What pages of other origins may do (the fetch standard's CORS protocol). Credentials are header fields, never
/// cookies, so an origin is given nothing it could not have with the credential in hand.
struct CORS: Sendable {
  private let origins: Set<String>
  private let maxAge: String
  private static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE"
  private static let requestFields =
    "authorization, content-type, if-match, if-none-match, x-api-key, x-request-id, traceparent, max-items-per-page, "
    + "message-id, telemetry-source-time, last-event-id, prefer"
  private static let answerFields =
    "etag, location, retry-after, x-request-id, traceparent, x-ms-error-code, query-charge, link"

  init(_ settings: CORSSettings) {
    origins = Set(settings.origins)
    maxAge = String(settings.maxAgeSeconds)
  }

  /// The answer to a preflight; `nil` when it is none.
  func preflight(_ request: HTTPRequest) -> HTTPResponse? {
    guard request.method == .options, request.headers.has("access-control-request-method"),
      let origin = request.headers["origin"]
    else { return nil }
    guard origins.contains(origin) else { return HTTPResponse(status: 204, headers: ["vary": "origin"]) }
    return HTTPResponse(
      status: 204,
      headers: [
        "access-control-allow-methods": Self.methods, "access-control-allow-headers": Self.requestFields,
        "access-control-max-age": maxAge,
      ])
  }

  /// Lets the page that asked read the answer, when its origin may.
  func allow(_ request: HTTPRequest, _ response: inout HTTPResponse) {
    if origins.isEmpty { return }
    response.headers.append("vary", "origin")
    guard let origin = request.headers["origin"], origins.contains(origin) else { return }
    response.headers.append("access-control-allow-origin", origin)
    response.headers.append("access-control-expose-headers", Self.answerFields)
  }
}
