public import TwinEngine
import TwinGraph
import TwinLog
public import TwinNet
import TwinValues

/// Nuri's own API, `/v1`, over one data folder, as one principal sees it.
///
/// ```swift
/// let answer = await NativeAPI(session: session, services: services).respond(to: request)
/// ```
///
/// It costs nothing to make one for each request. Handlers run where they are called and hand whatever may take long
/// to `services`' threads. A read is of one state of the world and sees every write acknowledged before it; a write
/// is on disk when its answer is given.
public struct NativeAPI: Sendable {
  let session: Session
  let services: NativeServices
  let holds: @Sendable () -> Bool

  /// Makes an API.
  /// - Parameter holds: whether the credential that the session was made for still opens anything; asked about once a
  ///   second (`FeedHub.recallEnded`) for answers without an end.
  public init(
    session: Session, services: NativeServices, holds: @escaping @Sendable () -> Bool = { true }
  ) {
    self.session = session
    self.services = services
    self.holds = holds
  }

  /// Answers a request. It never fails: what goes wrong is an answer too. A prefix `/tenants/{tenant}`, which the
  /// caller has seen to, is passed over.
  public func respond(to request: HTTPRequest) async -> HTTPResponse {
    do {
      return try await answer(request)
    } catch {
      let problem = Problem(thrown: error)
      if problem.status >= 500 { services.failed(problem.error, request.id) }
      await takeRest(of: request)
      return problem.response(requestId: request.id)
    }
  }

  /// The answer to `GET /v1/worlds/live/twins/{id}`, when it can be given at once.
  ///
  /// `nil` for anything out of the ordinary: another path or method, an id with escapes, parameters, conditions, no
  /// such twin, a state that is not on disk yet. `respond(to:)` then says what is to be said.
  public func twinAtHand(_ request: HTTPRequest, path: Substring) -> HTTPResponse? {
    guard request.method == .get, request.target.rawQuery == nil, !request.headers.has("if-none-match"),
      let id = path.plainName(after: "/v1/worlds/live/twins/", atMost: TwinId.maximumBytes),
      let state = session.snapshotAtHand(), let twin = state.graph.twin(id)
    else { return nil }
    return Reply.twin(twin, in: state)
  }

  /// Reads on what a refused request still sends: many clients look for an answer only once they have sent all.
  private func takeRest(of request: HTTPRequest) async {
    guard !request.headers.has("expect"), request.body.announcedLength ?? 0 <= NativeLimits.batchBytes else {
      return
    }
    var left = NativeLimits.batchBytes
    var pieces = request.body.makeAsyncIterator()
    while left > 0, let piece = try? await pieces.next() { left -= piece.count }
  }

  private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
    var segments = request.target.segments
    if segments.count > 2, segments[0] == "tenants" { segments.removeFirst(2) }
    switch RouteTable.native.match(request.method, segments) {
    case .route(let route, let values):
      let call = try Call(self, request, route, values)
      do {
        return try await route.handler(call)
      } catch let error as NuriError where call.isOfWorld && [.unavailable, .logStopped].contains(error.code)
      {
        // A fork that was discarded while something of it was read is not there.
        _ = try await call.world()
        throw error
      }
    case .otherMethods(let methods):
      let allow = methods.joined(separator: ", ")
      if request.method == .options { return HTTPResponse(status: 204, headers: ["allow": allow]) }
      var problem = Problem(
        NuriError(.methodNotAllowed, "The method \(request.method) is not for this path; there are \(allow).")
      )
      problem.headers = ["allow": allow]
      throw problem
    case .nothing:
      throw NuriError(
        .pathNotFound, "There is nothing at this path.", advice: "GET /v1 lists what there is.")
    }
  }
}
