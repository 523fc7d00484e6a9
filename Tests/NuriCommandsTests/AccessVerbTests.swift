import Testing
import TwinValues

@testable import NuriCommands

@Suite("Verbs for keys and policies")
struct AccessVerbTests {
  @Test("A key is shown once, listed without its secret, and revoked")
  func keys() throws {
    let shell = try Shell.withWorld()
    #expect(shell.run("key", "create", "screen").exit == .usage)
    #expect(shell.run("key", "create", "screen", "--role", "boss").exit == .usage)
    let made = shell.run("key", "create", "screen", "--role", "reader", "--group", "crew")
    let text = String(made.lines.first ?? "")
    #expect(made.exit == .success && text.hasPrefix("nuri_") && text.utf8.count == 67)
    let id = String(text.dropFirst(5).prefix(12))
    let list = shell.run("key", "list")
    #expect(list.output.contains(id) && list.output.contains("crew") && !list.output.contains(text))
    #expect(shell.run("key", "revoke", id, "--lang", "ko").output.contains("취소"))
    #expect(shell.run("key", "list", "--json").output.contains(#""revoked":"2"#))
    #expect(shell.run("key", "revoke", "nobody").exit == .notFound)
    #expect(shell.run("key", "revoke", id, "--delete").exit == .success)
    #expect(shell.run("key", "list", "--json").output.isEmpty)
  }

  @Test("Policies are put, listed in order, tested and deleted")
  func policies() throws {
    let shell = try Shell.withWorld()
    let file = try shell.file(
      "rules.json",
      #"[{"id":"b","order":2,"effect":"deny"},{"id":"a","order":1,"effect":"allow","principals":{"groups":["crew"]}}]"#
    )
    #expect(shell.run("policy", "put", file).output == "In force: b.\nIn force: a.\n")
    #expect(shell.run("policy", "list").lines.map { $0.prefix(9) } == [#"{"id":"a""#, #"{"id":"b""#])
    let twin = String(
      try #require(shell.run("query", "SELECT $dtId FROM DIGITALTWINS", "--json").output.firstId))
    let crew = shell.run("policy", "test", "read", twin, "--as", "u", "--role", "reader", "--group", "crew")
    #expect(
      crew.exit == .success && crew.output.hasPrefix("Allowed by the policy \"a\""),
      "\(crew.output)\(crew.errors)")
    let other = shell.run("policy", "test", "read", twin, "--as", "u", "--role", "reader", "--lang", "ko")
    #expect(other.output.contains("거부"))
    #expect(
      shell.run("policy", "test", "write", twin, "--as", "u", "--role", "reader", "--json").output.contains(
        #""allowed":false"#))
    #expect(shell.run("policy", "test", "look", twin, "--as", "u").exit == .usage)
    #expect(shell.run("policy", "test", "read", twin).exit == .usage)
    let broken = try shell.file("broken.json", #"{"id":"c","order":1,"effect":"deny","twin":"x"}"#)
    #expect(shell.run("policy", "put", broken).exit == .invalid)
    #expect(shell.run("policy", "delete", "b").exit == .success)
    #expect(shell.run("policy", "delete", "b").exit == .notFound)
  }
}

extension String {
  /// The first `$dtId` in it.
  fileprivate var firstId: Substring? {
    split(separator: #""$dtId":""#).dropFirst().first?.split(separator: "\"").first
  }
}
