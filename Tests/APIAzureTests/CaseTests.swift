import Testing

@testable import APIAzure

@Suite struct CaseTests {
  @Test(arguments: CaseFile.all()) func cases(_ file: CaseFile) async throws {
    let fixture = try Fixture()
    var bindings = Bindings()
    for each in file.cases {
      fixture.clock.clock.advance(microseconds: 1_000_000)
      each.check(await fixture.api.respond(to: each.request(bindings)), &bindings)
    }
  }

  /// Every operation has cases that go well and cases that do not.
  @Test func coverage() throws {
    let files = CaseFile.all()
    var isCovered: [String: (well: Bool, ill: Bool)] = [:]
    for each in files.flatMap(\.cases) {
      guard let route = try? Route(each.request(Bindings()).path) else { continue }
      let key = Self.operation(each.request(Bindings()).method, route)
      if each.status < 300 { isCovered[key, default: (false, false)].well = true }
      if each.status >= 400 { isCovered[key, default: (false, false)].ill = true }
    }
    let routes: [Route] = [
      .models, .model("m"), .query, .twin("t"), .relationships("t"), .relationship("t", id: "r"),
      .incomingRelationships("t"), .telemetry("t"), .component("t", name: "c"),
      .componentTelemetry("t", name: "c"), .eventRoutes, .eventRoute("r"),
    ]
    for route in routes {
      for method in route.methods {
        let covered = isCovered[Self.operation(method, route)]
        #expect(covered?.well == true && covered?.ill == true, "\(method) \(route)")
      }
    }
    #expect(files.reduce(0) { $0 + $1.cases.count } >= 150)
  }

  private static func operation(_ method: String, _ route: Route) -> String {
    let name = "\(route)".prefix { $0 != "(" }
    return "\(method) \(name)"
  }
}
