import TwinEngine
import TwinGraph
import TwinValues

/// Answers that need no waiting. Reading one twin is most of what a busy server is asked, so it has a short way: the
/// same checks on the plainest form of the request, and the same answer.
extension AzureAPI {
  /// The answer to `GET /digitaltwins/{id}` without conditions or a body, when it can be given at once.
  ///
  /// `nil` for anything out of the ordinary: another path, an id with escapes, another query string than one
  /// `api-version`, the oldest version, no such twin, a state that is not on disk yet.
  /// `respond(to:)` then says what is to be said.
  public func twinAtHand(path: Substring, query: Substring?) -> AzureResponse? {
    guard let query, Self.isPlainVersion(query),
      let id = path.plainName(after: "/digitaltwins/", atMost: AzureLimits.idBytes),
      let state = session.snapshotAtHand(of: worldName), let twin = state.graph.twin(id)
    else { return nil }
    return state.graph.response(twin)
  }

  private static func isPlainVersion(_ query: Substring) -> Bool {
    guard let version = query.plainName(after: "api-version=", atMost: ApiVersion.newest.utf8.count) else {
      return false
    }
    return version != ApiVersion.oldest && ApiVersion.known.contains(version)
  }
}
