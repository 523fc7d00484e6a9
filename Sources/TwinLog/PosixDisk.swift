import Glibc
public import TwinValues

/// The real file system.
public struct PosixDisk: Disk {
  /// Makes one; it holds no state.
  public init() {}

  /// See `Disk`.
  public func open(_ path: String, _ mode: DiskOpenMode) throws(NuriError) -> any DiskFile {
    var flags: Int32 = O_CLOEXEC
    switch mode {
    case .read: flags |= O_RDONLY
    case .write: flags |= O_RDWR
    case .replace, .replacePrivate: flags |= O_RDWR | O_CREAT | O_TRUNC
    }
    let isPrivate = mode == .replacePrivate
    let descriptor = try posix("open the file", path) {
      Int(Glibc.open(path, flags, isPrivate ? 0o600 : 0o644))
    }
    let file = PosixFile(descriptor: Int32(descriptor), path: path)
    // A file that was there keeps its mode until it is told otherwise.
    if isPrivate { try posix("set the mode", path) { Int(fchmod(Int32(descriptor), 0o600)) } }
    return file
  }

  /// See `Disk`.
  public func list(_ directory: String) throws(NuriError) -> [DiskEntry] {
    guard let stream = opendir(directory) else { throw posixError(errno, "list the folder", directory) }
    defer { closedir(stream) }
    var entries: [DiskEntry] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      entries.append(DiskEntry(name: name, isDirectory: isDirectory(entry, directory + "/" + name)))
    }
    guard errno == 0 else { throw posixError(errno, "list the folder", directory) }
    return entries.sorted { $0.name < $1.name }
  }

  private func isDirectory(_ entry: UnsafeMutablePointer<dirent>, _ path: String) -> Bool {
    if entry.pointee.d_type != UInt8(DT_UNKNOWN) { return entry.pointee.d_type == UInt8(DT_DIR) }
    var info = stat()
    return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  /// See `Disk`.
  public func rename(_ path: String, to target: String) throws(NuriError) {
    try posix("rename to \(target)", path) { Int(Glibc.rename(path, target)) }
  }

  /// See `Disk`.
  public func remove(_ path: String) throws(NuriError) {
    try posix("remove", path) { Int(Glibc.remove(path)) }
  }

  /// See `Disk`.
  public func makeDirectory(_ path: String) throws(NuriError) {
    let result = posixResult { Int(mkdir(path, 0o755)) }
    if result >= 0 { return }
    var info = stat()
    if result == -Int(EEXIST), stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR { return }
    throw posixError(Int32(-result), "make the folder", path)
  }

  /// See `Disk`.
  public func syncDirectory(_ path: String) throws(NuriError) {
    let descriptor = try posix("open the folder", path) {
      Int(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }
    defer { Glibc.close(Int32(descriptor)) }
    try posix("sync the folder", path) { Int(fsync(Int32(descriptor))) }
  }

  /// See `Disk`. The lock is an advisory lock on the file `lock` in the folder, which holds the process id.
  public func lockFolder(_ path: String) throws(NuriError) -> any FolderLock {
    let file = path + "/lock"
    let descriptor = Int32(
      try posix("open the lock file", file) { Int(Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)) })
    let result = posixResult { Int(flock(descriptor, LOCK_EX | LOCK_NB)) }
    guard result >= 0 else {
      let holder = readHolder(descriptor)
      Glibc.close(descriptor)
      guard result == -Int(EWOULDBLOCK) else { throw posixError(Int32(-result), "lock the folder", file) }
      throw NuriError(
        .locked, "The folder is in use by process \(holder).", at: path,
        advice: "Stop that process, or use another folder.")
    }
    let text = Array("\(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    pwrite(descriptor, text, text.count, 0)
    return PosixFolderLock(descriptor: descriptor)
  }

  private func readHolder(_ descriptor: Int32) -> String {
    var text = [UInt8](repeating: 0, count: 20)
    let got = pread(descriptor, &text, text.count, 0)
    let digits = text.prefix(max(got, 0)).prefix { $0 >= 0x30 && $0 <= 0x39 }
    return digits.isEmpty ? "(unknown)" : String(decoding: digits, as: UTF8.self)
  }
}

/// `@unchecked Sendable`: the descriptor is guarded by `guardian`.
private final class PosixFolderLock: FolderLock, @unchecked Sendable {
  private let guardian = Lock()
  private var descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }
  deinit { release() }

  func release() {
    guardian.withLock {
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }
}
