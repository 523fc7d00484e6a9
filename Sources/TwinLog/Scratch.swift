import TwinValues

/// The buffers of one read in progress. One thread at a time.
///
/// `@unchecked Sendable`: a pool hands each to one user at a time.
final class Scratch: @unchecked Sendable {
  let stored = ByteBuffer()
  let plain = ByteBuffer()
  private lazy var decompressor = Decompressor()

  /// Reads stored bytes, checks them, and fills `target` with what they decompress to.
  func loadBlock(
    _ file: any DiskFile, at offset: UInt64, storedBytes: Int, checksum crc: UInt32,
    into target: UnsafeMutableRawBufferPointer
  ) throws(NuriError) {
    try stored.load(file, at: offset, count: storedBytes)
    guard checksum(stored.base, storedBytes) == crc else {
      throw .corrupt("A compressed block is damaged.", file.path, offset)
    }
    guard decompressor.decompress(stored.bytes, into: target) else {
      throw .corrupt("A compressed block does not decompress.", file.path, offset)
    }
  }

  /// Gives back memory that an unusually large frame took.
  fileprivate func trim() {
    stored.removeAll(keeping: ScratchPool.keptBytes)
    plain.removeAll(keeping: ScratchPool.keptBytes)
  }
}

/// A few scratches for the whole process, so that thousands of open logs hold none of their own.
///
/// `@unchecked Sendable`: `free` is touched only while holding `lock`.
final class ScratchPool: @unchecked Sendable {
  static let shared = ScratchPool()
  static let keptScratches = 8
  static let keptBytes = 1 << 20

  private let lock = Lock()
  private var free: [Scratch] = []

  /// A scratch for one user, who gives it back.
  func take() -> Scratch { lock.withLock { free.popLast() } ?? Scratch() }

  /// Ends the use of a scratch; what it held is void.
  func giveBack(_ scratch: Scratch) {
    scratch.trim()
    lock.withLock { if free.count < Self.keptScratches { free.append(scratch) } }
  }
}

extension ByteBuffer {
  /// Reads exactly `count` bytes of a file in place of what was held.
  func load(_ file: any DiskFile, at offset: UInt64, count wanted: Int) throws(NuriError) {
    count = 0
    count = try file.read(into: room(wanted), at: offset)
    guard count == wanted else {
      throw .corrupt("The file ends too early.", file.path, offset + UInt64(count))
    }
  }
}
