import Glibc
import ProofServers
import Testing
import TwinLog
import TwinStorm
import TwinValues

@Suite struct SealTests {
  @Test func sealedSegmentsReadTheSame() throws {
    let disk = SimulatedDisk(seed: 1)
    let options = small(400_000)
    let (log, _) = try SegmentLog.open(disk: disk, directory: "data/log", options: options)
    var seed = Seed(2)
    var expected: [[UInt8]] = []
    for n in 0..<1500 {
      expected.append(seed.bytes(seed.below(1500)))
      try log.put(expected[n], count: 3, at: Int64(n))
      if n % 5 == 4 { try log.sync() }
    }
    let before = disk.bytesInUse
    #expect(try log.sealFullSegments() >= 2)
    #expect(try log.sealFullSegments() == 0)
    #expect(disk.bytesInUse < before)
    #expect(try log.payloads() == expected)
    for n in stride(from: 0, to: 1500, by: 31) {
      #expect(try log.frame(containing: UInt64(1 + n * 3 + n % 3)) { Array($0.payload) } == expected[n])
      #expect(try log.lastSequence(at: Int64(n)) == UInt64(n * 3 + 3))
    }
    try log.close()
    let (again, report) = try SegmentLog.open(disk: disk, directory: "data/log", options: options)
    #expect(report.sealedSegments == report.segments - 1)
    #expect(try again.payloads() == expected)
    #expect(try SegmentLog.verify(disk: disk, directory: "data/log").faults.isEmpty)
  }

  /// Power lost at each step of sealing in turn.
  @Test func aCrashWhileSealingLosesNothing() throws {
    for steps in 0..<60 {
      let sample = try SampleLog(sealing: false, closing: false)
      let (log, _) = try SegmentLog.open(disk: sample.disk, directory: "data/log", options: SampleLog.options)
      sample.disk.faults.powerOffAfter = steps
      _ = try? log.sealFullSegments()
      let after = sample.disk.crash()
      let (again, _) = try SegmentLog.open(disk: after, directory: "data/log", options: SampleLog.options)
      #expect(try again.payloads() == sample.payloads)
      #expect(try SegmentLog.verify(disk: after, directory: "data/log").faults.isEmpty)
    }
  }

  @Test func aDamagedSegmentIsNotSealed() throws {
    let sample = try SampleLog(sealing: false, closing: false)
    let (log, _) = try SegmentLog.open(disk: sample.disk, directory: "data/log", options: SampleLog.options)
    let path = try #require(sample.disk.paths.first)
    sample.disk.damage(path) { $0[300] ^= 1 }
    #expect(throws: NuriError.self) { try log.sealFullSegments() }
    #expect(sample.disk.paths.contains(path))
    #expect(!sample.disk.paths.contains { $0.hasSuffix(".tmp") })
  }

  /// Threads read in all ways while the writer appends and segments are swapped under them.
  /// On a real disk as well, whose calls do not order the threads.
  @Test(arguments: [false, true]) func readersGoOnWhileTheWriterWritesAndTheSealerSwaps(real: Bool)
    async throws
  {
    let folder = try TemporaryFolder()
    let disk: any Disk = real ? PosixDisk() : SimulatedDisk(seed: 1)
    let directory = real ? folder.path + "/log" : "data/log"
    var options = small(20_000)
    options.sealsInBackground = true
    options.cachedBlocks = 2
    let (log, _) = try SegmentLog.open(disk: disk, directory: directory, options: options)
    try log.put([0, 0], at: 0)
    try log.sync()
    await withTaskGroup(of: Void.self) { group in
      for reader in 0..<3 {
        group.addTask {
          var seed = Seed(UInt64(reader))
          do throws(NuriError) {
            while log.durableSequence < 3000 {
              let last = log.durableSequence
              let wanted = 1 + UInt64(seed.below(Int(last)))
              let found = try log.frame(containing: wanted) { $0.payload.count }
              #expect(found == Int(wanted - 1) % 200 + 2)
              var next = wanted
              try log.read(from: wanted) { (frame) in
                #expect(frame.firstSequence == next)
                next += 1
                return next < wanted + 400
              }
              #expect(next > last || next >= wanted + 400)
              let at = try log.lastSequence(at: Int64(wanted - 1))
              #expect(at == wanted)
            }
          } catch { Issue.record("\(error)") }
        }
      }
      do throws(NuriError) {
        for n in 1..<3000 {
          try log.put([UInt8](repeating: 1, count: n % 200 + 2), at: Int64(n))
          try log.sync()
        }
      } catch { Issue.record("\(error)") }
    }
    #expect(log.sealFailure == nil)
    try log.close()
    #expect(try disk.list(directory).contains { $0.name.hasSuffix(".nsealed") })
    #expect(try SegmentLog.verify(disk: disk, directory: directory).frames == 3000)
  }
}
