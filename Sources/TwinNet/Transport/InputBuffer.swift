/// Bytes received and not yet understood, in one piece.
struct InputBuffer {
  private var storage: [UInt8] = []
  private var start = 0

  /// An emptied buffer keeps at most this much memory.
  static let keptBytes = 1 << 10

  var count: Int { storage.count - start }
  var isEmpty: Bool { count == 0 }

  /// Adds received bytes.
  mutating func append(_ bytes: UnsafeRawBufferPointer) { storage.append(contentsOf: bytes) }

  /// Shows all bytes.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
  }

  /// Copies the first `length` bytes.
  func prefix(_ length: Int) -> [UInt8] { Array(storage[start..<start + length]) }

  /// Takes out the first `length` bytes.
  mutating func drop(_ length: Int) {
    start += length
    if start == storage.count {
      start = 0
      if storage.capacity <= InputBuffer.keptBytes {
        storage.removeAll(keepingCapacity: true)
      } else {
        storage = []
      }
    } else if start >= 32 << 10, start > storage.count / 2 {
      storage.removeFirst(start)
      start = 0
    }
  }

  /// Takes out and returns the first `length` bytes.
  mutating func take(_ length: Int) -> [UInt8] {
    let bytes = prefix(length)
    drop(length)
    return bytes
  }
}
