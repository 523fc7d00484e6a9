import TwinGraph
import TwinValues

/// The changes of one frame of the log, decoded once for all who read them.
///
/// `@unchecked Sendable`: `decoded` is touched only while holding `lock`; everything else never changes.
final class FeedBatch: @unchecked Sendable {
  /// The first change in it.
  let first: UInt64
  /// The last change of it that counts: a fork takes no more of its parent's than came before the fork point.
  let last: UInt64
  /// What it takes in memory, roughly: decoded, a change of one property takes 1 KiB besides its bytes.
  var byteCount: Int { 1024 * (Int(clamping: last - first) + 1) + 4 * payload.capacity }
  private let recorded: Int64
  private let payload: [UInt8]
  private let lock = Lock()
  private var decoded: Result<[ChangeRecord], NuriError>?

  init(first: UInt64, last: UInt64, recorded: Int64, payload: [UInt8]) {
    self.first = first
    self.last = last
    self.recorded = recorded
    self.payload = payload
  }

  /// Its changes from `sequence` on, oldest first.
  /// - Throws: `NuriError` with code `undecodableChange`.
  func records(from sequence: UInt64) throws(NuriError) -> ArraySlice<ChangeRecord> {
    let all = try lock.withLock { () throws(NuriError) in
      if let decoded { return try decoded.get() }
      let fresh = decode()
      decoded = fresh
      return try fresh.get()
    }
    return sequence <= first ? all[...] : all.dropFirst(Int(clamping: sequence - first))
  }

  private func decode() -> Result<[ChangeRecord], NuriError> {
    payload.withUnsafeBytes { bytes in
      Result { () throws(NuriError) in
        var reader = FrameReader(payload: bytes, firstSequence: first, recordedMicros: recorded)
        var records: [ChangeRecord] = []
        records.reserveCapacity(Int(clamping: last - first + 1))
        while records.count <= Int(clamping: last - first), let record = try reader.next() {
          records.append(record)
        }
        return records
      }
    }
  }
}
