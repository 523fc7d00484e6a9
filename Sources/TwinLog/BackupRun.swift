import TwinValues

/// One backup or restore in progress. Folders and files are named relative to `source` and `target`; the top
/// folder is the empty name.
struct BackupRun {
  let disk: any Disk
  let source: String
  let target: String
  var folders: [String] = []
  private var known: Set<String> = []
  var manifest = BackupManifest()
  var report = BackupCopy.Report()
  var total = 0

  init(disk: any Disk, source: String, target: String) {
    self.disk = disk
    self.source = source
    self.target = target
  }

  static func join(_ folder: String, _ name: String) -> String { name.isEmpty ? folder : folder + "/" + name }

  private static func inner(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder + "/" + name
  }

  /// Makes the tree of folders and copies what is neither checkpoint nor segment.
  mutating func copySmallFiles(
    in folder: String, _ progress: (BackupCopy.Progress) -> Void
  ) throws(NuriError) {
    let entries: [DiskEntry]
    do throws(NuriError) { entries = try disk.list(Self.join(source, folder)) } catch {
      guard error.code == .fileMissing, !folder.isEmpty else { throw error }
      report.vanished.append(folder)
      return
    }
    folders.append(folder)
    try disk.makeDirectory(Self.join(target, folder))
    for entry in entries {
      let path = Self.inner(folder, entry.name)
      if Self.join(source, path) == target { continue }
      if entry.isDirectory {
        try copySmallFiles(in: path, progress)
      } else if Self.isLogFile(entry.name) {
        total += 1
      } else if entry.name != "lock", !entry.name.hasSuffix(".tmp") {
        total += 1
        try copyWhole(path, progress)
      }
    }
  }

  private static func isLogFile(_ name: String) -> Bool {
    CheckpointFormat.sequence(name) != nil || SegmentName.firstSequence(name, SegmentName.rawSuffix) != nil
      || SegmentName.firstSequence(name, SegmentName.sealedSuffix) != nil
  }

  /// Copies a folder's checkpoints.
  mutating func copyCheckpoints(
    in folder: String, _ progress: (BackupCopy.Progress) -> Void
  ) throws(NuriError) {
    for name in try names(in: folder) where CheckpointFormat.sequence(name) != nil {
      try copyWhole(Self.inner(folder, name), progress)
    }
  }

  /// Copies a folder's segments as they are at one moment.
  mutating func copySegments(
    in folder: String, _ durable: (String) -> UInt64?, _ progress: (BackupCopy.Progress) -> Void
  ) throws(NuriError) {
    let limit = durable(folder)
    let segments = try openSegments(in: folder)
    for (position, (name, file)) in segments.enumerated() {
      let path = Self.inner(folder, name)
      let isLast = position == segments.count - 1
      if isLast, name.hasSuffix(SegmentName.rawSuffix) {
        let candidate = try SegmentSet.rawHeader(file)
        let end = try Self.durableEnd(file, candidate, limit)
        try copy(file, path, bytes: end, size: candidate.header.capacity, progress)
      } else {
        let size = try file.size()
        try copy(file, path, bytes: size, size: size, progress)
      }
    }
  }

  /// Opens all segments of one listing; lists again when one was compressed away meanwhile.
  private mutating func openSegments(in folder: String) throws(NuriError) -> [(String, any DiskFile)] {
    for _ in 0..<100 {
      let directory = Self.join(source, folder)
      let entries: [DiskEntry]
      do throws(NuriError) { entries = try disk.list(directory) } catch {
        guard error.code == .fileMissing else { throw error }
        return []
      }
      do throws(NuriError) {
        var opened: [(String, any DiskFile)] = []
        for name in SegmentSet.segmentNames(entries).files {
          opened.append((name, try disk.open(directory + "/" + name, .read)))
        }
        return opened
      } catch {
        guard error.code == .fileMissing else { throw error }
      }
    }
    throw NuriError(.ioError, "The log's files change faster than they can be opened.", at: folder)
  }

  /// Where the last whole frame up to a sequence ends.
  private static func durableEnd(
    _ file: any DiskFile, _ candidate: SegmentSet.Candidate, _ limit: UInt64?
  ) throws(NuriError) -> UInt64 {
    var walk = SegmentWalk(
      try FileWindow(file), candidate.header, seed: candidate.seed, limit: Int(candidate.header.capacity))
    var end = walk.dataEnd
    while case .frame(let header, _, _) = try walk.step() {
      if let limit, header.nextSequence > limit + 1 { break }
      end = walk.dataEnd
    }
    return UInt64(end)
  }

