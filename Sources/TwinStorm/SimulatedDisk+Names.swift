public import TwinLog
public import TwinValues

extension SimulatedDisk {
  /// See `Disk`.
  public func open(_ path: String, _ mode: DiskOpenMode) throws(NuriError) -> any DiskFile {
    try lock.withLock { () throws(NuriError) -> any DiskFile in
      try checkPower(path)
      if let node = node(path) {
        if mode == .replace || mode == .replacePrivate {
          try beforeChange(path)
          usedBytes -= node.current.count
          node.apply(.resize(0))
        }
        return SimulatedFile(disk: self, node: node, path: path)
      }
      guard mode == .replace || mode == .replacePrivate else { throw missing(path) }
      guard case .folder? = names.current[parentPath(path)] else { throw missing(parentPath(path)) }
      try beforeChange(path)
      let node = SimulatedNode()
      names.apply(.put(path, .file(node)), folder: parentPath(path))
      return SimulatedFile(disk: self, node: node, path: path)
    }
  }

  /// See `Disk`.
  public func list(_ directory: String) throws(NuriError) -> [DiskEntry] {
    try lock.withLock { () throws(NuriError) -> [DiskEntry] in
      try checkPower(directory)
      guard case .folder? = names.current[directory] else { throw missing(directory) }
      var entries: [DiskEntry] = []
      for (path, thing) in names.current where parentPath(path) == directory {
        let name = String(path.dropFirst(directory.count + 1))
        if case .folder = thing {
          entries.append(DiskEntry(name: name, isDirectory: true))
        } else {
          entries.append(DiskEntry(name: name, isDirectory: false))
        }
      }
      return entries.sorted { $0.name < $1.name }
    }
  }

  /// See `Disk`.
  public func rename(_ path: String, to target: String) throws(NuriError) {
    try lock.withLock { () throws(NuriError) in
      try beforeChange(path)
      guard let moved = node(path) else { throw missing(path) }
      if let old = node(target), old !== moved { usedBytes -= old.current.count }
      names.apply(.rename(path, target, .file(moved)), folder: parentPath(target))
    }
  }

  /// See `Disk`.
  public func remove(_ path: String) throws(NuriError) {
    try lock.withLock { () throws(NuriError) in
      try beforeChange(path)
      guard let thing = names.current[path] else { throw missing(path) }
      if case .file(let node) = thing { usedBytes -= node.current.count }
      if case .folder = thing, names.current.keys.contains(where: { parentPath($0) == path }) {
        throw NuriError(.fileExists, "The folder is not empty.", at: path)
      }
      names.apply(.remove(path, thing), folder: parentPath(path))
    }
  }

  /// See `Disk`.
  public func makeDirectory(_ path: String) throws(NuriError) {
    try lock.withLock { () throws(NuriError) in
      if case .folder? = names.current[path] { return }
      guard case .folder? = names.current[parentPath(path)] else { throw missing(parentPath(path)) }
      try beforeChange(path)
      names.apply(.put(path, .folder), folder: parentPath(path))
    }
  }

  /// See `Disk`.
  public func syncDirectory(_ path: String) throws(NuriError) {
    try lock.withLock { () throws(NuriError) in
      try beforeChange(path)
      try roll(faultsLocked.failingSyncs, path)
      names.sync(folder: path)
    }
  }

  /// See `Disk`.
  public func lockFolder(_ path: String) throws(NuriError) -> any FolderLock {
    try lock.withLock { () throws(NuriError) -> any FolderLock in
      try checkPower(path)
      guard locked.insert(path).inserted else {
        throw NuriError(
          .locked, "The folder is in use by process 1.", at: path,
          advice: "Stop that process, or use another folder.")
      }
      return SimulatedFolderLock(disk: self, path: path)
    }
  }

  private func missing(_ path: String) -> NuriError {
    NuriError(.fileMissing, "There is no such file or folder.", at: path, advice: "Check the path.")
  }
}

/// Holds a folder of a simulated disk.
private final class SimulatedFolderLock: FolderLock {
  private let disk: SimulatedDisk
  private let path: String

  init(disk: SimulatedDisk, path: String) {
    self.disk = disk
    self.path = path
  }

  deinit { release() }

  func release() { disk.lock.withLock { _ = disk.locked.remove(path) } }
}
