import TwinValues

/// A few open files of many that are only read, so that a long log does not use up descriptors.
///
/// `@unchecked Sendable`: `files` is touched only while holding `lock`. A file that is dropped here closes when
/// its last reader lets go.
final class FileCache: @unchecked Sendable {
  private let disk: any Disk
  private let limit: Int
  private let lock = Lock()
  private var files: [any DiskFile] = []

  init(disk: any Disk, limit: Int) {
    self.disk = disk
    self.limit = limit
  }

  /// The open file of a path.
  func file(_ path: String) throws(NuriError) -> any DiskFile {
    if let known = lock.withLock({ take(path) }) { return known }
    let opened = try disk.open(path, .read)
    lock.withLock {
      if files.count >= limit { files.removeFirst() }
      files.append(opened)
    }
    return opened
  }

  /// Moves a known file to the end of the queue. Call holding `lock`.
  private func take(_ path: String) -> (any DiskFile)? {
    guard let position = files.firstIndex(where: { $0.path == path }) else { return nil }
    let file = files.remove(at: position)
    files.append(file)
    return file
  }

  /// Forgets all.
  func removeAll() { lock.withLock { files.removeAll() } }
}
