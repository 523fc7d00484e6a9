import TwinGraph
import TwinValues

/// The policies in force, and what follows from them for those who ask.
///
/// `@unchecked Sendable`: `rulings` and `known` are touched only while holding `lock`, everything else never changes.
final class PolicySet: @unchecked Sendable {
  /// In the order in which they decide.
  let policies: [Policy]
  /// Nothing said about anything.
  let open = Ruling([])
  private let lock = Lock()
  private var rulings: [[Int]: Ruling] = [:]
  private var known: [Question: Ruling?] = [:]

  private struct Question: Hashable {
    let principal: Principal
    let world: String
    let action: Policy.Action
  }

  /// Askers remembered at a time.
  private static let most = 4_096

  init(_ policies: [Policy]) { self.policies = policies.sorted(by: Policy.precedes) }

  /// The rules that bind somebody in a world; `nil` when none takes anything away.
  func ruling(_ principal: Principal, _ world: String, _ action: Policy.Action) -> Ruling? {
    if policies.isEmpty || principal.isOwner { return nil }
    let question = Question(principal: principal, world: world, action: action)
    return lock.withLock {
      if let answer = known[question] { return answer }
      let answer = find(question)
      if known.count >= Self.most { known = [:] }
      known[question] = .some(answer)
      return answer
    }
  }

  private func find(_ question: Question) -> Ruling? {
    var indices = policies.indices.filter {
      policies[$0].concerns(question.action, in: question.world) && policies[$0].concerns(question.principal)
    }
    // What comes after the last that hides anything decides nothing.
    while let last = indices.last, policies[last].rule.allows { indices.removeLast() }
    if indices.isEmpty { return nil }
    if let ruling = rulings[indices] { return ruling }
    let ruling = Ruling(indices.map { policies[$0].rule })
    rulings[indices] = ruling
    return ruling
  }
}

/// Rules that bind some principals in some worlds, and the lenses made by them.
///
/// `@unchecked Sendable`: `sources` and `uses` are touched only while holding `lock`, everything else never changes.
final class Ruling: @unchecked Sendable {
  let rules: SightRules
  private let lock = Lock()
  private var sources: [Place: (source: LensSource, used: UInt64)] = [:]
  private var uses: UInt64 = 0

  /// Which states a source's lenses follow one another through.
  struct Place: Hashable {
    let world: UInt32
    /// A state of the past, by sequence; `nil` for the present, `.max` for states on the way to it.
    let past: UInt64?
    /// The rulings it is held against.
    let bounds: [ObjectIdentifier]
  }

  /// Sources kept at a time; the least lately used goes.
  private static let most = 32

  init(_ rules: [SightRule]) { self.rules = SightRules(rules) }

  func source(_ place: Place) -> LensSource {
    lock.withLock {
      uses += 1
      if let known = sources[place] {
        sources[place]?.used = uses
        return known.source
      }
      if sources.count >= Self.most, let oldest = sources.min(by: { $0.value.used < $1.value.used }) {
        sources[oldest.key] = nil
      }
      let source = LensSource(rules)
      sources[place] = (source, uses)
      return source
    }
  }

  /// Whether nothing of a world can be read by it: its first rule about whole twins hides all of them.
  var hidesEverything: Bool {
    guard let first = rules.rules.first(where: { $0.paths == nil }) else { return false }
    return !first.allows && first.models == nil && first.twins == nil && first.within == nil
  }
}
