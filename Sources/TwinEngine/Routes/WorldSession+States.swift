public import TwinValues

extension WorldSession {
  /// The state after exactly `sequence` changes, in the middle of a batch too, without blocking a task's thread: it may
  /// take a second for a million twins.
  /// - Throws: `NuriError` with code `outOfRange` for a tracking fork, or why the log can't be read.
  public func feedState(at sequence: UInt64) async throws(NuriError) -> FeedState {
    let world = world
    return try await world.threads.offLoop { () throws(NuriError) in try world.feedState(at: sequence) }
  }
}
