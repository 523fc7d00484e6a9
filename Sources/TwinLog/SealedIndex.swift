/// The blocks of a sealed segment, in memory: 32 bytes for each 128 KiB or so of log.
struct SealedIndex {
  static let blockBytes = 128 << 10

  struct Block {
    /// Where its frames began in the segment before compression, and how many bytes they are.
    var rawOffset: UInt32
    var rawBytes: UInt32
    /// Where it is in the sealed file.
    var storedOffset: UInt32
    var storedBytes: UInt32
    /// CRC-32C of the stored bytes.
    var checksum: UInt32
    /// Its first frame's sequence, counted from the segment's.
    var sequenceDelta: UInt32
    /// Its first frame's recorded time.
    var recorded: Int64
  }

  var blocks: [Block] = []
}
