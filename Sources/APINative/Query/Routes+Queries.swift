import TwinEngine
import TwinNet
import TwinQuery
import TwinValues

/// Queries: by POST with a body, by GET with a parameter.
extension Route {
  private static let answer: Answer = {
    var answer = Answer(
      200, "A page of rows; as lines, all of them.", .named("QueryPage"), lines: .named("Row"))
    answer.headers = ["Nuri-World", "Nuri-Sequence", "Nuri-Recorded", "Nuri-Query-Charge"]
    return answer
  }()

  static let queries: [Route] = [
    Route(
      .post, "/v1/worlds/{world}/query", "query", "Answers a query, of now or of any time.", [.world],
      body: Body(
        .named("QueryRequest"),
        example: #"{"query":"SELECT COUNT() FROM DIGITALTWINS","at":"-2h","pageSize":100}"#),
      answers: [answer]
    ) { try await $0.postQuery() },
    Route(
      .get, "/v1/worlds/{world}/query", "queryByURL", "Answers a query given in the URL.",
      [
        .world,
        Parameter(
          "q", .query, .text(most: QueryLimits.textBytes), "The query.", required: true,
          example: "SELECT * FROM DIGITALTWINS"), .at,
        Parameter(
          "pageSize", .query,
          .integer(1...Int64(NativeLimits.pageRows), standard: Int64(QueryLimits.defaultPageRows)),
          "Most rows in the page. A stream of lines has no pages."),
        Parameter(
          "continuation", .query, .text(most: NativeLimits.cursorBytes), "The last page's \"next\"."),
      ], answers: [answer]
    ) { try await $0.getQuery() },
  ]
}

/// A query as it was asked.
private struct Question: Sendable {
  let text: String
  let place: WorldInstant
  let pageSize: Int?
  let continuation: String?
}

extension Call {
  func postQuery() async throws -> HTTPResponse {
    let root = try await json().root
    return try await answer(
      Question(
        text: root["query"]?.string ?? "", place: WorldInstant(path("world"), try point(in: root)),
        pageSize: root["pageSize"]?.int64.map { Int($0) }, continuation: root["continuation"]?.string))
  }

  func getQuery() async throws -> HTTPResponse {
    try await answer(
      Question(
        text: text("q") ?? "", place: WorldInstant(path("world"), point()), pageSize: integer("pageSize"),
        continuation: text("continuation")))
  }

  /// Queries run on the API's threads: what one costs is not known before.
  private func answer(_ question: Question) async throws -> HTTPResponse {
    let session = session
    let services = services
    @Sendable func page(_ continuation: String?, _ size: Int) async throws(NuriError) -> QueryPage {
      try await services.work.run { () async throws(NuriError) in
        try await session.query(
          question.text, in: question.place, continuation: continuation, pageSize: size)
      }
    }
    guard wantsLines else {
      let size = question.pageSize ?? QueryLimits.defaultPageRows
      return try await page(question.continuation, size).response
    }
    let first = try await page(question.continuation, NativeLimits.streamItems)
    return HTTPResponse(
      headers: ["content-type": MediaType.lines, "vary": "accept"],
      body: .stream(length: nil) { writer in
        var rows = first
        while true {
          // Between pages a client that left is noticed; a page under way runs to its end.
          if rows.count > 0 { try await writer.write(rows.lines) }
          guard let next = rows.nextContinuation else { return }
          rows = try await page(next, NativeLimits.streamItems)
        }
      }
    ).stamped(first)
  }
}

extension HTTPResponse {
  /// With the state and the charge of a page.
  fileprivate func stamped(_ page: QueryPage) -> HTTPResponse {
    var response = self
    if let state = page.state { response.stamp(state.world, state.sequence, state.recorded) }
    response.headers.append("nuri-query-charge", page.charge)
    return response
  }
}

extension QueryPage {
  fileprivate var charge: String {
    var writer = JSONWriter()
    writer.double((queryCharge * 100).rounded() / 100)
    return writer.text
  }

  /// The page as an answer.
  fileprivate var response: HTTPResponse {
    Reply.json(reserving: bytes.count + rows.count + 256) { writer in
      writer.beginObject()
      writer.key("items")
      writer.raw(json)
      writer.member("next", nextContinuation)
      writer.key("charge")
      writer.double((queryCharge * 100).rounded() / 100)
      writer.endObject()
    }.stamped(self)
  }

  /// One row a line.
  fileprivate var lines: [UInt8] {
    var lines: [UInt8] = []
    lines.reserveCapacity(bytes.count + rows.count)
    for range in rows {
      lines.append(contentsOf: bytes[range])
      lines.append(UInt8(ascii: "\n"))
    }
    return lines
  }
}
