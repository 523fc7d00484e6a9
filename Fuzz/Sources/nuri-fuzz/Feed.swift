import TwinGraph
import TwinQuery
import TwinValues

/// Feeds one input to a room and checks what came out. A broken promise traps, which is what libFuzzer looks for.
enum Feed {
  static func promise(_ holds: Bool, _ what: String) { if !holds { fatalError(what) } }

  static func json(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(bytes) else { return }
    var writer = JSONWriter()
    writer.node(document.root)
    guard let again = try? JSONDocument(writer.bytes) else {
      return promise(false, "written JSON is not read")
    }
    var second = JSONWriter()
    second.node(again.root)
    promise(second.bytes == writer.bytes, "JSON written twice differs")
    promise(
      (try? JSONDocument(document.root.sourceText))?.root.kind == document.root.kind,
      "source text is not a value")
  }

  static func query(_ bytes: [UInt8]) {
    guard let query = try? Query.parse(String(decoding: bytes, as: UTF8.self)) else { return }
    promise((try? Query.parse(query.description)) == query, "a printed query is another query")
  }

  static func names(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let instant = try? Instant(text), instant.microseconds > -62_100_000_000_000_000 {
      promise((try? Instant(instant.description)) == instant, "a printed instant is another instant")
    }
    if let id = try? DTMI(text) {
      _ = (id.labels, id.majorVersion, id.minorVersion, id.fragment, id.versionless, id.isReserved)
    }
    try? TwinId.check(text)
    _ = ETag.sequence(text)
  }

  static func frames(_ bytes: [UInt8]) {
    let recorded: Int64 = 1_700_000_000_000_000
    var records: [ChangeRecord] = []
    let isWhole = bytes.withUnsafeBytes { raw in
      var reader = FrameReader(payload: raw, firstSequence: 100, recordedMicros: recorded)
      while true {
        do {
          guard let record = try reader.next() else { return true }
          records.append(record)
        } catch {
          return false
        }
      }
    }
    if isWhole { promise(Feed.reads(records, recorded), "changes written again are other changes") }
    var graph = SmallWorld.graph
    bytes.withUnsafeBytes { raw in
      _ = try? graph.replay(payload: raw, firstSequence: 100, recordedMicros: recorded)
    }
    SmallWorld.exercise(graph)
  }

  private static func reads(_ records: [ChangeRecord], _ recorded: Int64) -> Bool {
    var writer = FrameWriter()
    for record in records {
      writer.append(
        record.change, sequence: record.sequence, previous: record.previous, recordedMicros: recorded,
        observedMicros: record.observed.microseconds, cause: record.cause)
      if record.endsBatch { writer.endBatch() }
    }
    return writer.bytes.withUnsafeBytes { raw in
      var reader = FrameReader(payload: raw, firstSequence: 100, recordedMicros: recorded)
      for record in records {
        guard let again = try? reader.next(), again == record else { return false }
      }
      return true
    }
  }

  static func lines(_ bytes: [UInt8]) {
    var graph = SmallWorld.graph
    let document = JSONDocument()
    var sequence: UInt64 = 100
    for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(50) {
      guard (try? document.parse(Array(line).span.bytes)) != nil else { continue }
      for change in [
        try? graph.twinChange(from: document.root), try? graph.relationshipChange(from: document.root),
      ] {
        guard let change else { continue }
        sequence += 1
        _ = try? graph.apply(change, Stamp(sequence: sequence, milliseconds: Int64(sequence)))
      }
    }
    SmallWorld.exercise(graph)
  }

  static func archive(_ bytes: [UInt8]) {
    guard var graph = try? Sections.read(bytes) else { return }
    SmallWorld.exercise(graph, isChecked: false)
    for (number, change) in SmallWorld.changes.enumerated() {
      _ = try? graph.apply(change, Stamp(sequence: UInt64(1000 + number), milliseconds: Int64(number) << 36))
    }
    guard let again = try? Sections.read(Sections.bytes(of: graph)) else {
      return promise(false, "an archive of an accepted graph is refused")
    }
    promise(again.twinCount == graph.twinCount, "an archive holds another graph")
  }
}
