public import TwinValues

/// Copies a data folder while its writer goes on, and brings such a copy back.
///
/// A data folder is any tree of folders with logs, checkpoints and small files. The copy is what a crash at some
/// moment during the copying would have left, so opening it needs nothing special. Small files are copied
/// first, then checkpoints, then segments: whatever a small file or checkpoint speaks of is in the logs copied.
/// Compressed segments, full segments and checkpoints are copied whole; of each log's last segment the frames
/// up to its durable end. Every file is read back from the target and its checksum compared.
///
/// The target gets a file `backup.manifest` as the last step: without it a copy is not complete. A file named
/// `lock` and names ending in `.tmp` are left out, and so is the target when it lies in the folder copied.
/// Restoring makes only folders that hold a file.
public enum BackupCopy {
  /// How far a copy is.
  public struct Progress: Sendable {
    /// The file just copied, relative to the folder.
    public let path: String
    /// Files done and in all; the total may grow while a log does.
    public let files: (done: Int, total: Int)
    /// Bytes done.
    public let bytes: UInt64
  }

  /// What a copy came to.
  public struct Report: Equatable, Sendable {
    /// Files copied.
    public var files = 0
    /// Their bytes.
    public var bytes: UInt64 = 0
    /// Folders and files that were removed while the copy was made, as by a world being discarded.
    public var vanished: [String] = []

    /// An empty report.
    public init() {}
  }

  /// The name of the list of files at the top of a copy.
  public static let manifestName = "backup.manifest"

  /// Copies the folder `source` into `target`, which must be missing or empty. Any thread.
  /// - Parameter durableSequence: says for a log's folder, as a path below `source`, how far its frames are
  ///   durable (`SegmentLog.durableSequence`); `nil` means all whole frames found.
  /// - Throws: `fileExists` when the target is not empty; `corrupt` when a copied file reads back differently;
  ///   `fileMissing`, `diskFull`, `readOnly`, `ioError`.
  public static func copy(
    disk: any Disk, from source: String, to target: String,
    durableSequence: (_ directory: String) -> UInt64? = { _ in nil },
    progress: (Progress) -> Void = { _ in }
  ) throws(NuriError) -> Report {
    try requireEmpty(disk, target)
    var run = BackupRun(disk: disk, source: source, target: target)
    try run.copySmallFiles(in: "", progress)
    for folder in run.folders { try run.copyCheckpoints(in: folder, progress) }
    for folder in run.folders { try run.copySegments(in: folder, durableSequence, progress) }
    for folder in run.folders { try disk.syncDirectory(BackupRun.join(target, folder)) }
    try disk.replaceFile(target + "/" + manifestName, with: run.manifest.encode())
    return run.report
  }

  /// Brings a copy made by `copy` back into the folder `target`, which must be missing or empty, comparing every
  /// file with the manifest. After an error the target is empty again.
  /// - Throws: `fileMissing` when the copy has no manifest, hence is not complete; `corrupt` when a file is not
  ///   as it was; `fileExists` when the target is not empty; `diskFull`, `readOnly`, `ioError`.
  public static func restore(
    disk: any Disk, from source: String, to target: String, progress: (Progress) -> Void = { _ in }
  ) throws(NuriError) -> Report {
    let manifest = try readManifest(disk, source)
    try requireEmpty(disk, target)
    var run = BackupRun(disk: disk, source: source, target: target)
    run.total = manifest.files.count
    do throws(NuriError) {
      for file in manifest.files { try run.restore(file, progress) }
      for folder in run.folders.reversed() { try disk.syncDirectory(BackupRun.join(target, folder)) }
    } catch {
      for entry in (try? disk.list(target)) ?? [] {
        if entry.isDirectory { try? disk.removeTree(target + "/" + entry.name) }
        if !entry.isDirectory { try? disk.remove(target + "/" + entry.name) }
      }
      throw error
    }
    return run.report
  }

  /// Compares every file of a copy with its manifest, changing nothing.
  /// - Returns: what is damaged or missing; empty when the copy is whole.
  /// - Throws: `fileMissing` when there is no manifest, `corrupt` when it is damaged, `ioError`.
  public static func verify(disk: any Disk, directory: String) throws(NuriError) -> [NuriError] {
    var faults: [NuriError] = []
    for expected in try readManifest(disk, directory).files {
      let path = directory + "/" + expected.path
      do throws(NuriError) {
        let file = try disk.open(path, .read)
        let found = try BackupRun.checksum(of: file, bytes: file.size())
        if found != expected.checksum { throw .corrupt("The file is not as it was copied.", path, 0) }
      } catch {
        guard error.code == .corrupt || error.code == .fileMissing else { throw error }
        faults.append(error)
      }
    }
    return faults
  }

  private static func readManifest(_ disk: any Disk, _ directory: String) throws(NuriError) -> BackupManifest
  {
    let path = directory + "/" + manifestName
    do throws(NuriError) {
      return try BackupManifest.decode(disk.readFile(path, limit: 1 << 30), path: path)
    } catch {
      guard error.code == .fileMissing else { throw error }
      throw NuriError(
        .fileMissing, "The folder is not a complete backup: it has no \(manifestName).", at: directory,
        advice: "Make the backup again, or choose another one.")
    }
  }

  private static func requireEmpty(_ disk: any Disk, _ target: String) throws(NuriError) {
    try disk.makeDirectories(target)
    guard try disk.list(target).isEmpty else {
      throw NuriError(
        .fileExists, "The target folder is not empty.", at: target, advice: "Choose a new or empty folder.")
    }
  }
}
