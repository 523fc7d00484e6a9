/// Where frames are, one entry of 16 bytes for each 64 KiB or so of a raw segment: the ranges between entries
/// ("spans") hold whole frames and begin with one that has changes.
struct SegmentIndex {
  static let spanBytes = 64 << 10

  struct Entry {
    /// Offset of a frame in the segment.
    var offset: UInt32
    /// Its first sequence, counted from the segment's.
    var sequenceDelta: UInt32
    /// Its recorded time.
    var recorded: Int64
  }

  private(set) var entries: [Entry] = []

  /// An empty index.
  init() {}

  /// An index that goes on behind `last`, which stays its first entry.
  init(continuing last: Entry?) {
    if let last { entries.append(last) }
  }

  /// Takes over what `tail`, made by `init(continuing:)` from this index, has more.
  mutating func extend(by tail: SegmentIndex) {
    entries.append(contentsOf: tail.entries.dropFirst(entries.isEmpty ? 0 : 1))
  }

  /// Notes a frame with changes; frames come in order.
  @inline(__always)
  mutating func add(_ header: FrameHeader, at offset: Int, segmentFirst: UInt64) {
    if let last = entries.last, offset < Int(last.offset) + Self.spanBytes { return }
    entries.append(
      Entry(
        offset: UInt32(offset),
        sequenceDelta: UInt32(truncatingIfNeeded: header.firstSequence &- segmentFirst),
        recorded: header.recorded))
  }
}

/// The position of the last element that is not past what is searched for: `isPast` is false for a prefix.
/// `nil` when all are past.
func lastPosition(_ count: Int, _ isPast: (Int) -> Bool) -> Int? {
  var low = 0
  var high = count
  while low < high {
    let middle = (low + high) / 2
    if isPast(middle) { high = middle } else { low = middle + 1 }
  }
  return low == 0 ? nil : low - 1
}
