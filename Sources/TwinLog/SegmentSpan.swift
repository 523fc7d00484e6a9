import TwinValues

/// A range of a segment that holds whole frames: what readers fetch under the lock and read outside it.
struct SegmentSpan {
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

  /// Reads the span's bytes, as they were before compression, into the scratch's plain buffer, where they stay
  /// until its next use. `sealedFile` is needed for a sealed span.
  func load(_ scratch: Scratch, sealedFile: (any DiskFile)?) throws(NuriError) -> UnsafeRawPointer {
    switch source {
    case .raw(let file):
      try scratch.plain.load(file, at: UInt64(start), count: end - start)
    case .sealed(let block, _, _):
      guard let sealedFile else { throw damage("The sealed file is not open.", start) }
      try scratch.loadBlock(
        sealedFile, at: UInt64(block.storedOffset), storedBytes: Int(block.storedBytes),
        checksum: block.checksum, into: scratch.plain.room(end - start))
    }
    return UnsafeRawPointer(scratch.plain.base)
  }

  func damage(_ message: String, _ offset: Int) -> NuriError {
    switch source {
    case .raw: .corrupt(message, path, UInt64(offset))
    case .sealed(let block, _, _):
      .corrupt("\(message) It is at byte \(offset) once decompressed.", path, UInt64(block.storedOffset))
    }
  }
}
