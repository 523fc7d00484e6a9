public import TwinLog
public import TwinValues

/// Puts a folder into one tar file (POSIX ustar) and takes it out again; packed with zstd by its name.
///
/// The caller holds the folder's lock, so that nothing in it changes meanwhile.
public struct FolderArchive: Sendable {
  private let disk: any Disk
  private static let lockName = "lock"

  /// An archive of folders on a disk.
  public init(disk: any Disk) { self.disk = disk }

  /// Writes every file of a folder but its lock.
  /// - Throws: `NuriError` when a file can't be read or the archive not be written.
  public func write(
    _ folder: String, to path: String, progress: (ExchangeProgress) -> Void = { _ in }
  ) throws(NuriError) -> ExchangeProgress {
    let output = try OutputFile(path)
    var state = ExchangeProgress()
    for name in try files(folder, "") where name != Self.lockName {
      let file = try disk.open("\(folder)/\(name)", .read)
      defer { file.close() }
      let size = try file.size()
      try output.write(try TarHeader(name: name, size: size).bytes)
      try copy(file, size, to: output)
      state.bytes = output.bytesTaken
      state.records += 1
      progress(state)
    }
    try output.write([UInt8](repeating: 0, count: TarHeader.block * 2))
    try output.finish()
    return state
  }

  private func copy(_ file: any DiskFile, _ size: UInt64, to output: OutputFile) throws(NuriError) {
    var at: UInt64 = 0
    while at < size {
      let count = Int(min(UInt64(ExchangeLimits.blockBytes), size - at))
      let block = try self.block(file, at, count)
      try output.write(block)
      at += UInt64(count)
    }
    let rest = Int(size % UInt64(TarHeader.block))
    if rest > 0 { try output.write([UInt8](repeating: 0, count: TarHeader.block - rest)) }
  }

  private func block(_ file: any DiskFile, _ offset: UInt64, _ count: Int) throws(NuriError) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: count)
    var got = 0
    var failure: NuriError?
    block.withUnsafeMutableBytes { raw in
      do throws(NuriError) { got = try file.read(into: raw, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    guard got == count else {
      throw NuriError(.fileFailed, "The file became shorter while it was read.", at: file.path)
    }
    return block
  }

  /// The files below a folder, in order of their names.
  private func files(_ folder: String, _ inside: String) throws(NuriError) -> [String] {
    var names: [String] = []
    let here = inside.isEmpty ? folder : "\(folder)/\(inside)"
    for entry in try disk.list(here).sorted(by: { $0.name < $1.name }) {
      let name = inside.isEmpty ? entry.name : "\(inside)/\(entry.name)"
      if entry.isDirectory {
        names += try files(folder, name)
      } else {
        names.append(name)
      }
    }
    return names
  }

  /// Takes every file of an archive out into a folder that is new or empty. Nothing is left behind when it fails.
  /// - Throws: `NuriError` when the folder holds anything or the archive is damaged.
  public func read(
    _ path: String, into folder: String, progress: (ExchangeProgress) -> Void = { _ in }
  ) throws(NuriError) -> ExchangeProgress {
    let input = try InputFile(path)
    try disk.makeDirectories(folder)
    guard try disk.list(folder).isEmpty else {
      throw NuriError(
        .fileExists, "The folder is not empty.", at: folder, advice: "Restore into a new folder.")
    }
    var state = ExchangeProgress(totalBytes: input.totalBytes)
    do throws(NuriError) {
      while let header = try TarHeader(try read(input, TarHeader.block, atEnd: state.records > 0)) {
        try extract(header, input, folder)
        state.bytes = input.bytesRead
        state.records += 1
        progress(state)
      }
      try disk.syncDirectory(folder)
    } catch {
      for entry in try disk.list(folder) { try disk.removeTree("\(folder)/\(entry.name)") }
      throw error.inside(input.name)
    }
    return state
  }

  private func extract(_ header: TarHeader, _ input: InputFile, _ folder: String) throws(NuriError) {
    let target = "\(folder)/\(header.name)"
    if let slash = target.lastIndex(of: "/") { try disk.makeDirectories(String(target[..<slash])) }
    let file = try disk.open(target, .replace)
    defer { file.close() }
    var at: UInt64 = 0
    let padded =
      (header.size + UInt64(TarHeader.block) - 1) / UInt64(TarHeader.block) * UInt64(TarHeader.block)
    while at < padded {
      let count = Int(min(UInt64(ExchangeLimits.blockBytes), padded - at))
      let block = try read(input, count, atEnd: false)
      let kept = min(count, Int(header.size - min(at, header.size)))
      try Self.put(block, kept, at, file)
      at += UInt64(count)
    }
    try file.truncate(to: header.size)
    try file.sync()
  }

  private static func put(
    _ block: [UInt8], _ count: Int, _ offset: UInt64, _ file: any DiskFile
  ) throws(NuriError) {
    var failure: NuriError?
    block.withUnsafeBytes { raw in
      do throws(NuriError) {
        try file.write(UnsafeRawBufferPointer(rebasing: raw[..<count]), at: offset)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Reads exactly some bytes. At the end of an archive that lacks its end mark, zeros.
  private func read(_ input: InputFile, _ count: Int, atEnd: Bool) throws(NuriError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      var got = 0
      var failure: NuriError?
      bytes.withUnsafeMutableBytes { raw in
        do throws(NuriError) {
          got = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: raw[filled...]))
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      if got == 0 {
        if atEnd, filled == 0 { return bytes }
        throw NuriError(
          .invalidImport, "The backup ends in the middle.", advice: "Take another copy of the backup.")
      }
      filled += got
    }
    return bytes
  }
}
