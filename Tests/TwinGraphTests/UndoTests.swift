import Testing
import TwinGraph
import TwinValues

/// A batch that is undone leaves the graph as it was, and able to go on.
@Suite struct UndoTests {
  private static let model = #"""
    {"@id": "dtmi:u:A;1", "@type": "Interface", "@context": "dtmi:dtdl:context;3", "contents": [
      {"@type": "Property", "name": "x", "schema": "double"},
      {"@type": "Property", "name": "s", "schema": "string"},
      {"@type": "Relationship", "name": "to"}]}
    """#

  /// Applies random changes; half of the batches are undone, and a copy that never saw them must stay equal.
  @Test(arguments: 1...20)
  func undoneBatchesLeaveNothing(seed: UInt64) throws {
    var random = Numbers(seed)
    var graph = Graph()
    try graph.apply(.addModels([Array(Self.model.utf8)]), Stamp(sequence: 1, milliseconds: 1))
    var expected = graph
    var sequence: UInt64 = 1
    for _ in 0..<60 {
      let isUndone = random.next(below: 2) == 0
      var journal = UndoJournal()
      for _ in 0..<random.next(below: 40) {
        sequence += 1
        let change = Self.change(&random)
        let stamp = Stamp(sequence: sequence, milliseconds: Int64(sequence) * 7_000_000_000)
        let previous = try? graph.apply(change, stamp, &journal)
        if !isUndone { #expect((try? expected.apply(change, stamp)) == previous) }
      }
      if isUndone { graph.undo(journal) }
      #expect(Self.text(graph) == Self.text(expected))
    }
  }

  /// Few ids, so that twins come and go and one of them grows into a hub; deletions are rare, for they make the
  /// journal keep a copy.
  private static func change(_ random: inout Numbers) -> Change {
    let id = "t\(random.next(below: 150))"
    let text = String(repeating: "é", count: random.next(below: 30))
    switch random.next(below: 60) {
    case 0..<20:
      return .putTwin(
        id: id, model: "dtmi:u:A;1",
        properties: random.next(below: 2) == 0
          ? [PropertyEdit("x", .double(1))] : [PropertyEdit("s", .string(text))])
    case 20..<38:
      return .patchTwin(
        id: id,
        edits: [
          PropertyEdit("s", random.next(below: 4) == 0 ? nil : .string(text)),
          PropertyEdit("x", .double(Double(random.next(below: 9)))),
        ])
    case 38..<58:
      let source = random.next(below: 2) == 0 ? "t0" : id
      return .putRelationship(
        source: source, id: "r\(random.next(below: 400))", name: "to", target: "t\(random.next(below: 150))",
        properties: [])
    case 58: return .deleteTwin(id: id)
    default: return .deleteRelationship(source: "t0", id: "r\(random.next(below: 400))")
    }
  }

  /// Everything a reader can see.
  private static func text(_ graph: Graph) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for index in 0..<150 {
      let (twin, relation) = graph.lastSequences(ofTwin: "t\(index)")
      writer.string("\(twin) \(relation)")
      guard let twin = graph.twin("t\(index)") else { continue }
      graph.writeTwin(twin, into: &writer)
      for relationship in graph.outgoing(twin) {
        graph.writeRelationship(relationship, into: &writer)
        let found = graph.relationship(twin, graph.id(of: relationship))
        writer.string(found == relationship ? "found" : "lost")
      }
      writer.string("\(graph.incoming(twin).map { graph.id(of: $0) })")
    }
    writer.string("\(graph.twinCount) \(graph.relationshipCount)")
    writer.endArray()
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// The same numbers for a seed, every time.
private struct Numbers {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
  mutating func next(below bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }
}
