import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// A request whose route is known and whose parameters have been checked.
struct Call: Sendable {
  let session: Session
  let services: NativeServices
  /// Whether the credential behind the session still opens anything.
  let holds: @Sendable () -> Bool
  let request: HTTPRequest
  let route: Route
  private let values: [(name: String, value: String)]

  /// - Throws: `NuriError` with code `unknownParameter` or `invalidParameter`.
  init(_ api: NativeAPI, _ request: HTTPRequest, _ route: Route, _ path: [String]) throws(NuriError) {
    session = api.session
    services = api.services
    holds = api.holds
    self.request = request
    self.route = route
    var values: [(name: String, value: String)] = []
    var index = 0
    for parameter in route.parameters {
      switch parameter.place {
      case .path:
        values.append((parameter.name, path[index]))
        index += 1
      case .header:
        let text = request.headers.first(named: parameter.name)
        if let text { values.append((parameter.name, text)) }
      case .query: continue
      }
    }
    if request.target.rawQuery != nil { try Call.take(request.target.query, route, &values) }
    for parameter in route.parameters {
      let given = values.filter { $0.name == parameter.name }
      for each in given { try parameter.check(each.value) }
      if given.isEmpty, parameter.isRequired {
        throw NuriError(
          .invalidParameter, "The parameter \"\(parameter.name)\" is missing.", advice: parameter.note)
      }
    }
    self.values = values
  }

  private static func take(
    _ query: [(name: String, value: String)], _ route: Route, _ values: inout [(name: String, value: String)]
  ) throws(NuriError) {
    // A ticket has been used up by the server.
    for item in query where item.name != "ticket" {
      guard let parameter = route.parameters.first(where: { $0.name == item.name && $0.place == .query })
      else {
        let names = route.parameters.filter { $0.place == .query }.map(\.name)
        throw NuriError(
          .unknownParameter, "There is no parameter \"\(item.name.prefix(100))\" here.",
          advice: Nearest.advice(item.name, names)
            ?? (names.isEmpty ? "There are none." : "There are: \(names.joined(separator: ", "))."))
      }
      guard parameter.isRepeated || !values.contains(where: { $0.name == parameter.name }) else {
        throw NuriError(.invalidParameter, "The parameter \"\(item.name)\" is given twice.")
      }
      values.append(item)
    }
  }

  // MARK: Parameters

  /// A parameter as it was sent; `nil` when it was not.
  func text(_ name: String) -> String? { values.first { $0.name == name }?.value }

  /// A parameter of the path.
  func path(_ name: String) -> String { text(name) ?? "" }

  /// Whether the path names a world.
  var isOfWorld: Bool { text("world") != nil }

  /// A number, or its standard value.
  func integer(_ name: String) -> Int? {
    if let text = text(name) { return Int(text) }
    guard let parameter = route.parameters.first(where: { $0.name == name }),
      case .integer(_, let standard?) = parameter.kind
    else { return nil }
    return Int(standard)
  }

  /// A truth value; `false` when it was not sent.
  func flag(_ name: String) -> Bool { text(name) == "true" }

  /// An instant.
  func instant(_ name: String) -> Instant? { text(name).flatMap { try? Instant($0) } }

  /// A point in time; now when it was not sent.
  func point(_ name: String = "at") -> AsOf {
    text(name).flatMap { Point($0) }?.asOf(services.clock.now()) ?? .now
  }

  /// Where a listing goes on.
  /// - Throws: `NuriError` with code `invalidParameter`.
  func cursor() throws(NuriError) -> String? {
    guard let text = text("cursor") else { return nil }
    guard let cursor = Cursor.decode(text) else {
      throw NuriError(.invalidParameter, "This is not a cursor that a page of this list gave.")
    }
    return cursor
  }

  /// Whether the client asks for one JSON value a line.
  var wantsLines: Bool {
    request.headers.list("accept").contains {
      $0.prefix { $0 != ";" && $0 != " " }.lowercased() == MediaType.lines
    }
  }

  // MARK: Bodies

