import TwinValues

/// The first 128 bytes of a segment file.
///
///     0 magic "NURISEGM"      8 u32 version          12 u32 checksum of the other 124 bytes
///    16 u64 first sequence   24 u64 capacity: the file's size
///    32 u64 previous segment's first sequence; 0: the log begins here
///    40 u64 previous last sequence     48 i64 previous last recorded time
///    56 u32 previous end of frames     60 u32 previous last frame's checksum
///    64 zeros
struct SegmentHeader: Equatable {
  static let bytes = 128
  static let version: UInt32 = 1
  /// Far from where adding counts could overflow.
  static let sequenceLimit: UInt64 = 1 << 62
  static let magicNumber = magic("NURISEGM")

  var firstSequence: UInt64
  var capacity: UInt64
  var previous: Link?

  /// What a segment knows of the one before it: that one must end exactly so.
  struct Link: Equatable {
    var firstSequence: UInt64
    var lastSequence: UInt64
    var lastRecorded: Int64
    var end: UInt32
    var lastChecksum: UInt32
  }

  /// The bytes as stored; the checksum in them is the seed of the segment's frames.
  func encode(into bytes: UnsafeMutableRawPointer) {
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: Self.bytes)
    bytes.put(Self.magicNumber, at: 0)
    bytes.put(Self.version, at: 8)
    bytes.put(firstSequence, at: 16)
    bytes.put(capacity, at: 24)
    if let previous {
      bytes.put(previous.firstSequence, at: 32)
      bytes.put(previous.lastSequence, at: 40)
      bytes.put(previous.lastRecorded, at: 48)
      bytes.put(previous.end, at: 56)
      bytes.put(previous.lastChecksum, at: 60)
    }
    bytes.put(recordChecksum(bytes, Self.bytes), at: 12)
  }

  /// Reads and checks 128 bytes; `path` and `offset` place errors.
  static func decode(
    _ bytes: UnsafeRawPointer, path: String, offset: UInt64 = 0
  ) throws(NuriError) -> (header: SegmentHeader, seed: UInt32) {
    guard bytes.u64(0) == magicNumber else {
      throw .corrupt("This is not a log segment: its first bytes are wrong.", path, offset)
    }
    let seed = bytes.u32(12)
    guard recordChecksum(bytes, Self.bytes) == seed else {
      throw .corrupt("The segment's header is damaged.", path, offset)
    }
    try checkVersion(bytes.u32(8), known: version, path)
    let first = bytes.u64(16)
    let capacity = bytes.u64(24)
    guard first > 0, first <= sequenceLimit, capacity >= UInt64(Self.bytes),
      capacity <= UInt64(SegmentLogOptions.segmentBytesLimit)
    else { throw .corrupt("The segment's header holds impossible values.", path, offset) }
    let link = Link(
      firstSequence: bytes.u64(32), lastSequence: bytes.u64(40), lastRecorded: bytes.i64(48),
      end: bytes.u32(56), lastChecksum: bytes.u32(60))
    let header = SegmentHeader(
      firstSequence: first, capacity: capacity, previous: link.firstSequence == 0 ? nil : link)
    if let previous = header.previous {
      guard previous.lastSequence == first - 1, previous.firstSequence < first else {
        throw .corrupt("The segment's link to the one before holds impossible values.", path, offset)
      }
    }
    return (header, seed)
  }
}

/// Refuses formats of later versions.
func checkVersion(_ found: UInt32, known: UInt32, _ path: String) throws(NuriError) {
  guard found != known else { return }
  throw NuriError(
    .newerFormat, "The file has format version \(found); this program knows version \(known).", at: path,
    advice: "Open it with a newer version of this program.")
}
