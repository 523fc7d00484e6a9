import TwinGraph
public import TwinValues

/// The asynchronous calls of a world session, for threads that may block: those of jobs.
extension WorldSession {
  /// The newest state. Blocks the thread.
  /// - Throws: as `snapshot()` does.
  public func waitForSnapshot() throws(NuriError) -> Snapshot {
    try waiting { (world) async throws(NuriError) in try await world.snapshot() }
  }

  /// Writes a batch. Blocks the thread.
  /// - Throws: as `write` does.
  @discardableResult
  public func waitToWrite(
    _ operations: [Operation], reason: String = "", clock: Instant? = nil
  ) throws(NuriError) -> Receipt {
    try waiting { (world) async throws(NuriError) in
      try await world.write(operations, reason: reason, clock: clock)
    }
  }

  private func waiting<T: Sendable>(
    _ body: @escaping @Sendable (WorldSession) async throws(NuriError) -> T
  ) throws(NuriError) -> T {
    let answer = Answer<Result<T, NuriError>>()
    Task {
      do throws(NuriError) {
        answer.give(.success(try await body(self)))
      } catch {
        answer.give(.failure(error))
      }
    }
    return try answer.wait().get()
  }
}
