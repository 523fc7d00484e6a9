import TwinValues

/// One recorded change. Its values are valid until the next is read.
struct ReplayChange {
  let at: Instant
  let twin: String
  let values: JSONNode
}

/// Reads the lines of a file of recorded changes.
struct ReplayReader {
  let lines: LineReader
  private let document = JSONDocument()
  private var lastText = ""
  private var lastInstant = Instant.distantPast

  init(_ lines: LineReader) { self.lines = lines }

  /// The next change; `nil` at the end.
  mutating func next() throws(NuriError) -> ReplayChange? {
    while try lines.next() {
      if lines.line.isEmpty { continue }
      do {
        try lines.parse(into: document, limits: JSONLimits(maximumBytes: ExchangeLimits.lineBytes))
        return try change(document.root)
      } catch {
        throw ImportReader.placed(error, lines)
      }
    }
    return nil
  }

  private mutating func change(_ root: JSONNode) throws(NuriError) -> ReplayChange {
    let advice = #"A line looks like {"at":"2018-04-30T01:00:00Z","twin":"city","set":{"pm25":45}}."#
    guard root.kind == .object, let at = root["at"]?.string, let twin = root["twin"]?.string,
      let values = root["set"], values.kind == .object
    else {
      throw NuriError(.invalidImport, "The line is no recorded change.", advice: advice)
    }
    if at != lastText {
      lastInstant = try Instant(at)
      lastText = at
    }
    return ReplayChange(at: lastInstant, twin: twin, values: values)
  }
}
