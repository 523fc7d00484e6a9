public import TwinEngine
public import TwinNet
public import TwinValues

/// The change feed over HTTP: `GET …/worlds/{world}/feed`, as server-sent events or, with an upgrade, over a
/// WebSocket. Made for each request; costs nothing.
public struct FeedAPI: Sendable {
  private let session: Session
  private let hub: FeedHub
  private let allowsOrigin: @Sendable (String) -> Bool
  private let holds: @Sendable () -> Bool

  /// Speaks for a session.
  /// - Parameters:
  ///   - hub: the server's.
  ///   - allowsOrigin: which other sites' pages may open a WebSocket here; the server's own may always.
  ///   - holds: whether the credential that the session was made for still opens anything.
  public init(
    session: Session, hub: FeedHub, allowsOrigin: @escaping @Sendable (String) -> Bool = { _ in false },
    holds: @escaping @Sendable () -> Bool = { true }
  ) {
    self.session = session
    self.hub = hub
    self.allowsOrigin = allowsOrigin
    self.holds = holds
  }

  /// Answers a request for the feed of a world.
  /// - Throws: `NuriError` with code `worldNotFound`, `invalidParameter`, `invalidQuery`, `limitExceeded`,
  ///   `outOfRange` for a sequence that has not been reached, or `forbidden` for another site's page.
  public func respond(to request: HTTPRequest, world name: String) async throws(NuriError) -> HTTPResponse {
    let wanted = try FeedRequest(request)
    let world = try session.world(name)
    if world.isTracking, wanted.wantsSnapshot || wanted.filter.needsState {
      throw NuriError(
        .outOfRange,
        "A tracking fork's feed tells its own changes; it has neither snapshot nor filters by model or query.",
        advice: "Take those from the feed of its parent.")
    }
    let newest = world.sequence
    if case .after(let position) = wanted.start, position > newest, !wanted.isReturning {
      throw NuriError(
        .outOfRange, "The world \"\(name)\" is at change \(newest); there is no \(position) yet.", at: "from",
        advice: "Begin with now, start or a sequence up to \(newest + 1).")
    }
    let (hub, holds) = (hub, holds)
    guard request.headers["upgrade"] != nil else {
      return .events(heartbeatMilliseconds: 0) { writer in
        try await FeedStream(world, hub, .events, wanted, writer, holds: holds).run()
      }
    }
    try WebSocketOrigin.check(request, allowsOrigin)
    return HTTPResponse(
      body: .webSocket(
        WebSocketUpgrade(listens: false) { socket in
          let stream = FeedStream(world, hub, .messages, wanted, socket, holds: holds)
          do throws(NuriError) {
            try await stream.run()
          } catch {
            await socket.close(.internalError, reason: error.message)
          }
        }))
  }
}
