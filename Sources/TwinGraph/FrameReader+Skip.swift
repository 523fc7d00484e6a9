public import TwinValues

/// Passing over changes without making anything of them.
extension FrameReader {
  /// Passes over changes until the next one has `wanted`, or the frame ends.
  /// - Throws: `NuriError` with code `undecodableChange`, like `next`.
  public mutating func skip(to wanted: UInt64) throws(NuriError) {
    while sequence < wanted, at < bytes.count { try skip { _, _ in } }
  }

  /// Passes over the changes up to `last` and tells the last one of them that ends a batch; `nil` when none does.
  /// - Throws: `NuriError` with code `undecodableChange`, like `next`.
  public mutating func lastBatchEnd(notAfter last: UInt64) throws(NuriError) -> UInt64? {
    var end: UInt64?
    while sequence <= last, at < bytes.count {
      if bytes[at] & ChangeKind.lastFlag != 0 { end = sequence }
      try skip { _, _ in }
    }
    return end
  }

  /// Calls `body` with the change of a sequence and then those before it of the same twin, as far as they are in
  /// this frame, until it returns `false`. One way through the frame, however many they are.
  ///
  /// Returns the first change that was not read: one in an earlier frame, 0 when there is none.
  /// - Throws: `NuriError` with code `undecodableChange`, or what `body` throws. The reader must be at its start.
  public mutating func walkBack(
    from wanted: UInt64, _ body: (ChangeRecord) throws(NuriError) -> Bool
  ) throws(NuriError) -> UInt64 {
    let first = sequence
    var places: [Int] = []
    while sequence < wanted, at < bytes.count {
      places.append(at)
      try skip { _, _ in }
    }
    places.append(at)
    var upcoming = wanted
    while upcoming >= first, upcoming - first < UInt64(places.count) {
      at = places[Int(upcoming - first)]
      sequence = upcoming
      guard let record = try next() else { throw fault("a frame without the change that was looked for") }
      upcoming = record.previous
      guard try body(record) else { break }
    }
    return upcoming
  }

  /// Lists the twins of the next changes, without moving on, as far as they are all patches.
  func look(ahead list: inout PrefetchList) throws(NuriError) {
    var scout = self
    list.removeAll()
    for _ in 0..<PrefetchList.length where scout.at < bytes.count {
      guard bytes[scout.at] & 0x3f == ChangeKind.patchTwin.rawValue else { return }
      try scout.skip { list.add(twin: $0, path: $1) }
    }
  }

  /// Passes over one change; for a patch, tells its twin and the first property.
  private mutating func skip(
    _ patch: (UnsafeBufferPointer<UInt8>, String?) -> Void
  ) throws(NuriError) {
    let head = try byte()
    guard let kind = ChangeKind(rawValue: head & 0x3f) else { throw fault("an unknown kind of change") }
    if head & ChangeKind.observedFlag != 0 { _ = try varint() }
    _ = try varint()
    try skipShared()
    try skipShared()
    _ = try varint()
    if kind == .patchTwin {
      let twin = try skipBytes()
      let path = try skipEdits()
      twin.withMemoryRebound(to: UInt8.self) { patch($0, path) }
    } else {
      try skipBody(kind)
    }
    sequence += 1
  }

  private mutating func skipBody(_ kind: ChangeKind) throws(NuriError) {
    switch kind {
    case .patchTwin, .putTwin:
      try skipBytes()
      if kind == .putTwin { try skipShared() }
      try skipEdits()
    case .deleteTwin: try skipBytes()
    case .putRelationship:
      try skipBytes()
      try skipBytes()
      try skipShared()
      try skipBytes()
      try skipBytes()
    case .deleteRelationship:
      try skipBytes()
      try skipBytes()
    case .telemetry:
      try skipBytes()
      try skipShared()
      try skipBytes()
    case .addModels, .decommissionModel, .deleteModel, .putWorld, .discardWorld, .putEventRoute,
      .deleteEventRoute, .putRecord, .deleteRecord:
      // Too rare to be worth another way through.
      _ = try body(kind)
    }
  }

  @discardableResult
  private mutating func skipBytes() throws(NuriError) -> UnsafeRawBufferPointer {
    let length = try count()
    defer { at += length }
    return UnsafeRawBufferPointer(rebasing: bytes[at..<at + length])
  }

  private mutating func skipShared() throws(NuriError) {
    if at < bytes.count, bytes[at] > 0, bytes[at] <= min(strings.count, 0x7f) {
      at += 1
    } else {
      _ = try shared()
    }
  }

  /// Returns the first property's path.
  @discardableResult
  private mutating func skipEdits() throws(NuriError) -> String? {
    var first: String?
    for index in 0..<(try count()) {
      if index == 0 { first = try shared() } else { try skipShared() }
      try skipValue()
    }
    return first
  }

  private mutating func skipValue() throws(NuriError) {
    guard let kind = ValueKind(rawValue: try byte()) else { throw fault("an unknown kind of value") }
    switch kind {
    case .none, .no, .yes: return
    case .integer, .unsigned: _ = try varint()
    case .double:
      guard bytes.count - at >= 8 else { throw fault("a cut number") }
      at += 8
    case .string, .json: try skipBytes()
    }
  }
}
