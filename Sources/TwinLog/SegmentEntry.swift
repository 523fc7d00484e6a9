import TwinValues

/// A segment as the log knows it; lives in the log's shared state, guarded by its lock.
struct SegmentEntry {
  let header: SegmentHeader
  let seed: UInt32
  var path: String
  /// Where the last frame with changes ends.
  var dataEnd: Int
  var lastSequence: UInt64
  var lastRecorded: Int64
  var lastChecksum: UInt32
  var content: Content

  enum Content {
    case raw(any DiskFile, SegmentIndex)
    case sealed(SealedIndex)
  }

  var hasFrames: Bool { lastSequence >= header.firstSequence }

  /// Takes in a group its writer made durable.
  mutating func extend(to segment: ActiveSegment, _ tail: SegmentIndex) {
    dataEnd = segment.dataEnd
    lastSequence = segment.lastSequence
    lastRecorded = segment.lastRecorded
    lastChecksum = segment.lastChecksum
    guard case .raw(let file, var index) = content else { return }
    guard tail.entries.count > (index.entries.isEmpty ? 0 : 1) else { return }
    content = .raw(file, SegmentIndex())
    index.extend(by: tail)
    content = .raw(file, index)
  }

  /// The same segment under another name.
  func renamed(_ path: String) -> SegmentEntry {
    var entry = self
    entry.path = path
    return entry
  }

  /// What the next segment's header says of this one.
  var link: SegmentHeader.Link {
    SegmentHeader.Link(
      firstSequence: header.firstSequence, lastSequence: lastSequence, lastRecorded: lastRecorded,
      end: UInt32(dataEnd), lastChecksum: lastChecksum)
  }

  /// Number of spans: ranges of whole frames that are read in one go.
  var spanCount: Int {
    switch content {
    case .raw(_, let index): index.entries.count
    case .sealed(let index): index.blocks.count
    }
  }

  func spanFirstSequence(_ position: Int) -> UInt64 {
    switch content {
    case .raw(_, let index): header.firstSequence + UInt64(index.entries[position].sequenceDelta)
    case .sealed(let index): header.firstSequence + UInt64(index.blocks[position].sequenceDelta)
    }
  }

  func spanRecorded(_ position: Int) -> Int64 {
    switch content {
    case .raw(_, let index): index.entries[position].recorded
    case .sealed(let index): index.blocks[position].recorded
    }
  }

  func span(_ position: Int) -> SegmentSpan {
    let first = spanFirstSequence(position)
    switch content {
    case .raw(let file, let index):
      let next = position + 1
      return SegmentSpan(
        path: path, seed: seed, firstSequence: first, start: Int(index.entries[position].offset),
        end: next < index.entries.count ? Int(index.entries[next].offset) : dataEnd, source: .raw(file))
    case .sealed(let index):
      let block = index.blocks[position]
      return SegmentSpan(
        path: path, seed: seed, firstSequence: first, start: Int(block.rawOffset),
        end: Int(block.rawOffset) + Int(block.rawBytes),
        source: .sealed(block, segment: header.firstSequence, position: position))
    }
  }
}
