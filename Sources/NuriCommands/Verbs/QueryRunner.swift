import TwinEngine
import TwinQuery
import TwinValues

/// One query, page by page. Pages after the first see the state that the first one saw.
struct QueryRunner {
  private let engine: Engine
  private let text: String
  private let place: WorldInstant

  /// - Parameter place: where the query is asked, unless it says so itself.
  init(_ engine: Engine, _ text: String, _ place: WorldInstant) {
    self.engine = engine
    self.text = text
    self.place = place
  }

  func page(after continuation: String? = nil, size: Int) throws -> QueryPage {
    try engine.query(text, in: place, continuation: continuation, pageSize: size)
  }

  /// Calls `body` with pages until there are no more or `limit` rows have come.
  func forEachPage(limit: Int, _ body: (QueryPage) throws -> Void) throws {
    var left = limit
    var continuation: String?
    repeat {
      let page = try page(after: continuation, size: min(left, QueryLimits.pageRows))
      try body(page)
      left -= page.count
      continuation = page.nextContinuation
    } while continuation != nil && left > 0
  }
}
