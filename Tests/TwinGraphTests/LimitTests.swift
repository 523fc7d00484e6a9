import Testing
import TwinValues

@testable import TwinGraph

@Suite("Limits, by name")
struct LimitTests {
  private func limit(_ body: () throws -> Void) -> Bool { code(body) == .limitExceeded }
  private func stamp(_ sequence: UInt64) -> Stamp { Stamp(sequence: sequence, milliseconds: 0) }

  @Test("50,000 relationships a side: leaving, arriving, and arriving by replacing another's target")
  func relationshipsPerSide() throws {
    var graph = try Models.graph()
    for id in ["a", "b", "c"] {
      try graph.apply(.putTwin(id: id, model: Models.machine, properties: []), stamp(2))
    }
    func link(_ source: String, _ id: String, _ target: String) -> Change {
      .putRelationship(source: source, id: id, name: "feeds", target: target, properties: [])
    }
    for number in 0..<GraphLimits.relationshipsPerSide {
      try graph.apply(link("a", "r\(number)", "b"), stamp(3))
    }
    #expect(limit { try graph.apply(link("a", "more", "c"), stamp(4)) })
    #expect(limit { try graph.apply(link("c", "more", "b"), stamp(4)) })
    try graph.apply(link("c", "x", "a"), stamp(4))
    #expect(limit { try graph.apply(link("c", "x", "b"), stamp(5)) })
    try graph.apply(link("a", "r7", "c"), stamp(6))
    try graph.apply(link("c", "x", "b"), stamp(7))
    try graph.apply(link("a", "r8", "b"), stamp(8))
    let (a, b) = (try #require(graph.twin("a")), try #require(graph.twin("b")))
    #expect(graph.degree(of: a) == (50_000, 0) && graph.degree(of: b) == (0, 50_000))
    // The hub goes away one by one, each found by its hash.
    for number in 0..<GraphLimits.relationshipsPerSide {
      try graph.apply(.deleteRelationship(source: "a", id: "r\(number)"), stamp(9))
    }
    try graph.apply(.deleteTwin(id: "a"), stamp(10))
    #expect(graph.relationshipCount == 1)
  }

  @Test("A value has at most a mebibyte, by property and by relationship")
  func valueBytes() throws {
    var graph = try Models.graph()
    func put(_ bytes: Int) throws {
      let text = String(repeating: "x", count: bytes)
      try graph.apply(
        .putTwin(id: "a", model: Models.machine, properties: [PropertyEdit("note", .string(text))]), stamp(2))
    }
    try put(GraphLimits.valueBytes)
    #expect(limit { try put(GraphLimits.valueBytes + 1) })
    let json = Array(#"{"flow":1\#(String(repeating: " ", count: GraphLimits.valueBytes))}"#.utf8)
    #expect(
      limit {
        try graph.apply(
          .putRelationship(source: "a", id: "r", name: "feeds", target: "a", properties: json), stamp(3))
      })
  }

  @Test("Ids have at most 128 bytes")
  func idBytes() throws {
    var graph = try Models.graph()
    let longest = String(repeating: "i", count: TwinId.maximumBytes)
    try graph.apply(.putTwin(id: longest, model: Models.part, properties: []), stamp(2))
    #expect(
      code { try graph.apply(.putTwin(id: longest + "i", model: Models.part, properties: []), stamp(3)) }
        == .invalidId)
    #expect(
      code {
        try graph.apply(
          .putRelationship(source: longest, id: longest + "i", name: "fits", target: longest, properties: []),
          stamp(3))
      } == .invalidId)
  }

  @Test("Tables of deleted models count towards the limit, since twins name them by 16 bits")
  func tables() throws {
    var graph = try Models.graph()
    let layout = try graph.layout(ofModel: Models.part)
    let table = Table(layout)
    graph.state.tables = ContiguousArray(repeating: table, count: GraphLimits.models)
    #expect(limit { try graph.apply(.putTwin(id: "a", model: Models.machine, properties: []), stamp(2)) })
    try graph.apply(.putTwin(id: "a", model: Models.part, properties: []), stamp(2))
  }

  @Test("Relationship names are counted, those not in use any more too")
  func relationshipNames() throws {
    var graph = try Models.graph()
    try graph.apply(.putTwin(id: "a", model: Models.machine, properties: []), stamp(2))
    graph.state.names = Array(repeating: "", count: GraphLimits.relationshipNames)
    #expect(
      limit {
        try graph.apply(
          .putRelationship(source: "a", id: "r", name: "feeds", target: "a", properties: []), stamp(3))
      })
  }

  @Test("At most so many relationships of a name as the model says")
  func multiplicity() throws {
    var graph = try Models.graph()
    try graph.apply(.putTwin(id: "a", model: Models.machine, properties: []), stamp(2))
    func guardian(_ id: String) throws {
      try graph.apply(
        .putRelationship(source: "a", id: id, name: "guards", target: "a", properties: []), stamp(3))
    }
    try guardian("1")
    try guardian("2")
    try guardian("2")
    #expect(code { try guardian("3") } == .relationshipNotDeclared)
  }
}
