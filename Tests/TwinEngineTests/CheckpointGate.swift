import TwinLog
import TwinStorm
import TwinValues

/// A simulated disk that holds checkpoints back, refuses them, and counts how many are opened to be read.
///
/// `@unchecked Sendable`: `state` is touched only while holding `monitor`.
final class CheckpointGate: Disk, @unchecked Sendable {
  enum Passage { case open, closed, refusing }

  let disk: SimulatedDisk
  private let monitor = Monitor()
  private var passage = Passage.open
  private var count = 0

  init(_ disk: SimulatedDisk) { self.disk = disk }

  /// Checkpoints opened to be read.
  var reads: Int { monitor.withLock { count } }

  func set(_ next: Passage) {
    monitor.withLock {
      passage = next
      monitor.notifyAll()
    }
  }

  func open(_ path: String, _ mode: DiskOpenMode) throws(NuriError) -> any DiskFile {
    if path.contains("/checkpoint-") {
      let isRefused = monitor.withLock {
        if case .read = mode {
          count += 1
          return false
        }
        while passage == .closed { monitor.wait() }
        return passage == .refusing
      }
      if isRefused { throw NuriError(.ioError, "No checkpoints today.", at: path) }
    }
    return try disk.open(path, mode)
  }

  func list(_ directory: String) throws(NuriError) -> [DiskEntry] { try disk.list(directory) }
  func rename(_ path: String, to target: String) throws(NuriError) { try disk.rename(path, to: target) }
  func remove(_ path: String) throws(NuriError) { try disk.remove(path) }
  func makeDirectory(_ path: String) throws(NuriError) { try disk.makeDirectory(path) }
  func syncDirectory(_ path: String) throws(NuriError) { try disk.syncDirectory(path) }
  func lockFolder(_ path: String) throws(NuriError) -> any FolderLock { try disk.lockFolder(path) }
}
