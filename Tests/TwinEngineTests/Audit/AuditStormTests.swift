import Glibc
import Synchronization
import Testing
import TwinLog
import TwinStorm
import TwinValues

@testable import TwinEngine

/// Crashes, torn writes, threads.
@Suite("Audit storm")
struct AuditStormTests {
  @Test(
    "After power is lost anywhere, the log opens, holds what was durable, says what was cut, and verifies",
    arguments: 1...60)
  func crashes(_ seed: UInt64) throws {
    let fixture = AuditFixture(seed: seed)
    var random = Seed(seed)
    try fixture.open(segmentBytes: 3000).close()
    var faults = SimulatedDisk.Faults()
    faults.powerOffAfter = random.below(60)
    fixture.disk.faults = faults
    var durable: [String] = []
    do throws(NuriError) {
      let log = try fixture.open(segmentBytes: 3000)
      for number in 1...60 {
        let entry = AuditFixture.entry(number)
        fixture.clock.clock.advance(microseconds: Int64(random.below(600_000)))
        if random.chance(1, in: 3) {
          try log.appendAndWait(entry)
          durable.append(entry.request)
        } else {
          log.append(entry)
        }
      }
    } catch { #expect(fixture.disk.lostPower) }
    var disk = fixture.disk.crash()
    for round in 0..<3 {
      let log = try fixture.open(segmentBytes: 3000, on: disk)
      log.append(AuditEntry("round", principal: "\(round)"))
      try log.flush()
      let report = try fixture.verify(disk)
      #expect(report.isWhole, "\(report.faults)")
      if log.opening.cutBytes > 0 {
        var filter = AuditFilter()
        filter.action = AuditAction.cut
        let cuts = try AuditReader(AuditFixture.folder, disk: disk).entries(filter: filter).entries
        #expect(cuts.contains { $0.cause.contains(" \(log.opening.cutBytes) bytes") })
        #expect(disk.paths.contains("\(AuditFixture.folder)/cut-\(log.opening.entries + 1)"))
      }
      disk = disk.crash()
    }
    let all = try AuditReader(AuditFixture.folder, disk: disk).entries(limit: 1000).entries
    #expect(Set(durable).isSubset(of: Set(all.map(\.request))))
    #expect(all.filter { $0.action == "round" }.count == 3)
    #expect(Set(all.map(\.number)).count == all.count)
  }

  @Test("Power lost while the log is made for the first time", arguments: 0...25)
  func firstStart(_ steps: Int) throws {
    let fixture = AuditFixture(seed: UInt64(steps))
    var faults = SimulatedDisk.Faults()
    faults.powerOffAfter = steps
    fixture.disk.faults = faults
    _ = try? fixture.open()
    let disk = fixture.disk.crash()
    try fixture.open(on: disk).close()
    #expect(try fixture.verify(disk).isWhole)
  }

  @Test("Many threads and the background writer on a real disk: nothing is lost, numbers have no gaps")
  func threads() async throws {
    var template = Array("/tmp/nuri-audit-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { try? PosixDisk().removeTree(folder) }
    let path = AuditLog.folder(in: folder)
    let log = try AuditLog.open(path, segmentBytes: 20_000)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask {
          for number in 0..<100 {
            let entry = AuditEntry("twin.patch", principal: "t\(thread)", request: "\(number)")
            if number % 10 == 0 { try await log.appendDurably(entry) } else { log.append(entry) }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(!log.isFailing && log.lostEntries == 0)
    #expect(try AuditVerifier.verify(path).isWhole, "verifying works while the log is open")
    try log.close()
    let report = try AuditVerifier.verify(path)
    #expect(report.isWhole && report.unsigned == 0)
    for thread in 0..<8 {
      var filter = AuditFilter()
      filter.principal = "t\(thread)"
      let found = try AuditReader(path).entries(limit: 1000, newestFirst: false, filter: filter)
      #expect(found.entries.map(\.request) == (0..<100).map(String.init))
    }
    var info = stat()
    #expect(stat("\(path)/key.pem", &info) == 0 && info.st_mode & 0o777 == 0o600)
  }

  @Test("An entry that nobody waits for reaches the disk by itself, and a signature follows")
  func byItself() async throws {
    var template = Array("/tmp/nuri-audit-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { try? PosixDisk().removeTree(folder) }
    let path = AuditLog.folder(in: folder)
    let log = try AuditLog.open(path)
    log.append(AuditEntry("twin.patch", principal: "kim", request: "alone"))
    var filter = AuditFilter()
    filter.request = "alone"
    // Until it is there: no bound on how slow a machine may be but the test's own.
    while try AuditReader(path).entries(filter: filter).entries.isEmpty { usleep(5000) }
    while try AuditVerifier.verify(path).unsigned > 0 { usleep(20_000) }
    try log.close()
  }
}
