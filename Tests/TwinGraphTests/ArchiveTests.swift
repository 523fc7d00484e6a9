import Testing
import TwinGraph
import TwinStorm
import TwinValues

@Suite("Graphs as archives")
struct ArchiveTests {
  /// Some history, ended by every kind of thing a graph holds.
  private func sample(_ number: UInt64, steps: Int = 150) throws -> (Graph, NaiveGraph) {
    var changes = RandomChanges(Seed(number))
    var graph = try Models.graph()
    var naive = NaiveGraph()
    for step in 0..<steps {
      let change = changes.next(naive)
      let stamp = Stamp(sequence: UInt64(step) + 2, milliseconds: Int64(step) * 90_000_000)
      if (try? graph.apply(change, stamp)) != nil { _ = try naive.apply(change, stamp) }
    }
    let entry = WorldEntry(
      number: 3, name: "what-if", parent: 0, forkPoint: 9, isTracking: true, label: "a note",
      created: Instant(microseconds: 5), expires: nil)
    try graph.apply(.putWorld(entry), Stamp(sequence: 999, milliseconds: 0))
    return (graph, naive)
  }

  @Test(
    "What is read is what was written, and writes the same bytes again",
    arguments: 1...4 as ClosedRange<UInt64>)
  func roundTrip(_ number: UInt64) throws {
    let (graph, naive) = try sample(number)
    let archive = try Archive(graph)
    let read = try archive.graph()
    #expect(naive.difference(from: read) == nil)
    #expect(read.worlds == graph.worlds && read.nextWorldNumber == 4)
    #expect(read.models.ids == graph.models.ids)
    #expect(read.isDecommissioned(Models.special) == graph.isDecommissioned(Models.special))
    #expect(read.added(model: Models.part) == graph.added(model: Models.part))
    #expect(try Archive(read).sections.map(\.bytes) == archive.sections.map(\.bytes))
  }

  @Test("A model that was deleted and added again in another shape does not lock the archive")
  func modelOfTwoShapes() throws {
    let first =
      #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:test:X;1","@type":"Interface","contents":[{"@type":"Property","name":"a","schema":"double"}]}"#
    let second = first.replacing("\"double\"", with: "\"string\"")
    var graph = try Graph().after(.addModels([Array(first.utf8)]), 1)
      .after(.putTwin(id: "t", model: "dtmi:test:X;1", properties: [PropertyEdit("a", .double(1))]), 2)
      .after(.deleteTwin(id: "t"), 3).after(.deleteModel(id: "dtmi:test:X;1"), 4)
      .after(.addModels([Array(second.utf8)]), 5)
    #expect(throws: Never.self) { try Archive(graph).graph() }
    graph = try graph.after(
      .putTwin(id: "t", model: "dtmi:test:X;1", properties: [PropertyEdit("a", .string("one"))]), 6)
    let read = try Archive(graph).graph()
    #expect(try read.value(#require(read.twin("t")), "a") == .string("one"))
    #expect(try NaiveGraph(read) == NaiveGraph(graph))
  }

  @Test(
    "Damaged bytes throw, or are a graph that can be read and written",
    arguments: 1...6 as ClosedRange<UInt64>)
  func damage(_ number: UInt64) throws {
    let (graph, naive) = try sample(number, steps: 90)
    let archive = try Archive(graph)
    var seed = Seed(number &* 77)
    for _ in 0..<150 {
      var damaged = archive
      for _ in 0...seed.below(2) {
        let section = seed.below(damaged.sections.count)
        damaged.sections[section].bytes.damage(&seed)
      }
      guard var read = try? damaged.graph() else { continue }
      try exercise(&read, naive, &seed)
    }
  }

  /// Reads everything and writes on: whatever was accepted must hold up.
  private func exercise(_ graph: inout Graph, _ naive: NaiveGraph, _ seed: inout Seed) throws {
    _ = try? NaiveGraph(graph)
    var writer = JSONWriter()
    for slot in 0..<graph.twinSlots {
      if let twin = graph.twin(slot: slot) { graph.writeTwin(twin, into: &writer) }
    }
    graph.forEachRelationship {
      graph.writeRelationship($0, into: &writer)
      return true
    }
    var changes = RandomChanges(seed.split())
    for step in 0..<40 {
      let stamp = Stamp(sequence: UInt64(2000 + step), milliseconds: Int64(seed.below(1 << 50)))
      _ = try? graph.apply(changes.next(naive), stamp)
    }
    _ = try? Archive(graph)
  }

  @Test("An archive of another version says so")
  func otherVersion() throws {
    var archive = try Archive(Graph())
    archive.sections[0].bytes[0] = 9
    #expect(code { _ = try archive.graph() } == .undecodableCheckpoint)
  }
}

extension [UInt8] {
  /// Damages a few bytes, mostly by whole words, as numbers lie in an archive.
  fileprivate mutating func damage(_ seed: inout Seed) {
    guard count > 8 else { return }
    switch seed.below(6) {
    case 0: removeLast(1 + seed.below(count - 1))
    case 1: self[seed.below(count)] ^= 1 << UInt8(seed.below(8))
    case 2:
      let word = seed.below(count / 8) * 8
      for i in 0..<8 { self[word + i] = 0xff }
    case 3:
      let word = seed.below(count / 4) * 4
      let number = UInt32(seed.below(70))
      for i in 0..<4 { self[word + i] = UInt8(truncatingIfNeeded: number >> UInt32(8 * i)) }
    case 4:
      let from = seed.below(count / 8) * 8
      let to = seed.below(count / 8) * 8
      for i in 0..<8 { self[to + i] = self[from + i] }
    default:
      let word = seed.below(count / 8) * 8
      self[word] &+= 1
    }
  }
}
