import TwinGraph
public import TwinLog
public import TwinValues

/// What verifying a data folder found.
public struct FolderReport: Sendable {
  /// Everything that is wrong, with file and offset; empty when all is whole.
  public var faults: [NuriError] = []
  /// Worlds looked at, discarded ones not counted.
  public var worlds = 0
  /// Changes decoded and applied again.
  public var changes: UInt64 = 0
  /// Checkpoints compared with the log.
  public var checkpoints = 0
  /// Bytes a crash left behind the last acknowledged change.
  public var unacknowledgedBytes = 0
}

extension Engine {
  /// Copies the data folder, consistently, while everything goes on.
  /// - Throws: `NuriError` when the target is not empty, the disk refuses, or a copied file reads back differently.
  public func backup(
    to target: String, progress: (BackupCopy.Progress) -> Void = { _ in }
  ) throws(NuriError) -> BackupCopy.Report {
    let live = liveWorld.directory
    let liveDurable = liveWorld.sequence
    let forks = lock.withLock { opened.values.map { ($0.directory, $0.sequence) } }
    return try BackupCopy.copy(
      disk: options.disk, from: folder, to: target,
      durableSequence: { directory in
        directory == live ? liveDurable : forks.first { $0.0 == directory }?.1
      }, progress: progress)
  }

  /// Brings a backup back into a folder that is missing or empty.
  /// - Throws: `NuriError` when the backup is not complete or damaged, or the target is not empty.
  public static func restore(
    from source: String, to target: String, disk: any Disk = PosixDisk(),
    progress: (BackupCopy.Progress) -> Void = { _ in }
  ) throws(NuriError) -> BackupCopy.Report {
    try BackupCopy.restore(disk: disk, from: source, to: target, progress: progress)
  }

  /// Checks a folder that nobody has open: every checksum, every change decoded and applied again from the first,
  /// every checkpoint compared with what the log says. Changes nothing but what opening would: a tail that was never
  /// acknowledged is cut.
  /// - Throws: `NuriError` when the folder is open elsewhere, is no data folder, or can't be read at all.
  public static func verify(
    _ folder: String, options: EngineOptions = EngineOptions(),
    progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(NuriError) -> FolderReport {
    try DataFolder.check(folder, options.disk)
    let folderLock = try options.disk.lockFolder(folder)
    defer { folderLock.release() }
    var report = FolderReport()
    let entries = try options.disk.list("\(folder)/worlds").filter(\.isDirectory).map(\.name).sorted()
    for name in entries {
      report.worlds += 1
      let directory = "\(folder)/worlds/\(name)"
      let log = try SegmentLog.verify(disk: options.disk, directory: directory, progress: progress)
      report.faults += log.faults.map { $0.error.inside($0.path) }
      report.unacknowledgedBytes += log.unacknowledgedBytes
      try verifyCheckpoints(directory, options.disk, &report)
      if name == "0", report.faults.isEmpty { try replayWhole(directory, options, &report) }
    }
    return report
  }

  private static func verifyCheckpoints(
    _ directory: String, _ disk: any Disk, _ report: inout FolderReport
  ) throws(NuriError) {
    let (checkpoints, damaged) = try CheckpointFolder(disk: disk, directory: directory).list()
    report.faults += damaged.map { $0.error.inside($0.path) }
    for summary in checkpoints {
      do throws(NuriError) {
        try CheckpointReader(disk: disk, path: summary.path).verify { _, _ in }
      } catch {
        report.faults.append(error)
      }
    }
  }

  /// Applies the live world's log from its first change on and compares what comes out with each checkpoint.
  private static func replayWhole(
    _ directory: String, _ options: EngineOptions, _ report: inout FolderReport
  ) throws(NuriError) {
    let summaries = try CheckpointFolder(disk: options.disk, directory: directory).list().checkpoints
    var due = summaries.map(\.sequence).sorted()
    var graph = Graph()
    let (log, _) = try SegmentLog.open(disk: options.disk, directory: directory, options: options.log)
    var faults: [NuriError] = []
    var applied: UInt64 = 0
    var compared = 0
    do throws(NuriError) {
      try log.read(from: 1) { (frame) throws(NuriError) in
        applied = try graph.replay(
          payload: frame.payload, firstSequence: frame.firstSequence, recordedMicros: frame.recorded)
        guard let next = due.first, next <= applied else { return true }
        due.removeFirst()
        compared += 1
        if let fault = try compare(graph, summaries.first { $0.sequence == next }?.path, options.disk) {
          faults.append(fault)
        }
        return true
      }
    } catch {
      faults.append(error.inside(directory))
    }
    try log.close()
    report.faults += faults
    report.changes += applied
    report.checkpoints += compared
  }

  private static func compare(
    _ graph: Graph, _ path: String?, _ disk: any Disk
  ) throws(NuriError) -> NuriError? {
    guard let path else { return nil }
    let stored = try GraphCheckpoint.graph(try CheckpointReader(disk: disk, path: path))
    var first: Difference?
    Graph.differences(from: graph, to: stored, sharedThrough: 0) {
      first = $0
      return false
    }
    guard first != nil || graph.records != stored.records else { return nil }
    return NuriError(
      .undecodableCheckpoint, "The checkpoint does not hold what the log says.", at: path,
      advice: "Delete the file; Nuri makes a new one from the log.")
  }
}
