import TwinEngine
import TwinGraph
import TwinValues

/// Finds in a world's own log how far a file was taken up before.
enum ResumePoint {
  /// The last line of the file that is durable in the world; 0 when the file was never taken up.
  ///
  /// The history of a twin near the file's beginning leads to one of the file's batches; from there the log is
  /// walked forward to the last one. A fork goes on where its parent was at the fork point, as far as that
  /// twin's history tells.
  /// - Parameters:
  ///   - marker: what every cause of this file starts with.
  ///   - twin: the first twin that the file names.
  static func line(in world: World, marker: String, twin: String) throws(NuriError) -> Int {
    let prefix = marker + " line "
    var found: UInt64?
    var last = 0
    do {
      try world.history(ofTwin: twin) { record throws(NuriError) in
        guard let line = line(record.cause.reason, prefix) else { return true }
        found = record.sequence
        last = line
        return false
      }
    } catch  where error.code == .twinNotFound {
      return 0
    }
    guard let found else { return 0 }
    var previous = ""
    try world.changes(from: found) { record throws(NuriError) in
      let reason = record.cause.reason
      if reason != previous {
        previous = reason
        last = max(last, line(reason, prefix) ?? 0)
      }
      return true
    }
    return last
  }

  private static func line(_ reason: String, _ prefix: String) -> Int? {
    reason.hasPrefix(prefix) ? Int(reason.dropFirst(prefix.count)) : nil
  }
}
