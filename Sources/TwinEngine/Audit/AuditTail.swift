import TwinIdentity
import TwinLog
import TwinValues

/// Where an audit log ends: its last whole entry, and what a crash left behind it.
struct AuditTail {
  /// The last whole entry; 0 for none.
  private(set) var number: UInt64
  /// Its hash.
  private(set) var hash: Digest
  /// Where it ends in the last segment.
  private(set) var bytes: UInt64 = 0
  /// The hash of the entry that the head speaks of, when it was passed.
  private var headHash: Digest?

  /// Walks the last segment from its first entry to the last one that holds.
  init(
    _ folder: AuditFolder, last: AuditFolder.Segment, before: AuditFolder.Segment?, head: AuditHead?,
    key: Ed25519.PublicKey
  ) throws(NuriError) {
    number = last.first - 1
    hash = .zero
    if let before {
      hash = try Self.lastHash(folder, before, number: number)
    } else if number > 0 {
      hash = try Self.droppedHash(folder, last, number: number, key)
    }
    if number == head?.number { headHash = hash }
    try AuditScan(folder.disk, last).forward { line throws(NuriError) in take(line, head) }
    try check(head, folder, last)
  }

  private mutating func take(_ line: AuditScan.Line, _ head: AuditHead?) -> Bool {
    guard line.isEnded, let (body, stored) = AuditLine.split(line.bytes),
      AuditLine.number(line.bytes) == number + 1, AuditLine.hash(body, after: hash) == stored
    else { return false }
    number += 1
    hash = stored
    bytes = line.offset + UInt64(line.bytes.count) + 1
    if number == head?.number { headHash = hash }
    return true
  }

  /// A crash takes nothing that was signed: the log was durable before its head was. What is missing then was taken.
  private func check(
    _ head: AuditHead?, _ folder: AuditFolder, _ last: AuditFolder.Segment
  ) throws(NuriError) {
    guard let head else { return }
    let isWhole = head.number < last.first - 1 || headHash == head.hash
    guard number >= head.number, isWhole else {
      throw NuriError(
        .corrupt, "The audit log is not what was signed: entry \(head.number) is missing or changed.",
        at: last.path,
        advice: "Run nuri audit verify. To go on, move the folder audit away; a new log begins.")
    }
  }

  /// The hash of the last entry that was dropped before the only segment left: its drop is signed in that segment.
  private static func droppedHash(
    _ folder: AuditFolder, _ segment: AuditFolder.Segment, number: UInt64, _ key: Ed25519.PublicKey
  ) throws(NuriError) -> Digest {
    var found: Digest?
    try AuditScan(folder.disk, segment).backward { line throws(NuriError) in
      guard let entry = AuditLine.entry(line.bytes), entry.action == AuditAction.drop,
        let head = entry.head, head.number == number, head.isSigned(.drop, by: key)
      else { return true }
      found = head.hash
      return false
    }
    guard let found else {
      throw NuriError(
        .corrupt,
        "The log begins with entry \(number + 1), and no signed entry says that those before were dropped.",
        at: segment.path,
        advice: "Run nuri audit verify. To go on, move the folder audit away; a new log begins.")
    }
    return found
  }

  /// The hash of a whole segment's last entry, which must have this number.
  static func lastHash(
    _ folder: AuditFolder, _ segment: AuditFolder.Segment, number: UInt64
  ) throws(NuriError) -> Digest {
    var found: Digest?
    try AuditScan(folder.disk, segment).backward { line throws(NuriError) in
      if AuditLine.number(line.bytes) == number { found = AuditLine.split(line.bytes)?.hash }
      return false
    }
    guard let found else {
      throw NuriError(
        .corrupt, "The segment does not end with entry \(number).", at: segment.path,
        advice: "Run nuri audit verify. To go on, move the folder audit away; a new log begins.")
    }
    return found
  }
}
