import CNet
import CZlib
import CZstd

/// Compresses whole bodies. Pure.
public enum Compressor {
  static let gzipLevel: Int32 = 4
  static let zstdLevel: Int32 = 3
  static let thoroughGzipLevel: Int32 = 7
  static let thoroughZstdLevel: Int32 = 12

  /// The body compressed; `nil` when memory is out or nothing is gained.
  /// - Parameter thoroughly: takes about ten times as long for a body that is sent often.
  public static func compress(
    _ bytes: [UInt8], _ coding: ContentCoding, thoroughly: Bool = false
  ) -> [UInt8]? {
    let out =
      switch coding {
      case .gzip: gzip(bytes, level: thoroughly ? thoroughGzipLevel : gzipLevel)
      case .zstd: zstd(bytes, level: thoroughly ? thoroughZstdLevel : zstdLevel)
      }
    guard let out, out.count < bytes.count else { return nil }
    return out
  }

  private static func zstd(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
    let room = ZSTD_compressBound(bytes.count)
    let out = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let size = ZSTD_compress(buffer.baseAddress, room, bytes, bytes.count, level)
      count = ZSTD_isError(size) == 0 ? size : 0
    }
    return out.isEmpty ? nil : out
  }

  private static func gzip(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
    guard bytes.count < Int(UInt32.max) else { return nil }
    // On the heap: zlib remembers the address.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    guard nuri_gzip_begin_write(stream, level) == Z_OK else { return nil }
    defer { deflateEnd(stream) }
    let room = Int(deflateBound(stream, UInt(bytes.count))) + 32
    let out = bytes.withUnsafeBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(clamping: room)
        count = deflate(stream, Z_FINISH) == Z_STREAM_END ? room - Int(stream.pointee.avail_out) : 0
      }
    }
    return out.isEmpty ? nil : out
  }
}
