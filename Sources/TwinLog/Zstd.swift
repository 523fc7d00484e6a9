import CZstd
import TwinValues

/// A zstd compression context, used again and again by one thread at a time.
final class Compressor {
  private let context: OpaquePointer?
  private let level: Int32

  init(level: Int32) {
    context = ZSTD_createCCtx()
    self.level = level
  }

  deinit { ZSTD_freeCCtx(context) }

  /// Compresses `bytes` into `target`, replacing what it held; stores them as they are when that is no longer,
  /// which readers tell by the stored size being the full size.
  func compress(_ bytes: UnsafeRawBufferPointer, into target: ByteBuffer) {
    target.count = 0
    let bound = ZSTD_compressBound(bytes.count)
    let room = target.room(bound)
    let size = ZSTD_compressCCtx(context, room.baseAddress, bound, bytes.baseAddress, bytes.count, level)
    if ZSTD_isError(size) == 0, size < bytes.count {
      target.count = size
    } else {
      target.append(bytes)
    }
  }
}

/// A zstd decompression context, used again and again by one thread at a time.
final class Decompressor {
  private let context = ZSTD_createDCtx()

  deinit { ZSTD_freeDCtx(context) }

  /// Fills `target` exactly from stored bytes; false when they are not what was stored.
  func decompress(_ stored: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
    if stored.count == target.count {
      target.copyMemory(from: stored)
      return true
    }
    let size = ZSTD_decompressDCtx(
      context, target.baseAddress, target.count, stored.baseAddress, stored.count)
    return size == target.count
  }
}
