import Testing
import TwinGraph
import TwinStorm
import TwinValues

@Suite("Replaying the log")
struct ReplayTests {
  @Test(
    "Replayed frames give the graph that applying gave, up to any change",
    arguments: 1...5 as ClosedRange<UInt64>)
  func equalsApplying(_ number: UInt64) throws {
    var history = try RandomHistory(number)
    for _ in 0..<120 { history.addFrame() }
    try history.check(through: .max)
    for _ in 0..<6 { try history.check(through: history.anySequence()) }
  }

  @Test(
    "Damaged frames throw, or change what they say; the graph stays whole",
    arguments: 1...4 as ClosedRange<UInt64>)
  func damage(_ number: UInt64) throws {
    var history = try RandomHistory(number)
    for _ in 0..<30 { history.addFrame() }
    var random = RandomRecords(Seed(number))
    let start = try history.graph(through: .max)
    for frame in history.frames.suffix(20) {
      for _ in 0..<10 {
        let damaged = random.damaged(frame.bytes)
        var graph = start
        let first = history.nextSequence
        _ = try? damaged.withUnsafeBytes { raw in
          try graph.replay(payload: raw, firstSequence: first, recordedMicros: 0)
        }
        _ = try NaiveGraph(graph)
      }
    }
  }

  @Test("A patch whose property the model has lost is refused as applying refuses it")
  func refusal() throws {
    let graph = try Models.graph()
    let change = Change.patchTwin(id: "nobody", edits: [PropertyEdit("heat", .double(1))])
    var writer = FrameWriter()
    writer.append(
      change, sequence: 2, previous: 0, recordedMicros: 0, observedMicros: nil, cause: Cause(actor: "a"))
    var copy = graph
    let bytes = writer.bytes
    #expect(
      code {
        _ = try bytes.withUnsafeBytes {
          try copy.replay(payload: $0, firstSequence: 2, recordedMicros: 0)
        }
      } == .twinNotFound)
  }
}

/// A random log of one lineage, and what the oracle had after each batch.
private struct RandomHistory {
  struct Frame {
    let bytes: [UInt8]
    let first: UInt64
    let recorded: Int64
  }

  private(set) var frames: [Frame] = []
  private(set) var nextSequence: UInt64 = 1
  private var seed: Seed
  private var changes: RandomChanges
  private var naive = NaiveGraph()
  private var states: [(last: UInt64, naive: NaiveGraph)] = []
  private var recorded: Int64 = 1_000_000_000_000_000

  init(_ number: UInt64) throws {
    seed = Seed(number)
    changes = RandomChanges(seed.split())
    var writer = FrameWriter()
    writer.append(
      .addModels(Models.documents), sequence: 1, previous: 0, recordedMicros: recorded, observedMicros: nil,
      cause: Cause(actor: "test"))
    writer.endBatch()
    frames.append(Frame(bytes: writer.bytes, first: 1, recorded: recorded))
    nextSequence = 2
    states.append((1, naive))
  }

  /// A frame of one to three batches; refused changes are drawn again.
  mutating func addFrame() {
    recorded += Int64(seed.below(4_000_000)) * 1000
    var writer = FrameWriter()
    let first = nextSequence
    for _ in 0...seed.below(3) {
      for _ in 0...seed.below(4) { append(&writer) }
      writer.endBatch()
      states.append((nextSequence - 1, naive))
    }
    frames.append(Frame(bytes: writer.bytes, first: first, recorded: recorded))
  }

  private mutating func append(_ writer: inout FrameWriter) {
    while true {
      let change = changes.next(naive)
      var copy = naive
      let stamp = Stamp(sequence: nextSequence, milliseconds: recorded / 1000)
      guard let previous = try? copy.apply(change, stamp) else { continue }
      if case .telemetry(let twin, _, _) = change, naive.twins[twin] == nil { continue }
      naive = copy
      writer.append(
        change, sequence: nextSequence, previous: previous, recordedMicros: recorded,
        observedMicros: seed.chance(1, in: 2) ? nil : recorded - 5, cause: Cause(actor: "test"))
      nextSequence += 1
      return
    }
  }

  mutating func anySequence() -> UInt64 { 1 + UInt64(seed.below(Int(nextSequence) - 1)) }

  func graph(through last: UInt64) throws -> Graph {
    var graph = Graph()
    for frame in frames where frame.first <= last {
      _ = try frame.bytes.withUnsafeBytes { raw in
        try graph.replay(
          payload: raw, firstSequence: frame.first, recordedMicros: frame.recorded, through: last)
      }
    }
    return graph
  }

  func check(through last: UInt64) throws {
    let expected = states.last { $0.last <= last }?.naive ?? NaiveGraph()
    let difference = expected.difference(from: try graph(through: last))
    #expect(difference == nil, "through \(last)")
  }
}
