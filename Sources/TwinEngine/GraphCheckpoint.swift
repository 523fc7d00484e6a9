import TwinGraph
import TwinLog
import TwinValues

/// Graphs as checkpoint files.
enum GraphCheckpoint {
  /// Writes a graph's checkpoint; when it returns, the file is durable.
  static func write(
    _ snapshot: Snapshot, disk: any Disk, directory: String, inBackground: Bool
  ) throws(NuriError) {
    let writer = try CheckpointWriter(
      disk: disk, directory: directory, sequence: snapshot.sequence,
      recorded: snapshot.recorded.microseconds, helpers: inBackground ? 1 : 0)
    do {
      for section in GraphArchive.sections(of: snapshot.graph) {
        try writer.beginSection(section)
        try GraphArchive.write(section, of: snapshot.graph) { (bytes) throws(NuriError) in
          try writer.write(bytes)
        }
      }
      _ = try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
  }
}
