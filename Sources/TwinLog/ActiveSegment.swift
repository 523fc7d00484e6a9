import TwinValues

/// The segment being written, as its writer knows it; readers see the `SegmentEntry` published from it.
struct ActiveSegment {
  let file: any DiskFile
  let header: SegmentHeader
  let seed: UInt32
  /// Where the next frame goes; all before is durable.
  var end = SegmentHeader.bytes
  /// Where the last frame with changes ends.
  var dataEnd = SegmentHeader.bytes
  var lastSequence: UInt64
  var lastRecorded: Int64
  var lastChecksum: UInt32 = 0
  /// Up to where the file was overwritten with zeros, so that syncs need not allocate.
  var zeroedEnd = SegmentHeader.bytes

  static let zeroAheadBytes = 1 << 20

  /// A segment without frames.
  init(file: any DiskFile, header: SegmentHeader, seed: UInt32) {
    self.file = file
    self.header = header
    self.seed = seed
    lastSequence = header.firstSequence - 1
    lastRecorded = header.previous?.lastRecorded ?? .min
  }

  var hasFrames: Bool { lastSequence >= header.firstSequence }

  /// Whether a group of `bytes` that ends with sequence `last` fits, with room left for two notes.
  func fits(_ bytes: Int, last: UInt64) -> Bool {
    end + bytes + 2 * FrameLayout.noteBytes <= Int(header.capacity)
      && last + 1 - header.firstSequence <= UInt64(UInt32.max)
  }

  /// What the next segment's header says of this one; of the one before when this one has no frames.
  var link: SegmentHeader.Link? {
    guard hasFrames else { return header.previous }
    return SegmentHeader.Link(
      firstSequence: header.firstSequence, lastSequence: lastSequence, lastRecorded: lastRecorded,
      end: UInt32(dataEnd), lastChecksum: lastChecksum)
  }

  /// The segment as readers see it.
  func entry(path: String, index: SegmentIndex) -> SegmentEntry {
    SegmentEntry(
      header: header, seed: seed, path: path, dataEnd: dataEnd, lastSequence: lastSequence,
      lastRecorded: lastRecorded, lastChecksum: lastChecksum, content: .raw(file, index))
  }

  /// Sets group and checksum of each frame in `group` as if written at `end`, adds them to `index`, and moves
  /// the ends and lasts on.
  mutating func stamp(_ group: ByteBuffer, index: inout SegmentIndex) {
    let groupStart = end
    while end - groupStart < group.count {
      let frame = group.base + (end - groupStart)
      frame.put(UInt32(groupStart), at: 28)
      let header = FrameHeader(frame)
      let crc = FrameLayout.checksum(of: frame, length: header.length, at: end, seed: seed)
      frame.put(crc, at: 4)
      if !header.isNote {
        index.add(header, at: end, segmentFirst: self.header.firstSequence)
        lastSequence = header.nextSequence - 1
        lastChecksum = crc
        dataEnd = end + header.storedBytes
      }
      lastRecorded = header.recorded
      end += header.storedBytes
    }
  }

  /// Overwrites the next stretch with zeros when the end has come close.
  mutating func zeroAhead() throws(NuriError) {
    guard end > zeroedEnd, end < Int(header.capacity) else { return }
    let count = min(Self.zeroAheadBytes, Int(header.capacity) - end)
    try file.zero(from: UInt64(end), count: count)
    zeroedEnd = end + count
  }
}
