import TwinGraph
import TwinModels
import TwinValues

/// Small loops to be run under valgrind, whose instruction counts don't depend on how busy the machine is.
///
/// `--label` names the loop and `--twins` how often it goes round; `run` takes the difference of two lengths, so
/// that starting up does not count.
struct Kernel {
  let options: Options

  init(_ options: Options) { self.options = options }

  private static let world = 4096

  func run() throws {
    let count = options.twins
    switch options.label {
    case "update": try update(count)
    case "create":
      var graph = try Kernel.graph(0)
      for index in 0..<count { try graph.apply(Pumps.twin(index), Kernel.stamp(index)) }
    case "relationship":
      var graph = try Kernel.graph(Kernel.world)
      for index in 0..<count {
        let change = Pumps.relationship(index % Kernel.world, index / Kernel.world, of: Kernel.world)
        try graph.apply(change, Kernel.stamp(index))
      }
    case "json": try json(count)
    case "encode": _ = encoded(count)
    case "decode": try decode(count)
    case "replay":
      var graph = try Kernel.graph(Kernel.world)
      try encoded(count).withUnsafeBytes {
        _ = try graph.replay(payload: $0, firstSequence: 1, recordedMicros: 0)
      }
    default: throw Stop("no kernel \(options.label)")
    }
  }

  private static func stamp(_ index: Int) -> Stamp {
    Stamp(sequence: UInt64(index + 1), milliseconds: 1_700_000_000_000)
  }

  private static func graph(_ twins: Int) throws -> Graph {
    var graph = Graph()
    try graph.apply(.addModels([Array(Pumps.document.utf8)]), stamp(0))
    for index in 0..<twins { try graph.apply(Pumps.twin(index), stamp(index)) }
    return graph
  }

  private func update(_ count: Int) throws {
    var graph = try Kernel.graph(Kernel.world)
    let changes = (0..<Kernel.world).map { Pumps.update($0, Double($0)) }
    for index in 0..<count { try graph.apply(changes[index * 17 % Kernel.world], Kernel.stamp(index)) }
  }

  private func json(_ count: Int) throws {
    var graph = try Kernel.graph(1)
    var writer = JSONWriter()
    guard let twin = graph.twin(Pumps.id(0)) else { throw Stop("no twin") }
    graph.writeTwin(twin, into: &writer)
    let document = JSONDocument()
    for _ in 0..<count {
      try document.parse(writer.bytes.span.bytes)
      _ = try graph.twinChange(from: document.root)
    }
  }

  private func encoded(_ count: Int) -> [UInt8] {
    var writer = FrameWriter()
    let changes = (0..<Kernel.world).map { Pumps.update($0, Double($0)) }
    for index in 0..<count {
      writer.append(
        changes[index * 17 % Kernel.world], sequence: UInt64(index + 1), previous: 0, recordedMicros: 0,
        observedMicros: nil, cause: Pumps.cause)
    }
    writer.endBatch()
    return writer.bytes
  }

  private func decode(_ count: Int) throws {
    try encoded(count).withUnsafeBytes {
      var reader = FrameReader(payload: $0, firstSequence: 1, recordedMicros: 0)
      while try reader.next() != nil {}
    }
  }
}
