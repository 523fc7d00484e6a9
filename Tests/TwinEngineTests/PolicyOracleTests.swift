import Testing
import TwinEngine
import TwinGraph
import TwinQuery
import TwinStorm
import TwinValues

/// Every way to read gives what the oracle says: a world without what is hidden.
@Suite("Policies against an oracle")
struct PolicyOracleTests {
  let fixture: Fixture
  var engine: Engine { fixture.engine }

  init() throws {
    fixture = try Fixture()
    try engine.world().write(
      Batch(cause: tester, operations: [Operation(.addModels(PolicyWorld.models.map { Array($0.utf8) }))]))
  }

  private func stir(_ random: inout PolicyWorld, _ name: String, _ steps: Int) throws {
    let world = try engine.world(name)
    for _ in 0..<steps {
      fixture.clock.clock.advance(microseconds: 1_000_000)
      let state = PlainState(try world.snapshot().graph)
      var operations = [Operation(random.change(state))]
      if random.seed.chance(1, in: 4) { operations.append(Operation(random.change(state))) }
      _ = try? world.write(Batch(cause: tester, operations: operations))
    }
  }

  /// States of the past by world and sequence: they never change, and building one takes a while.
  private final class Pasts {
    var states: [String: PlainState] = [:]
  }
  private let pasts = Pasts()

  private func state(_ world: String, _ point: AsOf) throws -> PlainState {
    guard case .sequence(let sequence) = point else {
      return PlainState(try engine.world(world).snapshot(at: point).graph)
    }
    if let known = pasts.states["\(world) \(sequence)"] { return known }
    let state = PlainState(try engine.world(world).snapshot(at: point).graph)
    pasts.states["\(world) \(sequence)"] = state
    return state
  }

  /// Where a state is judged.
  private func place(_ world: String, _ point: AsOf = .now) throws -> PolicyOracle.Place {
    func present(_ name: String) throws -> (state: PlainState, world: String) {
      (PlainState(try engine.world(name).snapshot().graph), name)
    }
    let state = try state(world, point)
    var bounds: [(state: PlainState, world: String)] = []
    if point != .now { bounds.append(try present(world)) }
    if world != "live" { bounds.append(try present("live")) }
    return PolicyOracle.Place(state: state, world: world, bounds: bounds)
  }

  @Test("Reads, queries, pasts, forks, histories, feeds and diffs", arguments: 1...12 as ClosedRange<UInt64>)
  func everything(_ number: UInt64) async throws {
    var random = PolicyWorld(number)
    try stir(&random, "live", 40)
    try engine.fork(WorldInstant("live"), name: "plan", cause: tester)
    try stir(&random, "plan", 15)
    try stir(&random, "live", 15)
    let admin = Session(engine, as: .owner())
    for round in 0..<2 {
      for policy in try admin.policies() { try admin.deletePolicy(policy.id) }
      let rules = random.rules()
      for rule in rules { try admin.putPolicy(rule.json) }
      for group in ["g1", "g2"] {
        let oracle = PolicyOracle(rules: rules, group: group)
        let session = Session(engine, as: Principal("user:\(group)", roles: [.reader], groups: [group]))
        for world in ["live", "plan"] {
          guard let seen = try? session.world(world) else { continue }
          let newest = try engine.world(world).sequence
          let past = AsOf.sequence(newest - UInt64(random.seed.below(20)))
          for point in [AsOf.now, past] {
            let place = try place(world, point)
            let graph = point == .now ? try await seen.snapshot().graph : try seen.snapshot(at: point).graph
            try Surfaces(graph, oracle.view(place)).check(
              "seed \(number) \(round) \(group) \(world) \(point)")
            try await points(seen, oracle, place, point)
            try await queries(session, oracle.view(place), WorldInstant(world, point))
          }
          try histories(seen, oracle, [random.pick(PolicyWorld.ids), random.pick(PolicyWorld.ids)])
          try changes(session, seen, oracle, from: newest - 12)
        }
        try differences(session, oracle, random.seed.below(25))
      }
      try stir(&random, "live", 4)
      try stir(&random, "plan", 2)
    }
  }

  private func points(
    _ world: WorldSession, _ oracle: PolicyOracle, _ place: PolicyOracle.Place, _ point: AsOf
  ) async throws {
    let view = oracle.view(place)
    for id in PolicyWorld.ids {
      let twin = try world.twin(id, at: point)
      #expect(twin?.model == view.models[id])
      let values = twin.map { Dictionary(uniqueKeysWithValues: $0.properties.map { ($0.path, $0.value) }) }
      #expect(values == view.values[id].map { $0.mapValues { Optional($0) } })
    }
  }

