import TwinEngine
import TwinNet
import TwinValues

/// Tiles: twins as geometry for a map, and their numbers.
extension Route {
  private static let hash = Parameter(
    "hash", .path, .text(most: 64), "A tile's name in the index.", example: "5f70bf18a086007016e948b04aed3b82"
  )

  private static func bytes(_ type: String, _ note: String) -> Answer {
    var answer = Answer(200, note)
    answer.media.append((type, .any))
    answer.headers = ["ETag", "Nuri-World", "Nuri-Sequence", "Nuri-Recorded"]
    return answer
  }

  static let tiles: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/tiles", "tileIndex",
      "What there is to draw: layers, their numbers, their tiles (docs/tiles.md).", [.world, .at],
      answers: [.one("TileIndex", "The index.")]
    ) { try await $0.tileIndex() },
    Route(
      .get, "/v1/worlds/{world}/tiles/{hash}", "tile",
      "A tile's geometry. What a name stands for never changes.",
      [.world, hash, .at, .ifChanged], answers: [bytes(MediaType.tile, "The tile."), .notModified]
    ) { try await $0.tile() },
    Route(
      .get, "/v1/worlds/{world}/tiles/{hash}/ids", "tileIds", "The ids of a tile's twins, in its order.",
      [.world, hash, .at, .ifChanged], answers: [.tileIds, .notModified]
    ) { try await $0.tileIds() },
    Route(
      .get, "/v1/worlds/{world}/values", "tileValues",
      "One property's numbers for all features of a layer, in the order of its tiles.",
      [
        .world,
        Parameter(
          "model", .query, .text(most: 2048), "The layer's model.", required: true,
          example: "dtmi:example:Building;1"),
        Parameter(
          "path", .query, .text(most: 2048), "property, or component.property.", required: true,
          example: "height"), .at,
      ], answers: [bytes(MediaType.values, "The values.")], problems: [422]
    ) { try await $0.tileValues() },
  ]
}

extension Route.Answer {
  fileprivate static let tileIds: Route.Answer = {
    var answer = Route.Answer(200, "The ids.", .list(Shape.id))
    answer.headers = ["ETag", "Nuri-World", "Nuri-Sequence", "Nuri-Recorded"]
    return answer
  }()
}

extension Call {
  func tileIndex() async throws -> HTTPResponse {
    try await tileAnswer(MediaType.json) { (source, state) throws(NuriError) in try source.index(of: state) }
  }

  func tile() async throws -> HTTPResponse {
    let hash = path("hash")
    return try await lasting(hash, MediaType.tile) { (source, state) throws(NuriError) in
      try source.tile(hash, of: state)
    }
  }

  func tileIds() async throws -> HTTPResponse {
    let hash = path("hash")
    return try await lasting(hash, MediaType.json) { (source, state) throws(NuriError) in
      try source.ids(hash, of: state)
    }
  }

  func tileValues() async throws -> HTTPResponse {
    let (model, path) = (text("model") ?? "", text("path") ?? "")
    return try await tileAnswer(MediaType.values) { (source, state) throws(NuriError) in
      try source.values(model: model, path: path, of: state)
    }
  }

  /// An answer whose name is its hash: whoever may read it may keep it for ever.
  private func lasting(
    _ hash: String, _ type: String,
    _ body: @escaping @Sendable (any TileSource, Snapshot) throws(NuriError) -> [UInt8]?
  ) async throws -> HTTPResponse {
    var response = try await tileAnswer(type, body)
    let tag = "W/\"\(hash)\""
    response.headers.append("etag", tag)
    response.headers.append("cache-control", "private, max-age=31536000, immutable")
    let known = request.headers.list("if-none-match")
    guard known.contains(where: { $0 == tag || $0 == "*" }) else { return response }
    response.status = 304
    response.body = .bytes([])
    return response
  }

  private func tileAnswer(
    _ type: String, _ body: @escaping @Sendable (any TileSource, Snapshot) throws(NuriError) -> [UInt8]?
  ) async throws -> HTTPResponse {
    guard let source = services.tiles else {
      throw NuriError(.pathNotFound, "There are no tiles here.", advice: "nuri serve makes them.")
    }
    let state = try await state()
    let bytes = try await services.tileWork.run { () throws(NuriError) in
      guard let bytes = try body(source, state) else {
        throw NuriError(
          .tileNotFound, "This state has no tile of that name.",
          advice: "Read the index of the same world at the same time.")
      }
      return bytes
    }
    return HTTPResponse(headers: ["content-type": type], body: .bytes(bytes)).stamped(state)
  }
}

extension Shape {
  /// Shapes of this part.
  static let tileShapes: [String: Shape] = [
    "TileIndex": tileIndex, "TileLayer": tileLayer, "Tile": tile,
  ]

  private static let names = Shape.object([], others: .shaped(.text(most: .max)))
  private static let whole = Shape.integer(Int64(Int32.min)...Int64(Int32.max))

  private static let tileIndex = Shape.object([
    Member("sequence", .sequence, required: true), Member("recorded", .instant, required: true),
    Member(
      "origin",
      .object([Member("lon", .number, required: true), Member("lat", .number, required: true)]),
      required: true),
    Member("cell", whole, required: true, "Metres of a square's side."),
    Member("layers", .list(.named("TileLayer")), required: true),
  ])

  private static let tileLayer = Shape.object([
    Member("model", dtmi, required: true), Member("displayName", names),
    Member("kind", .choice(["point", "line", "area", "prism", "mesh"]), required: true),
    Member("count", whole, required: true),
    Member(
      "properties",
      .list(
        .object([
          Member("path", .text(most: 2048), required: true), Member("displayName", names),
          Member("unit", .text(most: .max)), Member("schema", .text(most: .max), required: true),
        ])), required: true),
    Member("tiles", .list(.named("Tile")), required: true),
  ])

  private static let tile = Shape.object([
    Member("x", whole, required: true), Member("y", whole, required: true),
    Member("hash", .text(most: 64), required: true), Member("count", whole, required: true),
    Member("bytes", whole, required: true), Member("low", .number, required: true),
    Member("high", .number, required: true),
  ])
}
