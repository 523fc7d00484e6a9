import TwinValues

/// Walks a raw segment frame by frame, believing nothing. A value; the window is shared.
struct SegmentWalk {
  let window: FileWindow
  let segmentFirst: UInt64
  let seed: UInt32
  /// Frames end at or before this offset.
  let limit: Int

  /// Where the next frame begins.
  private(set) var offset = SegmentHeader.bytes
  /// The sequence the next frame must begin with.
  private(set) var nextSequence: UInt64
  private(set) var lastRecorded: Int64
  /// Where the last frame with changes ends.
  private(set) var dataEnd = SegmentHeader.bytes
  private(set) var lastChecksum: UInt32 = 0
  private(set) var index = SegmentIndex()
  private(set) var frames = 0
  /// Up to where the file was durable when the last frame or note was written.
  private(set) var lastGroup = SegmentHeader.bytes
  /// The note the walk stands behind, if the last frame was one.
  private(set) var note: FrameLayout.Note?

  enum Step {
    /// A valid frame with changes; the bytes are valid until the next step.
    case frame(FrameHeader, UnsafeRawPointer, offset: Int)
    /// Zeros, or the limit: no frame was written here.
    case end
    /// Bytes that are not the next frame.
    case bad(String)
  }

  init(_ window: FileWindow, _ header: SegmentHeader, seed: UInt32, limit: Int) {
    self.window = window
    self.seed = seed
    self.limit = min(limit, window.fileBytes)
    segmentFirst = header.firstSequence
    nextSequence = header.firstSequence
    lastRecorded = header.previous?.lastRecorded ?? .min
  }

  /// Takes one step; notes of the log are stepped over.
  mutating func step() throws(NuriError) -> Step {
    while true {
      guard offset + FrameLayout.headerBytes <= limit,
        let head = try window.bytes(at: offset, FrameLayout.headerBytes)
      else { return .end }
      let header = FrameHeader(head)
      if header.length == 0, isZero(head, FrameLayout.headerBytes) { return .end }
      guard header.fits(limit - offset), let frame = try window.bytes(at: offset, header.storedBytes),
        header.isValid(frame, at: offset, seed: seed)
      else { return .bad("A frame is damaged.") }
      guard header.firstSequence == nextSequence, header.recorded >= lastRecorded else {
        return .bad("A frame is out of order.")
      }
      let at = offset
      offset += header.storedBytes
      lastRecorded = header.recorded
      lastGroup = min(Int(header.group), at)
      if header.isNote {
        note = header.length >= FrameLayout.headerBytes + 8 ? FrameLayout.Note(rawValue: frame.u64(32)) : nil
        continue
      }
      note = nil
      accept(header, at: at)
      return .frame(header, frame, offset: at)
    }
  }

  private mutating func accept(_ header: FrameHeader, at place: Int) {
    index.add(header, at: place, segmentFirst: segmentFirst)
    nextSequence = header.nextSequence
    lastChecksum = header.crc
    dataEnd = offset
    frames += 1
  }

  /// Goes on at a valid frame found behind damage, taking its word for the sequence.
  mutating func resume(at place: Int, _ header: FrameHeader) {
    offset = place
    nextSequence = header.firstSequence
    lastRecorded = min(lastRecorded, header.recorded)
  }
}

/// What lies behind the place where a walk stopped.
struct SegmentRemains {
  /// The end of the last byte that is not zero; `nil` when all are.
  var end: Int?
  /// The first valid frame written when everything up to `durableBeyond` had already been durable.
  var witness: (offset: Int, header: FrameHeader)?

  /// Looks at everything from `start` to the end of the file for bytes and for valid frames whose group lies
  /// past `durableBeyond`: those prove that the bytes at `durableBeyond` were durable once.
  init(_ window: FileWindow, from start: Int, durableBeyond: Int, seed: UInt32) throws(NuriError) {
    let piece = 64 << 10
    var offset = start
    while offset < window.fileBytes {
      let count = min(piece, window.fileBytes - offset)
      guard let bytes = try window.bytes(at: offset, count) else { return }
      defer { offset += count }
      if isZero(bytes, count) { continue }
      end = offset + Self.nonZeroCount(bytes, count)
      guard witness == nil else { continue }
      witness = try Self.findWitness(
        window, in: offset..<(offset + count), durableBeyond: durableBeyond, seed: seed)
    }
  }

  private static func nonZeroCount(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    var count = count
    while count > 0, bytes.load(fromByteOffset: count - 1, as: UInt8.self) == 0 { count -= 1 }
    return count
  }

  private static func findWitness(
    _ window: FileWindow, in range: Range<Int>, durableBeyond: Int, seed: UInt32
  ) throws(NuriError) -> (offset: Int, header: FrameHeader)? {
    var offset = (range.lowerBound + 7) & ~7
    while offset < range.upperBound {
      defer { offset += 8 }
      guard let head = try window.bytes(at: offset, FrameLayout.headerBytes) else { return nil }
      let header = FrameHeader(head)
      guard header.length != 0, header.group > durableBeyond, header.group <= offset,
        header.fits(window.fileBytes - offset), let frame = try window.bytes(at: offset, header.storedBytes),
        header.isValid(frame, at: offset, seed: seed)
      else { continue }
      return (offset, header)
    }
    return nil
  }
}
