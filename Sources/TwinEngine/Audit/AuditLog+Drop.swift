import TwinIdentity
import TwinLog
public import TwinValues

extension AuditLog {
  /// Drops whole segments whose entries are all older than an instant. First a signed entry says through which entry,
  /// so that verifying holds from there; only when that is on disk are the files deleted.
  /// - Returns: how many entries were dropped.
  /// - Throws: what the disk refuses; then some of the files may be left, which does no harm.
  @discardableResult
  public func dropEntries(before instant: Instant) throws(NuriError) -> UInt64 {
    try withWriter { (writer) throws(NuriError) in
      let segments = try writer.folder.segments()
      var kept = 0
      // A segment is old when the one after it begins before the instant.
      while kept + 1 < segments.count,
        let time = try Self.firstTime(writer.folder, segments[kept + 1]), time < instant
      {
        kept += 1
      }
      guard kept > 0 else { return 0 }
      let through = segments[kept].first - 1
      let hash = try AuditTail.lastHash(writer.folder, segments[kept - 1], number: through)
      let now = clock.now()
      var entry = AuditEntry(
        AuditAction.drop, principal: "", cause: "Entries through \(through) were older than \(instant).")
      entry.time = now
      entry.head = try AuditHead(.drop, number: through, hash: hash, time: now, key: writer.key)
      writer.add(entry)
      try writer.sign(at: now, isForced: true)
      try writer.flush()
      for segment in segments[..<kept] { try writer.folder.disk.remove(segment.path) }
      try writer.folder.disk.syncDirectory(writer.folder.path)
      return through - segments[0].first + 1
    }
  }

  private static func firstTime(
    _ folder: AuditFolder, _ segment: AuditFolder.Segment
  ) throws(NuriError) -> Instant? {
    var time: Instant?
    try AuditScan(folder.disk, segment).forward { line throws(NuriError) in
      time = AuditLine.entry(line.bytes)?.time
      return false
    }
    return time
  }
}
