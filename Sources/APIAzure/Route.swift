import TwinValues

/// What a path names. Ids are decoded; whether they are legal and exist is for handlers to say.
enum Route: Equatable {
  case models
  case model(String)
  case query
  case twin(String)
  case relationships(String)
  case relationship(String, id: String)
  case incomingRelationships(String)
  case telemetry(String)
  case component(String, name: String)
  case componentTelemetry(String, name: String)
  case eventRoutes
  case eventRoute(String)
  case importJobs
  case importJob(String)
  case importJobCancel(String)
  case deletionJobs
  case deletionJob(String)

  /// Reads a path. Segments are told apart before they are decoded, so that an encoded slash stays inside one,
  /// and no segment means more than its text: `..` is an id like another.
  /// - Throws: `badRequest` for a path that is not properly encoded, `missingArgument` for an empty id,
  ///   `notFound` for a path that is not in the API.
  init(_ path: String) throws(AzureError) {
    let segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard segments.count > 1, segments[0].isEmpty else {
      throw AzureError(.badRequest, "A path starts with a slash.")
    }
    var texts: [String] = []
    for segment in segments.dropFirst() {
      guard let text = PercentCoding.decode(segment) else {
        throw AzureError(.badRequest, "The path is not properly percent-encoded.")
      }
      texts.append(text)
    }
    // Names of collections are matched in any case, as Azure does; its own links write "EventRoutes".
    let words = segments.dropFirst().map { String(decoding: $0, as: UTF8.self).lowercased() }
    guard let route = Self.match(words, texts) else {
      throw AzureError(.notFound, "There is nothing at this path in the API of Azure Digital Twins.")
    }
    self = route
    if ids.contains("") { throw AzureError(.missingArgument, "The path lacks an id.") }
  }

  private static func match(_ words: [String], _ texts: [String]) -> Route? {
    switch (words[0], words.count) {
    case ("models", 1): .models
    case ("models", 2): .model(texts[1])
    case ("query", 1): .query
    case ("eventroutes", 1): .eventRoutes
    case ("eventroutes", 2): .eventRoute(texts[1])
    case ("digitaltwins", 2): .twin(texts[1])
    case ("digitaltwins", 3):
      switch words[2] {
      case "relationships": .relationships(texts[1])
      case "incomingrelationships": .incomingRelationships(texts[1])
      case "telemetry": .telemetry(texts[1])
      default: nil
      }
    case ("digitaltwins", 4):
      switch words[2] {
      case "relationships": .relationship(texts[1], id: texts[3])
      case "components": .component(texts[1], name: texts[3])
      default: nil
      }
    case ("digitaltwins", 5):
      words[2] == "components" && words[4] == "telemetry"
        ? .componentTelemetry(texts[1], name: texts[3]) : nil
    case ("jobs", 2...): matchJob(words, texts)
    default: nil
    }
  }

  private static func matchJob(_ words: [String], _ texts: [String]) -> Route? {
    switch (words[1], words.count) {
    case ("imports", 2): .importJobs
    case ("imports", 3): .importJob(texts[2])
    case ("imports", 4): words[3] == "cancel" ? .importJobCancel(texts[2]) : nil
    case ("deletions", 2): .deletionJobs
    case ("deletions", 3): .deletionJob(texts[2])
    default: nil
    }
  }

  /// The first version of the API that has the path.
  var firstVersion: String {
    switch self {
    case .importJobs, .importJob, .importJobCancel: "2023-06-30"
    case .deletionJobs, .deletionJob: "2023-10-31"
    default: ApiVersion.known[0]
    }
  }

  /// The ids in the path.
  private var ids: [String] {
    switch self {
    case .models, .query, .eventRoutes, .importJobs, .deletionJobs: []
    case .model(let id), .eventRoute(let id), .twin(let id), .relationships(let id),
      .incomingRelationships(let id), .telemetry(let id), .importJob(let id), .importJobCancel(let id),
      .deletionJob(let id):
      [id]
    case .relationship(let twin, let other), .component(let twin, let other),
      .componentTelemetry(let twin, let other):
      [twin, other]
    }
  }

  /// The twin the path is about.
  var twin: String? {
    switch self {
    case .models, .model, .query, .eventRoutes, .eventRoute, .importJobs, .importJob, .importJobCancel,
      .deletionJobs, .deletionJob:
      nil
    default: ids.first
    }
  }

  /// Whether answers have twins, or components, in them.
  var showsTwins: Bool {
    switch self {
    case .twin, .component, .query: true
    default: false
    }
  }

  /// The methods there are.
  var methods: [String] {
    switch self {
    case .models: ["GET", "POST"]
    case .model: ["GET", "PATCH", "DELETE"]
    case .query, .telemetry, .componentTelemetry: ["POST"]
    case .twin, .relationship: ["GET", "PUT", "PATCH", "DELETE"]
    case .relationships, .incomingRelationships, .eventRoutes: ["GET"]
    case .component: ["GET", "PATCH"]
    case .eventRoute, .importJob: ["GET", "PUT", "DELETE"]
    case .importJobs, .deletionJob: ["GET"]
    case .importJobCancel: ["POST"]
    case .deletionJobs: ["GET", "POST"]
    }
  }
}
