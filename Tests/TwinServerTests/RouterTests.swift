import Testing
import TwinNet
import TwinValues

@testable import TwinServer

@Suite("Routing")
struct RouterTests {
  private let twin = "/digitaltwins/a?\(House.version)"

  @Test(
    "Prefixes come off, names decoded",
    arguments: [
      ("/health", nil, nil, RoutePath.Kind.health, "/health"), ("/ready", nil, nil, .ready, "/ready"),
      ("/metrics", nil, nil, .metrics, "/metrics"), ("/Health", nil, nil, .azure, "/Health"),
      ("/v1", nil, nil, .native, "/v1"), ("/v1/worlds/x", nil, nil, .native, "/v1/worlds/x"),
      ("/v10", nil, nil, .azure, "/v10"), ("/", nil, nil, .page, "/"),
      ("/page/a.js", nil, nil, .page, "/page/a.js"),
      ("/pages", nil, nil, .azure, "/pages"), ("/tenants/a/page/a.js", "a", nil, .azure, "/page/a.js"),
      ("/tenants/a/v1/worlds", "a", nil, .native, "/v1/worlds"),
      ("/tenants/a/health", "a", nil, .azure, "/health"),
      ("/tenants/a/worlds/b%20c/models", "a", "b c", .azure, "/models"),
      ("/worlds/b%2Fc/digitaltwins/x%2Fy", nil, "b/c", .azure, "/digitaltwins/x%2Fy"),
      ("/worlds/b", nil, "b", .azure, ""), ("/tenants//v1", "", nil, .native, "/v1"),
      ("/worlds/a/worlds/b/models", nil, "a", .azure, "/worlds/b/models"),
      ("/worlds/a/v1/worlds", nil, "a", .azure, "/v1/worlds"),
      ("/tenants/a/tenants/b/v1", "a", nil, .azure, "/tenants/b/v1"),
      ("/uploads/f.ndjson", nil, nil, .uploads, "/uploads/f.ndjson"),
    ] as [(String, String?, String?, RoutePath.Kind, String)])
  func prefixes(_ path: String, _ tenant: String?, _ world: String?, _ kind: RoutePath.Kind, _ rest: String) {
    let route = RoutePath(Substring(path))
    #expect(route.tenant == tenant && route.world == world && route.kind == kind && route.path == rest)
  }

  @Test("Tricks with paths and ids lead nowhere they should not")
  func tricks() async throws {
    try await House.with { house in
      try await house.furnish()
      for path in ["/a/../b", "/a/./b", "/%2e%2e/b", "/a%00", "/a%zz", "/a%c3", "a", "/a#b", "/a\\b"] {
        #expect(RequestTarget(path) == nil, "\(path)")
      }
      let id = "b;c%2Fd%20%EB%82%98"
      let made = try await house.ask("PUT", "/digitaltwins/\(id)?\(House.version)", body: House.twin)
      #expect(made.status == 400 || made.status == 200, "\(made.text)")
      let semicolon = try await house.ask("PUT", "/digitaltwins/b;c?\(House.version)", body: House.twin)
      #expect(semicolon.status == 200, "\(semicolon.text)")
      #expect(try await house.ask("GET", "/digitaltwins/b;c?\(House.version)").text(at: "$dtId") == "b;c")
      for path in [
        "/digitaltwins/?\(House.version)",
        "/digitaltwins/\(String(repeating: "a", count: 2000))?\(House.version)",
        "/digitaltwins/a/b/c/d/e?\(House.version)", "//digitaltwins/a?\(House.version)",
        "/worlds//models?\(House.version)", "/worlds/nope/models?\(House.version)",
        "/tenants/nope\(twin)", "/tenants/..%2Fdefault\(twin)", "/tenants/DEFAULT\(twin)",
        "/uploads/..%2Flock",
        "/uploads/%2e%2e%2flock", "/uploads/a/b", "/uploads/.hidden", "/uploads/nope", "/v1/nope", "/nothing",
      ] {
        let reply = try await house.ask("GET", path)
        #expect((400..<500).contains(reply.status), "\(path): \(reply.status) \(reply.text)")
      }
    }
  }

  @Test("Every answer carries its id, and no browser may guess or keep it; a trace goes on")
  func common() async throws {
    try await House.with { house in
      let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      let reply = try await house.ask(
        "GET", twin, as: house.key, [("x-request-id", "req-1"), ("traceparent", parent)])
      #expect(reply.headers["x-request-id"] == "req-1")
      #expect(reply.headers["x-content-type-options"] == "nosniff")
      #expect(reply.headers["cache-control"] == "no-store")
      let trace = try #require(reply.headers["traceparent"].flatMap { TraceContext(header: $0) })
      #expect(trace.traceId == "0af7651916cd43dd8448eb211c80319c" && trace.parentId != "b7ad6b7169203331")
      try await house.server.stop()
      let line = try #require(try house.log.lines("request").first)
      #expect(line.root["id"]?.string == "req-1" && line.root["trace"]?.string == trace.traceId)
      #expect(line.root["status"]?.int64 == 404 && line.root["route"]?.string == "azure.read")
      #expect(line.root["principal"]?.string?.hasPrefix("key:") == true)
    }
  }

