import Testing
import TwinIdentity
import TwinLog
import TwinStorm
import TwinValues

@testable import TwinEngine

/// Writing and reading the audit.
@Suite("Audit log")
struct AuditLogTests {
  @Test("Entries come back as they went in, across openings, and everything verifies")
  func roundTrip() throws {
    let fixture = AuditFixture()
    try fixture.fill(10)
    try fixture.fill(10)
    let report = try fixture.verify()
    #expect(report.isWhole && report.faults.isEmpty)
    #expect(report.unsigned == 0 && report.unfinishedBytes == 0 && report.signatures >= 6)
    let page = try AuditReader(AuditFixture.folder, disk: fixture.disk).entries(
      limit: 1000, newestFirst: false)
    #expect(page.next == nil && page.entries.map(\.number) == Array(1...report.last))
    let own = page.entries.filter { !$0.action.hasPrefix("audit.") }
    #expect(own.count == 20)
    for (index, entry) in own.enumerated() {
      var expected = AuditFixture.entry(index % 10 + 1)
      expected.number = entry.number
      expected.time = entry.time
      #expect(entry == expected)
    }
    #expect(page.entries.filter { $0.action == AuditAction.start }.count == 2)
    #expect(zip(page.entries, page.entries.dropFirst()).allSatisfy { $0.time <= $1.time })
  }

  @Test("A line is JSON that other tools read, and its hash can be made with sha256sum")
  func format() throws {
    let fixture = AuditFixture()
    try fixture.fill(3)
    var previous = [UInt8](repeating: 0, count: 32)
    for line in fixture.lines(fixture.segments[0]) {
      let root = try JSONDocument(line).root
      let hash = try #require(root["hash"]?.string)
      let text = String(decoding: line, as: UTF8.self)
      let body = try #require(text.lastRange(of: ",\"hash\":").map { text[..<$0.lowerBound] })
      #expect(SHA256.hash(previous + Array(body.utf8)).hex == hash)
      previous = try #require(Digest(hex: hash)).bytes
    }
  }

  @Test("Texts past their limit are cut at a whole character and marked")
  func limits() throws {
    let fixture = AuditFixture()
    let log = try fixture.open()
    let long = String(repeating: "물", count: 5000)
    try log.appendAndWait(
      AuditEntry(
        long, principal: long, address: long, request: long, world: long, target: long, cause: long,
        outcome: .failed, code: long))
    let escaped = String(repeating: "\u{1}", count: 5000)
    try log.appendAndWait(
      AuditEntry(
        escaped, principal: escaped, address: escaped, request: escaped, world: escaped, target: escaped,
        cause: escaped, outcome: .failed, code: escaped))
    try log.close()
    let page = try AuditReader(AuditFixture.folder, disk: fixture.disk).entries()
    let entry = try #require(page.entries.first { $0.action.hasPrefix("물") })
    #expect(entry.target.utf8.count <= AuditLimits.textBytes && entry.target.hasSuffix("물…"))
    #expect(entry.action.utf8.count <= AuditLimits.actionBytes)
    #expect(try fixture.verify().isWhole)
    #expect(fixture.lines(fixture.segments[0]).allSatisfy { $0.count <= AuditLimits.lineBytes })
  }

