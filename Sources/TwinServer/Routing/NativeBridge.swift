import APINative
import TwinEngine
import TwinNet
import TwinValues

/// Carries requests to `/v1` and answers those of its paths that are about credentials. Any thread.
struct NativeBridge: Sendable {
  let authenticator: Authenticator
  let services: NativeServices
  let ticketSeconds: Int

  func respond(
    to request: HTTPRequest, _ route: RoutePath, _ session: Session, _ guest: Authenticator.Guest
  ) async throws(Refusal) -> HTTPResponse {
    if route.path == "/v1/tickets" { return try ticket(request, guest) }
    return await NativeAPI(session: session, services: services, holds: guest.holds).respond(to: request)
  }

  /// The answer to a plain read of one twin, when it can be given at once.
  func twinAtHand(_ request: HTTPRequest, _ route: RoutePath, _ session: Session) -> HTTPResponse? {
    NativeAPI(session: session, services: services).twinAtHand(request, path: route.path)
  }

  /// A ticket for a browser's WebSocket or event stream.
  private func ticket(
    _ request: HTTPRequest, _ guest: Authenticator.Guest
  ) throws(Refusal) -> HTTPResponse {
    guard request.method == .post else { throw .methodNotAllowed("POST") }
    let text: String
    do throws(NuriError) { text = try authenticator.ticket(for: guest) } catch { throw Refusal(error) }
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("ticket", text)
    writer.field("seconds", ticketSeconds)
    writer.endObject()
    return .bytes(writer.bytes, type: "application/json", status: 201)
  }
}
