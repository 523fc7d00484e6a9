import Glibc
import ProofServers
import Testing
import TwinLog
import TwinStorm
import TwinValues

@Suite struct PosixDiskTests {
  private func error(_ body: () throws(NuriError) -> Void) -> NuriError? {
    do throws(NuriError) { try body() } catch { return error }
    return nil
  }

  @Test func aLogAndACheckpointLiveOnARealDisk() throws {
    let folder = try TemporaryFolder()
    let disk = PosixDisk()
    let directory = folder.path + "/a/b"
    var options = small(100_000)
    options.sealsInBackground = true
    let (log, _) = try SegmentLog.open(disk: disk, directory: directory, options: options)
    var seed = Seed(1)
    var expected: [[UInt8]] = []
    for n in 0..<300 {
      expected.append(seed.bytes(2000))
      try log.put(expected[n], at: Int64(n))
      if n % 10 == 9 { try log.sync() }
    }
    #expect(try log.payloads() == expected)
    try log.close()
    let (again, report) = try SegmentLog.open(disk: disk, directory: directory, options: options)
    #expect(report.wasClosed)
    #expect(try again.payloads() == expected)
    #expect(try SegmentLog.verify(disk: disk, directory: directory).faults.isEmpty)
    let writer = try CheckpointWriter(disk: disk, directory: directory, sequence: 300, recorded: 1)
    try writer.beginSection("s")
    let summary = try writer.finish()
    #expect(try CheckpointFolder(disk: disk, directory: directory).openNewest().reader?.summary == summary)
    _ = try BackupCopy.copy(disk: disk, from: folder.path + "/a", to: folder.path + "/copy")
    let copy = try SegmentLog.open(disk: disk, directory: folder.path + "/copy/b", options: options).log
    #expect(try copy.payloads() == expected)
  }

  @Test func aFolderIsHeldOnce() throws {
    let folder = try TemporaryFolder()
    let disk = PosixDisk()
    let held = try disk.lockFolder(folder.path)
    let refusal = error { () throws(NuriError) in _ = try disk.lockFolder(folder.path) }
    #expect(refusal?.code == .locked)
    #expect(refusal?.message.contains("\(getpid())") == true)
    held.release()
    let again = try disk.lockFolder(folder.path)
    again.release()
  }

  @Test func errorsSayWhatAndWhere() throws {
    let folder = try TemporaryFolder()
    let disk = PosixDisk()
    let missing = error { () throws(NuriError) in _ = try disk.open(folder.path + "/no", .read) }
    #expect(missing?.code == .fileMissing)
    #expect(missing?.place == folder.path + "/no")
    #expect(error { () throws(NuriError) in _ = try disk.list(folder.path + "/no") }?.code == .fileMissing)
    try disk.makeDirectories(folder.path + "/x/y")
    try disk.replaceFile(folder.path + "/x/y/f", with: [1])
    #expect(error { () throws(NuriError) in try disk.remove(folder.path + "/x/y") }?.code == .fileExists)
    #expect(
      error { () throws(NuriError) in
        _ = try disk.open("/dev/full", .write).write(
          UnsafeRawBufferPointer(start: nil, count: 0), at: 0)
      } == nil)
    #expect(try disk.readFile(folder.path + "/x/y/f") == [1])
    #expect(error { () throws(NuriError) in _ = try disk.readFile(folder.path + "/x/y/f", limit: 0) } != nil)
    try disk.removeTree(folder.path + "/x")
    #expect(try disk.list(folder.path).isEmpty)
  }

  @Test func aFullDeviceIsToldAsSuch() throws {
    let file = try PosixDisk().open("/dev/full", .write)
    let bytes: [UInt8] = [1, 2, 3]
    var code: NuriError.Code?
    bytes.withUnsafeBytes { bytes in
      do throws(NuriError) { try file.write(bytes, at: 0) } catch { code = error.code }
    }
    #expect(code == .diskFull)
  }

  @Test func manySmallLogsAreCheap() throws {
    let folder = try TemporaryFolder()
    let disk = PosixDisk()
    for n in 0..<50 {
      let (log, _) = try SegmentLog.open(disk: disk, directory: folder.path + "/f\(n)", options: .fork)
      try log.put([1], at: 1)
      try log.sync()
      try log.close()
      let files = try disk.list(folder.path + "/f\(n)")
      #expect(files.count == 1)
      #expect(try disk.open(folder.path + "/f\(n)/" + files[0].name, .read).size() == 64 << 10)
    }
  }
}
