public import TwinValues

/// Files and folders as the storage rooms need them: few operations, each with its durability spelled out.
///
/// Handed in, so that a storm test can lose power at any step. Paths are plain strings with `/` between parts.
/// All functions may be called from any thread. Errors: `diskFull`, `readOnly`, `ioError`, `fileMissing`,
/// `fileExists`, each with the path and what to do.
public protocol Disk: Sendable {
  /// Opens a file.
  func open(_ path: String, _ mode: DiskOpenMode) throws(NuriError) -> any DiskFile
  /// What is in a folder, sorted by name, without `.` and `..`.
  func list(_ directory: String) throws(NuriError) -> [DiskEntry]
  /// Renames a file, replacing `target` in one step. Durable only after `syncDirectory`.
  func rename(_ path: String, to target: String) throws(NuriError)
  /// Removes a file or an empty folder. Durable only after `syncDirectory` of its parent.
  func remove(_ path: String) throws(NuriError)
  /// Makes a folder; does nothing when it is there. Its parent must exist. Durable only after `syncDirectory`
  /// of the parent.
  func makeDirectory(_ path: String) throws(NuriError)
  /// Makes names created, renamed and removed in a folder durable.
  func syncDirectory(_ path: String) throws(NuriError)
  /// Takes a folder for this process alone until the lock is released or the process ends.
  /// - Throws: `locked`, naming the holder's process id.
  func lockFolder(_ path: String) throws(NuriError) -> any FolderLock
}

/// How `Disk.open` opens a file.
public enum DiskOpenMode: Sendable {
  /// An existing file, for reading.
  case read
  /// An existing file, for reading and writing.
  case write
  /// A new file, for reading and writing; an old one of that name is emptied first.
  case replace
  /// The same, and nobody but its owner may read it (mode 0600): keys.
  case replacePrivate
}

/// A name in a folder.
public struct DiskEntry: Hashable, Sendable {
  /// The last part of the path.
  public let name: String
  /// Whether it is a folder.
  public let isDirectory: Bool

  /// Makes an entry.
  public init(name: String, isDirectory: Bool) {
    self.name = name
    self.isDirectory = isDirectory
  }
}

/// An open file. Reads may run on several threads at once, also beside one writer; the last reference closes it.
public protocol DiskFile: AnyObject, Sendable {
  /// The path it was opened by.
  var path: String { get }
  /// Reads at a byte offset until the buffer is full or the file ends; returns the number of bytes read.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(NuriError) -> Int
  /// Writes all bytes at a byte offset, growing the file when needed. Durable only after `sync`.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(NuriError)
  /// Sets space aside so that the file is at least `bytes` long and later writes below that cannot fail for
  /// lack of space, as far as the file system can promise. New bytes read as zero.
  func allocate(_ bytes: UInt64) throws(NuriError)
  /// Writes zeros over a range.
  func zero(from offset: UInt64, count: Int) throws(NuriError)
  /// Makes everything written so far durable, including the size. After an error the state on disk is unknown
  /// and calling again proves nothing.
  func sync() throws(NuriError)
  /// The size in bytes.
  func size() throws(NuriError) -> UInt64
  /// Sets the size; new bytes read as zero.
  func truncate(to bytes: UInt64) throws(NuriError)
  /// Closes it now. Later operations throw `ioError`. Calling twice is harmless.
  func close()
}

/// A folder held by this process. The last reference releases it.
public protocol FolderLock: AnyObject, Sendable {
  /// Releases the folder now. Calling twice is harmless.
  func release()
}
