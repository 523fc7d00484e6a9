import TwinValues

/// A segment as the log knows it; lives in the log's shared state, guarded by its lock.
struct SegmentEntry {
  let header: SegmentHeader
  let seed: UInt32
  let path: String
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

  func span(_ position: Int) -> Span {
    let first = spanFirstSequence(position)
    switch content {
    case .raw(let file, let index):
      let next = position + 1
      return Span(
        path: path, seed: seed, firstSequence: first, start: Int(index.entries[position].offset),
        end: next < index.entries.count ? Int(index.entries[next].offset) : dataEnd, source: .raw(file))
    case .sealed(let index):
      let block = index.blocks[position]
      return Span(
        path: path, seed: seed, firstSequence: first, start: Int(block.rawOffset),
        end: Int(block.rawOffset) + Int(block.rawBytes),
        source: .sealed(block, segment: header.firstSequence, position: position))
    }
  }
}

/// A range of a segment that holds whole frames: what readers fetch under the lock and read outside it.
struct Span {
  let path: String
  let seed: UInt32
  /// The sequence its first frame must have.
  let firstSequence: UInt64
  /// Offsets in the segment as it was written, before compression.
  let start: Int
  let end: Int
  let source: Source

  enum Source {
    case raw(any DiskFile)
    case sealed(SealedIndex.Block, segment: UInt64, position: Int)
  }

  /// Calls `body` for each frame with changes in the span's bytes until it returns false; checks each frame it
  /// hands out, and that none is missing. `skip` says which frames need not be handed out.
  /// - Returns: false when `body` stopped it.
  func walk(
    _ bytes: UnsafeRawPointer, skip: (FrameHeader) -> Bool, _ body: (Frame) throws(NuriError) -> Bool
  ) throws(NuriError) -> Bool {
    var offset = start
    var next = firstSequence
    while offset < end {
      let frame = bytes + (offset - start)
      guard end - offset >= FrameLayout.headerBytes else { throw damage("A frame is cut off.", offset) }
      let header = FrameHeader(frame)
      guard header.fits(end - offset), header.firstSequence == next else {
        throw damage("A frame is damaged.", offset)
      }
      if !skip(header) {
        guard header.isValid(frame, at: offset, seed: seed) else {
          throw damage("A frame is damaged.", offset)
        }
        if !header.isNote, try !body(header.frame(frame)) { return false }
      }
      next = header.nextSequence
      offset += header.storedBytes
    }
    return true
  }

  func damage(_ message: String, _ offset: Int) -> NuriError {
    switch source {
    case .raw: .corrupt(message, path, UInt64(offset))
    case .sealed(let block, _, _):
      .corrupt("\(message) It is at byte \(offset) once decompressed.", path, UInt64(block.storedOffset))
    }
  }
}
