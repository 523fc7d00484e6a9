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

  /// Posts a form and takes the JSON that answers it. Redirects are not followed: they would carry the form elsewhere.
  /// - Throws: as `fetch` does.
  func post(_ url: String, form: String, authorization: String?) async throws(NuriError) -> [UInt8] {
    var headers = [
      HTTPField("accept", "application/json"), HTTPField("content-type", "application/x-www-form-urlencoded"),
    ]
    if let authorization { headers.append(HTTPField("authorization", authorization)) }
    let answer = try await client.send(
      HTTPCall(
        "POST", url, headers: headers, body: Array(form.utf8),
        limits: HTTPCallLimits(totalMilliseconds: Self.milliseconds, answerBytes: Self.bytes), trust: trust))
    guard answer.status == 200 else {
      let said = (try? JSONDocument(answer.body))?.root["error"]?.string.map { String($0.prefix(100)) }
      throw NuriError(
        .unreachable, "The issuer answered with status \(answer.status)\(said.map { ": \($0)" } ?? "").",
        at: url)
    }
    return answer.body
  }

  func close() { client.close() }
}