  private static let texts = [
    "SELECT COUNT() FROM DIGITALTWINS", "SELECT COUNT() FROM RELATIONSHIPS",
    "SELECT $dtId, a, b, c, part.s, part.n, x FROM DIGITALTWINS",
    "SELECT $dtId FROM DIGITALTWINS T WHERE T.a > 3 OR T.b = 'u'",
    "SELECT $dtId FROM DIGITALTWINS T WHERE IS_DEFINED(T.b) AND IS_OF_MODEL('dtmi:t:Base;1')",
    "SELECT $dtId FROM DIGITALTWINS T WHERE NOT T.part.s = 'v'",
    "SELECT $sourceId, $relationshipId, $relationshipName, $targetId FROM RELATIONSHIPS",
    "SELECT T.$dtId, U.$dtId, U.b FROM DIGITALTWINS T JOIN U RELATED T.contains R WHERE T.$dtId != ''",
    "SELECT A.$dtId, B.$dtId FROM DIGITALTWINS MATCH (A)-[:contains|feeds*1..3]->(B) WHERE A.$dtId != ''",
    "SELECT b, COUNT() AS n, SUM(a) AS total FROM DIGITALTWINS GROUP BY b",
    "SELECT $dtId FROM DIGITALTWINS WHERE $dtId = 'bldg-0' OR $dtId = 'room-4'",
    "SELECT x.y FROM DIGITALTWINS WHERE x.y > 1",
  ]

  private func queries(_ session: Session, _ view: PlainState, _ place: WorldInstant) async throws {
    let without = try view.graph()
    for text in Self.texts {
      let expected = try Query.parse(text).execute(on: without, pageSize: 1000).sortedRows
      var rows: [String] = []
      var continuation: String?
      repeat {
        let page = try await session.query(text, in: place, continuation: continuation, pageSize: 4)
        rows += page.sortedRows
        continuation = page.nextContinuation
      } while continuation != nil
      #expect(rows.sorted() == expected, "\(text)")
    }
  }

  /// What of a change is seen, judged by the states around its batch.
  private func seen(
    _ record: ChangeRecord, _ oracle: PolicyOracle, _ before: PolicyOracle.Place, _ after: PolicyOracle.Place
  ) -> Change? {
    func place(_ id: String) -> PolicyOracle.Place? {
      [after, before].first { $0.state.models[id] != nil }
    }
    func sees(_ id: String, _ path: String? = nil) -> Bool {
      place(id).map { oracle.sees(id, path, in: $0) } ?? false
    }
    switch record.change {
    case .putTwin(let id, let model, let properties):
      guard sees(id) else { return nil }
      return .putTwin(id: id, model: model, properties: properties.filter { sees(id, $0.path) })
    case .patchTwin(let id, let edits):
      let shown = edits.filter { sees(id, $0.path) }
      return sees(id) && !(shown.isEmpty && !edits.isEmpty) ? .patchTwin(id: id, edits: shown) : nil
    case .deleteTwin(let id): return oracle.sees(id, in: before) ? record.change : nil
    case .putRelationship(let source, _, let name, let target, _):
      return sees(source, name) && sees(target) ? record.change : nil
    case .deleteRelationship(let source, let id):
      guard let link = before.state.links.first(where: { $0.source == source && $0.id == id }) else {
        return nil
      }
      let isSeen =
        oracle.sees(link, in: before)
        && (after.state.models[link.source] == nil || oracle.sees(link.source, link.name, in: after))
        && (after.state.models[link.target] == nil || oracle.sees(link.target, in: after))
      return isSeen ? record.change : nil
    case .telemetry(let id, _, _): return sees(id) ? record.change : nil
    default: return record.change
    }
  }

  /// The states before and after a change's batch, and whether the twins it names exist in one of them: of others
  /// only so much is known that the rule for what is gone decides.
  private func around(
    _ record: ChangeRecord, _ world: String
  ) throws -> (PolicyOracle.Place, PolicyOracle.Place, isKnown: Bool) {
    var end = record.sequence
    if !record.endsBatch {
      let forkPoint = try engine.worlds().first { $0.name == world }?.forkPoint ?? 0
      try engine.world(record.sequence <= forkPoint ? "live" : world).changes(from: record.sequence) { next in
        end = next.sequence
        return !next.endsBatch
      }
    }
    let before = try place(world, .sequence(record.sequence - 1))
    let after = try place(world, .sequence(end))
    var ids = [record.change.twin].compactMap(\.self)
    if case .putRelationship(_, _, _, let target, _) = record.change { ids.append(target) }
    return (before, after, ids.allSatisfy { before.state.models[$0] != nil || after.state.models[$0] != nil })
  }

