import TwinGraph
import TwinValues

extension Execution {
  /// Goes on with step `index` of the row that is being built; calls `take` for each row that is whole.
  func follow(_ index: Int, _ take: () throws(NuriError) -> Bool) throws(NuriError) -> Bool {
    guard index < plan.steps.count else { return try take() }
    let step = plan.steps[index]
    if let names = step.names, names.isEmpty { return true }
    let from = evaluator.graph.twin(number: evaluator.slots[step.from])
    if step.relationship == nil { return try followFar(step, index, from, take) }
    if step.direction != .incoming {
      for relationship in evaluator.graph.outgoing(from) {
        let target = evaluator.graph.target(of: relationship)
        guard try arrive(step, index, relationship, target, take) else { return false }
      }
    }
    if step.direction != .outgoing {
      for relationship in evaluator.graph.incoming(from) {
        let source = evaluator.graph.source(of: relationship)
        // A relationship of a twin with itself has been met among the outgoing ones.
        if step.direction == .either, source == from { continue }
        guard try arrive(step, index, relationship, source, take) else { return false }
      }
    }
    return true
  }

  private func arrive(
    _ step: Hop, _ index: Int, _ relationship: RelationshipRef, _ twin: TwinRef,
    _ take: () throws(NuriError) -> Bool
  ) throws(NuriError) -> Bool {
    try countVisit()
    if let names = step.names, !names.contains(evaluator.graph.nameIndex(of: relationship)) { return true }
    if step.closes {
      guard evaluator.slots[step.to] == twin.slot else { return true }
    } else {
      if let targets = step.targets, !targets.contains(twin.slot) { return true }
      evaluator.slots[step.to] = twin.slot
    }
    for other in step.others where evaluator.slots[other] == relationship.slot { return true }
    if let collection = step.relationship { evaluator.slots[collection] = relationship.slot }
    guard holds(step.terms) else { return true }
    produced[index + 1] += 1
    return try follow(index + 1, take)
  }

  // MARK: Several hops

  /// Each twin that lies the right number of hops away, once.
  private func followFar(
    _ step: Hop, _ index: Int, _ from: TwinRef, _ take: () throws(NuriError) -> Bool
  ) throws(NuriError) -> Bool {
    let ends = step.hops.lowerBound == 1 ? try within(step, from) : try trails(step, from)
    for twin in ends {
      if step.closes {
        guard evaluator.slots[step.to] == twin.slot else { continue }
      } else {
        if let targets = step.targets, !targets.contains(twin.slot) { continue }
        evaluator.slots[step.to] = twin.slot
      }
      guard holds(step.terms) else { continue }
      produced[index + 1] += 1
      guard try follow(index + 1, take) else { return false }
    }
    return true
  }

  /// The twins at most so many hops away, nearest first. A shortest way never uses a relationship twice, so
  /// breadth first finds them without enumerating paths.
  private func within(_ step: Hop, _ from: TwinRef) throws(NuriError) -> [TwinRef] {
    var found: [TwinRef] = []
    var seen: Set<UInt32> = step.direction == .either ? [from.slot] : []
    var frontier = [from]
    for _ in 0..<step.hops.upperBound where !frontier.isEmpty {
      var next: [TwinRef] = []
      for twin in frontier {
        try forEachNeighbour(step, twin) { (_, neighbour) throws(NuriError) in
          if seen.insert(neighbour.slot).inserted { next.append(neighbour) }
        }
      }
      found += next
      frontier = next
    }
    return found
  }

  /// The twins at the ends of paths of the right length that use no relationship twice.
  private func trails(_ step: Hop, _ from: TwinRef) throws(NuriError) -> [TwinRef] {
    var found: [TwinRef] = []
    var seen: Set<UInt32> = []
    var used: Set<UInt32> = []
    func walk(_ twin: TwinRef, _ depth: Int) throws(NuriError) {
      if depth >= step.hops.lowerBound, seen.insert(twin.slot).inserted { found.append(twin) }
      guard depth < step.hops.upperBound else { return }
      try forEachNeighbour(step, twin) { (relationship, neighbour) throws(NuriError) in
        guard used.insert(relationship.slot).inserted else { return }
        try walk(neighbour, depth + 1)
        used.remove(relationship.slot)
      }
    }
    try walk(from, 0)
    return found
  }

  private func forEachNeighbour(
    _ step: Hop, _ twin: TwinRef, _ body: (RelationshipRef, TwinRef) throws(NuriError) -> Void
  ) throws(NuriError) {
    let graph = evaluator.graph
    if step.direction != .incoming {
      for relationship in graph.outgoing(twin) {
        try countVisit()
        if let names = step.names, !names.contains(graph.nameIndex(of: relationship)) { continue }
        try body(relationship, graph.target(of: relationship))
      }
    }
    if step.direction != .outgoing {
      for relationship in graph.incoming(twin) {
        try countVisit()
        if let names = step.names, !names.contains(graph.nameIndex(of: relationship)) { continue }
        try body(relationship, graph.source(of: relationship))
      }
    }
  }
}
