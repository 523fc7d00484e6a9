import TwinEngine
import TwinGraph
import TwinValues

/// What a file is taken into: a world itself, or a world as a principal may change it. Blocks its thread.
protocol ImportTarget: Sendable {
  /// The newest state.
  func state() throws(NuriError) -> Snapshot
  /// Writes a batch.
  func take(_ batch: Batch) throws(NuriError)
}

extension World: ImportTarget {
  func state() throws(NuriError) -> Snapshot { try snapshot() }
  func take(_ batch: Batch) throws(NuriError) { try write(batch) }
}

extension WorldSession: ImportTarget {
  func state() throws(NuriError) -> Snapshot { try waitForSnapshot() }
  func take(_ batch: Batch) throws(NuriError) {
    // The actor is the session's principal, whatever the batch says.
    try waitToWrite(batch.operations, reason: batch.cause.reason, clock: batch.clock)
  }
}