  /// The media type of the body, without its parameters; the route's first when none is stated and there is no body.
  /// - Throws: `NuriError` with code `unsupportedMediaType`.
  func media() throws(NuriError) -> String {
    let known = route.body?.media.map(\.type) ?? []
    guard let stated = request.headers["content-type"] else {
      if request.body.announcedLength == 0, let first = known.first { return first }
      throw NuriError(
        .unsupportedMediaType, "The request does not say what its body is.",
        advice: "Send content-type: \(known.joined(separator: " or ")) (curl --json does).")
    }
    let type = stated.prefix { $0 != ";" && $0 != " " }.lowercased()
    guard known.contains(type) else {
      throw NuriError(
        .unsupportedMediaType, "The body's type \"\(type.prefix(100))\" is not for this path.",
        advice: "Send content-type: \(known.joined(separator: " or ")) (curl --json does).")
    }
    return type
  }

  /// The body as JSON, checked against the route's shape; an empty object when it may be left out and is.
  /// - Throws: `NuriError` with code `unsupportedMediaType`, `invalidJSON`, `invalidBody`, `bodyTooLarge`.
  func json() async throws(NuriError) -> JSONDocument {
    guard let body = route.body else { return JSONDocument() }
    let type = try media()
    let bytes = try await request.body.collect(upTo: body.limit)
    if bytes.isEmpty {
      if !body.isRequired { return try JSONDocument("{}") }
      throw NuriError(.invalidBody, "The request needs a body.", advice: "For example: \(body.example)")
    }
    let document = try JSONDocument(bytes)
    if let shape = body.media.first(where: { $0.type == type })?.shape { try shape.check(document.root) }
    return document
  }

  // MARK: Worlds

  /// Runs what may block or take long on the API's threads.
  func work<R: Sendable>(_ body: @Sendable () async throws(NuriError) -> R) async throws(NuriError) -> R {
    try await services.work.run(body)
  }

  /// The world of the path. A fork may have to be opened, or the catalogue waited for: off the loop.
  /// - Throws: `NuriError` with code `worldNotFound`.
  func world() async throws(NuriError) -> WorldSession { try await world(path("world")) }

  func world(_ name: String) async throws(NuriError) -> WorldSession {
    if name == Engine.live { return try session.world() }
    let session = session
    return try await work { () throws(NuriError) in try session.world(name) }
  }

  /// The state that a read is about.
  /// - Throws: `NuriError` with code `worldNotFound` or `outOfRange`.
  func state() async throws(NuriError) -> Snapshot {
    let world = try await world()
    let point = point()
    if point == .now { return try await world.snapshot() }
    return try await work { () throws(NuriError) in try world.snapshot(at: point) }
  }

  // MARK: Writes

  /// The reason the request gives for a write.
  var reason: String { text("reason") ?? "" }

  /// What must hold when a thing is written, given its last change (`nil` when it does not exist).
  /// - Throws: `NuriError` with code `preconditionFailed` when it does not hold now.
  func requirement(current: UInt64?) throws(NuriError) -> Precondition {
    if let none = text("If-None-Match").flatMap({ ETagList($0) }) {
      guard none.isAny else {
        throw NuriError(.invalidParameter, "For a write, If-None-Match can only be *.")
      }
      return .mustNotExist
    }
    guard let match = text("If-Match").flatMap({ ETagList($0) }) else { return .none }
    if match.isAny { return .mustExist }
    guard let current, match.matches(current) else {
      throw NuriError(
        .preconditionFailed, "It is at \(current.map(ETag.text) ?? "nothing"), not at what If-Match names.",
        advice: "Read it again and decide anew.")
    }
    return .match(current)
  }

  /// Writes operations as one batch and answers with its receipt.
  func write(
    _ world: WorldSession, _ operations: [Operation], status: Int = 200, etag: Bool = true
  ) async throws(NuriError) -> HTTPResponse {
    let receipt = try await world.write(operations, reason: reason)
    var response = Reply.json(status) { $0.receipt(receipt) }
    if etag { response.headers.append("etag", ETag.text(receipt.last)) }
    response.stamp(world.name, receipt.last, receipt.recorded)
    return response
  }
}

/// Where a page ends, as an opaque text of letters and digits.
enum Cursor {
  static func encode(_ text: String) -> String { Hexadecimal.encode(text.utf8) }

  static func decode(_ text: String) -> String? {
    guard !text.isEmpty, let bytes = Hexadecimal.decode(text) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
