import TwinGraph
import TwinLog
import TwinValues

/// Reads a checkpoint's section from its start, in large pieces.
final class SectionSource {
  private let reader: CheckpointReader
  private let name: String
  private var offset: UInt64 = 0
  private let total: UInt64
  private var buffer: UnsafeMutableRawBufferPointer
  private var at = 0
  private var filled = 0

  init(_ reader: CheckpointReader, _ name: String) throws(NuriError) {
    guard let section = reader.sections.first(where: { $0.name == name }) else {
      throw NuriError(
        .undecodableCheckpoint, "The checkpoint has no section \"\(name)\".", at: reader.summary.path)
    }
    self.reader = reader
    self.name = name
    total = UInt64(section.bytes)
    buffer = .allocate(byteCount: 256 << 10, alignment: 16)
  }

  deinit { buffer.deallocate() }

  func fill(_ out: UnsafeMutableRawBufferPointer) throws(NuriError) {
    var done = 0
    while done < out.count {
      if at == filled { try refill() }
      let n = min(out.count - done, filled - at)
      UnsafeMutableRawBufferPointer(rebasing: out[done..<done + n]).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: buffer[at..<at + n]))
      at += n
      done += n
    }
  }

  private func refill() throws(NuriError) {
    let n = Int(min(UInt64(buffer.count), total - offset))
    guard n > 0 else {
      throw NuriError(
        .undecodableCheckpoint, "The section \"\(name)\" ends too early.", at: reader.summary.path)
    }
    try reader.read(name, at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[0..<n]))
    offset += UInt64(n)
    at = 0
    filled = n
  }
}

extension GraphCheckpoint {
  /// Reads the graph a checkpoint holds.
  static func graph(_ reader: CheckpointReader) throws(NuriError) -> Graph {
    do throws(NuriError) {
      return try GraphArchive.read { (name) throws(NuriError) in
        let section = try SectionSource(reader, name)
        return { (out) throws(NuriError) in try section.fill(out) }
      }
    } catch {
      throw error.inside(reader.summary.path)
    }
  }
}
