import Testing
import TwinClients
import TwinEvents
import TwinValues

@Suite struct ConfigurationTests {
  private func endpoint(_ json: String) throws -> EventEndpoint {
    try EventEndpoint(try JSONDocument(json).root, name: "e") { file in Array("text of \(file)".utf8) }
  }

  @Test func webhooks() throws {
    let endpoint = try endpoint(
      """
      {"type": "webhook", "url": "https://h/", "format": "batched", "batch": 7, "headers": {"X-Key": "1"},
       "secretFile": "s", "authorityFile": "ca", "origin": "o", "milliseconds": 500, "lanes": 2,
       "retry": {"attempts": 3, "firstMilliseconds": 1, "longestMilliseconds": 2, "ageSeconds": 4}}
      """)
    let target = WebhookTarget(
      url: "https://h/", format: .batched, batch: 7, headers: [HTTPField("X-Key", "1")],
      secret: Array("text of s".utf8), trust: ClientTrust(authorityFile: "ca"), origin: "o", milliseconds: 500
    )
    let retry = EventRetry(attempts: 3, firstMilliseconds: 1, longestMilliseconds: 2, ageSeconds: 4)
    #expect(endpoint == EventEndpoint(name: "e", target: .webhook(target), retry: retry, lanes: 2))
  }

  @Test func brokers() throws {
    let endpoint = try endpoint(
      """
      {"type": "mqtt", "url": "mqtts://b", "topic": "x/{twin}", "quality": 0, "version": "3.1.1", "user": "u",
       "passwordFile": "p", "clientId": "c", "milliseconds": 900}
      """)
    guard case .mqtt(let target) = endpoint.target else { throw NuriError(.init("test"), "no broker") }
    #expect(target.topic == "x/{twin}" && target.quality == .atMostOnce && target.broker.version == .v311)
    #expect(target.broker.password == "text of p" && target.broker.isSecure && target.broker.clientId == "c")
  }

  @Test(arguments: [
    "[]", "{}", "{\"type\": \"ftp\", \"url\": \"x\"}", "{\"type\": \"webhook\"}",
    "{\"type\": \"webhook\", \"url\": \"https://h\", \"topic\": \"t\"}",
    "{\"type\": \"webhook\", \"url\": \"https://h\", \"secret\": \"in the clear\"}",
    "{\"type\": \"webhook\", \"url\": \"https://h\", \"batch\": 0}",
    "{\"type\": \"webhook\", \"url\": \"https://h\", \"headers\": {\"a\": 1}}",
    "{\"type\": \"webhook\", \"url\": \"https://h\", \"retry\": {\"tries\": 1}}",
    "{\"type\": \"mqtt\", \"url\": \"https://h\"}",
    "{\"type\": \"mqtt\", \"url\": \"mqtt://h\", \"version\": \"3.1.1\", \"format\": \"binary\"}",
    "{\"type\": \"mqtt\", \"url\": \"mqtt://h\", \"quality\": 2}",
  ]) func mistakes(_ json: String) {
    #expect(throws: NuriError.self) { try endpoint(json) }
  }
}
