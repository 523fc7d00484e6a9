import TwinNet
import TwinValues

/// One operation of the API: all there is to know about it. The router, the checks of parameters and bodies, and the
/// OpenAPI document are made of these.
struct Route: Sendable {
  /// A body that a route takes.
  struct Body: Sendable {
    /// Media types, and what each holds.
    let media: [(type: String, shape: Shape)]
    /// Most bytes, once decoded; streams are bounded by the server alone.
    let limit: Int
    var isRequired = true
    let example: String

    init(_ shape: Shape, limit: Int = NativeLimits.bodyBytes, required: Bool = true, example: String) {
      self.init([("application/json", shape)], limit: limit, required: required, example: example)
    }

    init(
      _ media: [(type: String, shape: Shape)], limit: Int = NativeLimits.bodyBytes, required: Bool = true,
      example: String
    ) {
      self.media = media
      self.limit = limit
      isRequired = required
      self.example = example
    }
  }

  /// A way in which a route may answer.
  struct Answer: Sendable {
    let status: Int
    let note: String
    var media: [(type: String, shape: Shape)]
    var headers: [String] = []

    init(
      _ status: Int, _ note: String, _ shape: Shape? = nil, lines: Shape? = nil, events: Bool = false
    ) {
      self.status = status
      self.note = note
      var media: [(type: String, shape: Shape)] = []
      if let shape { media.append(("application/json", shape)) }
      if let lines { media.append((MediaType.lines, lines)) }
      if events { media.append((MediaType.events, .any)) }
      self.media = media
    }
  }

  let method: HTTPMethod
  /// The path with its parameters in braces: `/v1/worlds/{world}/twins/{twin}`.
  let path: String
  /// The operation's name, unique.
  let name: String
  let summary: String
  let parameters: [Parameter]
  let body: Body?
  let answers: [Answer]
  /// Statuses of the problems it may answer with, beyond those that all routes have.
  let problems: [Int]
  let handler: @Sendable (Call) async throws -> HTTPResponse

  init(
    _ method: HTTPMethod, _ path: String, _ name: String, _ summary: String, _ parameters: [Parameter] = [],
    body: Body? = nil, answers: [Answer], problems: [Int] = [],
    _ handler: @escaping @Sendable (Call) async throws -> HTTPResponse
  ) {
    self.method = method
    self.path = path
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.body = body
    self.answers = answers
    self.problems = problems
    self.handler = handler
  }

  /// The names of the parameters in the path, in order.
  var pathNames: [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
  }

  /// What the path's first word after the version is called, for grouping.
  var tag: String {
    let words = path.split(separator: "/").dropFirst().filter { !$0.hasPrefix("{") }
    return words.first == "worlds"
      ? String(words.dropFirst().first ?? "worlds") : String(words.first ?? "api")
  }
}

/// Media types.
enum MediaType {
  static let json = "application/json"
  static let lines = "application/x-ndjson"
  static let tile = "application/vnd.nuri.tile"
  static let values = "application/vnd.nuri.values"
  static let patch = "application/json-patch+json"
  static let merge = "application/merge-patch+json"
  static let events = "text/event-stream"
  static let problem = "application/problem+json"
}
