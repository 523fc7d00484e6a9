import TwinValues

/// Rewrites one place inside a JSON value.
enum JSONEdit {
  /// `json` with the JSON Patch action applied at `path` (names, outermost first).
  /// - Throws: `NuriError` with code `invalidPatch`.
  static func applying(
    _ action: PatchStep.Action, at path: ArraySlice<String>, value: [UInt8]?, to json: [UInt8]
  ) throws(NuriError) -> [UInt8] {
    let document = try JSONDocument(json)
    var compact: [UInt8]?
    if let value {
      // Parsed and written again, so that it is one value and nothing else.
      var writer = JSONWriter(reserving: value.count)
      writer.node(try JSONDocument(value).root)
      compact = writer.bytes
    }
    var writer = JSONWriter(reserving: json.count + (value?.count ?? 0) + 16)
    try write(document.root, action, path, compact, &writer)
    return writer.bytes
  }

  private static func write(
    _ node: JSONNode, _ action: PatchStep.Action, _ path: ArraySlice<String>, _ value: [UInt8]?,
    _ writer: inout JSONWriter
  ) throws(NuriError) {
    guard let name = path.first else { return writer.raw(value ?? []) }
    guard node.kind == .object else {
      throw NuriError(.invalidPatch, "The path goes on with \"\(name)\" where there is no object.")
    }
    let isLast = path.count == 1
    var found = false
    writer.beginObject()
    for (key, member) in node.members {
      guard key == name else {
        writer.key(key)
        writer.node(member)
        continue
      }
      found = true
      if isLast, action == .remove { continue }
      writer.key(key)
      try write(member, action, path.dropFirst(), value, &writer)
    }
    if !found {
      guard isLast, action == .add else {
        throw NuriError(.invalidPatch, "There is no \"\(name)\" to \(action.rawValue).")
      }
      writer.key(name)
      writer.raw(value ?? [])
    }
    writer.endObject()
  }

  /// The names of a JSON Pointer (RFC 6901).
  /// - Throws: `NuriError` with code `invalidPatch`.
  static func names(ofPointer pointer: String) throws(NuriError) -> [String] {
    guard pointer.hasPrefix("/"), pointer.utf8.count > 1 else {
      throw NuriError(.invalidPatch, "The path \"\(pointer)\" does not start with \"/\" and a name.")
    }
    return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      var name = ""
      var rest = $0[...]
      while let tilde = rest.firstIndex(of: "~") {
        name += rest[..<tilde]
        rest = rest[rest.index(after: tilde)...]
        if rest.hasPrefix("1") {
          name += "/"
          rest = rest.dropFirst()
        } else if rest.hasPrefix("0") {
          name += "~"
          rest = rest.dropFirst()
        } else {
          name += "~"
        }
      }
      return name + rest
    }
  }
}
