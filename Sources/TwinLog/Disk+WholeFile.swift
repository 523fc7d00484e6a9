public import TwinValues

extension Disk {
  /// Reads a whole small file.
  /// - Throws: `limitExceeded` past `limit` bytes; `fileMissing`, `ioError`.
  public func readFile(_ path: String, limit: Int = 16 << 20) throws(NuriError) -> [UInt8] {
    let file = try open(path, .read)
    let size = try file.size()
    guard size <= UInt64(limit) else {
      throw NuriError(.limitExceeded, "The file is larger than \(limit) bytes.", at: path)
    }
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    buffer.reserve(Int(size))
    let got = try file.read(into: buffer.room(Int(size)), at: 0)
    return [UInt8](UnsafeRawBufferPointer(start: buffer.base, count: got))
  }

  /// Replaces a small file in one step: after a crash it holds the old bytes or the new ones, never a mixture.
  /// Durable when it returns. A private file is one that only its owner may read.
  public func replaceFile(
    _ path: String, with bytes: [UInt8], isPrivate: Bool = false
  ) throws(NuriError) {
    let temporary = path + ".tmp"
    let file = try open(temporary, isPrivate ? .replacePrivate : .replace)
    try file.write(bytes, at: 0)
    try file.sync()
    file.close()
    try rename(temporary, to: path)
    try syncDirectory(parentDirectory(of: path))
  }

  /// Makes a folder and its missing parents, each durable, also when an earlier try had made the folder and
  /// failed to make it durable.
  public func makeDirectories(_ path: String) throws(NuriError) {
    let parent = parentDirectory(of: path)
    if (try? list(path)) != nil {
      do throws(NuriError) { try syncDirectory(parent) } catch {
        // A parent this program may not open is not one it made the folder in.
        guard error.code == .readOnly else { throw error }
      }
      return
    }
    if parent != path, parent != ".", parent != "/" { try makeDirectories(parent) }
    try makeDirectory(path)
    try syncDirectory(parent)
  }

  /// Removes a folder and all that is in it. Not one step: a crash may leave part of it. Does nothing when it
  /// is missing.
  public func removeTree(_ path: String) throws(NuriError) {
    let entries: [DiskEntry]
    do { entries = try list(path) } catch {
      if error.code == .fileMissing { return }
      throw error
    }
    for entry in entries {
      let inner = path + "/" + entry.name
      if entry.isDirectory { try removeTree(inner) } else { try remove(inner) }
    }
    try remove(path)
    try syncDirectory(parentDirectory(of: path))
  }
}

extension DiskFile {
  /// Up to `count` bytes from an offset on; fewer where the file ends.
  /// - Throws: what the disk refuses.
  public func read(_ count: Int, at offset: UInt64) throws(NuriError) -> [UInt8] {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    let got = try read(into: buffer.room(count), at: offset)
    return [UInt8](UnsafeRawBufferPointer(start: buffer.base, count: got))
  }

  /// Writes bytes at an offset. Durable only after `sync`.
  /// - Throws: what the disk refuses.
  public func write(_ bytes: [UInt8], at offset: UInt64) throws(NuriError) {
    let buffer = ByteBuffer()
    defer { extendLifetime(buffer) }
    buffer.append(bytes)
    try write(buffer.bytes, at: offset)
  }
}

/// The folder a path lies in: `a/b` → `a`, `a` → `.`, `/a` → `/`.
func parentDirectory(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
