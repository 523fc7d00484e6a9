import TwinGraph
import TwinValues

/// The answer to one request.
public struct AzureResponse: Sendable {
  /// The status code.
  public var status: Int
  /// The headers, in order. `Content-Length` and `Date` are the server's to add.
  public var headers: [AzureRequest.Header]
  /// The body; empty for none.
  public var body: [UInt8]

  /// Makes an answer.
  public init(status: Int, headers: [AzureRequest.Header] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer with a JSON body.
  static func json(_ status: Int = 200, etag: UInt64? = nil, body: [UInt8]) -> AzureResponse {
    let type = ("Content-Type", "application/json; charset=utf-8")
    return AzureResponse(
      status: status, headers: etag.map { [type, ("ETag", ETag.text($0))] } ?? [type], body: body)
  }

  /// `204 No Content`.
  static func noContent(etag: UInt64? = nil) -> AzureResponse {
    AzureResponse(status: 204, headers: etag.map { [("ETag", ETag.text($0))] } ?? [])
  }

  /// The answer that says what went wrong.
  init(_ error: AzureError) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.beginObject()
    writer.key("code")
    writer.string(error.code.rawValue)
    writer.key("message")
    writer.string(error.message)
    if !error.details.isEmpty {
      writer.key("details")
      writer.beginArray()
      for detail in error.details {
        writer.beginObject()
        writer.key("code")
        writer.string(error.code.rawValue)
        writer.key("message")
        writer.string(detail)
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
    writer.endObject()
    self = .json(error.code.status, body: writer.bytes)
    headers.append(("x-ms-error-code", error.code.rawValue))
    if let seconds = error.retryAfter { headers.append(("Retry-After", String(seconds))) }
    if !error.allowed.isEmpty { headers.append(("Allow", error.allowed.joined(separator: ", "))) }
  }
}
