public import TwinValues

extension AuditEntry {
  /// Writes the entry as a JSON object, as the log holds it but for the hash. Empty texts are left out.
  public func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writeMembers(into: &writer)
    writer.endObject()
  }

  func writeMembers(into writer: inout JSONWriter) {
    writer.key("number")
    writer.unsigned(number)
    writer.key("time")
    writer.string(time.description)
    func text(_ name: String, _ value: String, _ most: Int) {
      guard !value.isEmpty else { return }
      writer.key(name)
      writer.string(value.cut(toBytes: most))
    }
    text("principal", principal, AuditLimits.principalBytes)
    text("address", address, AuditLimits.nameBytes)
    text("request", request, AuditLimits.nameBytes)
    writer.key("action")
    writer.string(action.cut(toBytes: AuditLimits.actionBytes))
    text("world", world, AuditLimits.nameBytes)
    text("target", target, AuditLimits.textBytes)
    text("cause", cause, AuditLimits.textBytes)
    writer.key("outcome")
    writer.string(outcome.rawValue)
    text("code", code, AuditLimits.nameBytes)
    if let changes {
      writer.key("first")
      writer.unsigned(changes.lowerBound)
      writer.key("last")
      writer.unsigned(changes.upperBound)
    }
    if let head {
      writer.key("head")
      head.write(to: &writer)
    }
  }
}

extension String {
  /// At most so many bytes of UTF-8, whole characters; a cut is marked.
  fileprivate func cut(toBytes most: Int) -> String {
    guard utf8.count > most else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: most - 3)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return self[..<end] + "…"
  }
}
