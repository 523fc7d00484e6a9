import TwinGraph
public import TwinValues

/// One world as one principal may see and change it. A value; any thread.
public struct WorldSession: Sendable {
  let session: Session
  let world: World

  /// The world's name.
  public var name: String { world.name }
  /// The last durable change.
  public var sequence: UInt64 { world.sequence }
  /// Whether the world may still be seen: the policies in force let the principal know of it, and it is not discarded.
  public var isOpen: Bool {
    guard let known = try? session.world(name) else { return false }
    return known.world === world
  }
  /// Who acts.
  public var principal: Principal { session.principal }

  /// The newest state, without blocking a thread while it is on its way to the disk.
  /// - Throws: `NuriError` when the world is closed or a disk failed under it.
  public func snapshot() async throws(NuriError) -> Snapshot {
    world.seen(try await world.snapshotWhenDurable(), by: principal, at: .now)
  }

  /// The state at a point in time. A rewind reads from disk and blocks the thread for it: off the loop, please.
  /// - Throws: `NuriError` with code `outOfRange` for a sequence that has not been reached.
  public func snapshot(at point: AsOf) throws(NuriError) -> Snapshot {
    world.seen(try world.snapshot(at: point), by: principal, at: point)
  }

  /// One twin as of a point in time, without building the whole world of that time; `nil` when it did not exist.
  /// - Throws: as `World.twin(_:at:)` does.
  public func twin(_ id: String, at point: AsOf) throws(NuriError) -> PastTwin? {
    let past = try world.twin(id, at: point)
    guard let past, let judge = Judge(world, principal, isPast: point != .now) else { return past }
    return try seen(past, id, judge, at: point)
  }

  /// Writes a batch; when it returns, the batch is on disk and every later read sees it.
  /// - Throws: `NuriError`, `forbidden` among them; then nothing of the batch happened.
  @discardableResult
  public func write(
    _ operations: [Operation], reason: String = "", clock: Instant? = nil
  ) async throws(NuriError) -> Receipt {
    try await world.write(batch(operations, reason, clock))
  }

  /// Writes a batch like `write`, and blocks the thread for it: for threads of jobs, which need no other then.
  /// - Throws: as `write` does.
  @discardableResult
  public func waitToWrite(
    _ operations: [Operation], reason: String = "", clock: Instant? = nil
  ) throws(NuriError) -> Receipt {
    try world.write(batch(operations, reason, clock))
  }

  /// The newest state like `snapshot()`, and blocks the thread for it.
  /// - Throws: as `snapshot()` does.
  public func waitForSnapshot() throws(NuriError) -> Snapshot {
    world.seen(try world.snapshot(), by: principal, at: .now)
  }

  private func batch(
    _ operations: [Operation], _ reason: String, _ clock: Instant?
  ) throws(NuriError) -> Batch {
    for operation in operations { try principal.require(operation.action) }
    var batch = Batch(cause: session.cause(reason), operations: operations, clock: clock)
    batch.writer = session.writer
    return batch
  }
}

extension Operation {
  /// What one needs a role for to do it.
  /// - Throws: `NuriError` with code `forbidden` for what is done by a call of its own.
  fileprivate var action: Action {
    get throws(NuriError) {
      guard case .change(let change) = kind else { return .write }
      switch change {
      case .putTwin, .patchTwin, .deleteTwin, .putRelationship, .deleteRelationship, .telemetry: return .write
      case .addModels, .decommissionModel, .deleteModel: return .models
      case .putEventRoute, .deleteEventRoute: return .routes
      case .putRecord(let record) where record.kind == .job: return .write
      case .deleteRecord(let kind, _) where kind == .job: return .write
      case .putWorld, .discardWorld, .putRecord, .deleteRecord:
        throw NuriError(
          .forbidden, "A batch can't carry changes of forks, keys and policies.",
          advice: "Each has a call of its own, which checks more.")
      }
    }
  }
}
