public import TwinValues

/// An open checkpoint. Any number of threads may read it at once: all its state is set once.
public final class CheckpointReader: Sendable {
  /// A named part of a checkpoint.
  public struct Section: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Its size in bytes, uncompressed.
    public let bytes: UInt64
  }

  /// Which file, and the state as of when.
  public let summary: CheckpointSummary
  /// The bytes handed to the writer.
  public let metadata: [UInt8]
  private let file: any DiskFile
  private let tables: CheckpointTables
  private let blockBytes: Int
  private let cache = BlockCache(limit: 16)

  /// Opens a file and checks header, metadata and tables; blocks are checked as they are read.
  /// - Throws: `fileMissing`, `ioError`, `corrupt`, `newerFormat`.
  public convenience init(disk: any Disk, path: String) throws(NuriError) {
    try self.init(file: disk.open(path, .read))
  }

  init(file: any DiskFile) throws(NuriError) {
    self.file = file
    let header = try CheckpointHeader.load(file)
    tables = try CheckpointTables.load(file, header)
    blockBytes = header.blockBytes
    let buffer = ByteBuffer()
    try buffer.load(file, at: UInt64(CheckpointFormat.headerBytes), count: header.metadataBytes)
    guard checksum(buffer.base, buffer.count) == header.metadataChecksum else {
      throw .corrupt(
        "The checkpoint's metadata are damaged.", file.path, UInt64(CheckpointFormat.headerBytes))
    }
    metadata = Array(buffer.bytes)
    extendLifetime(buffer)
    summary = CheckpointSummary(
      path: file.path, sequence: header.sequence, recorded: header.recorded, bytes: try file.size())
  }

  /// The sections, in the order they were written.
  public var sections: [Section] { tables.sections.map { Section(name: $0.name, bytes: $0.bytes) } }

  /// Streams a section from its start: `body` gets up to one block at a time and returns false to stop. The bytes
  /// are valid only inside `body`.
  /// - Throws: `fileMissing` when there is no such section; `corrupt`, `ioError`; what `body` throws.
  public func readSection(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws(NuriError) -> Bool
  ) throws(NuriError) {
    let section = try find(name)
    let scratch = ScratchPool.shared.take()
    defer { ScratchPool.shared.giveBack(scratch) }
    var rest = section.bytes
    var position = section.firstBlock
    while rest > 0 {
      let count = Int(min(rest, UInt64(blockBytes)))
      let room = scratch.plain.room(count)
      try load(position, into: room, scratch)
      if try !body(UnsafeRawBufferPointer(room)) { return }
      rest -= UInt64(count)
      position += 1
    }
  }

  /// Fills a buffer from a byte offset of a section; keeps the blocks it touched for the next call.
  /// - Throws: `limitExceeded` past the section's end; as `readSection`.
  public func read(
    _ name: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(NuriError) {
    let section = try find(name)
    guard offset <= section.bytes, UInt64(buffer.count) <= section.bytes - offset else {
      throw NuriError(
        .limitExceeded,
        "Section \"\(name)\" has \(section.bytes) bytes; byte \(offset) + \(buffer.count) is past.",
        at: file.path)
    }
    var done = 0
    while done < buffer.count {
      let place = Int(offset) + done
      let block = try block(place / blockBytes, of: section)
      let start = place % blockBytes
      let part = UnsafeRawBufferPointer(
        rebasing: block.bytes[start..<min(block.bytes.count, start + buffer.count - done)])
      UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).copyMemory(from: part)
      extendLifetime(block)
      done += part.count
    }
  }

  /// Reads and checks every block, decompressing it; `progress` gets bytes of content done and in all.
  /// - Throws: `corrupt` at the first damage, `ioError`.
  public func verify(progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }) throws(NuriError) {
    let total = tables.sections.reduce(0) { $0 + $1.bytes }
    var done: UInt64 = 0
    for section in tables.sections {
      try readSection(section.name) { (bytes) in
        done += UInt64(bytes.count)
        progress(done, total)
        return true
      }
    }
  }

  private func find(_ name: String) throws(NuriError) -> CheckpointTables.Section {
    guard let section = tables.sections.first(where: { $0.name == name }) else {
      throw NuriError(.fileMissing, "The checkpoint has no section \"\(name)\".", at: file.path)
    }
    return section
  }

  private func block(_ inSection: Int, of section: CheckpointTables.Section) throws(NuriError) -> Block {
    let position = section.firstBlock + inSection
    let key = BlockCache.Key(file: 0, position: position)
    if let known = cache.find(key) { return known }
    let scratch = ScratchPool.shared.take()
    defer { ScratchPool.shared.giveBack(scratch) }
    let before = UInt64(inSection) * UInt64(blockBytes)
    let block = Block(count: Int(min(UInt64(blockBytes), section.bytes - before)))
    try load(position, into: block.bytes, scratch)
    cache.keep(block, key)
    return block
  }

  private func load(
    _ position: Int, into room: UnsafeMutableRawBufferPointer, _ scratch: Scratch
  ) throws(NuriError) {
    let block = tables.blocks[position]
    guard Int(block.storedBytes) <= blockBytes else {
      throw .corrupt("A block's size is impossible.", file.path, block.offset)
    }
    try scratch.loadBlock(
      file, at: block.offset, storedBytes: Int(block.storedBytes), checksum: block.checksum, into: room)
  }
}
