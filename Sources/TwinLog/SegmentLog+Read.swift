public import TwinValues

extension SegmentLog {
  /// Calls `body` for each durable frame in order, beginning with the one that contains `sequence` (or the
  /// log's first, when `sequence` is before it), until `body` returns false or the frames that were durable at
  /// the call are through. Frames' bytes are valid only inside `body`. Any thread; `body` runs without a lock.
  /// - Throws: `corrupt` with file and offset, `ioError`, `logStopped` after `close`, or what `body` throws.
  public func read(
    from sequence: UInt64, _ body: (Frame) throws(NuriError) -> Bool
  ) throws(NuriError) {
    let scratch = ScratchPool.shared.take()
    defer { ScratchPool.shared.giveBack(scratch) }
    let limit = durableSequence
    var next = max(sequence, firstSequence)
    while next <= limit, let span = try span(containing: next) {
      let bytes = try load(span, scratch)
      let wanted = next
      let goesOn = try span.walk(bytes, skip: { $0.nextSequence <= wanted && !$0.isNote }) {
        (frame) throws(NuriError) in
        guard frame.firstSequence <= limit else { return false }
        next = frame.lastSequence + 1
        return try body(frame)
      }
      if !goesOn { return }
      guard next > wanted else { throw span.damage("Frames are missing.", span.end) }
    }
  }

  /// Calls `body` with the durable frame that contains `sequence`, wherever it is. Reads about 64 KiB, or a
  /// compressed block of about 128 KiB unless it is among those kept. Any thread.
  /// - Throws: `limitExceeded` when there is no such sequence; `corrupt`, `ioError`, `logStopped`; what `body`
  ///   throws.
  public func frame<R>(
    containing sequence: UInt64, _ body: (Frame) throws(NuriError) -> R
  ) throws(NuriError) -> R {
    guard let span = try span(containing: sequence) else {
      throw NuriError(.limitExceeded, "The log has no sequence \(sequence).", at: directory)
    }
    let scratch = ScratchPool.shared.take()
    defer { ScratchPool.shared.giveBack(scratch) }
    let block = try cachedBlock(span, scratch)
    let bytes: UnsafeRawPointer
    if let base = block?.bytes.baseAddress {
      bytes = UnsafeRawPointer(base)
    } else {
      bytes = try load(span, scratch)
    }
    var result: R?
    _ = try span.walk(bytes, skip: { $0.nextSequence <= sequence || $0.isNote }) {
      (frame) throws(NuriError) in
      guard frame.firstSequence <= sequence else { return false }
      result = try body(frame)
      return false
    }
    guard let result else { throw span.damage("A frame is missing.", span.start) }
    return result
  }

  /// The last durable sequence whose frame was recorded at or before an instant (microseconds); one less than
  /// `firstSequence` when all came later. Any thread.
  /// - Throws: `corrupt`, `ioError`, `logStopped`.
  public func lastSequence(at recorded: Int64) throws(NuriError) -> UInt64 {
    let limit = durableSequence
    let found = try lock.withLock { () throws(NuriError) -> SegmentSpan? in
      try checkOpen()
      let segments = shared.segments
      guard
        let position = lastPosition(
          segments.count, { segments[$0].spanCount == 0 || segments[$0].spanRecorded(0) > recorded }),
        let inner = lastPosition(
          segments[position].spanCount, { segments[position].spanRecorded($0) > recorded })
      else { return nil }
      return segments[position].span(inner)
    }
    guard let span = found else { return firstSequence - 1 }
    let scratch = ScratchPool.shared.take()
    defer { ScratchPool.shared.giveBack(scratch) }
    var last = span.firstSequence - 1
    _ = try span.walk(load(span, scratch), skip: { _ in false }) { (frame) in
      guard frame.recorded <= recorded, frame.lastSequence <= limit else { return false }
      last = frame.lastSequence
      return true
    }
    return last
  }

  /// Call holding `lock`.
  func checkOpen() throws(NuriError) {
    if shared.isClosed { throw NuriError(.logStopped, "The log is closed.", at: directory) }
  }

  private func span(containing sequence: UInt64) throws(NuriError) -> SegmentSpan? {
    try lock.withLock { () throws(NuriError) -> SegmentSpan? in
      try checkOpen()
      guard sequence <= shared.durableSequence,
        let position = lastPosition(
          shared.segments.count, { shared.segments[$0].header.firstSequence > sequence }),
        let inner = lastPosition(
          shared.segments[position].spanCount,
          { shared.segments[position].spanFirstSequence($0) > sequence })
      else { return nil }
      return shared.segments[position].span(inner)
    }
  }

  private func load(_ span: SegmentSpan, _ scratch: Scratch) throws(NuriError) -> UnsafeRawPointer {
    switch span.source {
    case .raw: try span.load(scratch, sealedFile: nil)
    case .sealed: try span.load(scratch, sealedFile: sealedFiles.file(span.path))
    }
  }

  /// A sealed span's block from the cache, or read and kept there; `nil` for a raw span.
  private func cachedBlock(_ span: SegmentSpan, _ scratch: Scratch) throws(NuriError) -> Block? {
    guard case .sealed(let stored, let segment, let position) = span.source else { return nil }
    let key = BlockCache.Key(file: segment, position: position)
    if let known = blockCache.find(key) { return known }
    let block = Block(count: span.end - span.start)
    try scratch.loadBlock(
      sealedFiles.file(span.path), at: UInt64(stored.storedOffset), storedBytes: Int(stored.storedBytes),
      checksum: stored.checksum, into: block.bytes)
    blockCache.keep(block, key)
    return block
  }
}
