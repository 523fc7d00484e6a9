public import TwinValues

extension World {
  /// The state after exactly `sequence` changes, in the middle of a batch too, without blocking a task's thread: it may
  /// take a second for a million twins.
  /// - Throws: `NuriError` with code `outOfRange` for a tracking fork, or why the log can't be read.
  public func feedStateOffLoop(at sequence: UInt64) async throws(NuriError) -> FeedState {
    try await threads.offLoop { () throws(NuriError) in try self.feedState(at: sequence) }
  }
}
