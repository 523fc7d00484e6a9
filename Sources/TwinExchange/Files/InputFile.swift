import TwinValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file being read from its beginning, unpacked on the way when it is a zstd file (told by its first bytes,
/// not by its name). `-` is standard input. Used from one thread.
final class InputFile {
  /// The last part of the path, for messages.
  let name: String
  /// Bytes on disk; 0 when nobody knows (a pipe).
  let totalBytes: Int64
  /// Bytes of the file taken so far, packed ones where it is packed.
  private(set) var bytesRead: Int64 = 0
  private let descriptor: Int32
  private var head: [UInt8] = []
  private var decoder: ZstdReader?
  private var hasLooked = false

  /// A file whose bytes are taken as they are, packed or not.
  convenience init(raw path: String) throws(NuriError) {
    try self.init(path)
    hasLooked = true
  }

  init(_ path: String) throws(NuriError) {
    name = path == "-" ? "standard input" : FilePath.name(path)
    descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw NuriError(
        .fileNotFound, "The file \(path) can't be opened: \(FilePath.reason(errno)).",
        advice: errno == ENOENT ? "Check the path." : nil)
    }
    var status = stat()
    fstat(descriptor, &status)
    if status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw NuriError(.fileNotFound, "\(path) is a folder.", advice: "Name a file.")
    }
    totalBytes = status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0
  }

  deinit { close(descriptor) }

  /// Reads up to the buffer's size; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(NuriError) -> Int {
    if !hasLooked { try look() }
    if let decoder {
      do {
        return try decoder.read(into: buffer) { raw throws(NuriError) in try self.readRaw(into: raw) }
      } catch {
        throw error.inside(name)
      }
    }
    if !head.isEmpty {
      let count = min(head.count, buffer.count)
      buffer.copyBytes(from: head[..<count])
      head.removeFirst(count)
      return count
    }
    return try readRaw(into: buffer)
  }

  /// Looks at the first four bytes for the mark of a zstd frame or of a skippable one.
  private func look() throws(NuriError) {
    hasLooked = true
    var first = [UInt8](repeating: 0, count: 4)
    var count = 0
    while count < 4 {
      var got = 0
      var failure: NuriError?
      first.withUnsafeMutableBytes { raw in
        do throws(NuriError) {
          got = try readRaw(into: UnsafeMutableRawBufferPointer(rebasing: raw[count...]))
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      if got == 0 { break }
      count += got
    }
    head = Array(first[..<count])
    let isFrame = head == [0x28, 0xb5, 0x2f, 0xfd]
    let isSkippable = count == 4 && head[0] & 0xf0 == 0x50 && Array(head[1...]) == [0x2a, 0x4d, 0x18]
    if isFrame || isSkippable {
      decoder = try ZstdReader(head: head)
      head = []
    }
    if head.starts(with: [0x1f, 0x8b]) {
      throw NuriError(
        .invalidImport, "\(name) is packed with gzip.", advice: "Unpack it first, or pack it with zstd.")
    }
  }

  private func readRaw(into buffer: UnsafeMutableRawBufferPointer) throws(NuriError) -> Int {
    while true {
      let count = Self.systemRead(descriptor, buffer)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw NuriError(.fileFailed, "Reading \(name) failed: \(FilePath.reason(errno)).")
      }
      bytesRead += Int64(count)
      return count
    }
  }

  private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    #elseif canImport(Musl)
      Musl.read(descriptor, buffer.baseAddress, buffer.count)
    #else
      Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    #endif
  }

  /// What tells this file from others of its name: its size and a hash of its first and last 64 KiB.
  /// `nil` for a pipe.
  func identity() -> FileIdentity? {
    guard totalBytes > 0 else { return nil }
    var hash = FileIdentity.seed
    FileIdentity.mix(&hash, withUnsafeBytes(of: totalBytes.littleEndian) { Array($0) })
    let window = 1 << 16
    var block = [UInt8](repeating: 0, count: window)
    for offset in [0, max(0, Int(totalBytes) - window)] {
      let count = pread(descriptor, &block, window, off_t(offset))
      if count > 0 { FileIdentity.mix(&hash, block[..<count]) }
    }
    return FileIdentity(name: name, hash: hash)
  }
}
