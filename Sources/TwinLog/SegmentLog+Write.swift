public import TwinValues

extension SegmentLog {
  /// Puts a frame into the write buffer. Nothing is durable or visible before `sync`.
  /// - Parameters:
  ///   - firstSequence: must be `lastSequence + 1`.
  ///   - count: how many changes the frame holds, at least 1.
  ///   - recorded: microseconds since 1970, never less than the frame before.
  ///   - payload: opaque bytes, copied.
  /// - Throws: `outOfOrder`; `limitExceeded` past `maximumFrameBytes` or `maximumPendingBytes`; `logStopped`.
  ///   After an error the buffer is as it was.
  public func append(
    firstSequence: UInt64, count: Int, recorded: Int64, payload: UnsafeRawBufferPointer
  ) throws(NuriError) {
    if let failure { throw failure }
    guard firstSequence == pendingLast + 1, count > 0, count <= Int(UInt32.max) else {
      throw NuriError(
        .outOfOrder, "Sequence \(firstSequence) with count \(count) cannot follow \(pendingLast).",
        at: directory)
    }
    guard recorded >= pendingRecorded else {
      throw NuriError(
        .outOfOrder, "Recorded time \(recorded) is before the last one, \(pendingRecorded).", at: directory)
    }
    let length = FrameLayout.headerBytes + payload.count
    let stored = FrameLayout.storedBytes(payload: payload.count)
    guard length <= options.maximumFrameBytes, pending.count + stored <= options.maximumPendingBytes,
      pendingLast - durableLast + UInt64(count) <= UInt64(UInt32.max)
    else {
      throw NuriError(
        .limitExceeded,
        "A frame of \(length) bytes does not fit: maximumFrameBytes is \(options.maximumFrameBytes), "
          + "maximumPendingBytes \(options.maximumPendingBytes) with \(pending.count) waiting.",
        at: directory, advice: "Split the batch.")
    }
    let frame = pending.grow(stored)
    frame.put(UInt64(0), at: stored - 8)
    frame.put(UInt32(length), at: 0)
    frame.put(firstSequence, at: 8)
    frame.put(recorded, at: 16)
    frame.put(UInt32(count), at: 24)
    if let source = payload.baseAddress {
      (frame + FrameLayout.headerBytes).copyMemory(from: source, byteCount: payload.count)
    }
    pendingLast += UInt64(count)
    pendingRecorded = recorded
  }

  /// Forgets everything appended since the last `sync`. Never fails.
  public func discardUnsynced() {
    pending.removeAll(keeping: Self.keptBufferBytes)
    pendingLast = durableLast
    pendingRecorded = active?.lastRecorded ?? .min
  }

  /// Makes sure that appending `bytes` more (a sum of `frameBytes(payload:)`) and syncing them cannot fail for
  /// lack of space: sets the next segment's space aside now when the present one has too little.
  /// - Throws: `diskFull`, `readOnly`, `ioError`, leaving everything as it was; `logStopped`.
  public func reserve(_ bytes: Int) throws(NuriError) {
    if let failure { throw failure }
    let wanted = pending.count + bytes
    if let active, active.fits(wanted, last: pendingLast) { return }
    if let spare, spare.capacity >= capacityNeeded(wanted) { return }
    try makeSpare(holding: wanted)
  }

  /// Writes what was appended and makes it durable; readers see it when this returns.
  /// - Throws: `diskFull`, `readOnly` or `ioError` when a new segment's file cannot be made: nothing was written,
  ///   the buffer stays, `stopCause` is `nil`; free space and call again, or `discardUnsynced`. Any error after
  ///   that stops the log and sets `stopCause`: what was not durable may or may not be there after reopening,
  ///   further writes throw `logStopped`, reads go on. A failed sync is never tried again.
  public func sync() throws(NuriError) {
    if let failure { throw failure }
    guard pending.count > 0 else { return }
    if active.map({ !$0.fits(pending.count, last: pendingLast) }) ?? true {
      if spare.map({ $0.capacity < capacityNeeded(pending.count) }) ?? true {
        try makeSpare(holding: pending.count)
      }
      try stoppingOnError { () throws(NuriError) in try roll() }
    }
    try stoppingOnError { () throws(NuriError) in try writeGroup() }
  }

  static var keptBufferBytes: Int { 4 << 20 }

}
