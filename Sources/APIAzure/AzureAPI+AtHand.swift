import TwinEngine
import TwinGraph
import TwinValues

/// Answers that need no waiting. Reading one twin is most of what a busy server is asked, so it has a short way: the
/// same checks on the plainest form of the request, and the same answer.
extension AzureAPI {
  /// The answer to `GET /digitaltwins/{id}` without conditions or a body, when it can be given at once.
  ///
  /// `nil` for anything out of the ordinary: another path, an id with escapes, another query string than one
  /// `api-version`, no such twin, a state that is not on disk yet. `respond(to:)` then says what is to be said.
  public func twinAtHand(path: Substring, query: Substring?) -> AzureResponse? {
    guard let query, Self.isPlainVersion(query), let id = Self.plainTwin(path),
      let snapshot = try? session.world(worldName).snapshotAtHand(), let twin = snapshot.graph.twin(id)
    else { return nil }
    return snapshot.graph.response(twin)
  }

  private static func isPlainVersion(_ query: Substring) -> Bool {
    knownQueries.contains { $0.utf8.count == query.utf8.count && $0 == query }
  }

  private static let knownQueries = ApiVersion.known.map { Substring("api-version=\($0)") }

  /// The id in a path, when every byte of it stands for itself and may be in an id.
  private static func plainTwin(_ path: Substring) -> String? {
    let prefix: StaticString = "/digitaltwins/"
    let start = prefix.utf8CodeUnitCount
    var path = path
    return path.withUTF8 { bytes in
      guard bytes.count > start, bytes.count - start <= AzureLimits.idBytes else { return nil }
      for index in 0..<start where bytes[index] != prefix.utf8Start[index] { return nil }
      for index in start..<bytes.count where !PercentCoding.isUnreserved(bytes[index]) { return nil }
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[start...]), as: UTF8.self)
    }
  }
}
