import TwinValues

extension SegmentLog {
  /// The file size that holds a group of `bytes` in a segment of its own.
  func capacityNeeded(_ bytes: Int) -> Int { SegmentHeader.bytes + bytes + 2 * FrameLayout.noteBytes }

  /// Makes the next segment's file under a temporary name, its space set aside. A failure changes nothing.
  func makeSpare(holding bytes: Int) throws(NuriError) {
    let grown = active.map { $0.hasFrames ? Int($0.header.capacity) * 4 : Int($0.header.capacity) }
    let usual = min(options.segmentBytes, grown ?? options.firstSegmentBytes)
    let needed = capacityNeeded(bytes)
    let capacity = needed <= usual ? usual : (needed + 4095) & ~4095
    guard capacity <= SegmentLogOptions.segmentBytesLimit else {
      throw NuriError(
        .limitExceeded, "\(bytes) bytes do not fit in one segment.", at: directory,
        advice: "Sync more often, or split the batch.")
    }
    let path = directory + "/" + SegmentName.spare(other: spare?.file.path)
    do {
      let file = try disk.open(path, .replace)
      try file.allocate(UInt64(capacity))
      removeSpare()
      spare = Spare(file: file, capacity: capacity)
    } catch {
      try? disk.remove(path)
      throw error
    }
  }

  /// Gives the spare's space back. Failing to is harmless: opening the log removes leftovers.
  func removeSpare() {
    if let spare { try? disk.remove(spare.file.path) }
    spare = nil
  }

  /// Turns the spare into the active segment: header durable first, then its name, then the note in the old
  /// segment that says it goes on.
  func roll() throws(NuriError) {
    guard let spare else { return }
    let header = SegmentHeader(
      firstSequence: durableLast + 1, capacity: UInt64(spare.capacity), previous: active?.link)
    let bytes = ByteBuffer(capacity: SegmentHeader.bytes)
    defer { extendLifetime(bytes) }
    let head = bytes.grow(SegmentHeader.bytes)
    header.encode(into: head)
    try spare.file.write(bytes.bytes, at: 0)
    try spare.file.sync()
    let path = directory + "/" + SegmentName.raw(header.firstSequence)
    try disk.rename(spare.file.path, to: path)
    try disk.syncDirectory(directory)
    self.spare = nil
    if var full = active, full.hasFrames { try writeNote(.continued, in: &full) }
    let replacesEmpty = active.map { !$0.hasFrames } ?? false
    let next = ActiveSegment(file: spare.file, header: header, seed: UnsafeRawPointer(head).u32(12))
    active = next
    lock.withLock {
      if replacesEmpty { shared.segments.removeLast() }
      shared.segments.append(next.entry(path: path, index: SegmentIndex()))
    }
    if options.sealsInBackground { sealInBackground() }
  }

  /// Writes the buffer as one group, makes it durable and shows it to readers.
  func writeGroup() throws(NuriError) {
    guard var next = active else { return }
    let start = next.end
    var fresh = shownIndexTail()
    next.stamp(pending, index: &fresh)
    try next.file.write(pending.bytes, at: UInt64(start))
    try next.zeroAhead()
    try next.file.sync()
    active = next
    durableLast = next.lastSequence
    pending.removeAll(keeping: Self.keptBufferBytes)
    lock.withLock { publish(next, fresh) }
  }

  /// An index that knows only the last entry shown, so that stamping continues it.
  private func shownIndexTail() -> SegmentIndex {
    lock.withLock {
      guard case .raw(_, let index)? = shared.segments.last?.content else { return SegmentIndex() }
      return SegmentIndex(continuing: index.entries.last)
    }
  }

  /// Shows a written group. Call holding `lock`.
  private func publish(_ segment: ActiveSegment, _ fresh: SegmentIndex) {
    let position = shared.segments.count - 1
    guard position >= 0 else { return }
    shared.segments[position].extend(to: segment, fresh)
    shared.durableSequence = segment.lastSequence
  }

  /// Writes a note of the log behind the frames of `segment`, durable on return.
  func writeNote(_ note: FrameLayout.Note, in segment: inout ActiveSegment) throws(NuriError) {
    let bytes = ByteBuffer(capacity: FrameLayout.noteBytes)
    defer { extendLifetime(bytes) }
    let frame = bytes.grow(FrameLayout.noteBytes)
    frame.put(UInt32(FrameLayout.headerBytes + 8), at: 0)
    frame.put(segment.lastSequence + 1, at: 8)
    frame.put(segment.lastRecorded, at: 16)
    frame.put(UInt32(0), at: 24)
    frame.put(note.rawValue, at: 32)
    let start = segment.end
    var unused = SegmentIndex()
    segment.stamp(bytes, index: &unused)
    try segment.file.write(bytes.bytes, at: UInt64(start))
    try segment.file.sync()
  }

  /// Runs a step of writing; an error in it stops the log for good.
  func stoppingOnError(_ body: () throws(NuriError) -> Void) throws(NuriError) {
    do { try body() } catch {
      failure = NuriError(
        .logStopped, "The log takes no more writes since this happened: \(error.message)",
        at: error.place ?? directory, advice: "Repair the cause and open the log again.")
      throw error
    }
  }
}
