public import TwinValues

/// The checkpoints in a folder: which there are, the newest that is whole, and which to throw away.
/// A value without state; any thread, but `remove` not while a checkpoint is being written there.
public struct CheckpointFolder: Sendable {
  private let disk: any Disk
  /// The folder.
  public let directory: String

  /// Names a folder; it need not exist yet.
  public init(disk: any Disk, directory: String) {
    self.disk = disk
    self.directory = directory
  }

  /// A file that should be a checkpoint and is not whole.
  public struct Damage: Equatable, Sendable {
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let error: NuriError

    /// Makes one.
    public init(path: String, error: NuriError) {
      self.path = path
      self.error = error
    }
  }

  /// How much `openNewest` checks before it trusts a file.
  public enum Check: Sendable {
    /// Header and tables: quick; damage in a block shows when the block is read.
    case tables
    /// Every block as well: reads the whole file.
    case everything
  }

  /// All checkpoints, newest first, and the files whose header is damaged.
  /// - Throws: `ioError`, `readOnly`. A missing folder is an empty one.
  public func list() throws(NuriError) -> (checkpoints: [CheckpointSummary], damaged: [Damage]) {
    var checkpoints: [CheckpointSummary] = []
    var damaged: [Damage] = []
    for sequence in try sequences() {
      let path = directory + "/" + CheckpointFormat.name(sequence)
      do throws(NuriError) {
        let file = try disk.open(path, .read)
        let header = try CheckpointHeader.load(file)
        guard header.sequence == sequence else {
          throw .corrupt("The file's name does not fit its header.", path, 16)
        }
        checkpoints.append(
          CheckpointSummary(
            path: path, sequence: sequence, recorded: header.recorded, bytes: try file.size()))
      } catch {
        damaged.append(Damage(path: path, error: error))
      }
    }
    return (checkpoints, damaged)
  }

  /// Opens the newest whole checkpoint at or before a sequence. Newer ones that are damaged are in `damaged`,
  /// newest first: tell the user.
  /// - Returns: `nil` for the reader when there is no whole one.
  /// - Throws: `newerFormat` rather than fall back to an older one; `ioError` when the folder cannot be listed.
  public func openNewest(
    notAfter limit: UInt64 = .max, check: Check = .everything
  ) throws(NuriError) -> (reader: CheckpointReader?, damaged: [Damage]) {
    var damaged: [Damage] = []
    for sequence in try sequences() where sequence <= limit {
      let path = directory + "/" + CheckpointFormat.name(sequence)
      do throws(NuriError) {
        let reader = try CheckpointReader(disk: disk, path: path)
        guard reader.summary.sequence == sequence else {
          throw .corrupt("The file's name does not fit its header.", path, 16)
        }
        if case .everything = check { try reader.verify() }
        return (reader, damaged)
      } catch {
        if error.code == .newerFormat { throw error }
        damaged.append(Damage(path: path, error: error))
      }
    }
    return (nil, damaged)
  }

  /// Opens the oldest checkpoint at or after a sequence whose header and tables are whole; damaged ones are passed
  /// over. `nil` when there is none.
  /// - Throws: `ioError` when the folder cannot be listed.
  public func openOldest(notBefore limit: UInt64) throws(NuriError) -> CheckpointReader? {
    for sequence in try sequences().reversed() where sequence >= limit {
      let path = directory + "/" + CheckpointFormat.name(sequence)
      if let reader = try? CheckpointReader(disk: disk, path: path), reader.summary.sequence == sequence {
        return reader
      }
    }
    return nil
  }

  /// Removes all checkpoints but the newest few, and unfinished ones. Checks nothing: keep at least 2, so that
  /// one damaged file does not cost the state.
  /// - Throws: `readOnly`, `ioError`.
  public func remove(keeping count: Int) throws(NuriError) {
    for sequence in try sequences().dropFirst(max(1, count)) {
      try disk.remove(directory + "/" + CheckpointFormat.name(sequence))
    }
    for entry in try entries() where entry.name.hasSuffix(CheckpointFormat.temporarySuffix) {
      try disk.remove(directory + "/" + entry.name)
    }
    try disk.syncDirectory(directory)
  }

  /// Newest first.
  private func sequences() throws(NuriError) -> [UInt64] {
    try entries().compactMap { $0.isDirectory ? nil : CheckpointFormat.sequence($0.name) }.sorted(by: >)
  }

  private func entries() throws(NuriError) -> [DiskEntry] {
    do { return try disk.list(directory) } catch {
      if error.code == .fileMissing { return [] }
      throw error
    }
  }
}
