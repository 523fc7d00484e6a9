import TwinValues

/// The tables at a checkpoint's end: where blocks and sections are.
struct CheckpointTables {
  struct Section {
    let name: String
    var bytes: UInt64
    let firstBlock: Int
  }

  struct Block {
    let offset: UInt64
    let storedBytes: UInt32
    let checksum: UInt32
  }

  var blocks: [Block] = []
  var sections: [Section] = []

  /// The tables as stored.
  static func encode(_ blockTable: ByteBuffer, _ sections: [Section]) -> ByteBuffer {
    let tables = ByteBuffer()
    tables.append(blockTable.bytes)
    for section in sections {
      let name = Array(section.name.utf8)
      let entry = tables.grow(CheckpointFormat.sectionEntryBytes)
      entry.put(section.bytes, at: 0)
      entry.put(UInt32(section.firstBlock), at: 8)
      entry.put(UInt32(name.count), at: 12)
      tables.append(name)
    }
    extendLifetime(blockTable)
    return tables
  }

  /// Reads and checks a file's trailer and tables.
  static func load(_ file: any DiskFile, _ header: CheckpointHeader) throws(NuriError) -> CheckpointTables {
    let size = try file.size()
    let contentStart = UInt64(CheckpointFormat.headerBytes + header.metadataBytes)
    guard size >= contentStart + UInt64(CheckpointFormat.trailerBytes), size <= UInt64(Int64.max) else {
      throw .corrupt("The checkpoint is cut off.", file.path, size)
    }
    let trailerOffset = size - UInt64(CheckpointFormat.trailerBytes)
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    try buffer.load(file, at: trailerOffset, count: CheckpointFormat.trailerBytes)
    let trailer = UnsafeRawPointer(buffer.base)
    guard trailer.u64(0) == CheckpointFormat.trailerMagic,
      recordChecksum(trailer, CheckpointFormat.trailerBytes) == trailer.u32(12),
      trailer.u32(44) == header.checksum
    else { throw .corrupt("The checkpoint's trailer is damaged.", file.path, trailerOffset) }
    let tablesOffset = trailer.u64(16)
    let blockCount = Int(trailer.u32(24))
    let sectionCount = Int(trailer.u32(28))
    let tablesChecksum = trailer.u32(40)
    guard tablesOffset >= contentStart, tablesOffset <= trailerOffset,
      trailerOffset - tablesOffset
        >= UInt64(
          blockCount * CheckpointFormat.blockEntryBytes + sectionCount * CheckpointFormat.sectionEntryBytes)
    else { throw .corrupt("The checkpoint's trailer holds impossible values.", file.path, trailerOffset) }
    try buffer.load(file, at: tablesOffset, count: Int(trailerOffset - tablesOffset))
    guard checksum(buffer.base, buffer.count) == tablesChecksum else {
      throw .corrupt("The checkpoint's tables are damaged.", file.path, tablesOffset)
    }
    let impossible = NuriError.corrupt(
      "The checkpoint's tables hold impossible values.", file.path, tablesOffset)
    var tables = CheckpointTables()
    guard tables.decodeBlocks(buffer, blockCount, from: contentStart, to: tablesOffset),
      tables.decodeSections(buffer, sectionCount, blockCount, blockBytes: header.blockBytes)
    else { throw impossible }
    return tables
  }

  private mutating func decodeBlocks(
    _ buffer: ByteBuffer, _ count: Int, from start: UInt64, to end: UInt64
  ) -> Bool {
    var offset = start
    blocks.reserveCapacity(count)
    for position in 0..<count {
      let entry = UnsafeRawPointer(buffer.base) + position * CheckpointFormat.blockEntryBytes
      blocks.append(Block(offset: offset, storedBytes: entry.u32(0), checksum: entry.u32(4)))
      offset += UInt64(entry.u32(0))
    }
    return offset == end
  }

  private mutating func decodeSections(
    _ buffer: ByteBuffer, _ count: Int, _ blockCount: Int, blockBytes: Int
  ) -> Bool {
    var at = blockCount * CheckpointFormat.blockEntryBytes
    var nextBlock = 0
    for _ in 0..<count {
      guard at + CheckpointFormat.sectionEntryBytes <= buffer.count else { return false }
      let entry = UnsafeRawPointer(buffer.base) + at
      let bytes = entry.u64(0)
      let nameBytes = Int(entry.u32(12))
      at += CheckpointFormat.sectionEntryBytes
      guard Int(entry.u32(8)) == nextBlock, nameBytes <= buffer.count - at, bytes <= UInt64(Int64.max) / 2
      else { return false }
      let needed = (bytes + UInt64(blockBytes) - 1) / UInt64(blockBytes)
      guard needed <= UInt64(blockCount - nextBlock) else { return false }
      let name = String(
        decoding: UnsafeRawBufferPointer(start: buffer.base + at, count: nameBytes), as: UTF8.self)
      sections.append(Section(name: name, bytes: bytes, firstBlock: nextBlock))
      nextBlock += Int(needed)
      at += nameBytes
    }
    return at == buffer.count && nextBlock == blockCount
  }
}
