import TwinValues

/// A checkpoint's bytes.
///
///     0 header of 64: magic "NURICKPT", 8 u32 version, 12 u32 checksum of the other 60 bytes, 16 u64 sequence,
///       24 i64 recorded, 32 u32 block bytes, 36 u32 metadata bytes, 40 u32 checksum of the metadata, zeros
///    64 metadata, then the blocks, one behind the other: zstd, or plain when as large as that. A section's
///       blocks hold `block bytes` of it each, the last one the rest
///     … tables: per block u32 stored bytes, u32 checksum of them; per section u64 bytes, u32 first block,
///       u32 name bytes, the name
///   -64 trailer: magic "NURICKEN", 8 u32 version, 12 u32 checksum of the other 60 bytes, 16 u64 tables offset,
///       24 u32 blocks, 28 u32 sections, 32 u64 content bytes, 40 u32 checksum of the tables,
///       44 u32 the header's checksum, zeros
enum CheckpointFormat {
  static let headerBytes = 64
  static let trailerBytes = 64
  static let blockEntryBytes = 8
  static let sectionEntryBytes = 16
  static let version: UInt32 = 1
  static let headerMagic = magic("NURICKPT")
  static let trailerMagic = magic("NURICKEN")
  static let suffix = ".nck"
  static let temporarySuffix = ".nck.tmp"
  static let prefix = "checkpoint-"
  static let blockBytesRange = (4 << 10)...(16 << 20)
  static let metadataLimit = 16 << 20
  static let nameLimit = 255

  static func name(_ sequence: UInt64) -> String { prefix + SegmentName.padded(sequence) + suffix }

  static func sequence(_ name: String) -> UInt64? {
    guard name.hasPrefix(prefix) else { return nil }
    return SegmentName.firstSequence(String(name.dropFirst(prefix.count)), suffix)
  }
}

/// A checkpoint's header, checked.
struct CheckpointHeader {
  var sequence: UInt64
  var recorded: Int64
  var blockBytes: Int
  var metadataBytes: Int
  var metadataChecksum: UInt32
  /// The header's own checksum, which the trailer repeats.
  var checksum: UInt32 = 0

  /// Writes 64 bytes and returns their checksum.
  func encode(into bytes: UnsafeMutableRawPointer) -> UInt32 {
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: CheckpointFormat.headerBytes)
    bytes.put(CheckpointFormat.headerMagic, at: 0)
    bytes.put(CheckpointFormat.version, at: 8)
    bytes.put(sequence, at: 16)
    bytes.put(recorded, at: 24)
    bytes.put(UInt32(blockBytes), at: 32)
    bytes.put(UInt32(metadataBytes), at: 36)
    bytes.put(metadataChecksum, at: 40)
    let crc = recordChecksum(bytes, CheckpointFormat.headerBytes)
    bytes.put(crc, at: 12)
    return crc
  }

  /// Reads and checks the first bytes of a file.
  static func load(_ file: any DiskFile) throws(NuriError) -> CheckpointHeader {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    try buffer.load(file, at: 0, count: CheckpointFormat.headerBytes)
    let bytes = UnsafeRawPointer(buffer.base)
    guard bytes.u64(0) == CheckpointFormat.headerMagic else {
      throw .corrupt("This is not a checkpoint: its first bytes are wrong.", file.path, 0)
    }
    let crc = bytes.u32(12)
    guard recordChecksum(bytes, CheckpointFormat.headerBytes) == crc else {
      throw .corrupt("The checkpoint's header is damaged.", file.path, 0)
    }
    try checkVersion(bytes.u32(8), known: CheckpointFormat.version, file.path)
    let header = CheckpointHeader(
      sequence: bytes.u64(16), recorded: bytes.i64(24), blockBytes: Int(bytes.u32(32)),
      metadataBytes: Int(bytes.u32(36)), metadataChecksum: bytes.u32(40), checksum: crc)
    guard CheckpointFormat.blockBytesRange.contains(header.blockBytes),
      header.metadataBytes <= CheckpointFormat.metadataLimit
    else { throw .corrupt("The checkpoint's header holds impossible values.", file.path, 32) }
    return header
  }
}
