import Foundation
import ProofServers
import Testing
import TwinNet
import TwinValues

@testable import TwinServer

@Suite("The page")
struct PageTests {
  /// A page of three files, and what must not be found: a hidden file, an unknown kind, one outside.
  static func shelve(_ configuration: inout ServerConfiguration, _ folder: TemporaryFolder) throws {
    for inner in ["page/core", "page/.git"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(inner)", withIntermediateDirectories: true)
    }
    _ = try folder.write("page/index.html", "<!doctype html><title>Nuri</title>")
    _ = try folder.write(
      "page/core/a.js", String(repeating: "export const a = 1; // long enough\n", count: 200))
    _ = try folder.write("page/icon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    _ = try folder.write("page/.git/config.js", "secret")
    _ = try folder.write("page/notes.txt", "notes")
    _ = try folder.write("outside.js", "outside")
    configuration.page.folder = folder.path + "/page"
  }

  @Test("Anybody gets its files, typed, with the strict policy, and a second time not at all")
  func files() async throws {
    try await House.with(Self.shelve) { house in
      let root = try await house.ask("GET", "/", as: nil)
      #expect(root.status == 200 && root.text.contains("<title>Nuri</title>"))
      #expect(root.headers["content-type"] == "text/html; charset=utf-8")
      let policy = root.headers["content-security-policy"] ?? ""
      #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
      #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
      for (name, value) in [
        ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"), ("cache-control", "no-cache"),
      ] { #expect(root.headers.first(named: name) == value, "\(name)") }
      #expect(root.headers.has("permissions-policy"))
      let script = try await house.ask("GET", "/page/core/a.js?v=1", as: nil)
      #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
      #expect(script.headers["vary"] == "accept-encoding" && !script.headers.has("content-encoding"))
      let tag = try #require(script.headers["etag"])
      let again = try await house.ask("GET", "/page/core/a.js", as: nil, [("if-none-match", "\"x\", \(tag)")])
      #expect(again.status == 304 && again.text.isEmpty && again.headers["etag"] == tag)
    }
  }

  @Test("Codings are made beforehand: zstd, gzip or none as the client likes")
  func codings() async throws {
    try await House.with(Self.shelve) { house in
      for (accepted, coding) in [
        ("gzip, deflate, br, zstd", "zstd"), ("gzip", "gzip"), ("br", nil), ("zstd;q=0, gzip;q=0.5", "gzip"),
      ] as [(String, String?)] {
        let target = try #require(RequestTarget("/page/core/a.js"))
        let response = await house.server.respond(
          to: HTTPRequest(method: .get, target: target, headers: ["accept-encoding": accepted]))
        #expect(response.headers["content-encoding"] == coding, "\(accepted)")
        guard case .bytes(let bytes) = response.body else { throw NuriError(.init("test"), "No bytes.") }
        #expect((bytes.count < 1000) == (coding != nil))
      }
    }
  }

  @Test("There is nothing but the table")
  func nothingElse() async throws {
    try await House.with(Self.shelve) { house in
      for path in [
        "/page", "/page/", "/page/core", "/page/core/", "/page//core/a.js", "/page/core%2Fa.js",
        "/page/Core/a.js",
        "/page/.git/config.js", "/page/notes.txt", "/page/..%2foutside.js", "/page/nothing.js", "/index.html",
      ] {
        let reply = try await house.ask("GET", path, as: nil)
        #expect(reply.status == 404 || reply.status == 401, "\(path): \(reply.status)")
      }
      let posted = try await house.ask("POST", "/", as: nil)
      #expect(posted.status == 405 && posted.headers["allow"] == "GET, HEAD")
      #expect(try await house.ask("GET", "/metrics").text.contains(#"route="page""#))
    }
  }

  @Test("Without a folder the paths say how to get a page; with a wrong one nothing starts")
  func none() async throws {
    try await House.with { house in
      for path in ["/", "/page/main.js"] {
        let reply = try await house.ask("GET", path, as: nil)
        #expect(reply.status == 404 && reply.text.contains("--page"), "\(reply.text)")
      }
    }
    for folder in ["/nowhere/at/all", "/proc/self/fd"] {
      #expect(throws: NuriError.self) { try House { configuration, _ in configuration.page.folder = folder } }
    }
  }

  @Test("Changed files are seen when asked to reload, a broken page is not taken")
  func reloading() async throws {
    try await House.with(Self.shelve) { house in
      let index = house.folder.path + "/page/index.html"
      try "<title>Second</title>".write(toFile: index, atomically: true, encoding: .utf8)
      #expect(try await house.ask("GET", "/", as: nil).text.contains("Nuri"))
      house.server.reload()
      #expect(try await house.ask("GET", "/", as: nil).text.contains("Second"))
      try FileManager.default.removeItem(atPath: index)
      house.server.reload()
      #expect(try await house.ask("GET", "/", as: nil).text.contains("Second"))
    }
  }

  @Test("For work on the page every request reads, and finds new files")
  func readEachTime() async throws {
    try await House.with({
      try Self.shelve(&$0, $1); $0.page.reloads = true
    }) { house in
      _ = try house.folder.write("page/core/new.css", "a { color: red; }")
      let fresh = try await house.ask("GET", "/page/core/new.css", as: nil)
      #expect(fresh.status == 200 && fresh.headers["content-type"] == "text/css; charset=utf-8")
      #expect(try await house.ask("GET", "/page/.git/config.js", as: nil).status == 404)
    }
  }

  @Test("A page of too many files is refused")
  func tooMany() throws {
    #expect(throws: NuriError.self) {
      try House { configuration, folder in
        try Self.shelve(&configuration, folder)
        for index in 0...PageShelf.mostFiles { _ = try folder.write("page/core/\(index).js", "") }
      }
    }
  }
}
