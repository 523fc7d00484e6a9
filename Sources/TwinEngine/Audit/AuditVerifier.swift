public import TwinIdentity
public import TwinLog
public import TwinValues

/// Checks an audit log from its first line to its last: every hash, every number, every signature, and that it reaches
/// as far as its signed head, and as a head that was kept elsewhere, say. Reads only, also while a server writes.
///
/// What it can't see: someone who holds the signing key and rewrites everything, and someone who puts back an older
/// copy of the whole folder, unless `expectedHead` (or the public key) comes from elsewhere. docs/audit.md says more.
public struct AuditVerifier {
  private let folder: AuditFolder
  private let key: Ed25519.PublicKey
  private let expected: [(head: AuditHead, name: String)]
  private var report = AuditReport()
  private var hash = Digest.zero
  /// The first line's body and hash, when earlier entries are gone: a drop must account for them.
  private var firstLine: (body: [UInt8], hash: Digest, place: String)?

  /// Verifies the log in a folder.
  /// - Parameters:
  ///   - folder: `AuditLog.folder(in:)` of a data folder.
  ///   - expectedHead: a head that was kept elsewhere.
  ///   - publicKey: the key that was kept elsewhere; otherwise the one beside the log is believed.
  /// - Throws: `fileMissing` when there is no log; what the disk refuses. Everything wrong with the log itself is in
  ///   the report.
  public static func verify(
    _ folder: String, disk: any Disk = PosixDisk(), expectedHead: AuditHead? = nil,
    publicKey: Ed25519.PublicKey? = nil
  ) throws(NuriError) -> AuditReport {
    let folder = AuditFolder(disk: disk, path: folder)
    // The head first: a log only grows, so whatever is read later reaches at least as far.
    var early = AuditReport()
    var own: AuditHead?
    do { own = try folder.head() } catch {
      guard error.code == .auditForged else { throw error }
      early.note(.auditForged, error.message, at: "head")
    }
    let segments: [AuditFolder.Segment]
    do { segments = try folder.segments() } catch {
      guard error.code == .fileMissing else { throw error }
      throw NuriError(
        .fileMissing, "There is no audit log here.", at: folder.path,
        advice: "A server makes one when it first starts on a data folder.")
    }
    if own == nil, early.isWhole, !segments.isEmpty {
      early.note(.auditTruncated, "The signed head is missing, so a cut end can't be seen.", at: "head")
    }
    let key = if let publicKey { publicKey } else { try folder.publicKey() }
    let heads = [(own, "the head beside the log"), (expectedHead, "the head kept elsewhere")]
    var verifier = AuditVerifier(
      folder: folder, key: key, expected: heads.compactMap { head, name in head.map { ($0, name) } },
      report: early)
    for segment in segments { try verifier.walk(segment) }
    return verifier.finish()
  }

  private init(
    folder: AuditFolder, key: Ed25519.PublicKey, expected: [(AuditHead, String)], report: AuditReport
  ) {
    self.folder = folder
    self.key = key
    self.expected = expected
    self.report = report
    for (head, name) in expected where !head.isSigned(by: key) {
      self.report.note(.auditForged, "The signature of \(name) is not by the log's key.", at: "head")
    }
  }

  private mutating func walk(_ segment: AuditFolder.Segment) throws(NuriError) {
    var line = 0
    if report.entries > 0, segment.first != report.last + 1 {
      noteJump(to: segment.first, at: segment.name)
    }
    if report.unfinishedBytes > 0 {
      report.note(.auditChanged, "The file before this one ends with a broken line.", at: segment.name)
    }
    report.unfinishedBytes = 0
    try AuditScan(folder.disk, segment).forward { (found) throws(NuriError) in
      line += 1
      take(found, at: "\(segment.name), line \(line)", isFirst: line == 1, of: segment)
      return true
    }
  }

