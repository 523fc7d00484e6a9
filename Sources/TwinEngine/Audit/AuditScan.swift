import TwinLog
import TwinValues

/// Reads lines of a segment from either end, in blocks: memory stays bounded whatever the file holds.
struct AuditScan {
  private static let blockBytes = 256 << 10
  let file: any DiskFile

  init(_ disk: any Disk, _ segment: AuditFolder.Segment) throws(NuriError) {
    file = try disk.open(segment.path, .read)
  }

  /// A line as it stands.
  struct Line {
    /// Its bytes without the line feed; cut where it is longer than a line may be.
    let bytes: ArraySlice<UInt8>
    /// Where it starts in the file.
    let offset: UInt64
    /// Whether a line feed ends it.
    let isEnded: Bool
  }

  /// Calls `body` with each line from the first on until it returns `false`.
  func forward(_ body: (Line) throws(NuriError) -> Bool) throws(NuriError) {
    var held: [UInt8] = []
    var start: UInt64 = 0
    while true {
      let block = try file.read(Self.blockBytes, at: start + UInt64(held.count))
      if block.isEmpty { break }
      held += block
      var at = 0
      while let end = held[at...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Line(bytes: held[at..<end], offset: start + UInt64(at), isEnded: true)
        guard try body(line) else { return }
        at = end + 1
      }
      // What is longer than any line is handed out in pieces that can't be entries.
      if held.count - at > AuditLimits.lineBytes {
        guard try body(Line(bytes: held[at...], offset: start + UInt64(at), isEnded: false)) else { return }
        at = held.count
      }
      held.removeSubrange(..<at)
      start += UInt64(at)
    }
    if !held.isEmpty { _ = try body(Line(bytes: held[...], offset: start, isEnded: false)) }
  }

  /// Calls `body` with each ended line from the last back until it returns `false`.
  func backward(_ body: (Line) throws(NuriError) -> Bool) throws(NuriError) {
    var start = try file.size()
    var held: [UInt8] = []
    // What follows the last line feed is being written, or was cut by a crash.
    var isEnded = false
    while start > 0 || !held.isEmpty {
      let count = min(UInt64(Self.blockBytes), start)
      if count > 0 {
        start -= count
        held = try file.read(Int(count), at: start) + held
      }
      while let feed = held.lastIndex(of: UInt8(ascii: "\n")) {
        let line = Line(bytes: held[(feed + 1)...], offset: start + UInt64(feed + 1), isEnded: isEnded)
        if isEnded { guard try body(line) else { return } }
        isEnded = true
        held.removeSubrange(feed...)
      }
      if start == 0 {
        if isEnded { _ = try body(Line(bytes: held[...], offset: 0, isEnded: true)) }
        return
      }
      if held.count > AuditLimits.lineBytes { held.removeAll() }
    }
  }
}
