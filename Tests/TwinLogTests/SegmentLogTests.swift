import Testing
import TwinStorm
import TwinValues

@testable import TwinLog

/// Shared by the tests of this room.
func small(_ bytes: Int = 4096) -> SegmentLogOptions {
  SegmentLogOptions(firstSegmentBytes: bytes, segmentBytes: bytes)
}

extension SegmentLog {
  /// Appends one frame of bytes.
  func put(_ bytes: [UInt8], count: Int = 1, at recorded: Int64) throws(NuriError) {
    let first = lastSequence + 1
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    try append(
      firstSequence: first, count: count, recorded: recorded,
      payload: UnsafeRawBufferPointer(rebasing: copy[..<bytes.count]))
  }

  /// All payloads from a sequence on.
  func payloads(from sequence: UInt64 = 0) throws(NuriError) -> [[UInt8]] {
    var all: [[UInt8]] = []
    try read(from: sequence) { (frame) in
      all.append(Array(frame.payload))
      return true
    }
    return all
  }
}

@Suite struct SegmentLogTests {
  @Test func keepsFramesAcrossReopening() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, first) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    #expect(first == RecoveryReport())
    #expect(log.lastSequence == 0)
    var expected: [[UInt8]] = []
    var seed = Seed(5)
    for n in 0..<200 {
      expected.append(seed.bytes(seed.below(300)))
      try log.put(expected[n], count: 1 + n % 3, at: Int64(n * 10))
      if n % 4 == 3 { try log.sync() }
    }
    #expect(try log.payloads() == expected)
    let last = log.lastSequence
    try log.close()
    let (again, report) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    #expect(report.wasClosed)
    #expect(report.tornTail == nil)
    #expect(report.segments > 5)
    #expect(again.lastSequence == last)
    #expect(try again.payloads() == expected)
    try again.put([1, 2, 3], at: 10_000)
    try again.sync()
    #expect(try again.payloads() == expected + [[1, 2, 3]])
  }

  @Test func findsFramesBySequenceAndTime() throws {
    let disk = SimulatedDisk(seed: 1)
    var options = small(300_000)
    options.firstSequence = 1000
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: options)
    #expect(log.lastSequence == 999)
    for n in 0..<2000 {
      try log.put([UInt8](repeating: UInt8(n % 251), count: 400), count: 5, at: Int64(n / 2))
      if n % 10 == 9 { try log.sync() }
    }
    for n in stride(from: 0, to: 2000, by: 37) {
      let sequence = UInt64(1000 + n * 5 + n % 5)
      let found = try log.frame(containing: sequence) { ($0.firstSequence, $0.payload[0]) }
      #expect(found == (UInt64(1000 + n * 5), UInt8(n % 251)))
      let last = try log.lastSequence(at: Int64(n / 2))
      #expect(last == UInt64(1000 + (n / 2 * 2 + 2) * 5 - 1))
    }
    #expect(try log.lastSequence(at: -1) == 999)
    #expect(try log.payloads(from: 1000 + 1999 * 5 + 2).count == 1)
    #expect(throws: NuriError.self) { try log.frame(containing: 999) { $0.count } }
    #expect(throws: NuriError.self) { try log.frame(containing: 11_000) { $0.count } }
  }

  @Test func showsOnlyWhatIsDurable() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    try log.put([1], at: 1)
    #expect(try log.payloads().isEmpty)
    try log.sync()
    try log.put([2], at: 2)
    #expect(try log.payloads() == [[1]])
    #expect(log.lastSequence == 2)
    #expect(log.durableSequence == 1)
    log.discardUnsynced()
    #expect(log.lastSequence == 1)
    try log.put([3], at: 1)
    try log.sync()
    #expect(try log.payloads() == [[1], [3]])
  }

  @Test func refusesWhatDoesNotFollow() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    try log.put([1], at: 10)
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(throws: NuriError.self) {
      try log.append(firstSequence: 3, count: 1, recorded: 10, payload: none)
    }
    #expect(throws: NuriError.self) {
      try log.append(firstSequence: 2, count: 0, recorded: 10, payload: none)
    }
    #expect(throws: NuriError.self) { try log.append(firstSequence: 2, count: 1, recorded: 9, payload: none) }
    try log.append(firstSequence: 2, count: 1, recorded: 10, payload: none)
    try log.sync()
    #expect(try log.payloads() == [[1], []])
  }

  @Test func reservingMakesTheNextWritesSafeFromAFullDisk() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    try log.put([UInt8](repeating: 1, count: 3000), at: 1)
    try log.sync()
    try log.reserve(SegmentLog.frameBytes(payload: 3000))
    disk.faults.capacityBytes = 8192
    try log.put([UInt8](repeating: 2, count: 3000), at: 2)
    try log.sync()
    do {
      try log.reserve(SegmentLog.frameBytes(payload: 3000))
      Issue.record("the disk is full")
    } catch { #expect(error.code == .diskFull) }
    try log.put([UInt8](repeating: 3, count: 3000), at: 3)
    do {
      try log.sync()
      Issue.record("the disk is full")
    } catch { #expect(error.code == .diskFull) }
    disk.faults.capacityBytes = nil
    try log.sync()
    #expect(try log.payloads().map { $0.first } == [1, 2, 3])
  }

  @Test func stopsAfterAFailedSync() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    try log.put([1], at: 1)
    try log.sync()
    try log.put([2], at: 2)
    disk.faults.failingSyncs = 1
    #expect(throws: NuriError.self) { try log.sync() }
    disk.faults.failingSyncs = 0
    do {
      try log.sync()
      Issue.record("a failed sync must not be repeated")
    } catch { #expect(error.code == .logStopped) }
    #expect(try log.payloads() == [[1]])
  }

  @Test func aTornTailIsCutAndReported() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    try log.put([1, 2, 3], at: 1)
    try log.sync()
    let path = try #require(disk.paths.first)
    disk.damage(path) { $0.replaceSubrange(200..<230, with: repeatElement(0xAA, count: 30)) }
    let (again, report) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    #expect(report.tornTail == RecoveryReport.TornTail(path: path, offset: 168, bytes: 62))
    #expect(try again.payloads() == [[1, 2, 3]])
    let (_, clean) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    #expect(clean.tornTail == nil)
  }

  @Test func aNewerFormatIsNamed() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    try log.put([1], at: 1)
    try log.sync()
    let path = try #require(disk.paths.first)
    disk.damage(path) { bytes in
      bytes[8] = 2
      bytes.withUnsafeMutableBytes { all in
        guard let base = all.baseAddress else { return }
        base.put(recordChecksum(base, SegmentHeader.bytes), at: 12)
      }
    }
    do throws(NuriError) {
      _ = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
      Issue.record("version 2 is not known")
    } catch { #expect(error.code == .newerFormat) }
  }

  @Test func aLogMustBeginWithItsFirstSequence() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    try log.put([1], at: 1)
    try log.sync()
    var options = small()
    options.firstSequence = 7
    #expect(throws: NuriError.self) {
      try SegmentLog.open(disk: disk, directory: "data/log", options: options)
    }
  }

  @Test func aClosedLogRefusesEverything() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small())
    try log.put([1], at: 1)
    try log.sync()
    try log.close()
    try log.close()
    #expect(throws: NuriError.self) { try log.put([2], at: 2) }
    #expect(throws: NuriError.self) { try log.payloads() }
    #expect(throws: NuriError.self) { try log.frame(containing: 1) { $0.count } }
    #expect(try log.sealFullSegments() == 0)
  }

  @Test func aGroupLargerThanASegmentGetsItsOwn() throws {
    let disk = SimulatedDisk(seed: 1)
    var options = small()
    options.maximumFrameBytes = 50_000
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: options)
    try log.put([1], at: 1)
    try log.sync()
    try log.put([UInt8](repeating: 2, count: 40_000), at: 2)
    try log.put([3], at: 2)
    try log.sync()
    #expect(throws: NuriError.self) { try log.put([UInt8](repeating: 2, count: 50_000), at: 2) }
    #expect(try log.payloads().map(\.count) == [1, 40_000, 1])
  }

  @Test func forksGrowTheirSegments() throws {
    let disk = SimulatedDisk(seed: 1)
    let options = SegmentLogOptions(firstSegmentBytes: 1 << 10, segmentBytes: 16 << 10)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: options)
    for n in 0..<60 {
      try log.put([UInt8](repeating: 1, count: 500), at: Int64(n))
      try log.sync()
    }
    #expect(disk.paths.compactMap { disk.bytes(of: $0)?.count } == [1 << 10, 4 << 10, 16 << 10, 16 << 10])
  }
}
