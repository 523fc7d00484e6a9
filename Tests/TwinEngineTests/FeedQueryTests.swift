import Testing
import TwinEngine
import TwinGraph
import TwinQuery
import TwinStorm
import TwinValues

private let bigPump = """
  {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:BigPump;1", "@type": "Interface",
   "extends": "dtmi:test:Pump;1",
   "contents": [{"@type": "Property", "name": "size", "schema": "integer"}]}
  """

@Suite struct FeedQueryTests {
  /// A world in which twins of two models come, change, change model and go, some changes in batches.
  private func story(_ seed: UInt64, steps: Int) throws -> (Fixture, World) {
    let fixture = try Fixture(seed: seed, changesPerCheckpoint: 70)
    let world = try fixture.engine.world()
    try world.write(Batch(cause: tester, operations: [Operation(.addModels([Array(bigPump.utf8)]))]))
    var random = Seed(seed)
    var alive: Set<String> = []
    for step in 0..<steps {
      var operations: [Operation] = []
      for _ in 0..<(step % 5 == 0 ? 3 : 1) {
        let id = "p\(random.next() % 8)"
        let number = Double(random.next() % 10)
        switch (alive.contains(id), random.next() % 8) {
        case (false, _), (true, 0):
          alive.insert(id)
          let model = random.next() % 2 == 0 ? pump : "dtmi:test:BigPump;1"
          operations.append(
            Operation(
              .putTwin(id: id, model: model, properties: [PropertyEdit("temperature", .double(number))])))
        case (true, 1):
          alive.remove(id)
          operations.append(Operation(.deleteTwin(id: id)))
        case (true, 2):
          operations.append(Operation(.patchTwin(id: id, edits: [PropertyEdit("temperature", nil)])))
        case (true, 3):
          operations.append(Operation(.patchTwin(id: id, edits: [PropertyEdit("hours", .integer(1))])))
        case (true, 4):
          operations.append(Operation(.telemetry(twin: id, component: nil, payload: Array("{}".utf8))))
        default:
          operations.append(
            Operation(.patchTwin(id: id, edits: [PropertyEdit("temperature", .double(number))])))
        }
      }
      try world.write(Batch(cause: tester, operations: operations))
    }
    return (fixture, world)
  }

  private func result(_ query: Query, _ graph: Graph) throws -> Set<String> {
    let page = try query.execute(on: graph, pageSize: 1000)
    var ids: Set<String> = []
    for index in 0..<page.count {
      ids.insert(try JSONDocument(Array(page.row(index))).root["$dtId"]?.string ?? "")
    }
    return ids
  }

  /// Before and after: what the events say is in the result is what the query answers at every sequence.
  @Test(
    arguments: [
      "SELECT * FROM DIGITALTWINS T WHERE T.temperature > 4",
      "SELECT T.$dtId, T.temperature FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, 'dtmi:test:BigPump;1')",
      "SELECT * FROM DIGITALTWINS T WHERE NOT IS_DEFINED(T.temperature) OR T.hours = 1",
      "SELECT * FROM DIGITALTWINS",
    ], [UInt64(1), 2])
  func passagesAgreeWithTheQueryAtEverySequence(_ text: String, _ seed: UInt64) async throws {
    let (fixture, world) = try story(seed, steps: 120)
    let query = try Query.parse(text)
    let session = try Session(fixture.engine, as: .owner()).world()
    let answers = try states(world).map { try result(query, $0) }
    for start in [UInt64(0), 1, 37, 90, world.sequence] {
      let reader = try session.feed(FeedFilter(query: query), after: start)
      var inside = answers[Int(start)]
      var position = start
      while position < world.sequence {
        let part = try #require(try await reader.next())
        var events = part.events[...]
        while position < part.through {
          position += 1
          if let event = events.first, event.record.sequence == position {
            events.removeFirst()
            let id = event.record.change.twin ?? ""
            switch event.passage {
            case .entered: #expect(inside.insert(id).inserted, "\(position)")
            case .left: #expect(inside.remove(id) != nil, "\(position)")
            case .updated: #expect(inside.contains(id), "\(position)")
            case nil: #expect(event.record.change.feedKind == .telemetry)
            }
            #expect((event.row == nil) == (event.passage == .left || event.passage == nil))
          }
          #expect(inside == answers[Int(position)], "\(position)")
        }
        #expect(events.isEmpty)
      }
    }
  }

