import CZstd
import TwinValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file being written, packed with zstd when its name ends in `.zst`. It appears under its name only when it
/// is whole; until then it is `name.part`. `-` is standard output. Used from one thread.
final class OutputFile {
  /// Bytes handed in so far.
  private(set) var bytesTaken: Int64 = 0
  private let path: String
  private let descriptor: Int32
  private var packer: OpaquePointer?
  private var packed: [UInt8] = []
  private var isFinished = false

  /// Whether it goes straight where it should: standard output, a pipe or a device.
  private let isDirect: Bool
  private let partPath: String

  convenience init(_ path: String) throws(NuriError) {
    try self.init(path, part: path + ".part", isPacked: path.hasSuffix(".zst"))
  }

  /// A file of bytes as they are, whatever its name ends in, that is `part` until it is whole.
  convenience init(raw path: String, part: String) throws(NuriError) {
    try self.init(path, part: part, isPacked: false)
  }

  private init(_ path: String, part: String, isPacked: Bool) throws(NuriError) {
    self.path = path
    partPath = part
    var status = stat()
    isDirect = path == "-" || (stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG)
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    descriptor =
      path == "-" ? dup(STDOUT_FILENO) : open(isDirect ? path : part, flags, 0o644)
    guard descriptor >= 0 else {
      throw NuriError(.fileFailed, "The file \(path) can't be written: \(FilePath.reason(errno)).")
    }
    if isPacked {
      packer = ZSTD_createCStream()
      packed = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
      ZSTD_CCtx_setParameter(packer, ZSTD_c_compressionLevel, 6)
      ZSTD_CCtx_setParameter(packer, ZSTD_c_checksumFlag, 1)
    }
  }

  deinit {
    close(descriptor)
    ZSTD_freeCStream(packer)
    if !isFinished, !isDirect { unlink(partPath) }
  }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws(NuriError) {
    bytesTaken += Int64(bytes.count)
    if packer != nil {
      try pack(bytes, ZSTD_e_continue)
    } else {
      try writeRaw(bytes[...])
    }
  }

  /// Completes the file and puts it under its name.
  func finish() throws(NuriError) {
    if packer != nil { try pack([], ZSTD_e_end) }
    guard !isDirect else {
      isFinished = true
      return
    }
    guard fsync(descriptor) == 0 || errno == EINVAL, rename(partPath, path) == 0 else {
      throw NuriError(.fileFailed, "The file \(path) can't be completed: \(FilePath.reason(errno)).")
    }
    isFinished = true
  }

  private func pack(_ bytes: [UInt8], _ mode: ZSTD_EndDirective) throws(NuriError) {
    var taken = 0
    while true {
      var produced = 0
      let left = bytes.withUnsafeBytes { source in
        packed.withUnsafeMutableBytes { target in
          var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: taken)
          var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          let left = ZSTD_compressStream2(packer, &output, &input, mode)
          taken = input.pos
          produced = output.pos
          return left
        }
      }
      guard ZSTD_isError(left) == 0 else {
        throw NuriError(.fileFailed, "Packing \(path) failed: \(String(cString: ZSTD_getErrorName(left))).")
      }
      try writeRaw(packed[..<produced])
      if mode == ZSTD_e_end ? left == 0 : taken == bytes.count { return }
    }
  }

  private func writeRaw(_ bytes: ArraySlice<UInt8>) throws(NuriError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Self.systemWrite(descriptor, $0) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw NuriError(
          .fileFailed, "Writing \(path) failed: \(FilePath.reason(errno)).",
          advice: errno == ENOSPC ? "Make room on the disk." : nil)
      }
      rest = rest.dropFirst(count)
    }
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
