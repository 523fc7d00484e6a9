import Glibc
import Testing
import TwinGraph
import TwinStorm
import TwinValues

/// Random changes against a graph of dictionaries, everything compared after each. `NURI_ORACLE_SEEDS` asks for more
/// seeds than the few that fit into every test run.
@Suite("The graph against an oracle")
struct OracleTests {
  static let seeds: ClosedRange<UInt64> =
    1...(getenv("NURI_ORACLE_SEEDS").flatMap { UInt64(String(cString: $0)) } ?? 6)

  @Test("Changes, refusals, snapshots and forks", arguments: Self.seeds)
  func oracle(_ number: UInt64) throws {
    var world = try RandomWorld(number)
    do {
      for step in 1...600 {
        try world.step()
        if step % 25 == 0 { try world.checkSnapshots() }
        if step % 70 == 0 { try world.throughArchive() }
        if step % 30 == 0 { try world.diff() }
      }
      try world.checkSnapshots()
    } catch {
      Issue.record("seed \(number): \(error)")
    }
    #expect(
      number > 6 || world.refusals > 10 && world.greatestHub > 32 && world.applied > 0,
      "seed \(number): \(world.refusals) refusals, a hub of \(world.greatestHub), \(world.applied) diffs applied"
    )
  }
}

/// A graph, its oracle, and snapshots of both.
struct RandomWorld {
  private var seed: Seed
  private var changes: RandomChanges
  private var graph: Graph
  private var naive = NaiveGraph()
  private var snapshots: [(graph: Graph, naive: NaiveGraph)] = []
  private var sequence: UInt64 = 1
  private var time: Int64 = 1_700_000_000_000
  private(set) var refusals = 0
  private(set) var greatestHub = 0
  /// Differences that were applied.
  private(set) var applied = 0

  init(_ number: UInt64) throws {
    seed = Seed(number)
    changes = RandomChanges(seed.split())
    graph = try Models.graph()
  }

  /// One change, or a snapshot kept, or going on from a snapshot.
  mutating func step() throws {
    if seed.chance(1, in: 15) { snapshots.append((graph, naive)) }
    if snapshots.count > 6 { snapshots.remove(at: seed.below(snapshots.count)) }
    if seed.chance(1, in: 90), !snapshots.isEmpty {
      (graph, naive) = snapshots[seed.below(snapshots.count)]
    }
    // Now and then by two months, so that 32 bits of milliseconds don't span a page's update times.
    time += Int64(seed.below(seed.chance(1, in: 30) ? 5_000_000_000 : 2000))
    sequence += 1
    try apply(changes.next(naive))
  }

  private mutating func apply(_ change: Change) throws {
    let stamp = Stamp(sequence: sequence, milliseconds: time)
    let before = naive
    var expected: UInt64?
    var refusal: NuriError.Code?
    do { expected = try naive.apply(change, stamp) } catch let error as Refusal { refusal = error.code }
    if refusal != nil { naive = before }
    do throws(NuriError) {
      let previous = try graph.apply(change, stamp)
      guard refusal == nil else { throw NuriError(.invalidId, "accepted \(change)") }
      guard previous == expected else { throw NuriError(.invalidId, "\(change): previous is \(previous)") }
    } catch {
      refusals += 1
      guard error.code == refusal else {
        throw Unexpected("change \(sequence), \(change): \(error), not \(refusal?.rawValue ?? "accepted")")
      }
    }
    if let difference = naive.difference(from: graph) {
      throw Unexpected("after change \(sequence), \(change): \(difference)")
    }
    greatestHub = max(greatestHub, graph.twin("t0").map { graph.degree(of: $0).outgoing } ?? 0)
  }

  func checkSnapshots() throws {
    for (index, snapshot) in snapshots.enumerated() {
      if let difference = snapshot.naive.difference(from: snapshot.graph) {
        throw Unexpected("snapshot \(index) changed: \(difference)")
      }
    }
  }

  /// Writes the graph and goes on with what is read.
  mutating func throughArchive() throws {
    graph = try Archive(graph).graph()
    if let difference = naive.difference(from: graph) { throw Unexpected("archived: \(difference)") }
  }

  /// Differences to a snapshot, both ways, applied to where they start, give where they lead.
  mutating func diff() throws {
    guard !snapshots.isEmpty else { return }
    let other = snapshots[seed.below(snapshots.count)]
    for isForward in [true, false] {
      let from = isForward ? other : (graph, naive)
      let to = isForward ? (graph, naive) : other
      // Sequences are unique over all forks here, so any bound must do.
      let found = differences(from.0, to.0, sharedThrough: seed.chance(1, in: 2) ? .max : 0)
      guard Set(found) == NaiveGraph.differences(from: from.1, to: to.1), Set(found).count == found.count
      else {
        throw Unexpected("differences \(found)")
      }
      guard to.1.isWholeDeclared else { continue }
      applied += 1
      var moved = from.0
      for change in changesThatMake(found, on: from.1) {
        try moved.apply(change, Stamp(sequence: sequence, milliseconds: time))
      }
      guard differences(moved, to.0, sharedThrough: 0).isEmpty else {
        throw Unexpected("applying the differences does not lead to the other graph")
      }
    }
  }
}

func differences(_ old: Graph, _ new: Graph, sharedThrough: UInt64) -> [Difference] {
  var list: [Difference] = []
  Graph.differences(from: old, to: new, sharedThrough: sharedThrough) {
    list.append($0)
    return true
  }
  return list
}
