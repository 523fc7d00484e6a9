import TwinGraph
import TwinValues

/// What one principal sees of a world.
///
/// Policies are the live world's newest, whatever state is asked about. A fork shows no more than the worlds it comes
/// from, and a past no more than the present: besides its own rules, a state is held against those as they are now.
extension World {
  /// The newest state, perhaps not durable yet. Only for holding others against it.
  private var present: Graph { lock.withLock { state.graph } }

  /// The worlds this one comes from, the nearest first.
  private var ancestors: [World] {
    var list: [World] = []
    var next = parent
    while let world = next {
      list.append(world)
      next = world.parent
    }
    return list
  }

  /// The worlds whose present a state is held against, with the rules that bind somebody there. Those are left out
  /// whose rules can't say anything else.
  func bounds(
    _ principal: Principal, _ policies: PolicySet, _ ruling: Ruling?, isPast: Bool
  ) -> [(world: World, graph: Graph, ruling: Ruling)] {
    var list: [(World, Graph, Ruling)] = []
    for world in (isPast ? [self] : []) + ancestors {
      guard let bound = policies.ruling(principal, world.name, .read) else { continue }
      if bound === ruling, bound.rules.isTimeless { continue }
      list.append((world, world.present, bound))
    }
    return list
  }

  /// The state as somebody sees it.
  /// - Parameter past: its sequence, when it is not the newest state.
  func seen(_ graph: Graph, by principal: Principal, past: UInt64?) -> Graph {
    let policies = access.policies
    if policies.policies.isEmpty || principal.isOwner { return graph }
    let ruling = policies.ruling(principal, name, .read)
    let bounds = bounds(principal, policies, ruling, isPast: past != nil)
    guard ruling != nil || !bounds.isEmpty else { return graph }
    let place = Ruling.Place(
      world: number, past: past, bounds: bounds.map { ObjectIdentifier($0.ruling) })
    let lens = (ruling ?? policies.open).source(place).lens(
      for: graph,
      bounds: bounds.map { world, graph, bound in
        let place = Ruling.Place(world: world.number, past: nil, bounds: [])
        return LensBound(graph, bound.source(place).lens(for: graph))
      })
    return graph.seen(through: lens)
  }

  /// The snapshot as somebody sees it.
  func seen(_ snapshot: Snapshot, by principal: Principal, at point: AsOf) -> Snapshot {
    let graph = seen(snapshot.graph, by: principal, past: point == .now ? nil : snapshot.sequence)
    return Snapshot(
      world: snapshot.world, graph: graph, sequence: snapshot.sequence, recorded: snapshot.recorded)
  }

  /// Whether somebody may know of the world.
  func isKnown(to principal: Principal) -> Bool {
    !(access.policies.ruling(principal, name, .read)?.hidesEverything ?? false)
  }
}
