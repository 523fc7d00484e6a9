public import TwinValues

/// What a job's work has in hand: whether it should stop, and where it says how far it is. Used on the job's thread;
/// `isCancelled` may be asked from any.
public struct JobRun: Sendable {
  let board: JobBoard
  let key: String
  /// The job, as it was when the work began.
  public let job: Job

  /// Whether someone asked for the work to stop.
  public var isCancelled: Bool { board.isCancelled(key) }

  /// The engine's present instant.
  public var now: Instant { board.now }

  /// Says how much is done.
  /// - Throws: `NuriError` with code `cancelled` when the work should stop.
  public func progress(done: Int64, total: Int64) throws(NuriError) {
    board.note(Job.Progress(done: done, total: total), key)
    if isCancelled { throw NuriError(.cancelled, "The job was cancelled.") }
  }
}

/// The work of a job. It runs on a thread of its own and may block.
public typealias JobWork = @Sendable (JobRun) throws(NuriError) -> Void
