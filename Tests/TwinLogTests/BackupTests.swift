import Testing
import TwinLog
import TwinStorm
import TwinValues

@Suite struct BackupTests {
  /// A data folder with two worlds, a log with sealed and full segments, checkpoints and a text file.
  private func dataFolder(_ disk: SimulatedDisk) throws(NuriError) -> (SegmentLog, SegmentLog, [[UInt8]]) {
    try disk.makeDirectories("data/worlds/live")
    try disk.makeDirectories("data/worlds/fork")
    try disk.replaceFile("data/worlds/live/name", with: Array("Live world\n".utf8))
    try disk.replaceFile("data/lock", with: Array("1\n".utf8))
    let live = try SegmentLog.open(disk: disk, directory: "data/worlds/live", options: small(2000)).log
    var seed = Seed(3)
    var expected: [[UInt8]] = []
    for n in 0..<40 {
      expected.append(seed.bytes(100))
      try live.put(expected[n], at: Int64(n))
      try live.sync()
      if n == 20 { try live.sealFullSegments() }
    }
    let writer = try CheckpointWriter(disk: disk, directory: "data/worlds/live", sequence: 30, recorded: 30)
    try writer.beginSection("empty")
    _ = try writer.finish()
    let fork = try SegmentLog.open(disk: disk, directory: "data/worlds/fork", options: .fork).log
    try fork.put([9], at: 1)
    try fork.sync()
    return (live, fork, expected)
  }

  @Test func copiesAndRestoresWhileTheWriterGoesOn() throws {
    let disk = SimulatedDisk(seed: 1)
    let (live, _, expected) = try dataFolder(disk)
    var more: [[UInt8]] = []
    var seen: [String] = []
    let copied = try BackupCopy.copy(
      disk: disk, from: "data/worlds", to: "data/copy",
      progress: { progress in
        seen.append(progress.path)
        more.append([1, 2, 3])
        do throws(NuriError) {
          try live.put([1, 2, 3], at: 100)
          try live.sync()
          if more.count % 3 == 0 { try live.sealFullSegments() }
        } catch { Issue.record("\(error)") }
      })
    #expect(copied.files == seen.count)
    #expect(copied.vanished.isEmpty)
    #expect(try BackupCopy.verify(disk: disk, directory: "data/copy").isEmpty)
    let restored = try BackupCopy.restore(disk: disk, from: "data/copy", to: "data/restored")
    #expect(restored == copied)
    #expect(try disk.readFile("data/restored/live/name") == Array("Live world\n".utf8))
    let (again, report) = try SegmentLog.open(
      disk: disk, directory: "data/restored/live", options: small(2000))
    #expect(report.tornTail == nil)
    let payloads = try again.payloads()
    #expect(payloads.count >= expected.count)
    #expect(payloads == Array((expected + more).prefix(payloads.count)))
    #expect(try SegmentLog.verify(disk: disk, directory: "data/restored/live").faults.isEmpty)
    let newest = try CheckpointFolder(disk: disk, directory: "data/restored/live").openNewest().reader
    #expect(newest?.summary.sequence == 30)
    let fork = try SegmentLog.open(disk: disk, directory: "data/restored/fork", options: .fork).log
    #expect(try fork.payloads() == [[9]])
  }

  @Test func stopsAtTheDurableSequence() throws {
    let disk = SimulatedDisk(seed: 1)
    let (_, _, expected) = try dataFolder(disk)
    _ = try BackupCopy.copy(
      disk: disk, from: "data/worlds", to: "data/copy",
      durableSequence: { $0 == "live" ? 39 : nil })
    let log = try SegmentLog.open(disk: disk, directory: "data/copy/live", options: small(2000)).log
    #expect(try log.payloads() == Array(expected.prefix(39)))
  }

  @Test func refusesWhatIsInTheWayOrDamaged() throws {
    let disk = SimulatedDisk(seed: 1)
    _ = try dataFolder(disk)
    func code(_ body: () throws(NuriError) -> Void) -> NuriError.Code? {
      do throws(NuriError) { try body() } catch { return error.code }
      return nil
    }
    #expect(
      code { () throws(NuriError) in
        _ = try BackupCopy.copy(disk: disk, from: "data/worlds/fork", to: "data/worlds/live")
      } == .fileExists)
    #expect(
      code { () throws(NuriError) in
        _ = try BackupCopy.restore(disk: disk, from: "data/worlds", to: "data/new")
      } == .fileMissing)
    _ = try BackupCopy.copy(disk: disk, from: "data/worlds", to: "data/copy")
    let victim = try #require(disk.paths.first { $0.hasPrefix("data/copy/live/") && $0.hasSuffix("nck") })
    disk.damage(victim) { $0[20] ^= 1 }
    #expect(try BackupCopy.verify(disk: disk, directory: "data/copy").count == 1)
    #expect(
      code { () throws(NuriError) in
        _ = try BackupCopy.restore(disk: disk, from: "data/copy", to: "data/new")
      } == .corrupt)
    #expect(try disk.list("data/new").isEmpty)
  }
}
