import Foundation
import ProofServers
import Testing
import TwinEvents
import TwinValues

/// Kills a process that delivers, again and again: what was on disk arrives all the same.
@Suite(.serialized) struct EventKillTests {
  private static var program: String {
    let debug = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return debug.appendingPathComponent("kill-events").path
  }

  /// The number behind the last whole line that says `wrote`.
  private func last(_ output: String) -> Int? {
    let whole = output.prefix(upTo: output.lastIndex(of: "\n") ?? output.startIndex)
    return whole.split(separator: "\n").last { $0.hasPrefix("wrote ") }.flatMap { Int($0.dropFirst(6)) }
  }

  @Test func nothingIsLost() async throws {
    let folder: TemporaryFolder
    do {
      let fixture = try Fixture()
      folder = fixture.folder
      try fixture.route("hub")
      try fixture.engine.close()
    }
    // Every now and then the receiver fails too.
    let script = (0..<400).map { $0 % 7 == 3 ? "503" : "200" }.joined(separator: ",")
    let receiver = try await Receiver(in: folder, script: script)
    // A folder that was delivered from once has its position; the first start writes it.
    try Server.run("env", ["stdbuf", "-oL", Self.program, folder.path, "\(receiver.address)/hook", "-1"])
    var written = -1
    for round in 1...6 {
      let process = try Server(
        "stdbuf", ["-oL", Self.program, folder.path, "\(receiver.address)/hook", "\(written + 1)"])
      let wanted = written + 10 * round
      #expect(await Server.until { (last(process.output) ?? -1) >= wanted })
      process.stop(signal: SIGKILL)
      // The last one on disk may not have been told of; it is written again, as an update.
      written = last(process.output) ?? written
    }
    let output = try Server.run("env", [Self.program, folder.path, "\(receiver.address)/hook", "-1"])
    #expect(output.contains("idle"))
    let seen = Set(try receiver.events().map(\.subject))
    let lost = (0...written).filter { !seen.contains("t\($0)") }
    #expect(lost.isEmpty && written > 200)
  }
}
