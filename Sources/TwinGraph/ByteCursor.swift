#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes the log's numbers and texts one after another into memory that was reserved for them.
///
/// Appending byte by byte to an array asks at every byte whether the array is shared and whether it is full. Here
/// room for the whole change was made before. Every write first takes its bytes off the room that is left, an
/// unsigned number: like an array's index, it can't go out of bounds.
struct ByteCursor {
  private let memory: UnsafeMutableBufferPointer<UInt8>
  /// Bytes written.
  private(set) var count = 0
  /// Bytes that may still be written.
  private var room: UInt

  /// At the start of `memory`, which need not be initialized.
  init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
    self.memory = memory
    room = UInt(memory.count)
  }

  /// Bytes of the longest varint.
  static var longestVarint: Int { 10 }

  @inline(__always)
  mutating func byte(_ value: UInt8) {
    room -= 1
    memory.initializeElement(at: count, to: value)
    count &+= 1
  }

  /// LEB128.
  @inline(__always)
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  /// LEB128 of the zigzag form.
  @inline(__always)
  mutating func signed(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  /// Eight bytes, the lowest first.
  @inline(__always)
  mutating func fixed(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { raw($0) }
  }

  /// A length and as many bytes.
  @inline(__always)
  mutating func data(_ bytes: UnsafeRawBufferPointer) {
    varint(UInt64(bytes.count))
    raw(bytes)
  }

  @inline(__always)
  private mutating func raw(_ bytes: UnsafeRawBufferPointer) {
    room -= UInt(bytes.count)
    guard let source = bytes.baseAddress, let start = memory.baseAddress else { return }
    memcpy(start + count, source, bytes.count)
    count &+= bytes.count
  }
}
