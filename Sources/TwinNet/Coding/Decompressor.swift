import CNet
import CZlib
import CZstd
import TwinValues

/// Takes a content coding off a body as it arrives, and stops at bodies that grow beyond reason.
///
/// Pure but for the memory it owns; for one thread. Memory is bounded: 16 KiB of output at a time, and windows of
/// at most 8 MiB for zstd.
final class Decompressor {
  private enum Engine {
    case gzip(UnsafeMutablePointer<z_stream>)
    case zstd(OpaquePointer)
  }

  private let engine: Engine
  private let limits: NetLimits
  private var totalIn = 0
  private var totalOut = 0
  /// Whether the input so far is one or more whole members or frames.
  private var isAtEnd = false

  static let pieceBytes = 16 << 10
  static let zstdWindowLog: Int32 = 23

  /// `nil` when memory is out.
  init?(_ coding: ContentCoding, limits: NetLimits) {
    self.limits = limits
    switch coding {
    case .gzip:
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      engine = .gzip(stream)
      if nuri_gzip_begin_read(stream) != Z_OK { return nil }
    case .zstd:
      guard let context = ZSTD_createDCtx() else { return nil }
      engine = .zstd(context)
      ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Decompressor.zstdWindowLog)
    }
  }

  deinit {
    switch engine {
    case .gzip(let stream):
      inflateEnd(stream)
      stream.deallocate()
    case .zstd(let context): ZSTD_freeDCtx(context)
    }
  }

  /// Decodes `input` and gives what comes out to `output`, piece by piece.
  func feed(_ input: UnsafeRawBufferPointer, _ output: ([UInt8]) -> Void) -> NetRefusal? {
    totalIn += input.count
    switch engine {
    case .gzip(let stream): return inflateAll(stream, input, output)
    case .zstd(let context): return zstdAll(context, input, output)
    }
  }

  /// Whether the body may end here.
  func finish() -> NetRefusal? {
    isAtEnd || totalIn == 0 ? nil : NetRefusal(400, .invalidEncoding, "the compressed body ends too early")
  }

  private func counted(_ piece: [UInt8], _ output: ([UInt8]) -> Void) -> NetRefusal? {
    totalOut += piece.count
    if totalOut > limits.bodyBytes {
      return NetRefusal(413, .bodyTooLarge, "the decoded body is longer than bodyBytes (\(limits.bodyBytes))")
    }
    if totalOut > limits.expansionFloorBytes, totalOut / limits.expansionRatio > totalIn {
      return NetRefusal(
        413, .bodyTooLarge,
        "the body grows by more than expansionRatio (\(limits.expansionRatio)) when decoded")
    }
    output(piece)
    return nil
  }

  private func inflateAll(
    _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeRawBufferPointer, _ output: ([UInt8]) -> Void
  ) -> NetRefusal? {
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(clamping: input.count)
    while true {
      if isAtEnd {
        // Another member follows, or nothing.
        if stream.pointee.avail_in == 0 { return nil }
        if inflateReset(stream) != Z_OK { return broken("gzip") }
        isAtEnd = false
      }
      var result = Z_OK
      let piece = [UInt8](unsafeUninitializedCapacity: Decompressor.pieceBytes) { buffer, count in
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(Decompressor.pieceBytes)
        result = inflate(stream, Z_NO_FLUSH)
        count = Decompressor.pieceBytes - Int(stream.pointee.avail_out)
      }
      if result != Z_OK, result != Z_STREAM_END, result != Z_BUF_ERROR { return broken("gzip") }
      if !piece.isEmpty, let refusal = counted(piece, output) { return refusal }
      if result == Z_STREAM_END {
        isAtEnd = true
      } else if piece.count < Decompressor.pieceBytes {
        return nil
      }
    }
  }

  private func zstdAll(
    _ context: OpaquePointer, _ input: UnsafeRawBufferPointer, _ output: ([UInt8]) -> Void
  ) -> NetRefusal? {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    while true {
      var result = 0
      let before = source.pos
      let piece = [UInt8](unsafeUninitializedCapacity: Decompressor.pieceBytes) { buffer, count in
        var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: Decompressor.pieceBytes, pos: 0)
        result = ZSTD_decompressStream(context, &target, &source)
        count = target.pos
      }
      if ZSTD_isError(result) != 0 { return broken("zstd") }
      if source.pos > before || !piece.isEmpty { isAtEnd = result == 0 }
      if !piece.isEmpty, let refusal = counted(piece, output) { return refusal }
      if source.pos == source.size, piece.count < Decompressor.pieceBytes { return nil }
    }
  }

  private func broken(_ name: String) -> NetRefusal {
    NetRefusal(400, .invalidEncoding, "the body is not \(name)")
  }
}
