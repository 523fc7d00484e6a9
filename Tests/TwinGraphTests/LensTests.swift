import Testing
import TwinStorm
import TwinValues

@testable import TwinGraph

@Suite("Lenses that follow a world")
struct LensTests {
  /// Patterns shorter and longer than what is compared at once, ones that begin alike, and ones that fit nothing.
  private static let patterns = [
    "t1", "t2*", "t*3", "*7", "기계-*", "기계-1*", "*", "t11*", "t0", "기계-10", "기계-10*", "t-longer-than-eight*",
  ]

  private func rules(_ seed: inout Seed) -> SightRules {
    SightRules(
      (0..<1 + seed.below(12)).map { index in
        let around = Neighbourhood(
          twin: "t\(seed.below(30))", relationships: seed.chance(1, in: 2) ? ["feeds"] : nil,
          hops: 1 + seed.below(3), direction: Neighbourhood.Direction.allCases[seed.below(3)])
        return SightRule(
          id: "\(index)", allows: seed.chance(1, in: 3),
          models: seed.chance(1, in: 4) ? [Models.special] : nil,
          twins: seed.chance(2, in: 3)
            ? (0...seed.below(3)).map { _ in Glob(Self.patterns[seed.below(Self.patterns.count)]) } : nil,
          within: seed.chance(1, in: 3) ? around : nil,
          paths: seed.chance(1, in: 4) ? [Glob("heat")] : nil)
      })
  }

  @Test(
    "What each shows is what the rules say of every twin, however many states came before", arguments: 1...6)
  func follows(_ number: Int) throws {
    var seed = Seed(UInt64(number))
    var changes = RandomChanges(Seed(UInt64(number)))
    changes.ids = 200
    let rules = rules(&seed)
    let source = LensSource(rules)
    var graph = try Models.graph()
    var naive = NaiveGraph()
    for step in 0..<600 {
      let change = changes.next(naive)
      let stamp = Stamp(sequence: UInt64(step) + 2, milliseconds: 0)
      if (try? graph.apply(change, stamp)) != nil { _ = try naive.apply(change, stamp) }
      guard step > 200, seed.chance(1, in: 25) else { continue }
      let lens = source.lens(for: graph)
      var shown = 0
      for slot in 0..<graph.twinSlots {
        guard let twin = graph.twin(slot: slot) else { continue }
        let isSeen = rules.decision(twin, in: graph).allows
        shown += isSeen ? 1 : 0
        #expect(lens.sees(slot) == isSeen, "seed \(number) step \(step) \(graph.id(of: twin))")
      }
      #expect(graph.seen(through: lens).twinCount == shown)
    }
  }
}
