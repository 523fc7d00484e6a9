import Testing
import TwinLog
import TwinStorm
import TwinValues

/// A disk with a log of several raw segments, some sealed, cleanly closed or not, and what it holds.
struct SampleLog {
  let disk: SimulatedDisk
  let payloads: [[UInt8]]
  static let options = small(1200)

  init(sealing: Bool, closing: Bool, frames: Int = 24) throws(NuriError) {
    disk = SimulatedDisk(seed: 11)
    let log = try SegmentLog.open(disk: disk, directory: "data/log", options: Self.options).log
    var seed = Seed(4)
    var payloads: [[UInt8]] = []
    for n in 0..<frames {
      payloads.append(seed.bytes(40 + seed.below(100)))
      try log.put(payloads[n], count: 2, at: Int64(n))
      if n % 3 == 2 {
        try log.sync()
        if sealing, n < frames * 2 / 3 { try log.sealFullSegments() }
      }
    }
    try log.sync()
    if closing { try log.close() }
    self.payloads = payloads
  }

  /// Opens and reads a copy that was tampered with: how it shows, or `nil` when all is as before.
  func symptom(_ tamper: (SimulatedDisk) -> Void) -> String? {
    let copy = disk.copy(seed: 1)
    tamper(copy)
    do throws(NuriError) {
      let (log, report) = try SegmentLog.open(disk: copy, directory: "data/log", options: Self.options)
      let found = try log.payloads()
      if found == payloads { return nil }
      return report.tornTail == nil ? "silent" : "cut"
    } catch { return error.code.rawValue }
  }
}

@Suite struct CorruptionTests {
  /// Every byte of every file of a closed log, one bit at a time: damage is an error, or it changed nothing.
  @Test(arguments: [false, true]) func everyFlippedByteOfAClosedLogIsReported(sealing: Bool) throws {
    let sample = try SampleLog(sealing: sealing, closing: true)
    #expect(sample.disk.paths.count > 2)
    #expect(sample.disk.paths.contains { $0.hasSuffix("sealed") } == sealing)
    for path in sample.disk.paths {
      let bytes = try #require(sample.disk.bytes(of: path))
      let contentEnd = (bytes.lastIndex { $0 != 0 } ?? 0) + 1
      var harmless = 0
      for at in 0..<bytes.count {
        let symptom = sample.symptom { $0.damage(path) { $0[at] ^= UInt8(1 << (at % 8)) } }
        if symptom == nil { harmless += 1 } else { #expect(symptom == "corrupt" || symptom == "newerFormat") }
        let faults = try verified(sample, path, at)
        if symptom != nil { #expect(faults > 0, "verify missed byte \(at) of \(path)") }
      }
      // What may be flipped unnoticed is the note at the end and the zeros behind it.
      let slack = path.hasSuffix("sealed") ? 0 : bytes.count - contentEnd + 40
      #expect(harmless <= slack, "\(path): \(harmless) bytes could be flipped unnoticed")
    }
  }

  private func verified(_ sample: SampleLog, _ path: String, _ at: Int) throws -> Int {
    let copy = sample.disk.copy(seed: 1)
    copy.damage(path) { $0[at] ^= UInt8(1 << (at % 8)) }
    return try SegmentLog.verify(disk: copy, directory: "data/log", firstSequence: 1).faults.count
  }

  /// After a kill, the last group cannot be told from a torn write; everything before it can.
  @Test func damageBeforeTheLastGroupOfAKilledLogIsAnError() throws {
    let sample = try SampleLog(sealing: false, closing: false, frames: 9)
    let path = try #require(sample.disk.paths.last)
    let bytes = try #require(sample.disk.bytes(of: path))
    var symptoms: [String] = []
    for at in stride(from: 0, to: bytes.count, by: 4) {
      symptoms.append(sample.symptom { $0.damage(path) { $0[at] ^= 0x10 } } ?? "none")
    }
    #expect(!symptoms.contains("silent"))
    let firstCut = symptoms.firstIndex(of: "cut") ?? symptoms.count
    #expect(symptoms[..<firstCut].allSatisfy { $0 == "corrupt" || $0 == "newerFormat" })
  }

  @Test func aZeroedPageInTheMiddleIsAnError() throws {
    let disk = SimulatedDisk(seed: 1)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: small(65536))
    for n in 0..<20 {
      try log.put([UInt8](repeating: 9, count: 1000), at: Int64(n))
      try log.sync()
    }
    let path = try #require(disk.paths.first)
    for page in 1..<4 {
      let copy = disk.copy(seed: 1)
      let range = (page * 4096)..<((page + 1) * 4096)
      copy.damage(path) { $0.replaceSubrange(range, with: repeatElement(0, count: 4096)) }
      do throws(NuriError) {
        _ = try SegmentLog.open(disk: copy, directory: "data/log", options: small(65536))
        Issue.record("a zeroed page went unnoticed")
      } catch {
        #expect(error.code == .corrupt)
        #expect(error.place?.hasPrefix(path) == true)
      }
    }
  }

  @Test(arguments: [false, true]) func aMissingOrShortenedFileIsAnError(sealing: Bool) throws {
    let sample = try SampleLog(sealing: sealing, closing: true)
    for path in sample.disk.paths {
      let missing = sample.symptom { disk in
        do { try disk.remove(path) } catch { Issue.record("\(error)") }
      }
      #expect(missing == "corrupt", "\(path) missing")
      // Behind the frames of a full segment nothing is stored that could be lost.
      let short = sample.symptom { $0.damage(path) { $0.removeLast(8) } }
      let isSlack = path.hasSuffix(".nseg") && path != sample.disk.paths.last
      #expect(short == "corrupt" || (isSlack && short == nil), "\(path) shortened")
      let copy = sample.disk.copy(seed: 1)
      try copy.remove(path)
      #expect(try !SegmentLog.verify(disk: copy, directory: "data/log", firstSequence: 1).faults.isEmpty)
    }
  }

  @Test func verifyListsAllDamageAndGoesOn() throws {
    let sample = try SampleLog(sealing: true, closing: true, frames: 40)
    var report = try SegmentLog.verify(disk: sample.disk, directory: "data/log")
    #expect(report.faults.isEmpty)
    #expect(report.frames == 40)
    #expect(report.lastSequence == 80)
    let raws = sample.disk.paths.filter { $0.hasSuffix(".nseg") }
    let sealed = sample.disk.paths.filter { $0.hasSuffix(".nsealed") }
    sample.disk.damage(raws[0]) { $0[200] ^= 1 }
    sample.disk.damage(raws[1]) { $0[200] ^= 1 }
    sample.disk.damage(sealed[0]) { $0[250] ^= 1 }
    report = try SegmentLog.verify(disk: sample.disk, directory: "data/log")
    #expect(Set(report.faults.map(\.path)) == [raws[0], raws[1], sealed[0]])
    #expect(report.frames > 20)
    #expect(report.lastSequence == 80)
  }

  @Test func everyFlippedByteOfACheckpointIsReported() throws {
    let disk = SimulatedDisk(seed: 2)
    var seed = Seed(8)
    let path = try writeCheckpoint(disk, 5, [("a", seed.bytes(9000)), ("b", seed.bytes(3))], helpers: 0).path
    let bytes = try #require(disk.bytes(of: path))
    for at in bytes.indices {
      let copy = disk.copy(seed: 1)
      copy.damage(path) { $0[at] ^= UInt8(1 << (at % 8)) }
      #expect(throws: NuriError.self, "byte \(at)") {
        try CheckpointReader(disk: copy, path: path).verify()
      }
    }
  }
}
