import TwinGraph
import TwinValues

/// A graph's sections in memory.
struct Archive {
  var sections: [(name: String, bytes: [UInt8])] = []

  init(_ graph: Graph) throws {
    for name in GraphArchive.sections(of: graph) {
      let sink = Sink()
      try GraphArchive.write(name, of: graph) { raw in sink.bytes.append(contentsOf: raw) }
      sections.append((name, sink.bytes))
    }
  }

  func graph() throws -> Graph {
    try GraphArchive.read { (name) throws(NuriError) in
      guard let section = sections.first(where: { $0.name == name }) else {
        throw NuriError(.undecodableCheckpoint, "no section \(name)")
      }
      let sink = Sink()
      sink.bytes = section.bytes
      return { (buffer) throws(NuriError) in try sink.fill(buffer) }
    }
  }
}

private final class Sink {
  var bytes: [UInt8] = []
  private var at = 0

  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NuriError) {
    guard bytes.count - at >= buffer.count else {
      throw NuriError(.undecodableCheckpoint, "the section ends")
    }
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[at..<at + buffer.count]))
    }
    at += buffer.count
  }
}