  /// The state after every change, batches cut through, the first before any.
  private func states(_ world: World) throws -> [Graph] {
    var states = [Graph()]
    try world.changes(from: 1) { (record) throws(NuriError) in
      var graph = states[states.count - 1]
      _ = try graph.apply(
        record.change,
        Stamp(sequence: record.sequence, milliseconds: record.recorded.microseconds / 1000))
      states.append(graph)
      return true
    }
    return states
  }

  @Test func filtersByModelPathKindAndId() async throws {
    let (fixture, world) = try story(3, steps: 150)
    let session = try Session(fixture.engine, as: .owner()).world()
    var all: [ChangeRecord] = []
    try world.changes(from: 1) { (record) throws(NuriError) in
      all.append(record)
      return true
    }
    func told(_ filter: FeedFilter) async throws -> [UInt64] {
      let reader = try session.feed(filter, after: 0)
      var events: [FeedEvent] = []
      while reader.position < world.sequence { events += try await reader.next()?.events ?? [] }
      return events.map(\.record.sequence)
    }
    #expect(try await told(FeedFilter()) == all.map(\.sequence))
    #expect(
      try await told(FeedFilter(kinds: [.telemetry, .deleteTwin]))
        == all.filter { $0.change.feedKind == .telemetry || $0.change.feedKind == .deleteTwin }.map(
          \.sequence))
    #expect(
      try await told(FeedFilter(twins: ["p3", "p4"]))
        == all.filter { ["p3", "p4"].contains($0.change.twin ?? "") }.map(\.sequence))
    #expect(
      try await told(FeedFilter(paths: ["hours"], kinds: [.patchTwin]))
        == all.filter {
          if case .patchTwin(_, let edits) = $0.change { return edits.contains { $0.path == "hours" } }
          return false
        }.map(\.sequence))
    // By model, against the model just before or after each change.
    let states = try states(world)
    var big: [UInt64] = []
    for record in all {
      guard let id = record.change.twin else { continue }
      let models = [record.sequence - 1, record.sequence].map { sequence in
        let graph = states[Int(sequence)]
        return graph.twin(id).map { graph.model(of: $0) }
      }
      if models.contains("dtmi:test:BigPump;1") { big.append(record.sequence) }
    }
    #expect(try await told(FeedFilter(models: ["dtmi:test:BigPump;1"])) == big)
    // A model stands for those that extend it.
    #expect(
      try await told(FeedFilter(models: [pump])) == all.filter { $0.change.twin != nil }.map(\.sequence))
  }

  @Test func refusesWhatNeedsMoreThanOneTwin() throws {
    for text in [
      "SELECT COUNT() FROM DIGITALTWINS", "SELECT TOP(3) FROM DIGITALTWINS T", "SELECT * FROM RELATIONSHIPS",
      "SELECT a FROM DIGITALTWINS a JOIN b RELATED a.feeds WHERE a.$dtId = 'x'",
      "SELECT a FROM DIGITALTWINS MATCH (a)-[]->(b) WHERE a.$dtId = 'x'",
      "SELECT * FROM DIGITALTWINS T ORDER BY T.temperature",
      "SELECT * FROM DIGITALTWINS T LIMIT 5",
      "SELECT * FROM DIGITALTWINS IN WORLD 'b'",
    ] {
      let query = try Query.parse(text)
      #expect(code { _ = try FeedSieve(FeedFilter(query: query)) } == .invalidQuery, "\(text)")
    }
  }
}
