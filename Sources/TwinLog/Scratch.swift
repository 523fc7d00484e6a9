import TwinValues

/// The buffers of one read in progress.
final class Scratch {
  let stored = ByteBuffer()
  let plain = ByteBuffer()
  let decompressor = Decompressor()

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

  static let keptBytes = 1 << 20

  /// Gives back memory that an unusually large frame took.
  func trim() {
    stored.removeAll(keeping: Self.keptBytes)
    plain.removeAll(keeping: Self.keptBytes)
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
