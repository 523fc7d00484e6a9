import CZstd
import TwinValues

/// Unpacks a stream of zstd frames. Used from one thread.
final class ZstdReader {
  private let stream: OpaquePointer
  private let input: UnsafeMutableRawBufferPointer
  private var filled: Int
  private var taken = 0
  /// What the library said last: 0 between frames, otherwise bytes it would like.
  private var wanted = 0

  /// - Parameter head: bytes of the file that were read already.
  init(head: [UInt8]) throws(NuriError) {
    guard let stream = ZSTD_createDStream() else {
      throw NuriError(.fileFailed, "There is no memory to unpack zstd.")
    }
    self.stream = stream
    ZSTD_initDStream(stream)
    input = .allocate(byteCount: max(ZSTD_DStreamInSize(), head.count), alignment: 16)
    input.copyBytes(from: head)
    filled = head.count
  }

  deinit {
    ZSTD_freeDStream(stream)
    input.deallocate()
  }

  /// Fills some of `buffer`; 0 at the end of the file.
  func read(
    into buffer: UnsafeMutableRawBufferPointer,
    from source: (UnsafeMutableRawBufferPointer) throws(NuriError) -> Int
  ) throws(NuriError) -> Int {
    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    while output.pos == 0 {
      var isAtEnd = false
      if taken == filled {
        filled = try source(input)
        taken = 0
        isAtEnd = filled == 0
      }
      if isAtEnd, wanted == 0 { return 0 }
      var block = ZSTD_inBuffer(src: input.baseAddress, size: filled, pos: taken)
      wanted = ZSTD_decompressStream(stream, &output, &block)
      taken = block.pos
      if ZSTD_isError(wanted) != 0 {
        throw NuriError(
          .invalidImport, "The zstd data is damaged: \(String(cString: ZSTD_getErrorName(wanted))).",
          advice: "Fetch or make the file again.")
      }
      if isAtEnd, output.pos == 0, wanted != 0 {
        throw NuriError(
          .invalidImport, "The zstd data ends in the middle.", advice: "Fetch or make the file again.")
      }
    }
    return output.pos
  }
}
