import Synchronization
import TwinLog
import TwinNet
import TwinValues

/// What a disk did so far.
struct DiskFigures: Sendable {
  /// Syncs within each of `ServerMetrics.bounds`, and those beyond.
  var syncBuckets = [Int](repeating: 0, count: ServerMetrics.bounds.count + 1)
  var syncMicroseconds = 0
  var bytesWritten = 0
  var failures = 0
}

/// Counts what a disk does. Any thread.
///
/// `@unchecked Sendable`: `figures` is touched only while holding `lock`.
final class DiskCounter: @unchecked Sendable {
  private let lock = Lock()
  private var counted = DiskFigures()

  /// What was counted so far.
  var figures: DiskFigures { lock.withLock { counted } }

  func wrote(_ bytes: Int) { lock.withLock { counted.bytesWritten += bytes } }

  func failed() { lock.withLock { counted.failures += 1 } }

  func synced(nanoseconds: UInt64) {
    let microseconds = Int(clamping: nanoseconds / 1000)
    var bucket = 0
    while bucket < ServerMetrics.bounds.count, microseconds > ServerMetrics.bounds[bucket] { bucket += 1 }
    lock.withLock {
      counted.syncBuckets[bucket] += 1
      counted.syncMicroseconds += microseconds
    }
  }
}

/// A disk that counts how often and how long it makes files durable. Otherwise the disk it stands before.
struct MeasuredDisk: Disk {
  let inner: any Disk
  let counter: DiskCounter

  func open(_ path: String, _ mode: DiskOpenMode) throws(NuriError) -> any DiskFile {
    let file = try inner.open(path, mode)
    return mode == .read ? file : MeasuredFile(inner: file, counter: counter)
  }

  func list(_ directory: String) throws(NuriError) -> [DiskEntry] { try inner.list(directory) }
  func rename(_ path: String, to target: String) throws(NuriError) { try inner.rename(path, to: target) }
  func remove(_ path: String) throws(NuriError) { try inner.remove(path) }
  func makeDirectory(_ path: String) throws(NuriError) { try inner.makeDirectory(path) }
  func syncDirectory(_ path: String) throws(NuriError) { try inner.syncDirectory(path) }
  func lockFolder(_ path: String) throws(NuriError) -> any FolderLock { try inner.lockFolder(path) }
}

/// A file of a measured disk.
private final class MeasuredFile: DiskFile {
  private let inner: any DiskFile
  private let counter: DiskCounter

  init(inner: any DiskFile, counter: DiskCounter) {
    self.inner = inner
    self.counter = counter
  }

  var path: String { inner.path }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(NuriError) -> Int {
    try inner.read(into: buffer, at: offset)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(NuriError) {
    do throws(NuriError) { try inner.write(bytes, at: offset) } catch {
      counter.failed()
      throw error
    }
    counter.wrote(bytes.count)
  }

  func sync() throws(NuriError) {
    let start = LoopClock.monotonicNanoseconds()
    do throws(NuriError) { try inner.sync() } catch {
      counter.failed()
      throw error
    }
    counter.synced(nanoseconds: LoopClock.monotonicNanoseconds() &- start)
  }

  func allocate(_ bytes: UInt64) throws(NuriError) { try inner.allocate(bytes) }
  func zero(from offset: UInt64, count: Int) throws(NuriError) { try inner.zero(from: offset, count: count) }
  func size() throws(NuriError) -> UInt64 { try inner.size() }
  func truncate(to bytes: UInt64) throws(NuriError) { try inner.truncate(to: bytes) }
  func close() { inner.close() }
}