  private mutating func names(in folder: String) throws(NuriError) -> [String] {
    do throws(NuriError) { return try disk.list(Self.join(source, folder)).map(\.name) } catch {
      guard error.code == .fileMissing else { throw error }
      report.vanished.append(folder)
      return []
    }
  }

  private mutating func copyWhole(
    _ path: String, _ progress: (BackupCopy.Progress) -> Void
  ) throws(NuriError) {
    let file: any DiskFile
    do throws(NuriError) { file = try disk.open(Self.join(source, path), .read) } catch {
      guard error.code == .fileMissing else { throw error }
      report.vanished.append(path)
      return
    }
    let size = try file.size()
    try copy(file, path, bytes: size, size: size, progress)
  }

  /// Copies the first bytes of a file, makes the copy durable and `size` bytes long, and reads it back.
  private mutating func copy(
    _ file: any DiskFile, _ path: String, bytes: UInt64, size: UInt64,
    _ progress: (BackupCopy.Progress) -> Void
  ) throws(NuriError) {
    guard !path.utf8.contains(UInt8(ascii: "\n")) else {
      throw NuriError(.ioError, "A file's name holds a line break.", at: path, advice: "Rename the file.")
    }
    let goal = Self.join(target, path)
    // Keys stay readable by their owner alone.
    let copy = try disk.open(
      goal, path.hasSuffix(".pem") || path.hasSuffix(".key") ? .replacePrivate : .replace)
    let sum = try Self.stream(file, into: copy, bytes: bytes)
    if size > bytes { try copy.truncate(to: size) }
    try copy.sync()
    let reread = try disk.open(goal, .read)
    guard try Self.checksum(of: reread, bytes: bytes) == sum else {
      throw .corrupt("The copy reads back differently from what was written.", goal, 0)
    }
    let whole = size == bytes ? sum : try Self.checksum(of: reread, bytes: size)
    manifest.files.append(BackupManifest.File(path: path, bytes: size, checksum: whole))
    finish(path, size, progress)
  }

  /// Brings one file of the manifest back.
  mutating func restore(
    _ expected: BackupManifest.File, _ progress: (BackupCopy.Progress) -> Void
  ) throws(NuriError) {
    var folder = ""
    for part in expected.path.split(separator: "/").dropLast() {
      folder = Self.inner(folder, String(part))
      if known.insert(folder).inserted {
        folders.append(folder)
        try disk.makeDirectory(Self.join(target, folder))
      }
    }
    if known.insert("").inserted { folders.insert("", at: 0) }
    let file = try disk.open(Self.join(source, expected.path), .read)
    let copy = try disk.open(Self.join(target, expected.path), .replace)
    let size = try file.size()
    guard size == expected.bytes, try Self.stream(file, into: copy, bytes: size) == expected.checksum else {
      throw NuriError(
        .corrupt, "The file is not as it was when the backup was made.", at: file.path,
        advice: "Use another backup.")
    }
    try copy.sync()
    guard try Self.checksum(of: copy, bytes: size) == expected.checksum else {
      throw .corrupt("The restored file reads back differently from what was written.", copy.path, 0)
    }
    finish(expected.path, size, progress)
  }

  private mutating func finish(
    _ path: String, _ size: UInt64, _ progress: (BackupCopy.Progress) -> Void
  ) {
    report.files += 1
    report.bytes += size
    total = max(total, report.files)
    progress(BackupCopy.Progress(path: path, files: (report.files, total), bytes: report.bytes))
  }

  private static let chunk = 1 << 20

  private static func stream(
    _ file: any DiskFile, into copy: any DiskFile, bytes: UInt64
  ) throws(NuriError) -> UInt32 {
    try chunks(file, bytes) { (part, offset) throws(NuriError) in try copy.write(part, at: offset) }
  }

  /// The checksum of a file's first bytes.
  static func checksum(of file: any DiskFile, bytes: UInt64) throws(NuriError) -> UInt32 {
    try chunks(file, bytes) { _, _ in }
  }

  private static func chunks(
    _ file: any DiskFile, _ bytes: UInt64, _ body: (UnsafeRawBufferPointer, UInt64) throws(NuriError) -> Void
  ) throws(NuriError) -> UInt32 {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    var offset: UInt64 = 0
    var sum: UInt32 = 0
    while offset < bytes {
      try buffer.load(file, at: offset, count: Int(min(UInt64(chunk), bytes - offset)))
      sum = TwinLog.checksum(buffer.base, buffer.count, seed: sum)
      try body(buffer.bytes, offset)
      offset += UInt64(buffer.count)
    }
    return sum
  }
}
