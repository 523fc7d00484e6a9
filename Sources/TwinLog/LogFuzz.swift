public import TwinValues

/// Reads arbitrary bytes as each kind of file: for fuzzing. Whatever the bytes, these return or throw; they never
/// trap and never read outside the bytes. No disk, no state; any thread.
public enum LogFuzz {
  /// Reads bytes as the last segment of a log: lists damage as verifying does, then as opening does.
  /// - Returns: whole frames found.
  /// - Throws: `corrupt`, `newerFormat`.
  @discardableResult
  public static func segment(_ bytes: [UInt8]) throws(NuriError) -> Int {
    let file = BytesFile(bytes)
    let candidate = try SegmentSet.rawHeader(file)
    var verifier = LogVerifier()
    try verifier.walkRaw(candidate, file, nil, isLast: true)
    let tail = try SegmentTail(FileWindow(file), candidate.header, seed: candidate.seed, path: file.path)
    return tail.walk.frames
  }

  /// Reads bytes as a sealed segment and checks every block.
  /// - Returns: the last sequence.
  /// - Throws: `corrupt`, `newerFormat`.
  @discardableResult
  public static func sealedSegment(_ bytes: [UInt8]) throws(NuriError) -> UInt64 {
    let file = BytesFile(bytes)
    let entry = try SealedFile.entry(file, SealedFile.header(file))
    try SealedFile.check(entry, file, Scratch())
    return entry.lastSequence
  }

  /// Reads bytes as a checkpoint and checks every block.
  /// - Returns: its sequence.
  /// - Throws: `corrupt`, `newerFormat`.
  @discardableResult
  public static func checkpoint(_ bytes: [UInt8]) throws(NuriError) -> UInt64 {
    let reader = try CheckpointReader(file: BytesFile(bytes))
    try reader.verify()
    return reader.summary.sequence
  }

  /// Reads bytes as a backup's list of files.
  /// - Returns: how many it names.
  /// - Throws: `corrupt`, `newerFormat`.
  @discardableResult
  public static func manifest(_ bytes: [UInt8]) throws(NuriError) -> Int {
    try BackupManifest.decode(bytes, path: "bytes").files.count
  }
}

/// Bytes in memory as a file that can only be read.
private final class BytesFile: DiskFile {
  let path = "bytes"
  private let content: [UInt8]

  init(_ content: [UInt8]) { self.content = content }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(NuriError) -> Int {
    let start = min(Int(clamping: offset), content.count)
    let part = content[start..<min(content.count, start + buffer.count)]
    buffer.copyBytes(from: part)
    return part.count
  }

  func size() throws(NuriError) -> UInt64 { UInt64(content.count) }
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(NuriError) { throw refusal }
  func allocate(_ bytes: UInt64) throws(NuriError) { throw refusal }
  func zero(from offset: UInt64, count: Int) throws(NuriError) { throw refusal }
  func sync() throws(NuriError) { throw refusal }
  func truncate(to bytes: UInt64) throws(NuriError) { throw refusal }
  func close() {}

  private var refusal: NuriError { NuriError(.readOnly, "These bytes cannot be written.", at: path) }
}
