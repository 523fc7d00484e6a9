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

  /// Reads the newest checkpoint at or before a sequence that is whole; those that are not are listed.
  /// - Throws: `newerFormat` rather than fall back to an older one, `ioError`.
  static func loadNewest(
    _ folder: CheckpointFolder, notAfter limit: UInt64, world: String
  ) throws(NuriError) -> (snapshot: Snapshot?, damaged: [CheckpointFolder.Damage]) {
    var limit = limit
    var damaged: [CheckpointFolder.Damage] = []
    while true {
      let (reader, broken) = try folder.openNewest(notAfter: limit, check: .tables)
      for damage in broken where !damaged.contains(damage) { damaged.append(damage) }
      guard let reader else { return (nil, damaged) }
      do throws(NuriError) {
        let loaded = Snapshot(
          world: world, graph: try graph(reader), sequence: reader.summary.sequence,
          recorded: Instant(microseconds: reader.summary.recorded))
        return (loaded, damaged)
      } catch {
        guard error.code == .corrupt || error.code == .undecodableCheckpoint, reader.summary.sequence > 0
        else {
          throw error
        }
        damaged.append(CheckpointFolder.Damage(path: reader.summary.path, error: error))
        limit = reader.summary.sequence - 1
      }
    }
  }
}
