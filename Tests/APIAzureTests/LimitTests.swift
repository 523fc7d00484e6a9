import APIAzure
import Testing
import TwinGraph
import TwinValues

/// Limits that text cases can't show well.
@Suite struct LimitTests {
  private func count(_ answer: AzureResponse) throws -> Int { try answer.json().root["value"]?.count ?? -1 }

  @Test func bodies() async throws {
    let fixture = try Fixture()
    for (method, path, limit) in [
      ("POST", "/models", AzureLimits.modelRequestBytes), ("POST", "/query", AzureLimits.requestBytes),
      ("PUT", "/digitaltwins/a", AzureLimits.requestBytes),
    ] {
      let body = String(repeating: " ", count: limit)
      #expect(await fixture.send(method, path, body).status == 400)
      #expect(await fixture.send(method, path, body + " ").status == 413)
    }
  }

  @Test func pagesOfRoutes() async throws {
    let fixture = try Fixture()
    let route = #"{"endpointName": "hub", "filter": "true"}"#
    for number in 0..<GraphLimits.eventRoutes { await fixture.send("PUT", "/eventroutes/r\(number)", route) }
    #expect(try count(await fixture.send("GET", "/eventroutes")) == AzureLimits.defaultPageItems)
    let full = await fixture.send("PUT", "/eventroutes/more", route)
    #expect(full.header("x-ms-error-code") == "LimitExceeded")
  }

  @Test func pagesOfRelationships() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    for id in ["a", "b"] {
      await fixture.send("PUT", "/digitaltwins/\(id)", #"{"$metadata": {"$model": "dtmi:test:Building;1"}}"#)
    }
    for number in 0...AzureLimits.pageItems {
      await fixture.send(
        "PUT", "/digitaltwins/a/relationships/r\(number)", #"{"$relationshipName": "near", "$targetId": "b"}"#
      )
    }
    for path in ["a/relationships", "b/incomingrelationships"] {
      let standard = await fixture.send("GET", "/digitaltwins/\(path)")
      #expect(try count(standard) == AzureLimits.defaultPageRelationships)
      let most = await fixture.send("GET", "/digitaltwins/\(path)", headers: [("max-items-per-page", "5000")])
      #expect(try count(most) == AzureLimits.pageItems)
      #expect(try most.json().root["nextLink"]?.string != nil)
    }
  }
}
