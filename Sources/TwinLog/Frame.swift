/// One append as readers see it: some changes' bytes, recorded together.
///
/// `payload` points into a reader's buffer and is valid only during the call it was handed to.
public struct Frame {
  /// The sequence of the first change in it.
  public let firstSequence: UInt64
  /// How many changes it holds, at least 1.
  public let count: Int
  /// When it was recorded, in microseconds since 1970.
  public let recorded: Int64
  /// The bytes handed to `append`.
  public let payload: UnsafeRawBufferPointer

  /// The sequence of the last change in it.
  public var lastSequence: UInt64 { firstSequence &+ UInt64(count) &- 1 }
}

/// A frame's bytes: a header of 32, the payload, zeros up to a multiple of 8.
///
///     0 u32 length: header and payload, without padding
///     4 u32 checksum, see `checksum(of:at:seed:)`
///     8 u64 first sequence
///    16 i64 recorded, microseconds
///    24 u32 count; 0 marks a note of the log itself, see `Note`
///    28 u32 group: the offset up to which the file was durable when this frame was written
enum FrameLayout {
  static let headerBytes = 32
  static let alignment = 8

  /// What a payload takes up in a segment.
  @inline(__always)
  static func storedBytes(payload: Int) -> Int { (headerBytes + payload + 7) & ~7 }

  /// Covers the segment it is in (`seed`), the offset, the length, everything behind the checksum and the
  /// padding: a frame is valid only in the place it was written to.
  @inline(__always)
  static func checksum(of frame: UnsafeRawPointer, length: Int, at offset: Int, seed: UInt32) -> UInt32 {
    let place = (UInt64(UInt32(truncatingIfNeeded: offset)) << 32 | UInt64(length)).littleEndian
    let placed = withUnsafeBytes(of: place) { bytes in
      bytes.baseAddress.map { TwinLog.checksum($0, 8, seed: seed) } ?? seed
    }
    let stored = (length + 7) & ~7
    return TwinLog.checksum(frame + 8, stored - 8, seed: placed)
  }

  /// A note has count 0 and one of these as its 8-byte payload.
  enum Note: UInt64 {
    /// The log was closed: everything before was durable.
    case closed = 1
    /// The log goes on in another segment.
    case continued = 2
  }
  static let noteBytes = storedBytes(payload: 8)
}

/// A frame's header, read but not believed until `isValid` said so.
struct FrameHeader {
  let length: Int
  let crc: UInt32
  let firstSequence: UInt64
  let recorded: Int64
  let count: UInt32
  let group: UInt32

  /// Reads 32 bytes.
  @inline(__always)
  init(_ bytes: UnsafeRawPointer) {
    length = Int(bytes.u32(0))
    crc = bytes.u32(4)
    firstSequence = bytes.u64(8)
    recorded = bytes.i64(16)
    count = bytes.u32(24)
    group = bytes.u32(28)
  }

  var storedBytes: Int { (length + 7) & ~7 }
  var isNote: Bool { count == 0 }
  /// Meaningful only once the header is valid.
  var nextSequence: UInt64 { firstSequence &+ UInt64(count) }

  /// Whether the length is one a frame can have with `available` bytes left in the segment.
  @inline(__always)
  func fits(_ available: Int) -> Bool {
    length >= FrameLayout.headerBytes && length <= available && storedBytes <= available
  }

  /// Whether the bytes are the frame that was written at `offset` of the segment with this `seed`.
  @inline(__always)
  func isValid(_ frame: UnsafeRawPointer, at offset: Int, seed: UInt32) -> Bool {
    FrameLayout.checksum(of: frame, length: length, at: offset, seed: seed) == crc
  }

  /// The frame as readers see it.
  @inline(__always)
  func frame(_ bytes: UnsafeRawPointer) -> Frame {
    Frame(
      firstSequence: firstSequence, count: Int(count), recorded: recorded,
      payload: UnsafeRawBufferPointer(
        start: bytes + FrameLayout.headerBytes, count: length - FrameLayout.headerBytes))
  }
}
