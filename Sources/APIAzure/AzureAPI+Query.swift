import TwinEngine
import TwinGraph
import TwinQuery
import TwinValues

/// Queries: POST `/query`.
extension AzureAPI {
  func query(_ request: AzureRequest) async throws -> AzureResponse {
    let root = try document(request).root
    guard root.kind == .object else {
      throw AzureError(.invalidArgument, "A query is a JSON object with \"query\" or \"continuationToken\".")
    }
    var text = root["query"]?.string
    var continuation: String?
    if let given = root["continuationToken"], !given.isNull {
      let token = try Token(given.string ?? "", parts: 2)
      continuation = token.parts[0]
      text = token.parts[1]
    }
    guard let text else {
      throw AzureError(.invalidArgument, "The request has neither a \"query\" nor a \"continuationToken\".")
    }
    let size = try Page.size(request, atMost: QueryLimits.pageRows) ?? QueryLimits.defaultPageRows
    do throws(NuriError) {
      let page = try await session.query(
        text, in: WorldInstant(worldName), continuation: continuation, pageSize: size)
      return response(page, text)
    } catch {
      throw AzureError(error, here: [.limitExceeded: .sqlQueryError, .worldNotFound: .sqlQueryError])
    }
  }

  /// A page as an answer. Its token carries the query along, because a request with a token need not repeat it.
  private func response(_ page: QueryPage, _ text: String) -> AzureResponse {
    var writer = JSONWriter(reserving: page.bytes.count + page.rows.count + 128)
    writer.beginObject()
    writer.key("value")
    writer.raw(page.json)
    writer.key("continuationToken")
    if let next = page.nextContinuation {
      writer.string(Token([next, text]).text)
    } else {
      writer.null()
    }
    writer.endObject()
    var response = AzureResponse.json(body: writer.bytes)
    var charge = JSONWriter()
    charge.double((page.queryCharge * 100).rounded() / 100)
    response.headers.append(("query-charge", charge.text))
    return response
  }
}
