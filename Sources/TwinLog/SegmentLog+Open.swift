public import TwinValues

extension SegmentLog {
  /// Opens the log in a folder, making the folder when it is missing, and brings it to order after a crash:
  /// a tail that was never acknowledged is cut and reported, anything else that is wrong is an error.
  /// - Throws: `corrupt` with file and offset: nothing was changed. `newerFormat`, `diskFull`, `readOnly`,
  ///   `ioError`.
  public static func open(
    disk: any Disk, directory: String, options: SegmentLogOptions
  ) throws(NuriError) -> (log: SegmentLog, recovery: RecoveryReport) {
    try disk.makeDirectories(directory)
    let opened = try SegmentSet.load(disk: disk, directory: directory, first: options.firstSequence)
    var report = opened.report
    var entries = opened.full
    var active: ActiveSegment?
    if let last = opened.last {
      let recovered = try recover(disk, last, &report)
      active = recovered.segment
      entries.append(recovered.segment.entry(path: last.path, index: recovered.index))
    }
    try disk.syncDirectory(directory)
    for name in opened.leftovers {
      try disk.remove(directory + "/" + name)
      report.removedFiles.append(name)
    }
    let log = SegmentLog(
      disk: disk, directory: directory, options: options, segments: entries, active: active)
    return (log, report)
  }

  /// Walks the last segment, cuts what a crash left behind its last frame, and readies it for writing.
  private static func recover(
    _ disk: any Disk, _ last: SegmentSet.Last, _ report: inout RecoveryReport
  ) throws(NuriError) -> (segment: ActiveSegment, index: SegmentIndex) {
    let file = try disk.open(last.path, .write)
    let tail = try SegmentTail(FileWindow(file), last.header, seed: last.seed, path: last.path)
    try rewriteLastGroup(file, tail.walk)
    if let end = tail.remainsEnd {
      try file.zero(from: UInt64(tail.walk.offset), count: end - tail.walk.offset)
      report.tornTail = RecoveryReport.TornTail(
        path: last.path, offset: UInt64(tail.walk.offset), bytes: end - tail.walk.offset)
    }
    try file.sync()
    try file.allocate(last.header.capacity)
    report.wasClosed = tail.walk.note == .closed
    var segment = ActiveSegment(file: file, header: last.header, seed: last.seed)
    segment.resume(tail.walk)
    return (segment, tail.walk.index)
  }

  /// Writes the last group again as it is. When its sync failed in an earlier run, the system may show bytes that
  /// the disk does not hold and believe them written; after this they are.
  private static func rewriteLastGroup(_ file: any DiskFile, _ walk: SegmentWalk) throws(NuriError) {
    let group = ByteBuffer()
    try group.load(file, at: UInt64(walk.lastGroup), count: walk.offset - walk.lastGroup)
    try file.write(group.bytes, at: UInt64(walk.lastGroup))
    extendLifetime(group)
  }

  /// Ends writing: what was not synced is forgotten, a note that the log was closed is made durable, files are
  /// closed once their readers are through. Later calls of anything throw `logStopped`. Writer only.
  /// - Throws: what writing the note throws; the log is closed all the same.
  public func close() throws(NuriError) {
    let wasClosed = lock.withLock {
      defer { shared.isClosed = true }
      return shared.isClosed
    }
    if wasClosed { return }
    discardUnsynced()
    let wasStopped = failure != nil
    failure = NuriError(.logStopped, "The log is closed.", at: directory)
    sealer?.join()
    sealing.withLock { lock.withLock { shared.segments.removeAll() } }
    blockCache.removeAll()
    sealedFiles.removeAll()
    removeSpare()
    defer { active = nil }
    if !wasStopped, var segment = active, segment.hasFrames, segment.end == segment.dataEnd {
      try writeNote(.closed, in: &segment)
    }
  }
}

/// The last segment as found on disk: its frames, and what lies behind them.
struct SegmentTail {
  var walk: SegmentWalk
  /// The end of bytes behind the last frame that no acknowledged write left; `nil` when there are none.
  let remainsEnd: Int?

  /// - Throws: `corrupt` when what lies behind the last frame proves that durable frames were lost.
  init(_ window: FileWindow, _ header: SegmentHeader, seed: UInt32, path: String) throws(NuriError) {
    guard window.fileBytes >= Int(header.capacity) else {
      throw .corrupt(
        "The segment was \(header.capacity) bytes and now is shorter.", path, UInt64(window.fileBytes))
    }
    walk = SegmentWalk(window, header, seed: seed, limit: Int(header.capacity))
    var reason = "Frames are missing."
    walking: while true {
      switch try walk.step() {
      case .frame: continue
      case .end: break walking
      case .bad(let message):
        reason = message
        break walking
      }
    }
    if walk.note == .continued {
      throw .corrupt(
        "The segment after this one is missing: it should begin with \(walk.nextSequence).", path,
        UInt64(walk.offset))
    }
    let remains = try SegmentRemains(window, from: walk.offset, durableBeyond: walk.offset, seed: seed)
    if let witness = remains.witness {
      throw .corrupt(
        "\(reason) A later frame at byte \(witness.offset) shows that it had been durable.", path,
        UInt64(walk.offset))
    }
    remainsEnd = remains.end
  }
}

extension ActiveSegment {
  /// Goes on where a walk ended.
  mutating func resume(_ walk: SegmentWalk) {
    end = walk.offset
    dataEnd = walk.dataEnd
    lastSequence = walk.nextSequence - 1
    lastRecorded = walk.lastRecorded
    lastChecksum = walk.lastChecksum
    zeroedEnd = walk.offset
  }
}
