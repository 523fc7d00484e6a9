import TwinIdentity
import TwinLog
import TwinValues

extension AuditLog {
  /// Finds the log's end, cuts off what a crash left behind it, and gets ready to go on. Returns how many bytes were
  /// cut.
  static func recover(
    _ folder: AuditFolder, _ segmentBytes: Int
  ) throws(NuriError) -> (writer: AuditWriter, cut: UInt64) {
    var segments = try folder.segments()
    let head = try folder.head()
    let key = try folder.privateKey(mayMake: segments.isEmpty && head == nil)
    if let head, !head.isSigned(by: key.publicKey) {
      throw NuriError(
        .auditForged, "The audit log's head is not signed by its key.", at: "\(folder.path)/head",
        advice: "Run nuri audit verify. To go on, move the folder audit away; a new log begins.")
    }
    if segments.isEmpty {
      guard head == nil else {
        throw NuriError(
          .corrupt, "The audit log's files are gone; only its head is left.", at: folder.path,
          advice: "Bring them back, or move the folder audit away to begin a new log.")
      }
      segments = [folder.segment(1)]
      _ = try folder.disk.open(segments[0].path, .replace)
      try folder.disk.syncDirectory(folder.path)
    }
    guard let last = segments.last else { throw NuriError(.corrupt, "There is no segment.", at: folder.path) }
    let end = try AuditTail(
      folder, last: last, before: segments.dropLast().last, head: head, key: key.publicKey)
    let file = try folder.disk.open(last.path, .write)
    let cut = try file.size() - end.bytes
    if cut > 0 { try cutOff(cut, folder, file, end) }
    return (AuditWriter(folder, key: key, file: file, end: end, segmentBytes: segmentBytes), cut)
  }

  /// Keeps what is cut, so that nobody loses lines on purpose by breaking one: at most a segment's worth.
  private static func cutOff(
    _ count: UInt64, _ folder: AuditFolder, _ file: any DiskFile, _ end: AuditTail
  ) throws(NuriError) {
    let kept = try file.read(Int(min(count, UInt64(AuditLimits.segmentBytes))), at: end.bytes)
    try folder.disk.replaceFile("\(folder.path)/cut-\(end.number + 1)", with: kept)
    try file.truncate(to: end.bytes)
    try file.sync()
  }
}
