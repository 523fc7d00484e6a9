public import TwinGraph
public import TwinValues

/// A twin as it was at one time.
public struct PastTwin: Hashable, Sendable {
  /// Its model.
  public let model: String
  /// The values its properties had.
  public let properties: [PropertyEdit]
  /// The last change it had seen: its ETag then.
  public let sequence: UInt64
}

extension World {
  /// One twin as of a point in time, without building the whole world of that time: its changes are walked back
  /// from the newest. A twin with very many changes since is read from the whole world after all.
  ///
  /// Returns `nil` when the twin did not exist then.
  /// - Throws: `NuriError` when the point is out of range or the log is damaged.
  public func twin(_ id: String, at point: AsOf) throws(NuriError) -> PastTwin? {
    let newest = try snapshot()
    let last: UInt64
    switch point {
    case .now: return newest.graph.past(id)
    case .sequence(let sequence): last = sequence
    case .instant(let instant):
      last = instant >= newest.recorded ? newest.sequence : try lastSequence(at: instant)
    }
    if isTracking { return try snapshot(at: point).graph.past(id) }
    var (sequence, _) = newest.graph.lastSequences(ofTwin: id)
    var walked = 0
    var newer: [[PropertyEdit]] = []
    var effective: UInt64 = 0
    while sequence > 0 {
      walked += 1
      if walked > EngineLimits.walkedChanges { return try snapshot(at: point).graph.past(id) }
      let record = try record(sequence)
      let isVisible = sequence <= last && (record.endsBatch || sequence < last)
      sequence = record.previous
      guard isVisible else { continue }
      effective = max(effective, record.sequence)
      switch record.change {
      case .putTwin(_, let model, let properties):
        return PastTwin(model: model, properties: merged(properties, newer), sequence: effective)
      case .patchTwin(_, let edits): newer.append(edits)
      default: return nil
      }
    }
    return nil
  }

  /// Properties with later edits (newest first) on top.
  private func merged(_ properties: [PropertyEdit], _ newer: [[PropertyEdit]]) -> [PropertyEdit] {
    var merged = properties
    for edits in newer.reversed() {
      for edit in edits {
        merged.removeAll { $0.path == edit.path }
        if edit.value != nil { merged.append(edit) }
      }
    }
    return merged
  }
}

extension Graph {
  /// A twin as it stands, with its values.
  fileprivate func past(_ id: String) -> PastTwin? {
    guard let twin = twin(id) else { return nil }
    return PastTwin(model: model(of: twin), properties: edits(twin), sequence: sequence(of: twin))
  }
}
