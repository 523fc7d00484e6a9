public import TwinGraph

extension WorldSession {
  /// Whether a policy in force binds the principal in this world.
  public var isBound: Bool { Judge(world, principal, isPast: true) != nil }

  /// What the principal may see of a change: the change, less of it, or `nil` for nothing.
  ///
  /// Cheap while no policy touches the principal. Policies are those in force at the call.
  /// - Parameters:
  ///   - record: a change of this world.
  ///   - before: the world's state before the change's batch; `nil` when it is not at hand. Whoever deletes says
  ///     nothing of what it was: without it deleted twins are judged by id and model, and deleted relationships are
  ///     not seen.
  ///   - after: the world's state after the change's batch.
  public func seen(_ record: ChangeRecord, before: Graph?, after: Graph) -> ChangeRecord? {
    // Whatever lens is before the states is another's, or this one's already.
    let before = before?.withoutLens
    let after = after.withoutLens
    guard let judge = Judge(world, principal, isPast: record.sequence < world.sequence) else {
      return isOpen(record.change, before: before) ? record : nil
    }
    return shown(record, judge, before: before, after: after)
  }

  /// A state of this world, at or near its present, as the principal sees it. Cheap while no policy touches the
  /// principal.
  public func seen(_ graph: Graph) -> Graph { world.seen(graph.withoutLens, by: principal, past: nil) }

  /// The state after a change, as the principal sees it: held against the present when that is further.
  func seen(_ graph: Graph, after sequence: UInt64) -> Graph {
    world.seen(graph, by: principal, past: sequence < world.sequence ? .max : nil)
  }

  func shown(_ record: ChangeRecord, _ judge: Judge, before: Graph?, after: Graph) -> ChangeRecord? {
    guard isOpen(record.change, before: before) else { return nil }
    return judge.seen(record.change, before: before, after: after).map(record.with)
  }

  /// Whether the principal may know of a change as far as it is none of twins: keys, policies and jobs are for those
  /// who manage them, worlds for those who may know of them.
  func isOpen(_ change: Change, before: Graph?) -> Bool {
    switch change {
    case .putRecord, .deleteRecord: return principal.may(.access)
    case .putWorld(let entry): return knows(entry.name)
    case .discardWorld(let number):
      guard !session.engine.access.policies.policies.isEmpty else { return true }
      return before?.worlds.first { $0.number == number }.map { knows($0.name) } ?? principal.isOwner
    default: return true
    }
  }

  private func knows(_ name: String) -> Bool {
    !(session.engine.access.policies.ruling(principal, name, .read)?.hidesEverything ?? false)
  }
}
