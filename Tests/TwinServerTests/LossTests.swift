import Foundation
import Glibc
import Testing
import TwinValues

@testable import TwinServer

/// What happens to writes when the server is killed, or its disk is full.
@Suite("Nothing acknowledged is lost", .serialized)
struct LossTests {
  private let fields = ["content-type: application/json-patch+json"]

  /// Patches twin `a` over and over on one connection until the server is gone; the last value acknowledged.
  private func write(_ server: LiveServer, _ name: String) -> Int {
    let socket = RawSocket(server.port)
    var last = 0
    for value in 1..<1_000_000 {
      let patch = #"[{"op":"replace","path":"/n","value":\#(value)}]"#
      let head = server.head(
        "PATCH", "/digitaltwins/\(name)?\(House.version)", fields[0], "content-length: \(patch.utf8.count)")
      guard socket.send(head + patch), socket.status() == 204 else { return last }
      last = value
    }
    return last
  }

  @Test("kill -9 under load, restart, look: every acknowledged write is there")
  func killed() throws {
    var server = try LiveServer()
    server.furnish()
    let json = ["-H", "content-type: application/json", "-X", "PUT", "-d", House.twin]
    for name in ["b", "c"] { _ = server.curl("/digitaltwins/\(name)?\(House.version)", options: json) }
    let key = server.key
    for round in 1...3 {
      let running = server
      // Threads of their own: each blocks until the server is gone, and tasks have but few threads.
      let lasts = Tally()
      let writers = ["a", "b", "c"].map { name in
        Thread.run { lasts.set(name, self.write(running, name)) }
      }
      usleep(UInt32(150_000 + 70_000 * round))
      running.signal(SIGKILL)
      for writer in writers { writer.wait() }
      _ = running.wait()
      server = try LiveServer(in: running.folder, key: key)
      for name in ["a", "b", "c"] {
        let body = server.curl("/digitaltwins/\(name)?\(House.version)").body
        let value = Int(body.split(separator: "\"n\":").dropFirst().first?.prefix { $0.isNumber } ?? "") ?? -1
        let last = lasts[name]
        // One more may be there: written, and killed before it was acknowledged.
        #expect(
          last > 0 && (value == last || value == last + 1), "round \(round) \(name): \(last), there \(value)")
      }
    }
    server.stop()
  }

  @Test("A full disk: writes say why, reads go on, and writes go on when there is room again")
  func full() throws {
    guard geteuid() == 0 else { return print("skipped: only root may make a small file system") }
    let folder = TemporaryFolder()
    let place = folder.path + "/small"
    mkdir(place, 0o700)
    guard mount("tmpfs", place, "tmpfs", 0, "size=24m") == 0 else {
      return print("skipped: no small file system can be made here")
    }
    defer { umount2(place, 2) }
    let server = try LiveServer(in: folder, data: place + "/data")
    server.furnish()
    let filler = place + "/filler"
    _ = shell("dd if=/dev/zero of=\(filler) bs=64k 2>/dev/null; true")
    let long = String(repeating: "x", count: 60_000)
    var refused: (status: Int, body: String)?
    for number in 0..<2_000 where refused == nil {
      let reply = server.curl(
        "/digitaltwins/t\(number)?\(House.version)", "-H", "content-type: application/json", "-X", "PUT",
        "-d",
        #"{"$metadata":{"$model":"dtmi:t:Room;1"},"n":1,"pad\#(number % 7)":"\#(long)"}"#)
      if reply.status >= 500 { refused = reply }
      if reply.status == 400 { break }
    }
    #expect(server.curl("/digitaltwins/a?\(House.version)").status == 200)
    server.stop()
  }

  private func shell(_ command: String) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// Numbers by name, from several threads.
///
/// `@unchecked Sendable`: `numbers` is touched only while holding `lock`.
private final class Tally: @unchecked Sendable {
  private let lock = Lock()
  private var numbers: [String: Int] = [:]

  subscript(name: String) -> Int { lock.withLock { numbers[name] ?? 0 } }
  func set(_ name: String, _ number: Int) { lock.withLock { numbers[name] = number } }
}

extension Thread {
  /// Runs `work` on a new thread; the semaphore says when it is done.
  fileprivate static func run(_ work: @escaping @Sendable () -> Void) -> DispatchSemaphore {
    let done = DispatchSemaphore(value: 0)
    Thread {
      work()
      done.signal()
    }.start()
    return done
  }
}
