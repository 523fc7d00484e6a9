public import TwinGraph

extension WorldSession {
  /// What the principal may see of a change: the change, less of it, or `nil` for nothing.
  ///
  /// Cheap while no policy touches the principal. Policies are those in force at the call.
  /// - Parameters:
  ///   - record: a change of this world.
  ///   - before: the world's state before the change's batch; `nil` when it is not at hand. Whoever deletes a twin
  ///     says nothing of what it was, so that without it deletions are judged by id alone.
  ///   - after: the world's state after the change's batch.
  public func seen(_ record: ChangeRecord, before: Graph?, after: Graph) -> ChangeRecord? {
    switch record.change {
    case .putRecord(let entry) where entry.kind != .job && !principal.may(.access): nil
    case .deleteRecord(let kind, _) where kind != .job && !principal.may(.access): nil
    default: record
    }
  }
}
