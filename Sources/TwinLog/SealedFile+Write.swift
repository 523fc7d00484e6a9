import TwinValues

extension SealedFile {
  /// Compresses a full raw segment into a file, reads all of it back, and makes it durable under a temporary
  /// name.
  /// - Returns: the segment as it will be once the file has its name.
  /// - Throws: `corrupt` when the raw segment is damaged, `diskFull`, `ioError`; the temporary file is removed.
  static func write(
    _ disk: any Disk, _ directory: String, _ entry: SegmentEntry, from raw: any DiskFile, level: Int32
  ) throws(NuriError) -> (entry: SegmentEntry, temporary: String) {
    let path = directory + "/" + SegmentName.sealed(entry.header.firstSequence)
    let temporary = path + SegmentName.temporarySuffix
    let file = try disk.open(temporary, .replace)
    do throws(NuriError) {
      try writeAll(file, entry, raw, level)
      let sealed = try self.entry(file, header(file))
      try check(sealed, file, Scratch())
      try file.sync()
      return (sealed.renamed(path), temporary)
    } catch {
      try? disk.remove(temporary)
      throw error
    }
  }

  private static func writeAll(
    _ file: any DiskFile, _ entry: SegmentEntry, _ raw: any DiskFile, _ level: Int32
  ) throws(NuriError) {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    let head = buffer.grow(headerBytes)
    head.initializeMemory(as: UInt8.self, repeating: 0, count: headerBytes)
    head.put(headerMagic, at: 0)
    head.put(version, at: 8)
    entry.header.encode(into: head + 64)
    head.put(recordChecksum(head, headerBytes), at: 12)
    try file.write(buffer.bytes, at: 0)
    var blocks = try blockStarts(entry, raw)
    let compressor = Compressor(level: level)
    let stored = ByteBuffer()
    var offset = headerBytes
    for position in blocks.indices {
      let start = Int(blocks[position].rawOffset)
      let end = position + 1 < blocks.count ? Int(blocks[position + 1].rawOffset) : entry.dataEnd
      try buffer.load(raw, at: UInt64(start), count: end - start)
      compressor.compress(buffer.bytes, into: stored)
      blocks[position].rawBytes = UInt32(end - start)
      blocks[position].storedOffset = UInt32(offset)
      blocks[position].storedBytes = UInt32(stored.count)
      blocks[position].checksum = checksum(stored.base, stored.count)
      try file.write(stored.bytes, at: UInt64(offset))
      offset += stored.count
    }
    try writeEnd(file, entry, blocks, at: offset)
  }

  /// Walks the raw segment, checking every frame, and says where blocks begin.
  private static func blockStarts(
    _ entry: SegmentEntry, _ raw: any DiskFile
  ) throws(NuriError) -> [SealedIndex.Block] {
    var walk = SegmentWalk(try FileWindow(raw), entry.header, seed: entry.seed, limit: entry.dataEnd)
    var blocks: [SealedIndex.Block] = []
    while walk.offset < entry.dataEnd {
      guard case .frame(let header, _, let offset) = try walk.step() else {
        throw .corrupt("A frame is damaged.", raw.path, UInt64(walk.offset))
      }
      if let last = blocks.last, offset < Int(last.rawOffset) + SealedIndex.blockBytes { continue }
      blocks.append(
        SealedIndex.Block(
          rawOffset: UInt32(offset), rawBytes: 0, storedOffset: 0, storedBytes: 0, checksum: 0,
          sequenceDelta: UInt32(truncatingIfNeeded: header.firstSequence - entry.header.firstSequence),
          recorded: header.recorded))
    }
    return blocks
  }

  private static func writeEnd(
    _ file: any DiskFile, _ entry: SegmentEntry, _ blocks: [SealedIndex.Block], at offset: Int
  ) throws(NuriError) {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    for block in blocks {
      let bytes = buffer.grow(indexEntryBytes)
      bytes.put(block.rawOffset, at: 0)
      bytes.put(block.rawBytes, at: 4)
      bytes.put(block.storedOffset, at: 8)
      bytes.put(block.storedBytes, at: 12)
      bytes.put(block.checksum, at: 16)
      bytes.put(block.sequenceDelta, at: 20)
      bytes.put(block.recorded, at: 24)
    }
    let indexChecksum = checksum(buffer.base, buffer.count)
    let trailer = buffer.grow(trailerBytes)
    trailer.initializeMemory(as: UInt8.self, repeating: 0, count: trailerBytes)
    trailer.put(trailerMagic, at: 0)
    trailer.put(version, at: 8)
    trailer.put(UInt64(offset), at: 16)
    trailer.put(UInt32(blocks.count), at: 24)
    trailer.put(indexChecksum, at: 28)
    trailer.put(entry.lastSequence, at: 32)
    trailer.put(entry.lastRecorded, at: 40)
    trailer.put(UInt32(entry.dataEnd), at: 48)
    trailer.put(entry.lastChecksum, at: 52)
    trailer.put(recordChecksum(trailer, trailerBytes), at: 12)
    try file.write(buffer.bytes, at: UInt64(offset))
  }

  /// Reads every block of a sealed segment and checks every frame, and that together they end as the trailer
  /// says.
  static func check(_ sealed: SegmentEntry, _ file: any DiskFile, _ scratch: Scratch) throws(NuriError) {
    var last = sealed.header.firstSequence - 1
    for position in 0..<sealed.spanCount {
      let span = sealed.span(position)
      let bytes = try span.load(scratch, sealedFile: file)
      guard span.firstSequence == last + 1 else { throw span.damage("Frames are missing.", span.start) }
      _ = try span.walk(bytes, skip: { _ in false }) { (frame) in
        last = frame.lastSequence
        return true
      }
      extendLifetime(scratch)
    }
    guard last == sealed.lastSequence else {
      throw .corrupt("The sealed segment's last sequence is not what its trailer says.", file.path, 0)
    }
  }
}
