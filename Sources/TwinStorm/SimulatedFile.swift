import TwinLog
import TwinValues

/// An open file of a simulated disk.
///
/// `@unchecked Sendable`: the node is touched only while holding the disk's lock.
final class SimulatedFile: DiskFile, @unchecked Sendable {
  let path: String
  private let disk: SimulatedDisk
  private let node: SimulatedNode

  init(disk: SimulatedDisk, node: SimulatedNode, path: String) {
    self.disk = disk
    self.node = node
    self.path = path
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(NuriError) -> Int {
    try disk.lock.withLock { () throws(NuriError) -> Int in
      try disk.checkPower(path)
      try disk.roll(disk.faultsLocked.failingReads, path)
      let start = min(Int(clamping: offset), node.current.count)
      let count = min(buffer.count, node.current.count - start)
      node.current.withUnsafeBytes { bytes in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]))
      }
      return count
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(NuriError) {
    try change(.write(offset: Int(offset), bytes: Array(bytes)), end: Int(offset) + bytes.count)
  }

  func allocate(_ bytes: UInt64) throws(NuriError) {
    try resize(atLeast: Int(bytes))
  }

  func zero(from offset: UInt64, count: Int) throws(NuriError) {
    let zeros = [UInt8](repeating: 0, count: count)
    try change(.write(offset: Int(offset), bytes: zeros), end: Int(offset) + count)
  }

  func sync() throws(NuriError) {
    try disk.lock.withLock { () throws(NuriError) in
      try disk.beforeChange(path)
      do throws(NuriError) {
        try disk.roll(disk.faultsLocked.failingSyncs, path)
      } catch {
        node.failSync(&disk.seed)
        throw error
      }
      node.sync()
    }
  }

  func size() throws(NuriError) -> UInt64 {
    try disk.lock.withLock { () throws(NuriError) -> UInt64 in
      try disk.checkPower(path)
      return UInt64(node.current.count)
    }
  }

  func truncate(to bytes: UInt64) throws(NuriError) {
    try disk.lock.withLock { () throws(NuriError) in
      try disk.beforeChange(path)
      try disk.grow(by: Int(bytes) - node.current.count, path)
      node.apply(.resize(Int(bytes)))
    }
  }

  func close() {}

  private func resize(atLeast bytes: Int) throws(NuriError) {
    try disk.lock.withLock { () throws(NuriError) in
      try disk.beforeChange(path)
      guard bytes > node.current.count else { return }
      try disk.grow(by: bytes - node.current.count, path)
      node.apply(.resize(bytes))
    }
  }

  private func change(_ change: SimulatedNode.Change, end: Int) throws(NuriError) {
    try disk.lock.withLock { () throws(NuriError) in
      try disk.beforeChange(path)
      try disk.roll(disk.faultsLocked.failingWrites, path)
      try disk.grow(by: max(0, end - node.current.count), path)
      node.apply(change)
    }
  }
}
