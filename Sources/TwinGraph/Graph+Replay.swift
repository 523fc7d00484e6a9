public import TwinValues

extension Graph {
  /// Applies a log frame's changes that are after `begin` and not after `last`; batches that reach past that are left
  /// out whole.
  ///
  /// Returns the sequence of the last change that the graph has then, or `firstSequence − 1` when it has none of them.
  /// - Throws: `NuriError` when the payload can't be decoded or a change does not apply: the log then does not
  ///   belong to this graph.
  public mutating func replay(
    payload: UnsafeRawBufferPointer, firstSequence: UInt64, recordedMicros: Int64, after begin: UInt64 = 0,
    through last: UInt64 = .max
  ) throws(NuriError) -> UInt64 {
    var reader = FrameReader(payload: payload, firstSequence: firstSequence, recordedMicros: recordedMicros)
    var stop = last
    if last != .max {
      var scout = reader
      stop = try scout.lastBatchEnd(notAfter: last) ?? firstSequence - 1
    }
    var done = firstSequence - 1
    while done < begin, try reader.next() != nil { done += 1 }
    let milliseconds = recordedMicros / 1000
    var ahead = PrefetchList()
    let first = done
    while done < stop {
      if (done - first) % UInt64(PrefetchList.length) == 0 {
        try reader.look(ahead: &ahead)
        prefetch(ahead)
      }
      let stamp = Stamp(sequence: done + 1, milliseconds: milliseconds)
      if try reader.replayPatch(into: &self, stamp) {
        done += 1
        continue
      }
      guard let record = try reader.next() else { break }
      try apply(record.change, stamp)
      done += 1
    }
    return done
  }

  /// Writes one property of a twin found by its id's bytes, without checking the schema: it was checked when
  /// the change was made. `false` when the graph has no such twin or column.
  mutating func replaySet(
    _ id: UnsafeBufferPointer<UInt8>, _ path: String, _ value: Value?, _ stamp: Stamp
  ) -> Bool {
    guard let slot = state.twinSlot(id) else { return false }
    let record = state.twins[slot]
    guard record.isAlive, let column = state.tables[record.table].layout.column(path) else { return false }
    own()
    let table = state.writableTable(record.table)
    if let value {
      guard table.columns[column].set(Int(record.row), value, time: stamp.milliseconds) else { return false }
    } else {
      table.columns[column].clear(Int(record.row))
    }
    state.twins.update(slot) {
      $0.sequence = stamp.sequence
      $0.time = stamp.milliseconds
    }
    return true
  }
}
