import TwinGraph
public import TwinValues

extension Session {
  /// The policies in force, in the order in which they decide.
  /// - Throws: `NuriError` with code `forbidden`.
  public func policies() throws(NuriError) -> [Policy] {
    try principal.require(.access)
    return engine.access.policies.policies
  }

  /// Puts a policy in force, or another in its place. It holds from the next request on, in every world and for every
  /// past.
  /// - Throws: `NuriError` with code `forbidden`, `invalidPolicy`, `invalidJSON` or `limitExceeded`.
  @discardableResult
  public func putPolicy(_ json: [UInt8]) throws(NuriError) -> Policy {
    try principal.require(.access)
    let policy = try Policy(json)
    let known = engine.access.policies.policies
    guard known.count < AccessLimits.policies || known.contains(where: { $0.id == policy.id }) else {
      throw NuriError(.limitExceeded, "There are \(AccessLimits.policies) policies.")
    }
    try write(.putRecord(Record(.policy, policy.id, policy.json)))
    return policy
  }

  /// Takes a policy out of force.
  /// - Throws: `NuriError` with code `forbidden` or `policyNotFound`.
  public func deletePolicy(_ id: String) throws(NuriError) {
    try principal.require(.access)
    guard engine.access.policies.policies.contains(where: { $0.id == id }) else {
      throw NuriError(
        .policyNotFound, "There is no policy \"\(id)\".", advice: "List them with: nuri policy list")
    }
    try write(.deleteRecord(.policy, id: id))
  }

  /// - Throws: `NuriError` with code `forbidden` unless everything a fork changed is seen and may be written in its
  ///   parent.
  func requirePromotable(_ fork: World, _ rule: ConflictRule) throws(NuriError) {
    if engine.access.policies.policies.isEmpty || principal.isOwner { return }
    guard let parent = fork.parent else { return }
    if let judge = Judge(fork, principal, isPast: false) {
      let base = try fork.materialise(fork.forkPoint).graph
      let mine = try fork.snapshot().graph
      var isSeen = true
      Graph.differences(from: base, to: mine, sharedThrough: fork.forkPoint) {
        isSeen = judge.sees($0, before: base, after: mine)
        return isSeen
      }
      guard isSeen else { throw notPromotable(fork) }
    }
    guard let judge = WriteJudge(parent, principal) else { return }
    let theirs = try parent.snapshot().graph
    let preview = try engine.promote(
      fork.name, preview: true, rule: rule, cause: cause(), writer: nil)
    for change in preview.changes {
      do {
        try judge.check(change, on: theirs)
      } catch {
        throw notPromotable(fork)
      }
    }
  }

  private func notPromotable(_ fork: World) -> NuriError {
    NuriError(
      .forbidden,
      "The fork \"\(fork.name)\" changed what a policy does not let \"\(principal.id)\" see or write.",
      advice: "Ask someone who may to promote it.")
  }
}

extension Judge {
  /// Whether all of a difference is seen.
  fileprivate func sees(_ difference: Difference, before: Graph, after: Graph) -> Bool {
    func all(_ id: String, _ properties: [Difference.Property], _ graph: Graph) -> Bool {
      sees(id, in: graph) && properties.allSatisfy { sees(id, $0.path, in: graph) }
    }
    switch difference {
    case .twinAdded(let id, _, let properties): return all(id, properties, after)
    case .twinRemoved(let id, _, let properties): return all(id, properties, before)
    case .twinChanged(let id, _, _, let properties):
      return all(id, properties, before) && all(id, properties, after)
    case .relationshipAdded(let new): return sees(new, in: after)
    case .relationshipRemoved(let old): return sees(old, in: before)
    case .relationshipChanged(let old, let new): return sees(old, in: before) && sees(new, in: after)
    case .modelAdded, .modelRemoved, .eventRouteAdded, .eventRouteRemoved, .eventRouteChanged: return true
    }
  }
}