  @Test("Pages of listed origins may ask, others get no leave")
  func origins() async throws {
    let origin = "https://page.example"
    try await House.with({ configuration, _ in configuration.cors.origins = [origin] }) { house in
      let ask = [("origin", origin), ("access-control-request-method", "PATCH")]
      let preflight = try await house.ask("OPTIONS", twin, as: nil, ask)
      #expect(preflight.status == 204 && preflight.headers["access-control-allow-origin"] == origin)
      #expect(preflight.headers["access-control-allow-headers"]?.contains("authorization") == true)
      let other = try await house.ask(
        "OPTIONS", twin, as: nil,
        [("origin", "https://evil.example"), ("access-control-request-method", "GET")])
      #expect(!other.headers.has("access-control-allow-origin"))
      let answer = try await house.ask("GET", twin, as: house.key, [("origin", origin)])
      #expect(answer.headers["access-control-allow-origin"] == origin && answer.headers["vary"] == "origin")
      #expect(!answer.headers.has("access-control-allow-credentials"))
      for stranger in ["null", origin + ".evil.example", "http://page.example", "https://page.example:444"] {
        let reply = try await house.ask("GET", twin, as: house.key, [("origin", stranger)])
        #expect(!reply.headers.has("access-control-allow-origin"), "\(stranger)")
      }
    }
  }

  @Test("A principal that asks too often is told how long to wait, in either API's words")
  func rate() async throws {
    try await House.with({ configuration, _ in
      configuration.limits.requestsPerSecond = 1
      configuration.limits.requestBurst = 3
    }) { house in
      var statuses: [Int] = []
      for _ in 0..<5 { statuses.append(try await house.ask("GET", twin).status) }
      #expect(statuses.prefix(3).allSatisfy { $0 == 404 } && statuses.contains(429), "\(statuses)")
      let azure = try await house.ask("GET", twin)
      #expect(azure.headers["retry-after"] == "1" && azure.headers["x-ms-error-code"] == "TooManyRequests")
      #expect(try await house.ask("GET", "/v1/worlds").text(at: "code") == "tooManyRequests")
      #expect(try await house.ask("GET", "/health", as: nil).status == 200)
    }
  }

  @Test("Health is open, metrics are not unless they are said to be")
  func watching() async throws {
    try await House.with { house in
      try await house.furnish()
      #expect(try await house.ask("GET", "/health", as: nil).text(at: "status") == "ok")
      #expect(try await house.ask("GET", "/ready", as: nil).status == 503)
      #expect(try await house.ask("GET", "/metrics", as: nil).status == 401)
      let text = try await house.ask("GET", "/metrics").text
      #expect(text.contains("nuri_requests_total{route=\"azure.write\",status=\"2xx\"} 2\n"), "\(text)")
      #expect(text.contains("nuri_request_seconds_bucket{route=\"azure.write\",le=\"+Inf\"} 2\n"))
      #expect(text.contains("nuri_requests_refused_total{reason=\"unauthenticated\"} 1\n"))
    }
    try await House.with({ configuration, _ in configuration.opensMetrics = true }) { house in
      let reply = try await house.ask("GET", "/metrics", as: nil)
      #expect(reply.status == 200)
    }
  }

  @Test("Tenants share a server and nothing else")
  func tenants() async throws {
    try await House.with({ configuration, folder in
      configuration.tenants = ["north": folder.path + "/north"]
    }) { house in
      try await house.furnish()
      let north = try #require(house.server.firstKeys["north"])
      #expect(try await house.ask("GET", "/tenants/default\(twin)").status == 200)
      #expect(try await house.ask("GET", "/tenants/north\(twin)").status == 401)
      #expect(try await house.ask("GET", "/tenants/north\(twin)", as: north).status == 404)
      #expect(try await house.ask("GET", twin, as: north).status == 401)
    }
  }

  @Test("A fork answers under its own path, live does not notice, and links keep the prefix")
  func worlds() async throws {
    try await House.with { house in
      try await house.furnish()
      let engine = house.server.standardEngine
      try engine.fork(.init("live"), name: "plan", cause: .init(actor: "test"))
      let patch = #"[{"op":"replace","path":"/n","value":5}]"#
      #expect(try await house.ask("PATCH", "/worlds/plan\(twin)", body: patch).status == 204)
      #expect(try await house.ask("GET", "/worlds/plan\(twin)").text.contains("\"n\":5"))
      #expect(try await house.ask("GET", twin).text.contains("\"n\":1"))
    }
  }

  @Test("Uploads come and go whole, within their limits")
  func uploads() async throws {
    try await House.with({ configuration, _ in
      configuration.limits.uploadBytes = 100
      configuration.limits.uploadedBytes = 150
    }) { house in
      let hundred = String(repeating: "x", count: 100)
      #expect(try await house.ask("PUT", "/uploads/a.ndjson", body: hundred).status == 201)
      #expect(try await house.ask("PUT", "/uploads/big", body: hundred + "x").status == 413)
      #expect(try await house.ask("PUT", "/uploads/b", body: hundred).status == 507)
      #expect(try await house.ask("PUT", "/uploads/a.ndjson", body: "y").status == 201)
      #expect(try await house.ask("PUT", "/uploads/b", body: hundred).status == 201)
      #expect(try await house.ask("GET", "/uploads/a.ndjson").headers["content-disposition"] != nil)
      let list = try await house.ask("GET", "/uploads").text
      #expect(list.contains("\"a.ndjson\"") && !list.contains("big"))
      #expect(try await house.ask("DELETE", "/uploads/a.ndjson").status == 204)
      #expect(try await house.ask("GET", "/uploads/a.ndjson").status == 404)
      for name in ["..", ".x", "a%2Fb", "a%00", "x.part", String(repeating: "n", count: 300), "%F0%9F%A6%8A"]
      {
        guard RequestTarget("/uploads/\(name)") != nil else { continue }
        #expect(try await house.ask("PUT", "/uploads/\(name)", body: "x").status == 400, "\(name)")
      }
    }
  }
}
