import Foundation
import Testing
import TwinEngine
import TwinGraph
import TwinLog
import TwinStorm
import TwinValues

/// Kills a process that writes, and looks at what is left: the one crash that a simulated disk can't stand in for.
///
/// `NURI_KILL_ROUNDS` asks for more rounds than the few that fit into every test run.
@Suite("Killed while writing", .serialized)
struct KillTests {
  @Test("Every acknowledged batch is there wholly, and no batch is half there", .timeLimit(.minutes(30)))
  func kill() throws {
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["NURI_KILL_ROUNDS"].flatMap { Int($0) } ?? 6
    let folder = FileManager.default.temporaryDirectory.appending(path: "nuri-kill-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var seed = Seed(UInt64(rounds))
    var trial = Trial(folder: folder.path, threads: 3)
    for round in 1...rounds {
      do {
        try trial.writeAndKill(afterMilliseconds: 30 + seed.below(400))
        try trial.check()
      } catch {
        Issue.record("round \(round): \(error)")
        return
      }
    }
    print("kill: \(trial.acknowledged) acknowledged batches over \(rounds) kills")
  }
}

private struct Loss: Error, CustomStringConvertible {
  let description: String
}

private struct Trial {
  struct Acknowledgement {
    let thread: Int
    let number: Int64
    let first: UInt64
    let last: UInt64
  }

  let folder: String
  let threads: Int
  private(set) var acknowledged = 0
  /// This round's lines.
  private var lines: [Acknowledgement] = []
  /// The last batch of each thread that must be there.
  private var lasts: [Int64]

  init(folder: String, threads: Int) {
    self.folder = folder
    self.threads = threads
    lasts = Array(repeating: 0, count: threads)
  }

  /// Runs the writer for a while after its first acknowledgement, kills it, and collects what it printed.
  mutating func writeAndKill(afterMilliseconds delay: Int) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "kill-writer")
    process.arguments = [folder, "\(threads)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var bytes = output.fileHandleForReading.availableData
    let end = ContinuousClock.now + .milliseconds(delay)
    while ContinuousClock.now < end {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      bytes += more
    }
    let isRunning = process.isRunning
    Glibc.kill(process.processIdentifier, SIGKILL)
    bytes += output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard isRunning else {
      throw Loss(description: "the writer ended by itself: \(process.terminationStatus)")
    }
    try read(bytes)
  }

  private mutating func read(_ bytes: Data) throws {
    lines = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      let words = line.split(separator: " ").compactMap { UInt64($0) }
      guard words.count == 4 else { throw Loss(description: "the writer printed \(line)") }
      return Acknowledgement(thread: Int(words[0]), number: Int64(words[1]), first: words[2], last: words[3])
    }
    acknowledged += lines.count
    for line in lines {
      guard line.number == lasts[line.thread] + 1 else {
        throw Loss(
          description: "thread \(line.thread) went on at \(line.number), not after \(lasts[line.thread])")
      }
      lasts[line.thread] = line.number
    }
  }

  /// Opens what the writer left and compares it with what it acknowledged.
  mutating func check() throws {
    let engine = try Engine.open(folder, options: EngineOptions(worksInBackground: false))
    defer { try? engine.close() }
    let world = try engine.world()
    let graph = try world.snapshot().graph
    var twins = 0
    for thread in 0..<threads {
      // The batch after the last acknowledged one may have made it as well.
      let next = lasts[thread] + 1
      if graph.twin("b\(thread)-\(next)") != nil { lasts[thread] = next }
      twins += try checkThread(thread, graph)
    }
    guard graph.twinCount == twins else {
      throw Loss(description: "\(graph.twinCount) twins, not \(twins): something is half there")
    }
    for line in lines.suffix(2) + lines.prefix(2) { try checkPast(line, world) }
  }

  /// Every batch up to the last one, wholly: its own twin, and its number where no later batch put another.
  private func checkThread(_ thread: Int, _ graph: Graph) throws -> Int {
    let last = lasts[thread]
    for number in stride(from: 1, through: last, by: 1) {
      guard count(graph, "b\(thread)-\(number)") == number else {
        throw Loss(description: "batch \(number) of thread \(thread) is lost")
      }
    }
    var found = 0
    for index in 0..<7 as Range<Int64> {
      let latest = stride(from: last, to: max(0, last - 7), by: -1).first { $0 % 7 >= index }
      guard count(graph, "t\(thread)-\(index)") == latest else {
        throw Loss(description: "batch \(last) of thread \(thread) is half there, at \(index)")
      }
      if latest != nil { found += 1 }
    }
    return found + Int(last)
  }

  /// As of its receipt a batch is there, and before it it is not.
  private func checkPast(_ line: Acknowledgement, _ world: World) throws {
    let id = "b\(line.thread)-\(line.number)"
    let after = try world.snapshot(at: .sequence(line.last)).graph
    let before = try world.snapshot(at: .sequence(line.first - 1)).graph
    guard count(after, id) == line.number, before.twin(id) == nil,
      after.twin(id).map({ after.sequence(of: $0) }) == line.last
    else { throw Loss(description: "\(id) is not where its receipt says") }
  }

  private func count(_ graph: Graph, _ id: String) -> Int64? {
    guard let twin = graph.twin(id), case .integer(let count)? = graph.value(twin, "count") else {
      return nil
    }
    return count
  }
}
