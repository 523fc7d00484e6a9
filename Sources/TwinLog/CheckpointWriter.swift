public import TwinValues

/// What is known of a checkpoint without reading it all.
public struct CheckpointSummary: Equatable, Sendable {
  /// The file.
  public let path: String
  /// The log sequence it holds the state as of.
  public let sequence: UInt64
  /// That change's recorded time, in microseconds.
  public let recorded: Int64
  /// The file's size in bytes.
  public let bytes: UInt64
}

/// Streams named sections of opaque bytes into a checkpoint file. The file gets its name only when all of it is
/// durable; a crash before leaves a temporary file that counts for nothing.
///
/// One thread at a time; it compresses on helper threads of its own. Let go of it without `finish` and call
/// `abandon` to give the space back. After an error only `abandon` makes sense.
public final class CheckpointWriter {
  private let disk: any Disk
  private let directory: String
  private let file: any DiskFile
  private let header: CheckpointHeader
  private let output: Output
  private let crew: CompressionCrew
  private var sections: [CheckpointTables.Section] = []
  private var blocks = 0

  /// Where compressed blocks go.
  private final class Output {
    let file: any DiskFile
    var offset: UInt64
    var table = ByteBuffer()

    init(file: any DiskFile, offset: UInt64) {
      self.file = file
      self.offset = offset
    }

    func write(_ slot: CompressionRing.Slot) throws(NuriError) {
      try file.write(slot.output.bytes, at: offset)
      offset += UInt64(slot.output.count)
      let entry = table.grow(CheckpointFormat.blockEntryBytes)
      entry.put(UInt32(slot.output.count), at: 0)
      entry.put(slot.checksum, at: 4)
    }
  }

  /// Begins a checkpoint in a folder, which is made when missing.
  /// - Parameters:
  ///   - sequence: the last change the state contains; names the file.
  ///   - recorded: that change's recorded time, microseconds.
  ///   - metadata: opaque bytes, at most 16 MiB, readable without the sections.
  ///   - helpers: threads that compress beside the caller's.
  ///   - blockBytes: how much content is compressed together and read at once; 4 KiB to 16 MiB.
  /// - Throws: `limitExceeded`, `diskFull`, `readOnly`, `ioError`.
  public init(
    disk: any Disk, directory: String, sequence: UInt64, recorded: Int64, metadata: [UInt8] = [],
    helpers: Int = 1, blockBytes: Int = 256 << 10
  ) throws(NuriError) {
    guard metadata.count <= CheckpointFormat.metadataLimit,
      CheckpointFormat.blockBytesRange.contains(blockBytes)
    else {
      throw NuriError(
        .limitExceeded, "A checkpoint takes 16 MiB of metadata and blocks of 4 KiB to 16 MiB.", at: directory)
    }
    self.disk = disk
    self.directory = directory
    try disk.makeDirectories(directory)
    let start = ByteBuffer()
    let head = start.grow(CheckpointFormat.headerBytes)
    start.append(metadata)
    var header = CheckpointHeader(
      sequence: sequence, recorded: recorded, blockBytes: blockBytes, metadataBytes: metadata.count,
      metadataChecksum: checksum(start.base + CheckpointFormat.headerBytes, metadata.count))
    header.checksum = header.encode(into: start.base)
    extendLifetime(head)
    self.header = header
    file = try disk.open(
      directory + "/" + CheckpointFormat.name(sequence) + SegmentName.temporarySuffix, .replace)
    try file.write(start.bytes, at: 0)
    let output = Output(file: file, offset: UInt64(start.count))
    self.output = output
    crew = CompressionCrew(level: 1, helpers: max(0, helpers)) { (slot) throws(NuriError) in
      try output.write(slot)
    }
  }

  /// Ends the section before, if any, and begins one. Names are UTF-8, 1 to 255 bytes, each used once.
  /// - Throws: `limitExceeded` for a bad or repeated name; what writing throws.
  public func beginSection(_ name: String) throws(NuriError) {
    guard (1...CheckpointFormat.nameLimit).contains(name.utf8.count),
      !sections.contains(where: { $0.name == name })
    else {
      throw NuriError(
        .limitExceeded, "\"\(name)\" cannot be a section's name: empty, too long or used before.")
    }
    try endSection()
    sections.append(CheckpointTables.Section(name: name, bytes: 0, firstBlock: blocks))
  }

  /// Adds bytes to the section begun last. They are copied; any number, as often as needed.
  /// - Throws: `outOfOrder` before the first section; `diskFull`, `ioError`.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(NuriError) {
    guard !sections.isEmpty else {
      throw NuriError(.outOfOrder, "A checkpoint's bytes need a section.", at: file.path)
    }
    sections[sections.count - 1].bytes += UInt64(bytes.count)
    var rest = bytes
    while rest.count > 0 {
      let block = crew.filling
      let part = min(rest.count, header.blockBytes - block.count)
      block.append(UnsafeRawBufferPointer(rebasing: rest.prefix(part)))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part))
      if block.count == header.blockBytes { try submit() }
    }
  }

  /// Writes the tables, makes everything durable and gives the file its name.
  /// - Throws: `diskFull`, `ioError`: there is no checkpoint then.
  public func finish() throws(NuriError) -> CheckpointSummary {
    try endSection()
    try crew.finish()
    let tables = CheckpointTables.encode(output.table, sections)
    let end = tables.grow(CheckpointFormat.trailerBytes)
    let tablesBytes = tables.count - CheckpointFormat.trailerBytes
    end.initializeMemory(as: UInt8.self, repeating: 0, count: CheckpointFormat.trailerBytes)
    end.put(CheckpointFormat.trailerMagic, at: 0)
    end.put(CheckpointFormat.version, at: 8)
    end.put(output.offset, at: 16)
    end.put(UInt32(blocks), at: 24)
    end.put(UInt32(sections.count), at: 28)
    end.put(sections.reduce(0) { $0 + $1.bytes }, at: 32)
    end.put(checksum(tables.base, tablesBytes), at: 40)
    end.put(header.checksum, at: 44)
    end.put(recordChecksum(end, CheckpointFormat.trailerBytes), at: 12)
    try file.write(tables.bytes, at: output.offset)
    try file.sync()
    let path = directory + "/" + CheckpointFormat.name(header.sequence)
    try disk.rename(file.path, to: path)
    try disk.syncDirectory(directory)
    return CheckpointSummary(
      path: path, sequence: header.sequence, recorded: header.recorded,
      bytes: output.offset + UInt64(tables.count))
  }

  /// Removes the unfinished file.
  public func abandon() {
    file.close()
    try? disk.remove(file.path)
  }

  private func endSection() throws(NuriError) {
    if crew.filling.count > 0 { try submit() }
  }

  private func submit() throws(NuriError) {
    blocks += 1
    try crew.submit()
  }
}