  @Test("Pages go both ways through many segments, and filters hold")
  func pages() throws {
    let fixture = AuditFixture()
    try fixture.fill(300, segmentBytes: 4096)
    #expect(fixture.segments.count > 5)
    let report = try fixture.verify()
    #expect(report.isWhole)
    let reader = AuditReader(AuditFixture.folder, disk: fixture.disk)
    for newestFirst in [true, false] {
      var numbers: [UInt64] = []
      var from: UInt64?
      repeat {
        let page = try reader.entries(from: from, limit: 37, newestFirst: newestFirst)
        numbers += page.entries.map(\.number)
        #expect(page.entries.count == 37 || page.next == nil)
        from = page.next
      } while from != nil
      let all = Array(1...report.last)
      #expect(numbers == (newestFirst ? all.reversed() : all))
    }
    func count(_ set: (inout AuditFilter) -> Void) throws -> Int {
      var filter = AuditFilter()
      set(&filter)
      let page = try reader.entries(limit: 1000, filter: filter)
      #expect(page.entries.allSatisfy(filter.matches))
      return page.entries.count
    }
    #expect(try count { $0.principal = "key:1" } == 60)
    #expect(try count { $0.action = "twin" } == 100)
    #expect(try count { $0.action = "key.create" } == 200)
    #expect(try count { $0.action = "key.c" } == 0)
    #expect(try count { $0.world = "plan" } == 150)
    #expect(try count { $0.target = "pump-7" } == 1)
    #expect(try count { $0.request = "r-9" } == 1)
    #expect(
      try count {
        $0.outcome = .refused; $0.principal = "key:1"
      } == 20)
    let times = try reader.entries(limit: 10, newestFirst: false).entries.map(\.time)
    #expect(try count { $0.until = times[5] } <= 5)
    #expect(try count { $0.from = .distantFuture } == 0)
  }

  @Test("A closed log takes nothing, and closing twice is harmless")
  func closing() throws {
    let fixture = AuditFixture()
    let log = try fixture.open()
    #expect(!log.isFailing)
    try log.close()
    try log.close()
    #expect(log.isFailing && !log.append(AuditFixture.entry(1)))
    do throws(NuriError) {
      try log.appendAndWait(AuditFixture.entry(1))
      Issue.record("a closed log took an entry")
    } catch { #expect(error.code == .unavailable) }
  }

  @Test("One log at a time")
  func locking() throws {
    let fixture = AuditFixture()
    let log = try fixture.open()
    do throws(NuriError) {
      _ = try fixture.open()
      Issue.record("two logs on one folder")
    } catch { #expect(error.code == .locked) }
    try log.close()
    try fixture.open().close()
  }

  @Test("A full disk: waiting entries hear of it, others wait within bounds, the loss is counted and written")
  func fullDisk() throws {
    let fixture = AuditFixture()
    let log = try fixture.open()
    log.append(AuditFixture.entry(1))
    try log.flush()
    var faults = SimulatedDisk.Faults()
    faults.capacityBytes = fixture.disk.usedSpace
    fixture.disk.faults = faults
    do throws(NuriError) {
      try log.appendAndWait(AuditFixture.entry(2))
      Issue.record("a full disk took an entry")
    } catch { #expect(error.code == .unavailable) }
    #expect(log.isFailing && log.lastFailure?.code == .diskFull)
    var large = AuditFixture.entry(3)
    large.cause = String(repeating: "x", count: 100_000)
    var taken = 0
    while log.append(large) { taken += 1 }
    #expect(taken > 10 && taken < AuditLimits.pendingBytes / 100_000 + 1)
    for _ in 0..<6 { log.append(large) }
    #expect(log.lostEntries == 7)
    #expect(throws: NuriError.self) { try log.flush() }
    let stuck = try fixture.verify()
    #expect(stuck.isWhole, "what is on disk is whole all the while")
    fixture.disk.faults = SimulatedDisk.Faults()
    try log.flush()
    #expect(!log.isFailing && log.lastFailure == nil)
    try log.flush()
    log.append(AuditFixture.entry(4))
    try log.close()
    let report = try fixture.verify()
    #expect(report.isWhole)
    var filter = AuditFilter()
    filter.target = "pump-2"
    let reader = AuditReader(AuditFixture.folder, disk: fixture.disk)
    #expect(try reader.entries(filter: filter).entries.count == 1, "the refused entry is written in the end")
    filter = AuditFilter()
    filter.action = AuditAction.gap
    #expect(
      try reader.entries(filter: filter).entries.map(\.cause) == [
        "7 entries were lost while the disk took none."
      ])
  }

  @Test("Writes and syncs that fail now and then lose nothing and break nothing", arguments: 1...20)
  func flakyDisk(_ seed: UInt64) throws {
    let fixture = AuditFixture(seed: seed)
    let log = try fixture.open(segmentBytes: 3000)
    var faults = SimulatedDisk.Faults()
    faults.failingWrites = 4
    faults.failingSyncs = 5
    fixture.disk.faults = faults
    for number in 1...80 {
      log.append(AuditFixture.entry(number))
      fixture.clock.clock.advance(microseconds: 300_000)
      if number % 3 == 0 { try? log.flush() }
    }
    fixture.disk.faults = SimulatedDisk.Faults()
    try log.close()
    let report = try fixture.verify()
    #expect(report.isWhole, "\(report.faults)")
    let page = try AuditReader(AuditFixture.folder, disk: fixture.disk).entries(
      limit: 1000, newestFirst: false)
    let own = page.entries.filter { !$0.action.hasPrefix("audit.") }
    #expect(own.map(\.request) == (1...80).map { "r-\($0)" })
  }

  @Test("Old segments go, with a signed entry that says so")
  func dropping() throws {
    let fixture = AuditFixture()
    let log = try fixture.open(segmentBytes: 4096)
    for number in 1...200 {
      log.append(AuditFixture.entry(number))
      fixture.clock.clock.advance(microseconds: 1_000_000)
      try log.flush()
    }
    let before = fixture.segments
    #expect(try log.dropEntries(before: .distantPast) == 0)
    let half = Instant(microseconds: fixture.clock.now().microseconds - 100_000_000)
    let dropped = try log.dropEntries(before: half)
    #expect(dropped > 50 && fixture.segments.count < before.count && fixture.segments.count > 1)
    log.append(AuditFixture.entry(201))
    try log.close()
    let report = try fixture.verify()
    #expect(report.isWhole, "\(report.faults)")
    #expect(report.first == dropped + 1)
    let oldest = try AuditReader(AuditFixture.folder, disk: fixture.disk).entries(
      limit: 1, newestFirst: false)
    #expect(oldest.entries.first?.number == dropped + 1)
    // Again, so that the second drop has to account for itself.
    let again = try fixture.open(segmentBytes: 4096)
    try again.dropEntries(before: fixture.clock.now())
    try again.close()
    let second = try fixture.verify()
    #expect(second.isWhole && second.first > report.first)
    // Without the signed entry it is a theft.
    let stolen = fixture.disk.copy(seed: 3)
    try stolen.remove(fixture.segments[0])
    #expect(
      try fixture.verify(stolen).faults.contains { $0.code == .auditMissing || $0.code == .auditTruncated })
    // With one file left, the log goes on from what the signed entry says.
    let alone = try fixture.open(segmentBytes: 4096)
    for number in 300..<312 {
      alone.append(AuditFixture.entry(number))
      try alone.flush()
    }
    fixture.clock.clock.advance(microseconds: 1_000_000)
    try alone.dropEntries(before: fixture.clock.now())
    #expect(fixture.segments.count == 1)
    try alone.close()
    let reopened = try fixture.open(segmentBytes: 4096)
    #expect(reopened.opening.cutBytes == 0)
    reopened.append(AuditFixture.entry(312))
    try reopened.close()
    #expect(try fixture.verify().isWhole)
  }
}

extension String {
  /// Where a text stands last.
  fileprivate func lastRange(of part: String) -> Range<String.Index>? { ranges(of: part).last }
}
