import Testing
import TwinLog
import TwinStorm
import TwinValues

/// Writes a checkpoint of named sections in pieces of a few sizes.
@discardableResult
func writeCheckpoint(
  _ disk: any Disk, _ sequence: UInt64, _ sections: [(String, [UInt8])], metadata: [UInt8] = [7, 8],
  helpers: Int = 1, blockBytes: Int = 4096
) throws(NuriError) -> CheckpointSummary {
  let writer = try CheckpointWriter(
    disk: disk, directory: "data/checkpoints", sequence: sequence, recorded: Int64(sequence) * 10,
    metadata: metadata, helpers: helpers, blockBytes: blockBytes)
  for (name, bytes) in sections {
    try writer.beginSection(name)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: bytes)
    var at = 0
    while at < bytes.count {
      let end = min(bytes.count, at + 1000)
      try writer.write(UnsafeRawBufferPointer(rebasing: buffer[at..<end]))
      at = end
    }
  }
  return try writer.finish()
}

extension CheckpointReader {
  /// A whole section.
  func bytes(_ name: String) throws(NuriError) -> [UInt8] {
    var all: [UInt8] = []
    try readSection(name) { (part) in
      all.append(contentsOf: part)
      return true
    }
    return all
  }
}

@Suite struct CheckpointTests {
  @Test(arguments: [0, 1, 2]) func keepsSections(helpers: Int) throws {
    let disk = SimulatedDisk(seed: 3)
    var seed = Seed(9)
    let sections = [
      ("twins", seed.bytes(50_000)), ("empty", []), ("edge", seed.bytes(8192)), ("ü", seed.bytes(1)),
    ]
    let summary = try writeCheckpoint(disk, 42, sections, helpers: helpers)
    let reader = try CheckpointReader(disk: disk, path: summary.path)
    #expect(reader.summary == summary)
    #expect(reader.summary.recorded == 420)
    #expect(reader.metadata == [7, 8])
    #expect(reader.sections.map(\.name) == sections.map(\.0))
    for (name, bytes) in sections { #expect(try reader.bytes(name) == bytes) }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 9000, alignment: 8)
    defer { room.deallocate() }
    for offset in [0, 1, 4095, 4096, 40_999, 41_000] {
      try reader.read("twins", at: UInt64(offset), into: room)
      #expect(Array(room) == Array(sections[0].1[offset..<(offset + 9000)]))
    }
    #expect(throws: NuriError.self) { try reader.read("twins", at: 41_001, into: room) }
    #expect(throws: NuriError.self) { try reader.bytes("nowhere") }
    try reader.verify()
  }

  @Test func fallsBackFromADamagedFileAndSaysSo() throws {
    let disk = SimulatedDisk(seed: 3)
    var seed = Seed(1)
    let old = [("a", seed.bytes(20_000))]
    try writeCheckpoint(disk, 10, old)
    let new = try writeCheckpoint(disk, 20, [("a", seed.bytes(20_000))])
    let folder = CheckpointFolder(disk: disk, directory: "data/checkpoints")
    #expect(try folder.list().checkpoints.map(\.sequence) == [20, 10])
    #expect(try folder.openNewest().reader?.summary == new)
    disk.damage(new.path) { $0[200] ^= 1 }
    let (reader, damaged) = try folder.openNewest()
    #expect(reader?.summary.sequence == 10)
    #expect(try reader?.bytes("a") == old[0].1)
    #expect(damaged.map(\.path) == [new.path])
    #expect(damaged.first?.error.code == .corrupt)
    try folder.remove(keeping: 1)
    #expect(try folder.list().checkpoints.map(\.sequence) == [20])
    #expect(try folder.openNewest().reader == nil)
  }

  @Test func anUnfinishedCheckpointCountsForNothing() throws {
    let disk = SimulatedDisk(seed: 3)
    let folder = CheckpointFolder(disk: disk, directory: "data/checkpoints")
    #expect(try folder.openNewest().reader == nil)
    let writer = try CheckpointWriter(disk: disk, directory: "data/checkpoints", sequence: 1, recorded: 1)
    try writer.beginSection("a")
    #expect(throws: NuriError.self) { try writer.beginSection("a") }
    #expect(try folder.list().checkpoints.isEmpty)
    writer.abandon()
    #expect(try disk.list("data/checkpoints").isEmpty)
  }
}
