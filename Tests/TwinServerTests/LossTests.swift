import Foundation
import Glibc
import ProofServers
import Testing
import TwinEngine
import TwinValues

@testable import TwinServer

/// What happens to writes when the server is killed, or its disk is full.
@Suite("Nothing acknowledged is lost", .serialized)
struct LossTests {
  private let fields = ["content-type: application/json-patch+json"]

  /// Patches twin `a` over and over on one connection until the server is gone; the last value acknowledged.
  private func write(_ server: LiveServer, _ name: String) -> Int {
    let socket = RawClient(port: server.port, timeoutMilliseconds: 15_000)
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
      let lasts = Lasts()
      let writers = ["a", "b", "c"].compactMap { name in
        WorkThread { lasts.set(name, self.write(running, name)) }
      }
      usleep(UInt32(150_000 + 70_000 * round))
      running.signal(SIGKILL)
      for writer in writers { writer.join() }
      _ = running.wait()
      server = try LiveServer(in: running.folder, key: key)
      for name in ["a", "b", "c"] {
        let body = server.curl("/digitaltwins/\(name)?\(House.version)").body
        let value = (try? JSONDocument(body))?.root["n"]?.int64.map { Int($0) } ?? -1
        let last = lasts.last(name)
        // One more may be there: written, and killed before it was acknowledged.
        #expect(
          last > 0 && (value == last || value == last + 1), "round \(round) \(name): \(last), there \(value)")
      }
    }
    server.stop()
  }

  /// Makes keys on one connection until the server is gone; the requests whose key was acknowledged.
  private func makeKeys(_ server: LiveServer, _ round: Int) -> [String] {
    let socket = RawClient(port: server.port, timeoutMilliseconds: 15_000)
    let body = #"{"roles":["reader"]}"#
    var made: [String] = []
    for number in 0..<100_000 {
      let id = "round-\(round)-\(number)"
      let head = server.head(
        "POST", "/v1/keys", "content-type: application/json", "content-length: \(body.utf8.count)",
        "x-request-id: \(id)")
      guard socket.send(head + body), socket.status() == 201 else { break }
      made.append(id)
    }
    return made
  }

  @Test("kill -9 while keys are made: every acknowledged one is in the audit, and the audit holds")
  func audited() throws {
    let folder = try TemporaryFolder()
    var key: String?
    var made: [String] = []
    for round in 1...3 {
      let server = try LiveServer(in: folder, key: key)
      key = server.key
      let ids = Lasts()
      let writer = WorkThread { ids.add(self.makeKeys(server, round)) }
      usleep(UInt32(200_000 + 60_000 * round))
      server.signal(SIGKILL)
      writer?.join()
      _ = server.wait()
      #expect(!ids.all.isEmpty)
      made += ids.all
    }
    let reader = AuditReader(AuditLog.folder(in: folder.path + "/data"))
    var entered: Set<String> = []
    var from: UInt64?
    repeat {
      let page = try reader.entries(from: from, limit: 1000)
      for entry in page.entries where entry.outcome == .done { entered.insert(entry.request) }
      from = page.next
    } while from != nil
    #expect(made.allSatisfy(entered.contains), "\(made.filter { !entered.contains($0) })")
    let last = try LiveServer(in: folder, key: key)
    #expect(last.stop() == 0)
    let verified = try Server.run(
      LiveServer.program.path, ["audit", "verify", "--data", folder.path + "/data"])
    #expect(verified.contains("0 faults"), "\(verified)")
  }

  @Test("A full disk: writes say why, reads go on, and writes go on when there is room again")
  func full() throws {
    guard geteuid() == 0 else { return print("skipped: only root may make a small file system") }
    let folder = try TemporaryFolder()
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
    let note =
      #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Note;1","@type":"Interface","contents":[{"@type":"Property","name":"s","schema":"string"}]}"#
    func put(_ number: Int, _ text: String) -> (status: Int, body: String) {
      server.curl(
        "/digitaltwins/t\(number)?\(House.version)", "-H", "content-type: application/json", "-X", "PUT",
        "-d",
        #"{"$metadata":{"$model":"dtmi:t:Note;1"},"s":"\#(text)"}"#)
    }
    _ = server.curl(
      "/models?\(House.version)", "-H", "content-type: application/json", "-d", "[\(note)]")
    let long = String(repeating: "x", count: 60_000)
    var refused: (status: Int, body: String)?
    var taken = 0
    for number in 0..<400 where refused == nil {
      let reply = put(number, long)
      if reply.status == 200 { taken += 1 } else { refused = reply }
    }
    #expect(refused?.status == 503, "\(taken) taken, then \(String(describing: refused))")
    #expect(server.curl("/digitaltwins/a?\(House.version)").status == 200)
    if taken > 0 { #expect(server.curl("/digitaltwins/t\(taken - 1)?\(House.version)").status == 200) }
    unlink(filler)
    var status = 503
    for _ in 0..<100 where status != 200 {
      status = put(1000, "short").status
      usleep(100_000)
    }
    #expect(status == 200 && server.isRunning, "\(server.log)")
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

/// The last value of each twin that was acknowledged, and other names.
private final class Lasts: @unchecked Sendable {
  // `@unchecked Sendable`: `values` and `names` are touched only while holding `lock`.
  private let lock = Lock()
  private var values: [String: Int] = [:]

  func set(_ name: String, _ value: Int) { lock.withLock { values[name] = value } }
  func last(_ name: String) -> Int { lock.withLock { values[name] ?? 0 } }

  private var names: [String] = []
  func add(_ more: [String]) { lock.withLock { names += more } }
  var all: [String] { lock.withLock { names } }
}
