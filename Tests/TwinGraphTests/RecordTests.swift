import Testing
import TwinGraph
import TwinStorm
import TwinValues

@Suite("Records of the live world")
struct RecordTests {
  private func record(_ kind: RecordKind, _ id: String, _ body: String = "{}") -> Record {
    Record(kind, id, Array(body.utf8))
  }

  @Test("They are kept by kind and id, in order, replaced and deleted")
  func keeping() throws {
    var graph = Graph()
    for (index, id) in ["b", "가", "a", "b"].enumerated() {
      graph = try graph.after(.putRecord(record(.key, id, #"{"n":\#(index)}"#)), UInt64(index + 1))
    }
    graph = try graph.after(.putRecord(record(.policy, "b")), 5)
    #expect(graph.records(.key).all.map(\.id) == ["a", "b", "가"])
    #expect(graph.records(.key).find("b")?.body == Array(#"{"n":3}"#.utf8))
    #expect(graph.records(.job).all.isEmpty)
    let without = try graph.after(.deleteRecord(.key, id: "b"), 6)
    #expect(without.records.map(\.id) == ["a", "가", "b"])
    #expect(code { _ = try without.after(.deleteRecord(.key, id: "b"), 7) } == .recordNotFound)
    #expect(graph.withoutWorlds.records.isEmpty)
  }

  @Test("A list is the same object until a record of its kind changes")
  func identity() throws {
    let graph = try Graph().after(.putRecord(record(.key, "a")), 1)
    let other = try graph.after(.putRecord(record(.job, "j")), 2)
    #expect(graph.records(.key) === other.records(.key))
    let third = try other.after(.putRecord(record(.key, "a")), 3)
    #expect(third.records(.key) !== other.records(.key))
  }

  @Test("Archives hold them; without any, an archive is one of version 1; versions 1 and 2 are read as ever")
  func archives() throws {
    let none = try Models.graph()
    let old = try Archive(none)
    #expect(old.sections[0].bytes[0] == 1)
    #expect(try old.graph().records.isEmpty)
    var graph = none
    for number in 0..<300 {
      let kind = RecordKind(rawValue: [1, 2, 77][number % 3])
      graph = try graph.after(
        .putRecord(record(kind, "id\(number)", #"{"n":\#(number)}"#)), UInt64(number + 9))
    }
    let archive = try Archive(graph)
    #expect(archive.sections[0].bytes[0] == 3)
    let read = try archive.graph()
    #expect(read.records == graph.records)
    #expect(read.records(RecordKind(rawValue: 77)).all.count == 100)
    #expect(read.liveWorldOnly == graph.liveWorldOnly)
    #expect(read.liveWorldOnly.count(through: .max) == 300)
    #expect(try Archive(read).sections.map(\.bytes) == archive.sections.map(\.bytes))

    var second = archive
    let stretch = [1, 9, 308].flatMap { (word: UInt64) in withUnsafeBytes(of: word.littleEndian, Array.init) }
    let range = try #require(second.sections[0].bytes.firstRange(of: stretch))
    second.sections[0].bytes.removeSubrange(range)
    second.sections[0].bytes[0] = 2
    let older = try second.graph()
    #expect(older.records == graph.records && older.liveWorldOnly.isEmpty)
  }

  @Test("A journal undoes them")
  func undo() throws {
    var graph = try Graph().after(.putRecord(record(.key, "a", #"{"n":1}"#)), 1)
    let before = graph.records
    var journal = UndoJournal()
    for change in [
      Change.putRecord(record(.key, "a")), .putRecord(record(.key, "b")), .deleteRecord(.key, id: "a"),
    ] {
      _ = try graph.apply(change, Stamp(sequence: 2, milliseconds: 0), &journal)
    }
    #expect(graph.records.map(\.id) == ["b"])
    graph.undo(journal)
    #expect(graph.records == before)
  }

  @Test("What is too long, too much or no object is refused")
  func limits() {
    var graph = Graph()
    func refusal(_ record: Record) -> NuriError.Code? {
      code { try graph.apply(.putRecord(record), Stamp(sequence: 1, milliseconds: 0)) }
    }
    let long = String(repeating: "x", count: GraphLimits.recordIdBytes + 1)
    #expect(refusal(record(.key, long)) == .limitExceeded)
    #expect(refusal(record(.key, "")) == .limitExceeded)
    let big = #"{"a":""# + String(repeating: "x", count: GraphLimits.recordBytes) + "\"}"
    #expect(refusal(record(.key, "a", big)) == .limitExceeded)
    #expect(refusal(record(.key, "a", "[]")) == .invalidValue)
    #expect(refusal(record(.key, "a", "{")) == .invalidJSON)
    #expect(graph.records.isEmpty)
  }
}
