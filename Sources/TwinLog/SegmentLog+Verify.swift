public import TwinValues

/// What `SegmentLog.verify` found.
public struct VerifyReport: Equatable, Sendable {
  /// Damage at one place.
  public struct Fault: Equatable, Sendable {
    /// The file.
    public let path: String
    /// What is wrong, where, and what to do.
    public let error: NuriError
  }

  /// Everything that is wrong; empty means that every acknowledged byte is whole.
  public var faults: [Fault] = []
  /// Segment files looked at.
  public var segments = 0
  /// Whole frames found.
  public var frames = 0
  /// The last sequence of an unbroken log; with faults, of what could be read. 0 when there are no frames.
  public var lastSequence: UInt64 = 0
  /// Bytes behind the last frame that a crash left and nobody was told were safe; opening the log cuts them.
  public var unacknowledgedBytes = 0

  /// An empty report.
  public init() {}
}

extension SegmentLog {
  /// Reads every byte of a log that nobody is writing and lists all damage, changing nothing. `progress` gets
  /// bytes of files done and in all, and may be called often.
  /// - Parameter firstSequence: what the log must begin with; `nil` to believe its first segment.
  /// - Throws: `ioError`, `fileMissing` when the folder or a file cannot be read at all.
  public static func verify(
    disk: any Disk, directory: String, firstSequence: UInt64? = nil,
    progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(NuriError) -> VerifyReport {
    var verifier = LogVerifier()
    return try verifier.run(disk, directory, firstSequence, progress)
  }
}

/// Walks a log's files, noting faults and going on behind them.
struct LogVerifier {
  var report = VerifyReport()

  mutating func run(
    _ disk: any Disk, _ directory: String, _ first: UInt64?, _ progress: (UInt64, UInt64) -> Void
  ) throws(NuriError) -> VerifyReport {
    var candidates: [(candidate: SegmentSet.Candidate, bytes: UInt64)] = []
    var total: UInt64 = 0
    for name in try SegmentSet.segmentNames(disk.list(directory)).files {
      let path = directory + "/" + name
      let bytes = try disk.open(path, .read).size()
      total += bytes
      report.segments += 1
      try noting(path) { _ throws(NuriError) in
        candidates.append((try SegmentSet.candidate(disk, directory, name), bytes))
      }
    }
    checkLinks(candidates.map(\.candidate), first)
    var done: UInt64 = 0
    for (position, (candidate, bytes)) in candidates.enumerated() {
      let next = position + 1 < candidates.count ? candidates[position + 1].candidate : nil
      try noting(candidate.path) { (inner) throws(NuriError) in
        try inner.walk(disk.open(candidate.path, .read), candidate, next)
      }
      done += bytes
      progress(done, total)
    }
    return report
  }

  /// Runs a step; damage it throws is noted, other errors pass on.
  private mutating func noting(
    _ path: String, _ step: (inout LogVerifier) throws(NuriError) -> Void
  ) throws(NuriError) {
    do { try step(&self) } catch {
      guard error.code == .corrupt || error.code == .newerFormat else { throw error }
      report.faults.append(VerifyReport.Fault(path: path, error: error))
    }
  }

  private mutating func note(_ message: String, _ path: String, _ offset: Int) {
    report.faults.append(VerifyReport.Fault(path: path, error: .corrupt(message, path, UInt64(offset))))
  }

  private mutating func checkLinks(_ candidates: [SegmentSet.Candidate], _ first: UInt64?) {
    guard let lowest = candidates.first, let highest = candidates.last else { return }
    if lowest.header.previous != nil || first.map({ $0 != lowest.header.firstSequence }) ?? false {
      note("The segment before this one is missing.", lowest.path, 0)
    }
    if highest.isSealed { note("The segment after this one is missing.", highest.path, 0) }
    for (one, next) in zip(candidates, candidates.dropFirst())
    where next.header.previous?.firstSequence != one.header.firstSequence {
      note("The segment before this one is missing: \(one.path) does not lead to it.", next.path, 0)
    }
  }

  private mutating func walk(
    _ file: any DiskFile, _ candidate: SegmentSet.Candidate, _ next: SegmentSet.Candidate?
  ) throws(NuriError) {
    let link = next?.header.previous.flatMap { $0.firstSequence == candidate.header.firstSequence ? $0 : nil }
    if candidate.isSealed {
      let entry = try SealedFile.entry(file, candidate)
      try walkSealed(entry, file)
      if let link, entry.link != link {
        note("The segment does not end as the next one says.", candidate.path, 0)
      }
    } else {
      try walkRaw(candidate, file, link, isLast: next == nil)
    }
  }

  private mutating func walkSealed(_ entry: SegmentEntry, _ file: any DiskFile) throws(NuriError) {
    let scratch = Scratch()
    for position in 0..<entry.spanCount {
      let span = entry.span(position)
      try noting(entry.path) { (inner) throws(NuriError) in
        let bytes = try span.load(scratch, sealedFile: file)
        _ = try span.walk(bytes, skip: { _ in false }) { (frame) in
          inner.report.frames += 1
          inner.report.lastSequence = max(inner.report.lastSequence, frame.lastSequence)
          return true
        }
      }
    }
    extendLifetime(scratch)
  }

  /// Walks a raw segment up to where the next one says it ends, going on behind damage.
  mutating func walkRaw(
    _ candidate: SegmentSet.Candidate, _ file: any DiskFile, _ link: SegmentHeader.Link?, isLast: Bool
  ) throws(NuriError) {
    let window = try FileWindow(file)
    let end = link.map { Int($0.end) } ?? Int(candidate.header.capacity)
    if window.fileBytes < Int(candidate.header.capacity) {
      note(
        "The segment was \(candidate.header.capacity) bytes and now is shorter.", candidate.path,
        window.fileBytes)
    }
    var walk = SegmentWalk(window, candidate.header, seed: candidate.seed, limit: end)
    walking: while link == nil || walk.offset < end {
      switch try walk.step() {
      case .frame: continue
      case .end, .bad: break
      }
      let stop = walk.offset
      let remains = try SegmentRemains(
        window, from: stop, durableBeyond: isLast ? stop : -1, seed: candidate.seed)
      guard let witness = remains.witness, witness.offset < end, witness.offset > stop else {
        if isLast { report.unacknowledgedBytes += max(0, (remains.end ?? stop) - stop) }
        if link != nil { note("Frames are missing up to byte \(end).", candidate.path, stop) }
        break walking
      }
      note("Frames are damaged up to byte \(witness.offset).", candidate.path, stop)
      walk.resume(at: witness.offset, witness.header)
    }
    if isLast, walk.note == .continued {
      note("The segment after this one is missing.", candidate.path, walk.offset)
    }
    report.frames += walk.frames
    if walk.frames > 0 { report.lastSequence = max(report.lastSequence, walk.nextSequence &- 1) }
    if let link, walk.dataEnd == Int(link.end), walk.lastChecksum != link.lastChecksum {
      note("The segment does not end as the next one says.", candidate.path, walk.dataEnd)
    }
  }
}
