import TwinGraph
public import TwinValues

/// Why somebody may or may not do something.
public struct Explanation: Hashable, Sendable {
  /// What decided.
  public enum Reason: Hashable, Sendable {
    /// Policies don't bind the owner of the data folder.
    case owner
    /// No role of the principal allows the action; these would.
    case role([Principal.Role])
    /// A policy, in the world it decided about: the one asked for, or one that shows at least as much.
    case policy(String, world: String)
    /// A policy hides the world as a whole.
    case world(String)
    /// No policy speaks of it, so the role decides.
    case noPolicy
    /// There is no such twin.
    case noTwin
  }

  /// Whether it may.
  public let isAllowed: Bool
  /// What decided.
  public let reason: Reason

  /// The decision in a sentence.
  public var text: String {
    let answer = isAllowed ? "Allowed" : "Denied"
    switch reason {
    case .owner: return "\(answer): policies don't bind whoever has the data folder in hand."
    case .role(let roles):
      return
        "\(answer): none of its roles allows it; it takes \(roles.map(\.rawValue).joined(separator: " or "))."
    case .policy(let id, let world):
      return
        "\(answer) by the policy \"\(id)\": of those in force in the world \"\(world)\" it is the first that speaks of it."
    case .world(let id): return "\(answer) by the policy \"\(id)\", which hides the whole world."
    case .noPolicy: return "\(answer): no policy speaks of it, and its role allows it."
    case .noTwin: return "\(answer): there is no such twin."
    }
  }
}

extension Session {
  /// Whether somebody may read or write a twin, or one path of it, in the newest state of a world, and why.
  /// - Throws: `NuriError` with code `forbidden`, for others than admins, or `worldNotFound`.
  public func explain(
    _ action: Policy.Action, world name: String = Engine.live, twin id: String, path: String? = nil,
    for other: Principal
  ) throws(NuriError) -> Explanation {
    if other != principal { try principal.require(.access) }
    let world = try engine.world(name)
    if other.isOwner { return Explanation(isAllowed: true, reason: .owner) }
    let needed = action == .read ? Action.read : .write
    guard other.may(needed) else { return Explanation(isAllowed: false, reason: .role(needed.roles)) }
    let policies = engine.access.policies
    if let ruling = policies.ruling(other, name, .read), ruling.hidesEverything {
      let rule = ruling.rules.rules.first { $0.paths == nil }
      return Explanation(isAllowed: false, reason: .world(rule?.id ?? ""))
    }
    let graph = try world.snapshot().graph
    guard let twin = graph.twin(id) else { return Explanation(isAllowed: false, reason: .noTwin) }
    var last = Explanation.Reason.noPolicy
    /// Decides by all rules for an action in a world: those that a ruling leaves out may be what allows.
    func denial(_ action: Policy.Action, _ path: String?, _ twin: TwinRef, _ graph: Graph, _ world: String)
      -> Explanation?
    {
      let decision = policies.rules(other, world, action).decision(twin, path: path, in: graph)
      let reason = decision.rule.map { Explanation.Reason.policy($0.id, world: world) } ?? .noPolicy
      guard decision.allows else { return Explanation(isAllowed: false, reason: reason) }
      last = reason
      return nil
    }
    let paths = path.map { [nil, $0] } ?? [nil]
    for path in paths {
      if let denial = denial(.read, path, twin, graph, name) { return denial }
    }
    for (ancestor, state, _) in world.bounds(other, policies, nil, isPast: false) {
      guard let twin = state.twin(id) else { continue }
      let own = last
      for path in paths {
        if let denial = denial(.read, path, twin, state, ancestor.name) { return denial }
      }
      last = own
    }
    if action == .write, let denial = denial(.write, path, twin, graph, name) { return denial }
    return Explanation(isAllowed: true, reason: last)
  }
}

extension PolicySet {
  /// Every rule for an action in a world that concerns somebody.
  func rules(_ principal: Principal, _ world: String, _ action: Policy.Action) -> SightRules {
    SightRules(policies.filter { $0.concerns(action, in: world) && $0.concerns(principal) }.map(\.rule))
  }
}
