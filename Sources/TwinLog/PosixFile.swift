import CNuri
import Glibc
import TwinValues

/// A file of the real file system.
///
/// `@unchecked Sendable`: the descriptor is set once and cleared by `close`, which the contract of `DiskFile`
/// allows only when no other call is running; positioned reads and writes share nothing else.
final class PosixFile: DiskFile, @unchecked Sendable {
  let path: String
  private var descriptor: Int32

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close() }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(NuriError) -> Int {
    var done = 0
    while done < buffer.count {
      let got = try posix("read", path) {
        pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset) + done)
      }
      if got == 0 { break }
      done += got
    }
    return done
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(NuriError) {
    var done = 0
    while done < bytes.count {
      done += try posix("write", path) {
        pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset) + done)
      }
    }
  }

  func allocate(_ bytes: UInt64) throws(NuriError) {
    let old = try size()
    let result = posixResult { Int(nuri_allocate(descriptor, Int64(bytes))) }
    if result >= 0 { return }
    guard result == -Int(EOPNOTSUPP) || result == -Int(ENOSYS) else {
      throw posixError(Int32(-result), "set space aside", path)
    }
    if bytes > old { try zero(from: old, count: Int(bytes - old)) }
  }

  func zero(from offset: UInt64, count: Int) throws(NuriError) {
    var done = 0
    while done < count {
      let part = UnsafeRawBufferPointer(start: zeros, count: min(count - done, zeroBytes))
      try write(part, at: offset + UInt64(done))
      done += part.count
    }
  }

  func sync() throws(NuriError) {
    try posix("make the file durable", path) { Int(fdatasync(descriptor)) }
  }

  func size() throws(NuriError) -> UInt64 {
    var info = stat()
    try posix("read the size", path) { Int(fstat(descriptor, &info)) }
    return UInt64(info.st_size)
  }

  func truncate(to bytes: UInt64) throws(NuriError) {
    try posix("set the size", path) { Int(ftruncate(descriptor, off_t(bytes))) }
  }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }
}

private let zeroBytes = 256 << 10
/// Read-only zeros, made once: never written, so threads may share them.
nonisolated(unsafe) private let zeros: UnsafeRawPointer = {
  let memory = UnsafeMutableRawPointer.allocate(byteCount: zeroBytes, alignment: 16)
  memset(memory, 0, zeroBytes)
  return UnsafeRawPointer(memory)
}()
