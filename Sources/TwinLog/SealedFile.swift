import TwinValues

/// A sealed segment: the frames of a full segment in compressed blocks.
///
///     0 header of 192 bytes: magic "NURISEAL", 8 u32 version, 12 u32 checksum of the other 188 bytes,
///       16 zeros, 64 the 128 bytes of the raw segment's header
///   192 blocks, one behind the other: whole frames, zstd, or plain when as large as that
///     … index: 32 bytes per block (raw offset, raw bytes, stored offset, stored bytes, checksum of stored
///       bytes, sequence delta: u32 each; recorded: i64)
///   -64 trailer: magic "NURISEND", 8 u32 version, 12 u32 checksum of the other 60 bytes, 16 u64 index offset,
///       24 u32 blocks, 28 u32 checksum of the index, 32 u64 last sequence, 40 i64 last recorded,
///       48 u32 end of frames, 52 u32 last frame's checksum, 56 zeros
enum SealedFile {
  static let headerBytes = 192
  static let indexEntryBytes = 32
  static let trailerBytes = 64
  static let version: UInt32 = 1
  static let headerMagic = magic("NURISEAL")
  static let trailerMagic = magic("NURISEND")

  /// Reads and checks the header.
  static func header(_ file: any DiskFile) throws(NuriError) -> SegmentSet.Candidate {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    try buffer.load(file, at: 0, count: headerBytes)
    let base = UnsafeRawPointer(buffer.base)
    guard base.u64(0) == headerMagic else {
      throw .corrupt("This is not a sealed segment: its first bytes are wrong.", file.path, 0)
    }
    guard recordChecksum(base, headerBytes) == base.u32(12) else {
      throw .corrupt("The sealed segment's header is damaged.", file.path, 0)
    }
    try checkVersion(base.u32(8), known: version, file.path)
    let (header, seed) = try SegmentHeader.decode(base + 64, path: file.path, offset: 64)
    return SegmentSet.Candidate(path: file.path, header: header, seed: seed, isSealed: true)
  }

  /// Reads and checks trailer and index; the blocks are checked when they are read.
  static func entry(_ disk: any Disk, _ candidate: SegmentSet.Candidate) throws(NuriError) -> SegmentEntry {
    try entry(disk.open(candidate.path, .read), candidate)
  }

  static func entry(
    _ file: any DiskFile, _ candidate: SegmentSet.Candidate
  ) throws(NuriError) -> SegmentEntry {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    let size = try file.size()
    guard size >= UInt64(headerBytes + trailerBytes), size <= UInt64(UInt32.max) else {
      throw .corrupt("The sealed segment has an impossible size.", file.path, size)
    }
    let trailerOffset = size - UInt64(trailerBytes)
    try buffer.load(file, at: trailerOffset, count: trailerBytes)
    let trailer = UnsafeRawPointer(buffer.base)
    guard trailer.u64(0) == trailerMagic,
      recordChecksum(trailer, trailerBytes) == trailer.u32(12)
    else { throw .corrupt("The sealed segment's trailer is damaged.", file.path, trailerOffset) }
    let indexOffset = trailer.u64(16)
    let count = Int(trailer.u32(24))
    let indexChecksum = trailer.u32(28)
    guard indexOffset >= UInt64(headerBytes), indexOffset <= trailerOffset,
      trailerOffset - indexOffset == UInt64(count * indexEntryBytes)
    else { throw .corrupt("The sealed segment's trailer holds impossible values.", file.path, trailerOffset) }
    var entry = SegmentEntry(
      header: candidate.header, seed: candidate.seed, path: candidate.path, dataEnd: Int(trailer.u32(48)),
      lastSequence: trailer.u64(32), lastRecorded: trailer.i64(40), lastChecksum: trailer.u32(52),
      content: .sealed(SealedIndex()))
    try buffer.load(file, at: indexOffset, count: count * indexEntryBytes)
    guard checksum(buffer.base, buffer.count) == indexChecksum else {
      throw .corrupt("The sealed segment's index is damaged.", file.path, indexOffset)
    }
    let blocks = try decodeIndex(buffer.base, count, file.path, indexOffset, dataEnd: entry.dataEnd)
    entry.content = .sealed(SealedIndex(blocks: blocks))
    return entry
  }

  /// Reads the index and checks that blocks follow one another without gaps, in the file and in the segment.
  private static func decodeIndex(
    _ bytes: UnsafeRawPointer, _ count: Int, _ path: String, _ indexOffset: UInt64, dataEnd: Int
  ) throws(NuriError) -> [SealedIndex.Block] {
    var blocks: [SealedIndex.Block] = []
    blocks.reserveCapacity(count)
    var stored = headerBytes
    var raw = SegmentHeader.bytes
    for position in 0..<count {
      let entry = bytes + position * indexEntryBytes
      let block = SealedIndex.Block(
        rawOffset: entry.u32(0), rawBytes: entry.u32(4), storedOffset: entry.u32(8),
        storedBytes: entry.u32(12), checksum: entry.u32(16), sequenceDelta: entry.u32(20),
        recorded: entry.i64(24))
      guard Int(block.storedOffset) == stored, Int(block.rawOffset) == raw, block.rawBytes > 0 else {
        throw .corrupt("The sealed segment's index holds impossible values.", path, indexOffset)
      }
      stored += Int(block.storedBytes)
      raw += Int(block.rawBytes)
      blocks.append(block)
    }
    guard stored == Int(indexOffset), raw == dataEnd, raw <= SegmentLogOptions.segmentBytesLimit else {
      throw .corrupt("The sealed segment's index does not cover the file.", path, indexOffset)
    }
    return blocks
  }
}
