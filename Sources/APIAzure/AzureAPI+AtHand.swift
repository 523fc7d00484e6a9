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
    let prefix = "api-version=".utf8
    guard query.utf8.starts(with: prefix) else { return false }
    let version = query.utf8.dropFirst(prefix.count)
    return ApiVersion.known.contains { $0.utf8.elementsEqual(version) }
  }

  /// The id in a path, when every byte of it stands for itself and may be in an id.
  private static func plainTwin(_ path: Substring) -> String? {
    let prefix = "/digitaltwins/".utf8
    guard path.utf8.starts(with: prefix) else { return nil }
    let id = path.utf8.dropFirst(prefix.count)
    guard !id.isEmpty, id.count <= AzureLimits.idBytes, id.allSatisfy(PercentCoding.isUnreserved) else {
      return nil
    }
    return String(Substring(id))
  }
}
