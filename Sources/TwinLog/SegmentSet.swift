import TwinValues

/// The segment files of a folder, checked against one another: everything but the last segment's frames.
struct SegmentSet {
  /// The last segment, not yet walked.
  struct Last {
    let path: String
    let header: SegmentHeader
    let seed: UInt32
  }

  /// All segments but the last, complete and in order.
  var full: [SegmentEntry] = []
  var last: Last?
  /// Names of files that a crash left and that nobody needs.
  var leftovers: [String] = []
  var report = RecoveryReport()

  /// A segment's file before its frames are looked at.
  struct Candidate {
    let path: String
    let header: SegmentHeader
    let seed: UInt32
    let isSealed: Bool
  }

  /// Lists and checks a log's folder; `first` is the sequence the log must begin with.
  static func load(disk: any Disk, directory: String, first: UInt64) throws(NuriError) -> SegmentSet {
    var set = SegmentSet()
    let candidates = try set.candidates(disk, directory)
    guard let lowest = candidates.first, let highest = candidates.last else { return set }
    guard lowest.header.firstSequence == first, lowest.header.previous == nil else {
      throw .corrupt(
        "The log should begin with sequence \(first), but its first segment begins with "
          + "\(lowest.header.firstSequence): a segment is missing.", lowest.path, 0)
    }
    guard !highest.isSealed else {
      throw .corrupt("The segment after this one is missing.", highest.path, 0)
    }
    for (candidate, next) in zip(candidates, candidates.dropFirst()) {
      guard let link = next.header.previous, link.firstSequence == candidate.header.firstSequence else {
        throw .corrupt(
          "The segment before this one is missing: \(candidate.path) does not lead to it.", next.path, 0)
      }
      set.full.append(try complete(disk, candidate, link))
    }
    set.last = Last(path: highest.path, header: highest.header, seed: highest.seed)
    set.report.segments = candidates.count
    set.report.sealedSegments = candidates.count { $0.isSealed }
    return set
  }

  /// Reads the headers of all segment files, in order.
  private mutating func candidates(_ disk: any Disk, _ directory: String) throws(NuriError) -> [Candidate] {
    let names = try Self.segmentNames(disk.list(directory))
    leftovers = names.leftovers
    var found: [Candidate] = []
    for name in names.files {
      if let raw = names.twins[name], !Self.isWhole(disk, directory, sealed: name) {
        found.append(try Self.candidate(disk, directory, raw))
        leftovers.append(name)
      } else {
        found.append(try Self.candidate(disk, directory, name))
        if let raw = names.twins[name] { leftovers.append(raw) }
      }
    }
    return found
  }

  /// Whether a compressed segment can stand in for the raw one that is still there.
  private static func isWhole(_ disk: any Disk, _ directory: String, sealed name: String) -> Bool {
    do throws(NuriError) {
      let file = try disk.open(directory + "/" + name, .read)
      try SealedFile.check(SealedFile.entry(file, candidate(disk, directory, name)), file, Scratch())
      return true
    } catch { return false }
  }

  /// The names of segment files, in order, and of unfinished files that nobody needs. Of a segment that is there
  /// twice, because a crash came before the raw file was removed, `files` has the compressed one and `twins`
  /// the raw one's name under it.
  static func segmentNames(
    _ entries: [DiskEntry]
  ) -> (files: [String], leftovers: [String], twins: [String: String]) {
    let names = entries.filter { !$0.isDirectory }.map(\.name)
    let sealed = Set(names.compactMap { SegmentName.firstSequence($0, SegmentName.sealedSuffix) })
    var files: [String] = []
    var leftovers: [String] = []
    var twins: [String: String] = [:]
    for name in names {
      if name.hasSuffix(SegmentName.rawSuffix + SegmentName.temporarySuffix)
        || name.hasSuffix(SegmentName.sealedSuffix + SegmentName.temporarySuffix)
      {
        leftovers.append(name)
      } else if let first = SegmentName.firstSequence(name, SegmentName.rawSuffix) {
        if sealed.contains(first) { twins[SegmentName.sealed(first)] = name } else { files.append(name) }
      } else if SegmentName.firstSequence(name, SegmentName.sealedSuffix) != nil {
        files.append(name)
      }
    }
    return (files, leftovers, twins)
  }

  /// Reads and checks a segment file's header.
  static func candidate(_ disk: any Disk, _ directory: String, _ name: String) throws(NuriError) -> Candidate
  {
    let file = try disk.open(directory + "/" + name, .read)
    let isSealed = name.hasSuffix(SegmentName.sealedSuffix)
    let candidate = isSealed ? try SealedFile.header(file) : try rawHeader(file)
    let suffix = isSealed ? SegmentName.sealedSuffix : SegmentName.rawSuffix
    guard candidate.header.firstSequence == SegmentName.firstSequence(name, suffix) else {
      throw .corrupt("The file's name does not fit its header.", file.path, 16)
    }
    return candidate
  }

  static func rawHeader(_ file: any DiskFile) throws(NuriError) -> Candidate {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    try buffer.load(file, at: 0, count: SegmentHeader.bytes)
    let (header, seed) = try SegmentHeader.decode(buffer.base, path: file.path)
    return Candidate(path: file.path, header: header, seed: seed, isSealed: false)
  }

  /// Checks that a segment ends exactly as the next one's header says.
  private static func complete(
    _ disk: any Disk, _ candidate: Candidate, _ link: SegmentHeader.Link
  ) throws(NuriError) -> SegmentEntry {
    let entry =
      candidate.isSealed
      ? try SealedFile.entry(disk, candidate) : try rawEntry(disk, candidate, end: Int(link.end))
    guard entry.link == link else {
      throw .corrupt(
        "The segment does not end as the next one says: the last sequence is \(entry.lastSequence) and "
          + "should be \(link.lastSequence).", candidate.path, UInt64(entry.dataEnd))
    }
    return entry
  }

  private static func rawEntry(
    _ disk: any Disk, _ candidate: Candidate, end: Int
  ) throws(NuriError) -> SegmentEntry {
    let file = try disk.open(candidate.path, .read)
    var walk = SegmentWalk(try FileWindow(file), candidate.header, seed: candidate.seed, limit: end)
    walking: while walk.offset < end {
      switch try walk.step() {
      case .frame: continue
      case .end: throw .corrupt("Frames are missing.", candidate.path, UInt64(walk.offset))
      case .bad(let message): throw .corrupt(message, candidate.path, UInt64(walk.offset))
      }
    }
    return SegmentEntry(
      header: candidate.header, seed: candidate.seed, path: candidate.path, dataEnd: walk.dataEnd,
      lastSequence: walk.nextSequence - 1, lastRecorded: walk.lastRecorded, lastChecksum: walk.lastChecksum,
      content: .raw(file, walk.index))
  }
}
