public import TwinValues

extension SegmentLog {
  /// Compresses each full segment that is not compressed yet: writes the new file, reads it back, makes it
  /// durable, gives it its name, shows it to readers and removes the old one. Readers and the writer go on
  /// meanwhile; a crash at any byte leaves the old file or both. Any thread; a second caller waits.
  /// - Returns: how many were compressed.
  /// - Throws: `corrupt` when a segment is damaged, `diskFull`, `ioError`: the segment stays as it was.
  @discardableResult
  public func sealFullSegments() throws(NuriError) -> Int {
    try sealing.withLock { () throws(NuriError) -> Int in
      var count = 0
      while let (entry, file) = nextFullSegment() {
        let sealed = try SealedFile.write(disk, directory, entry, from: file, level: options.sealLevel)
        try disk.rename(sealed.temporary, to: sealed.entry.path)
        try disk.syncDirectory(directory)
        show(sealed.entry)
        try disk.remove(entry.path)
        count += 1
      }
      return count
    }
  }

  /// The error that stopped the last background compression, until one succeeds; nothing is lost by it.
  /// Any thread.
  public var sealFailure: NuriError? { lock.withLock { shared.sealFailure } }

  /// The oldest segment that is full and not compressed; `nil` when there is none or the log is closed.
  private func nextFullSegment() -> (SegmentEntry, any DiskFile)? {
    lock.withLock {
      if shared.isClosed { return nil }
      for entry in shared.segments.dropLast() {
        if case .raw(let file, _) = entry.content { return (entry, file) }
      }
      return nil
    }
  }

  private func show(_ sealed: SegmentEntry) {
    lock.withLock {
      let same = shared.segments.firstIndex { $0.header.firstSequence == sealed.header.firstSequence }
      if let same { shared.segments[same] = sealed }
    }
  }

  /// Starts a thread that compresses what is full, unless one is at it. Writer only.
  func sealInBackground() {
    let isBusy = lock.withLock {
      defer { shared.isSealing = true }
      return shared.isSealing
    }
    if isBusy { return }
    sealer?.join()
    sealer = WorkThread { [self] in
      var failure: NuriError?
      do throws(NuriError) { try sealFullSegments() } catch { failure = error }
      lock.withLock {
        shared.sealFailure = failure
        shared.isSealing = false
      }
    }
    if sealer == nil { lock.withLock { shared.isSealing = false } }
  }
}
