import Foundation
import Testing
import TwinEngine
import TwinNet
import TwinValues

@testable import TwinServer

@Suite("Signing in")
struct SignInTests {
  private let twin = "/digitaltwins/a?\(House.version)"

  @Test("Nobody in particular is refused, in the shape of the API that was asked")
  func anonymous() async throws {
    try await House.with { house in
      let azure = try await house.ask("GET", twin, as: nil)
      #expect(azure.status == 401 && azure.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
      #expect(azure.text(at: "error", "code") == "AuthenticationFailed")
      #expect(azure.headers["x-ms-error-code"] == "AuthenticationFailed")
      let native = try await house.ask("GET", "/v1/worlds", as: nil)
      #expect(native.status == 401 && native.headers["content-type"] == "application/problem+json")
      #expect(native.text(at: "code") == "unauthenticated")
      for path in ["/metrics", "/uploads/x", "/tenants/default/v1/worlds", "/worlds/x/models", "/nothing"] {
        #expect(try await house.ask("GET", path, as: nil).status == 401, "\(path)")
      }
    }
  }

  @Test("The first key opens, in either field; nothing like it does")
  func keys() async throws {
    try await House.with { house in
      try await house.furnish()
      #expect(try await house.ask("GET", twin, as: house.key).status == 200)
      #expect(try await house.ask("GET", twin, as: nil, [("x-api-key", house.key)]).status == 200)
      #expect(
        try await house.ask("GET", twin, as: nil, [("authorization", "bearer \(house.key)")]).status == 200)
      let last = house.key.last == "x" ? "y" : "x"
      for wrong in [
        "", "x", String(house.key.dropLast()) + last, String(house.key.dropLast()), house.key + "x",
        " " + house.key,
        house.key.uppercased(), "nuri_", String(repeating: "a", count: 30_000),
      ] {
        #expect(try await house.ask("GET", twin, as: wrong).status == 401, "\(wrong.prefix(80))")
      }
      for field in ["Basic \(house.key)", house.key, "Bearer", "Bearer\t\(house.key)", "Bearer=\(house.key)"]
      {
        #expect(
          try await house.ask("GET", twin, as: nil, [("authorization", field)]).status == 401, "\(field)")
      }
      #expect(!house.log.text.contains(house.key))
    }
  }

  @Test("A key that is revoked opens nothing from the next request on, however hot it was")
  func revoked() async throws {
    try await House.with { house in
      try await house.furnish()
      let admin = Session(house.server.standardEngine, as: .owner())
      let (text, entry) = try admin.createKey(label: "pump", roles: [.reader])
      for _ in 0..<3 { #expect(try await house.ask("GET", twin, as: text).status == 200) }
      try admin.revokeKey(entry.id)
      #expect(try await house.ask("GET", twin, as: text).status == 401)
    }
  }

  @Test("Tokens open by their roles; what is wrong with one keeps it out")
  func tokens() async throws {
    let issuer = try Issuer()
    try await House.with(issuer.enter) { house in
      try await house.furnish()
      let good = try issuer.token(#""sub":"kim","roles":["twins.read"]"#)
      #expect(try await house.ask("GET", twin, as: good).status == 200)
      let wrong = [
        try issuer.token(#""sub":"kim","roles":["twins.read"]"#, ends: -120),
        try issuer.token(#""sub":"kim","roles":["twins.read"]"#, audience: "https://other.example"),
        try issuer.token(#""sub":"kim","roles":["twins.read"]"#).dropLast(4) + "AAAA",
        try issuer.token(#""sub":"kim","roles":["twins.admin"]"#, header: #"{"alg":"none","typ":"JWT"}"#),
        try issuer.token(#""sub":"kim","roles":["twins.admin"]"#, header: #"{"alg":"HS256","kid":"k1"}"#),
        try Issuer(id: "k1").token(#""sub":"kim","roles":["twins.admin"]"#),
        try Issuer(id: "k2").token(#""sub":"kim","roles":["twins.admin"]"#),
        try issuer.token(#""sub":"","roles":["twins.read"]"#), "a.b.c", "..",
      ]
      for token in wrong {
        let reply = try await house.ask("GET", twin, as: String(token))
        #expect(reply.status == 401, "\(token)")
        #expect(!reply.text.contains(token), "a token is never repeated")
      }
      // A reader may not write, and a role that nobody mapped is none.
      let write = try await house.ask(
        "PUT", "/digitaltwins/b?\(House.version)", as: good, [("content-type", "application/json")],
        body: House.twin)
      #expect(write.status == 403, "\(write.text)")
      let none = try issuer.token(#""sub":"lee","roles":["admin"]"#)
      #expect(try await house.ask("GET", twin, as: none).status == 403)
    }
  }

  @Test("A token stops opening when it ends, though it was hot")
  func ending() async throws {
    let issuer = try Issuer()
    try await House.with({ configuration, folder in
      try issuer.enter(&configuration, folder)
      configuration.auth.clockSkewSeconds = 0
    }) { house in
      try await house.furnish()
      let token = try issuer.token(#""sub":"kim","roles":["twins.read"]"#, ends: 2)
      #expect(try await house.ask("GET", twin, as: token).status == 200)
      var status = 200
      for _ in 0..<60 where status == 200 {
        try await Task.sleep(nanoseconds: 100_000_000)
        status = try await house.ask("GET", twin, as: token).status
      }
      #expect(status == 401)
    }
  }

  @Test("A new key set is taken from its file, and the old key is out")
  func rotation() async throws {
    let old = try Issuer(id: "old")
    let new = try Issuer(id: "new")
    try await House.with(old.enter) { house in
      try await house.furnish()
      let oldToken = try old.token(#""sub":"kim","roles":["twins.read"]"#)
      let newToken = try new.token(#""sub":"kim","roles":["twins.read"]"#)
      #expect(try await house.ask("GET", twin, as: oldToken).status == 200)
      #expect(try await house.ask("GET", twin, as: newToken).status == 401)
      _ = try house.folder.write("keys.json", new.keys)
      house.server.reload()
      #expect(try await house.ask("GET", twin, as: newToken).status == 200)
      #expect(try await house.ask("GET", twin, as: oldToken).status == 401)
      // A file that can't be read leaves what was.
      _ = try house.folder.write("keys.json", "{")
      house.server.reload()
      #expect(try await house.ask("GET", twin, as: newToken).status == 200)
    }
  }

  @Test("A certificate stands for whom the list says; an unknown one for nobody")
  func certificates() async throws {
    try await House.with({ configuration, _ in
      var pump = AuthSettings.Certificate()
      pump.subject = "CN=pump-7,O=Acme"
      pump.roles = ["operator"]
      var gate = AuthSettings.Certificate()
      gate.subject = "DNS:gate.example"
      gate.roles = ["reader"]
      configuration.auth.certificates = [pump, gate]
    }) { house in
      try await house.furnish()
      func status(_ subject: String, _ names: [String], _ method: String = "GET") async throws -> Int {
        let client = TLSClientIdentity(
          subject: subject, alternativeNames: names, fingerprint: "\(subject) \(names)")
        return try await house.ask(
          method, twin, as: nil, method == "GET" ? [] : [("content-type", "application/json-patch+json")],
          body: method == "GET" ? "" : #"[{"op":"replace","path":"/n","value":2}]"#, client: client
        ).status
      }
      #expect(try await status("CN=pump-7,O=Acme", []) == 200)
      #expect(try await status("CN=pump-7,O=Acme", [], "PATCH") == 204)
      #expect(try await status("CN=x", ["DNS:gate.example"]) == 200)
      #expect(try await status("CN=x", ["DNS:gate.example"], "PATCH") == 403)
      #expect(try await status("CN=pump-7", []) == 401)
      #expect(try await status("CN=x", ["email:gate.example"]) == 401)
    }
  }

  @Test("A ticket opens once, for reading, and not for long")
  func tickets() async throws {
    try await House.with({ configuration, _ in configuration.auth.ticketSeconds = 1 }) { house in
      try await house.furnish()
      func ticket() async throws -> String {
        let reply = try await house.ask("POST", "/v1/tickets")
        #expect(reply.status == 201)
        return reply.text(at: "ticket") ?? ""
      }
      let first = try await ticket()
      #expect(try await house.ask("GET", "\(twin)&ticket=\(first)", as: nil).status != 401)
      #expect(try await house.ask("GET", "\(twin)&ticket=\(first)", as: nil).status == 401)
      let second = try await ticket()
      #expect(try await house.ask("DELETE", "\(twin)&ticket=\(second)", as: nil).status == 401)
      try await Task.sleep(nanoseconds: 1_200_000_000)
      #expect(try await house.ask("GET", "\(twin)&ticket=\(second)", as: nil).status == 401)
      #expect(!house.log.text.contains(first))
      #expect(try await house.ask("POST", "/v1/tickets", as: nil).status == 401)
    }
  }

  @Test("An address that keeps failing waits; others do not, nor do those who are known")
  func failures() async throws {
    try await House.with({ configuration, _ in configuration.limits.failedSignInsPerMinute = 5 }) { house in
      try await house.furnish()
      #expect(try await house.ask("GET", twin, as: house.key, from: "192.0.2.1").status == 200)
      for _ in 0..<5 {
        #expect(try await house.ask("GET", twin, as: "nuri_x", from: "192.0.2.1").status == 401)
      }
      let refused = try await house.ask("GET", twin, as: "nuri_x", from: "192.0.2.1")
      #expect(refused.status == 429 && Int(refused.headers["retry-after"] ?? "") ?? 0 > 0)
      #expect(refused.headers["x-ms-error-code"] == "TooManyRequests")
      #expect(try await house.ask("GET", twin, as: "nuri_x", from: "192.0.2.2").status == 401)
      #expect(try await house.ask("GET", twin, as: house.key, from: "192.0.2.1").status == 200)
    }
  }
}
