import TwinIdentity
public import TwinLog
public import TwinValues

/// Which entries are wanted. Every condition that is set must hold.
public struct AuditFilter: Sendable, Equatable {
  /// Who acted, whole.
  public var principal: String?
  /// What was asked for: a whole action, or the part before its dot (`key` for `key.create`).
  public var action: String?
  /// The world, whole.
  public var world: String?
  /// The target, whole.
  public var target: String?
  /// The request's id, whole.
  public var request: String?
  /// What came of it.
  public var outcome: AuditEntry.Outcome?
  /// Not before.
  public var from: Instant?
  /// Before.
  public var until: Instant?

  /// Makes a filter that lets everything pass.
  public init() {}

  /// Whether an entry passes.
  public func matches(_ entry: AuditEntry) -> Bool {
    func isWanted(_ wanted: String?, _ value: String) -> Bool { wanted == nil || wanted == value }
    guard isWanted(principal, entry.principal), isWanted(world, entry.world), isWanted(target, entry.target),
      isWanted(request, entry.request), outcome == nil || outcome == entry.outcome
    else { return false }
    if let action, entry.action != action, !entry.action.hasPrefix(action + ".") { return false }
    if let from, entry.time < from { return false }
    if let until, entry.time >= until { return false }
    return true
  }
}

/// Some entries, and where to go on.
public struct AuditPage: Sendable {
  /// The entries, in the order asked for.
  public let entries: [AuditEntry]
  /// Where the next page starts; `nil` at the end. A page may be empty and have a next one: a question looks at a
  /// bounded number of entries at a time.
  public let next: UInt64?
}

/// Reads an audit log, also while a server writes it: what was written is there, at most 100 ms behind. Proves nothing;
/// that is `AuditVerifier`'s work. A value; any thread, but it blocks on the disk: off the loop, please.
public struct AuditReader: Sendable {
  private let disk: any Disk
  private let path: String

  /// A reader of the log in a folder: `AuditLog.folder(in:)` of a data folder.
  public init(_ folder: String, disk: any Disk = PosixDisk()) {
    self.disk = disk
    path = folder
  }

  /// The newest signed head; `nil` when there is none yet. Keep it elsewhere, to check the log against.
  /// - Throws: `fileMissing` when there is no log, `auditForged` when the file can't be read as one.
  public func head() throws(NuriError) -> AuditHead? {
    _ = try segments()
    return try AuditFolder(disk: disk, path: path).head()
  }

  /// The public key in PEM form.
  /// - Throws: `fileMissing` when there is no log.
  public func publicKeyPEM() throws(NuriError) -> String {
    try AuditFolder(disk: disk, path: path).publicKey().pem()
  }

  /// A page of entries.
  /// - Parameters:
  ///   - from: the first entry to look at; `nil` for the newest, or the oldest when `newestFirst` is off.
  ///   - limit: the most entries to return, at most `AuditLimits.pageEntries`.
  ///   - newestFirst: the direction.
  /// - Throws: `fileMissing` when there is no log, or what the disk refuses.
  public func entries(
    from: UInt64? = nil, limit: Int = 100, newestFirst: Bool = true, filter: AuditFilter = AuditFilter()
  ) throws(NuriError) -> AuditPage {
    var page = Collector(limit: max(1, min(limit, AuditLimits.pageEntries)), filter: filter)
    let segments = try segments()
    if newestFirst {
      for segment in segments.reversed() where segment.first <= from ?? .max && !page.isFull {
        try AuditScan(disk, segment).backward { line throws(NuriError) in
          page.take(line, isPast: { $0 > from ?? .max })
        }
      }
    } else {
      let start = from ?? 0
      for (index, segment) in segments.enumerated() where !page.isFull {
        let isBefore = index + 1 < segments.count && segments[index + 1].first <= start
        if isBefore { continue }
        try AuditScan(disk, segment).forward { line throws(NuriError) in
          page.take(line, isPast: { $0 < start })
        }
      }
    }
    return AuditPage(entries: page.entries, next: page.next)
  }

  private func segments() throws(NuriError) -> [AuditFolder.Segment] {
    do { return try AuditFolder(disk: disk, path: path).segments() } catch {
      guard error.code == .fileMissing else { throw error }
      throw NuriError(
        .fileMissing, "There is no audit log here.", at: path,
        advice: "A server makes one when it first starts on a data folder.")
    }
  }

  /// Gathers what passes until there is enough.
  private struct Collector {
    let limit: Int
    let filter: AuditFilter
    var entries: [AuditEntry] = []
    var next: UInt64?
    private var scanned = 0

    init(limit: Int, filter: AuditFilter) {
      self.limit = limit
      self.filter = filter
    }

    var isFull: Bool { next != nil }

    /// Looks at a line; returns whether to go on. Lines that are no entries are passed over here.
    mutating func take(_ line: AuditScan.Line, isPast: (UInt64) -> Bool) -> Bool {
      guard line.isEnded, let number = AuditLine.number(line.bytes), !isPast(number) else { return true }
      guard entries.count < limit, scanned < AuditLimits.scannedEntries else {
        next = number
        return false
      }
      scanned += 1
      if let entry = AuditLine.entry(line.bytes), filter.matches(entry) { entries.append(entry) }
      return true
    }
  }
}