  private func histories(_ world: WorldSession, _ oracle: PolicyOracle, _ ids: [String]) throws {
    for id in ids {
      var expected: [Change] = []
      var unknown: Set<UInt64> = []
      try? engine.world(world.name).history(ofTwin: id) { record in
        guard let (before, after, isKnown) = try? around(record, world.name) else { return false }
        if isKnown, let change = seen(record, oracle, before, after) { expected.append(change) }
        if !isKnown { unknown.insert(record.sequence) }
        return true
      }
      var found: [Change] = []
      let error = code {
        try world.history(ofTwin: id) { record in
          if !unknown.contains(record.sequence) { found.append(record.change) }
          return true
        }
      }
      #expect(found == expected, "history of \(id) in \(world.name)")
      if expected.isEmpty, unknown.isEmpty { #expect(error == .twinNotFound) }
    }
  }

  private func changes(
    _ session: Session, _ world: WorldSession, _ oracle: PolicyOracle, from first: UInt64
  ) throws {
    var expected: [Change] = []
    var unknown: Set<UInt64> = []
    try engine.world(world.name).changes(from: first) { record in
      switch record.change {
      case .putRecord, .deleteRecord: return true
      case .putWorld(let entry): if (try? session.world(entry.name)) == nil { return true }
      default: break
      }
      guard let (before, after, isKnown) = try? around(record, world.name) else { return false }
      if isKnown, let change = seen(record, oracle, before, after) { expected.append(change) }
      if !isKnown { unknown.insert(record.sequence) }
      return true
    }
    var found: [Change] = []
    try world.changes(from: first) { record in
      if !unknown.contains(record.sequence) { found.append(record.change) }
      return true
    }
    #expect(found == expected, "changes of \(world.name)")
  }

  private func differences(_ session: Session, _ oracle: PolicyOracle, _ back: Int) throws {
    let newest = try engine.world().sequence
    let old = WorldInstant("live", .sequence(newest - UInt64(back)))
    for new in [WorldInstant("live"), WorldInstant("plan")] {
      guard (try? session.world("live")) != nil, (try? session.world(new.world)) != nil else { continue }
      let before = try place(old.world, old.at)
      let after = try place(new.world)
      var expected: Set<String> = []
      try engine.differences(from: old, to: new) { difference in
        if let shown = self.seen(difference, oracle, before, after) {
          expected.insert(String(reflecting: shown))
        }
        return true
      }
      var found: Set<String> = []
      try session.differences(from: old, to: new) {
        found.insert(String(reflecting: $0))
        return true
      }
      #expect(found == expected)
    }
  }

  private func seen(
    _ difference: Difference, _ oracle: PolicyOracle, _ before: PolicyOracle.Place,
    _ after: PolicyOracle.Place
  ) -> Difference? {
    func link(_ other: Difference.Relationship) -> PlainState.Link {
      PlainState.Link(source: other.source, id: other.id, name: other.name, target: other.target)
    }
    switch difference {
    case .twinAdded(let id, let model, let properties):
      guard oracle.sees(id, in: after) else { return nil }
      return .twinAdded(
        id: id, model: model, properties: properties.filter { oracle.sees(id, $0.path, in: after) })
    case .twinRemoved(let id, let model, let properties):
      guard oracle.sees(id, in: before) else { return nil }
      return .twinRemoved(
        id: id, model: model, properties: properties.filter { oracle.sees(id, $0.path, in: before) })
    case .twinChanged(let id, let oldModel, let newModel, let properties):
      guard oracle.sees(id, in: before), oracle.sees(id, in: after) else { return nil }
      let shown = properties.filter {
        oracle.sees(id, $0.path, in: before) && oracle.sees(id, $0.path, in: after)
      }
      if shown.isEmpty, oldModel == newModel { return nil }
      return .twinChanged(id: id, oldModel: oldModel, newModel: newModel, properties: shown)
    case .relationshipAdded(let new): return oracle.sees(link(new), in: after) ? difference : nil
    case .relationshipRemoved(let old): return oracle.sees(link(old), in: before) ? difference : nil
    case .relationshipChanged(let old, let new):
      return oracle.sees(link(old), in: before) && oracle.sees(link(new), in: after) ? difference : nil
    default: return difference
    }
  }
}
