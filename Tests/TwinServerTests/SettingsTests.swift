import Foundation
import ProofServers
import Testing
import TwinValues

@testable import TwinServer

@Suite("Settings")
struct SettingsTests {
  @Test("Flags win over the environment, which wins over the file, which wins over the defaults")
  func precedence() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "nuri.conf",
      #"{"data": "f", "limits": {"connections": 7, "streams": 7}, "cors": {"origins": ["https://a.example"]}}"#
    )
    var reader = SettingsReader()
    reader.read(file: path)
    reader.read(
      environment: ["NURI_LIMITS_STREAMS": "8", "NURI_LIMITS_CONNECTIONS": "8", "HOME": "x"], ignoring: [])
    reader.read(assignment: "limits.connections=9")
    reader.read(
      flag: "listen", values: ["127.0.0.1:1", "[::1]:2"], for: try #require(Setting.named("listen")))
    #expect(reader.errors == [])
    let made = reader.configuration
    #expect(
      made.net.connections == 9 && made.net.streams == 8 && made.data == "f" && made.net.headerFields == 100)
    #expect(made.cors.origins == ["https://a.example"])
    #expect(made.listen.map(\.description) == ["127.0.0.1:1", "[::1]:2"])
    #expect(
      reader.source(of: try #require(Setting.named("limits.streams"))).description == "NURI_LIMITS_STREAMS")
    #expect(
      reader.source(of: try #require(Setting.named("data"))).description == "\(path), line 1, column 10")
    #expect(reader.source(of: try #require(Setting.named("loops"))) == .standard)
  }

  @Test("Everything that is wrong is told, each with its place")
  func faults() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "nuri.conf",
      """
      {"limits": {"connections": "many", "conections": 1},
       "listen": ["nowhere"], "tls": {"on": 1}, "cors": {"origins": ["*"]},
       "tenants": {"A/B": "x"}, "log": {"level": "loud"},
       "auth": {"issuers": [{"issuer": "https://a", "audience": "b", "rolls": {}}], "clockSkewSeconds": 601}}
      """)
    var reader = SettingsReader()
    reader.read(file: path)
    let places = reader.errors.map { $0.place ?? "" }
    #expect(
      reader.errors.count == 9 && places.allSatisfy { $0.hasPrefix("\(path), line ") }, "\(reader.errors)")
    #expect(reader.errors.contains { $0.advice == "Did you mean limits.connections?" } == false)
    var others = SettingsReader()
    others.read(file: folder.path + "/nothing.conf")
    others.read(environment: ["NURI_LOOPS": "x", "NURI_TLS_ON": "yes", "NURI_LOPS": "1"], ignoring: [])
    others.read(assignment: "loops")
    others.read(assignment: "lops=1")
    #expect(others.errors.count == 5, "\(others.errors)")
    #expect(others.warnings.contains { $0.hasPrefix("NURI_LOPS") })
    let torn = try folder.write("torn.conf", "{\n  \"data\": \n}")
    var broken = SettingsReader()
    broken.read(file: torn)
    #expect(broken.errors.first?.place?.contains("line 3") == true, "\(broken.errors)")
  }

  @Test("Every setting's default is one that it takes, and its name, variable and flag are its own")
  func defaults() throws {
    #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
    let standard = ServerConfiguration()
    for setting in Setting.all {
      var configuration = standard
      try setting.read(JSONDocument(setting.value(in: standard)).root, &configuration)
      #expect(setting.value(in: configuration) == setting.value(in: standard), "\(setting.name)")
    }
  }

  @Test("Every number refuses what is just outside its bounds")
  func bounds() throws {
    for setting in Setting.all {
      guard case .number(let range) = setting.kind else { continue }
      for (value, isLegal) in [
        (range.lowerBound, true), (range.upperBound, true), (range.lowerBound - 1, false),
        (range.upperBound + 1, false),
      ] {
        var configuration = ServerConfiguration()
        let document = try JSONDocument("\(value)")
        let taken = (try? setting.read(document.root, &configuration)) != nil
        #expect(taken == isLegal, "\(setting.name) = \(value)")
        if isLegal { #expect(setting.value(in: configuration) == "\(value)", "\(setting.name)") }
      }
    }
  }

  @Test("Secrets are masked, files with secrets are named")
  func secrets() throws {
    var writer = JSONWriter()
    Masked.write(
      Array(#"{"url":"https://a","secret":"hush","b":{"passwordFile":"/p","apiKeys":["k"]}}"#.utf8),
      to: &writer)
    #expect(writer.text == #"{"url":"https://a","secret":"***","b":{"passwordFile":"/p","apiKeys":["***"]}}"#)
  }

  @Test("Endpoints are read when the configuration is, their secret files too")
  func endpoints() throws {
    let folder = try TemporaryFolder()
    let secret = try folder.write("secret", "0123456789abcdef0123456789abcdef\n")
    var reader = SettingsReader()
    reader.read(
      assignment:
        #"events.endpoints={"hook":{"type":"webhook","url":"https://a.example/x","secretFile":"\#(secret)"}}"#
    )
    #expect(reader.errors == [] && reader.configuration.endpoints.count == 1)
    reader.read(assignment: #"events.endpoints={"hook":{"type":"pigeon"}}"#)
    reader.read(
      assignment:
        #"events.endpoints={"hook":{"type":"webhook","url":"https://a.example","secretFile":"/no"}}"#)
    #expect(reader.errors.count == 2, "\(reader.errors)")
  }

  @Test("What is risky is said")
  func risks() throws {
    func warnings(_ change: (inout ServerConfiguration) -> Void) -> [String] {
      var configuration = ServerConfiguration()
      change(&configuration)
      return RiskCheck.warnings(configuration).map { String($0.prefix { $0 != ":" }) }
    }
    #expect(warnings { _ in } == [])
    #expect(warnings { $0.listen = [.init(host: "0.0.0.0", port: 1)] } == ["tls.on"])
    #expect(
      warnings {
        $0.listen = [.init(host: "::", port: 1)]
        $0.tls.isOn = true
        $0.opensMetrics = true
      } == ["metrics.open"])
    #expect(warnings { $0.limits.requestsPerSecond = 0 } == ["limits.requestsPerSecond"])
    #expect(warnings { $0.auth.clockSkewSeconds = 301 } == ["auth.clockSkewSeconds"])
    #expect(warnings { $0.cors.origins = ["http://a.example"] } == ["cors.origins"])
    #expect(warnings { $0.drainMilliseconds = 0 } == ["drainMilliseconds"])
    #expect(warnings { $0.tls.requiresClientCertificate = true } == ["tls.clientRequired"])
  }

  @Test("docs/server.md lists every setting as it is")
  func documentation() throws {
    let page = try String(contentsOfFile: SettingsTests.repository + "/docs/server.md", encoding: .utf8)
    let rows = Setting.all.map(SettingsTests.row)
    let missing = rows.filter { !page.contains($0 + "\n") }
    #expect(missing.isEmpty, "docs/server.md lacks:\n\(missing.joined(separator: "\n"))")
    let listed = page.split(separator: "\n").count { $0.hasPrefix("| `") && $0.contains("| `NURI_") }
    #expect(listed == rows.count, "docs/server.md lists settings that are none")
  }

  private static let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

  /// A setting's row of the table.
  private static func row(_ setting: Setting) -> String {
    let kind =
      switch setting.kind {
      case .flag: "true or false"
      case .number(let range):
        "\(range.lowerBound) to \(range.upperBound)" + (setting.unit.isEmpty ? "" : " \(setting.unit)")
      case .text: "text"
      case .texts: "list of texts"
      case .choice(let words): words.joined(separator: ", ")
      case .structure(let form): form
      }
    let flag = setting.flag.map { "`--\($0)`" } ?? ""
    let standard = setting.value(in: ServerConfiguration())
    return
      "| `\(setting.name)` | \(kind.replacing("|", with: "\\|")) | `\(standard)` | `\(setting.variable)` | \(flag) | \(setting.summary) |"
  }
}
