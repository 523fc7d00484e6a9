import Testing
import TwinEngine
import TwinLog
import TwinValues

@testable import NuriCommands

@Suite struct AuditVerbTests {
  /// A shell whose data folder has an audit log that is open, as a server has it.
  private func served(_ body: (Shell, AuditLog) throws -> Void) throws {
    let shell = try Shell()
    let engine = try Engine.create(at: shell.data)
    defer { try? engine.close() }
    let log = try AuditLog.open(AuditLog.folder(in: shell.data))
    defer { try? log.close() }
    for number in 1...30 {
      log.append(
        AuditEntry(
          number % 2 == 0 ? "key.create" : "twin.patch", principal: "key:\(number % 3)", address: "10.0.0.1",
          world: "live", target: "pump-\(number)", cause: "test", outcome: number % 5 == 0 ? .refused : .done,
          code: number % 5 == 0 ? "forbidden" : ""))
    }
    try log.checkpoint()
    try body(shell, log)
  }

  @Test func everythingWorksWhileAServerHoldsTheFolder() throws {
    try served { shell, _ in
      let verified = shell.run("audit", "verify")
      #expect(verified.exit == .success, "\(verified.errors)")
      #expect(verified.output.contains("0 faults"))
      #expect(shell.run("audit", "verify", "--lang", "ko").output.contains("문제 0건"))
      let list = shell.run("audit", "list", "--action", "key", "--outcome", "refused")
      #expect(list.exit == .success && list.lines.count == 4)
      #expect(list.output.contains("pump-30") && list.output.contains("refused (forbidden)"))
      #expect(shell.run("audit", "list", "--limit", "5").lines.count == 6)
      let json = shell.run(
        "audit", "list", "--json", "--oldest-first", "--principal", "key:1", "--limit", "2")
      let targets = try json.lines.map { try JSONDocument(String($0)).root["target"]?.string }
      #expect(targets == ["pump-1", "pump-4"])
    }
  }

  @Test func aHeadAndAKeyKeptElsewhereShowARollback() throws {
    try served { shell, log in
      let old = try PosixDisk().list("\(shell.data)/audit").filter { $0.name != "lock" }.map {
        ("\(shell.data)/audit/\($0.name)", try PosixDisk().readFile("\(shell.data)/audit/\($0.name)"))
      }
      log.append(AuditEntry("key.delete", principal: "key:9"))
      try log.close()
      let head = try shell.file("head.json", shell.run("audit", "head").output)
      let key = try shell.file("audit.pem", shell.run("audit", "key").output)
      #expect(shell.run("audit", "verify", "--head", head, "--key", key).exit == .success)
      for (path, bytes) in old { try PosixDisk().replaceFile(path, with: bytes) }
      #expect(shell.run("audit", "verify", "--key", key).exit == .success)
      let found = shell.run("audit", "verify", "--head", head, "--key", key, "--json")
      #expect(found.exit == .damaged)
      #expect(found.output.contains("auditTruncated"))
      #expect(shell.run("audit", "verify", "--head", key).exit == .invalid)
      #expect(shell.run("audit", "verify", "--key", head).exit == .invalid)
    }
  }

  @Test func withoutALogTheVerbsSaySo() throws {
    let shell = try Shell()
    for verb in ["verify", "list", "head", "key"] {
      let answer = shell.run("audit", verb)
      #expect(answer.exit == .notFound, "\(verb): \(answer.errors)")
    }
  }
}
