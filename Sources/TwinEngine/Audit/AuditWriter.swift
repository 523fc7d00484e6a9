import TwinIdentity
import TwinLog
import TwinValues

/// The end of an audit log: gives entries their number and hash, and brings them to the disk. One thread at a time.
///
/// What the disk refused stays in `unwritten` and is written again at the same place, so that trying again is
/// harmless whatever became of the first try.
final class AuditWriter {
  let folder: AuditFolder
  let key: Ed25519.PrivateKey
  private let segmentBytes: Int
  private var file: any DiskFile
  /// Bytes of the current segment that are on disk.
  private var offset: UInt64
  /// The last entry that is on disk.
  private var durableNumber: UInt64
  private var unwritten: [UInt8] = []
  private var scratch = JSONWriter()
  /// The last entry and its hash, written or not.
  private(set) var number: UInt64
  private(set) var hash: Digest
  /// The last entry that a signature in the log covers, and when it was made.
  private(set) var signedNumber: UInt64
  private var signedTime = Instant.distantPast
  /// A head that waits to be kept beside the log.
  private var nextHead: AuditHead?

  init(
    _ folder: AuditFolder, key: Ed25519.PrivateKey, file: any DiskFile, end: AuditTail, segmentBytes: Int
  ) {
    self.folder = folder
    self.key = key
    self.file = file
    self.segmentBytes = segmentBytes
    offset = end.bytes
    number = end.number
    durableNumber = end.number
    hash = end.hash
    signedNumber = end.number
  }

  /// Whether anything waits for the disk.
  var isBehind: Bool { !unwritten.isEmpty || nextHead != nil }

  /// Gives an entry its number and hash.
  func add(_ entry: AuditEntry) {
    var entry = entry
    number += 1
    entry.number = number
    hash = AuditLine.append(entry, after: hash, to: &unwritten, &scratch)
  }

  /// Signs everything up to here when a signature is due: some entries have none and the last one is old enough, or
  /// there are many. A signature is an entry itself, and the one kept beside the log covers that too.
  func sign(at now: Instant, isForced: Bool) throws(NuriError) {
    let waited = signedTime > now || now.microseconds - max(0, signedTime.microseconds) >= Self.signEvery
    guard number > signedNumber, isForced || waited || number - signedNumber >= AuditLimits.checkpointEntries
    else { return }
    var entry = AuditEntry(AuditAction.checkpoint, principal: "")
    entry.time = now
    entry.head = try AuditHead(.head, number: number, hash: hash, time: now, key: key)
    add(entry)
    signedNumber = number
    signedTime = now
    nextHead = try AuditHead(.head, number: number, hash: hash, time: now, key: key)
  }

  private static let signEvery = Int64(AuditLimits.checkpointMilliseconds) * 1000

  /// Makes everything durable, in a new segment when this one is full, then replaces the head.
  func flush() throws(NuriError) {
    if !unwritten.isEmpty {
      if offset >= UInt64(segmentBytes) { try roll() }
      try file.write(unwritten, at: offset)
      try file.sync()
      offset += UInt64(unwritten.count)
      durableNumber = number
      unwritten.removeAll(keepingCapacity: unwritten.capacity <= 4 * AuditLimits.flushBytes)
    }
    if let head = nextHead {
      try folder.replaceHead(head)
      nextHead = nil
    }
  }

  /// Begins a segment with the first entry that is not on disk: trying again makes the same file.
  private func roll() throws(NuriError) {
    let fresh = try folder.disk.open(folder.segment(durableNumber + 1).path, .replace)
    try folder.disk.syncDirectory(folder.path)
    file.close()
    file = fresh
    offset = 0
  }

  /// Closes the file; nothing may follow.
  func close() { file.close() }
}
