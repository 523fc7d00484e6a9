import TwinValues

/// A file seen through a buffer that moves forward: for walking files whose bytes are not to be believed.
/// One thread at a time.
final class FileWindow {
  let file: any DiskFile
  let fileBytes: Int
  private let buffer = ByteBuffer()
  private let chunk: Int
  private var start = 0
  private var count = 0

  init(_ file: any DiskFile, chunk: Int = 1 << 20) throws(NuriError) {
    self.file = file
    self.chunk = chunk
    fileBytes = Int(clamping: try file.size())
  }

  /// The address of `size` bytes at an offset, valid until the next call; `nil` past the file's end.
  func bytes(at offset: Int, _ size: Int) throws(NuriError) -> UnsafeRawPointer? {
    if offset >= start, size <= start + count - offset {
      return UnsafeRawPointer(buffer.base + (offset - start))
    }
    guard offset >= 0, size >= 0, offset <= fileBytes, size <= fileBytes - offset else { return nil }
    start = offset
    count = 0
    let wanted = min(max(size, chunk), fileBytes - offset)
    count = try file.read(into: buffer.room(wanted), at: UInt64(offset))
    return size <= count ? UnsafeRawPointer(buffer.base) : nil
  }
}