  private mutating func take(
    _ line: AuditScan.Line, at place: String, isFirst: Bool, of segment: AuditFolder.Segment
  ) {
    if report.unfinishedBytes > 0 {
      // Something follows it, so it is not the end that a crash left.
      report.note(.auditChanged, "A line is broken.", at: place)
      report.unfinishedBytes = 0
    }
    guard line.isEnded else {
      report.unfinishedBytes = line.bytes.count
      return
    }
    guard line.bytes.count <= AuditLimits.lineBytes, let (body, stored) = AuditLine.split(line.bytes),
      let number = AuditLine.number(line.bytes), let entry = AuditLine.entry(line.bytes)
    else {
      let entry = report.entries > 0 || segment.first == 1 ? " (after entry \(report.last))" : ""
      return report.note(.auditChanged, "The line is not an audit entry\(entry).", at: place)
    }
    if isFirst, number != segment.first {
      report.note(
        .auditMissing, "The file begins with entry \(number), not with \(segment.first) as its name says.",
        at: place)
    }
    if report.entries == 0 {
      begin(number, body, stored, place)
    } else if number != report.last + 1 {
      if !isFirst { noteJump(to: number, at: place) }
    } else if AuditLine.hash(body, after: hash) != stored {
      report.note(.auditChanged, "Entry \(number) is not what was written, or follows another.", at: place)
    }
    check(entry, at: place)
    report.entries += 1
    report.last = number
    hash = stored
    compareHeads(number, at: place)
  }

  private mutating func begin(_ number: UInt64, _ body: ArraySlice<UInt8>, _ stored: Digest, _ place: String)
  {
    report.first = number
    if number == 1 {
      if AuditLine.hash(body, after: .zero) != stored {
        report.note(.auditChanged, "Entry 1 is not what was written.", at: place)
      }
    } else {
      firstLine = (Array(body), stored, place)
    }
  }

  private mutating func noteJump(to number: UInt64, at place: String) {
    if number > report.last + 1 {
      let gap = number - report.last - 1
      let which = gap == 1 ? "Entry \(number - 1) is" : "Entries \(report.last + 1) to \(number - 1) are"
      report.note(.auditMissing, "\(which) missing.", at: place)
    } else {
      report.note(
        .auditMissing, "Entry \(number) stands after entry \(report.last): repeated or out of order.",
        at: place)
    }
  }

  /// Checks what an entry signs: the hash of the entry before it, or of those that were dropped.
  private mutating func check(_ entry: AuditEntry, at place: String) {
    switch entry.action {
    case AuditAction.checkpoint:
      guard let head = entry.head, head.isSigned(.head, by: key), head.number == entry.number - 1,
        head.hash == hash || report.entries == 0
      else {
        return report.note(
          .auditForged, "Entry \(entry.number) signs something else than what stands before it.", at: place)
      }
      report.signatures += 1
      report.signedThrough = max(report.signedThrough, entry.number - 1)
    case AuditAction.drop:
      guard let head = entry.head, head.isSigned(.drop, by: key) else {
        return report.note(
          .auditForged,
          "Entry \(entry.number) says that entries were dropped and is not signed by the log's key.",
          at: place)
      }
      report.signatures += 1
      if let first = firstLine, head.number + 1 == report.first,
        AuditLine.hash(first.body[...], after: head.hash) == first.hash
      {
        firstLine = nil
      }
    default: break
    }
  }

  private mutating func compareHeads(_ number: UInt64, at place: String) {
    for (head, name) in expected where head.number == number {
      if head.hash != hash {
        report.note(.auditChanged, "Entry \(number) is not the one that \(name) speaks of.", at: place)
      } else if head.isSigned(by: key) {
        report.signedThrough = max(report.signedThrough, number)
      }
    }
  }

  private mutating func finish() -> AuditReport {
    report.hash = hash
    if let first = firstLine {
      report.note(
        .auditMissing,
        "The log begins with entry \(report.first), and no signed entry says that those before were "
          + "dropped.", at: first.place)
    }
    for (head, name) in expected where head.number > report.last {
      let missing = head.number - report.last
      report.note(
        .auditTruncated,
        "The log ends with entry \(report.last), and \(name) knows \(head.number): the last \(missing) "
          + "\(missing == 1 ? "is" : "are") cut off.", at: "head")
    }
    return report
  }
}
