import TwinClients
import TwinValues

/// Fetches issuers' documents over HTTPS. Any thread.
final class KeyFetch: Sendable {
  private static let milliseconds = 10_000
  private static let bytes = 1 << 20

  private let client: HTTPClient
  private let trust: ClientTrust

  /// - Parameter authorities: PEM file of authorities to trust instead of the system's; empty for those.
  init(authorities: String) throws(NuriError) {
    client = try HTTPClient(HTTPClient.Options(connections: 4, connectionsPerHost: 2, calls: 64))
    trust = ClientTrust(authorityFile: authorities.isEmpty ? nil : authorities)
  }

  /// Fetches one document.
  /// - Throws: `NuriError` with code `unreachable`, `timedOut`, `untrusted` or another of the client's.
  func fetch(_ url: String) async throws(NuriError) -> [UInt8] {
    let answer = try await client.send(
      HTTPCall(
        "GET", url, headers: [HTTPField("accept", "application/json")],
        limits: HTTPCallLimits(totalMilliseconds: Self.milliseconds, answerBytes: Self.bytes, redirects: 3),
        trust: trust))
    guard answer.status == 200 else {
      throw NuriError(.unreachable, "The issuer answered with status \(answer.status).", at: url)
    }
    return answer.body
  }

  func close() { client.close() }
}
