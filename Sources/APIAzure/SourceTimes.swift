import TwinEngine
import TwinValues

/// `sourceTime` in `$metadata`: when a property's source says its value came about.
///
/// The graph keeps one time for a property, that of its last write. A change keeps when it was observed, so the
/// latest source time of a request becomes its change's observed time, which history and charts go by.
enum SourceTimes {
  /// The time that a patch step sets; `nil` for steps on anything else.
  /// - Throws: `validationFailed` when the value is no instant, `jsonPatchInvalid` when it is taken away: there is
  ///   nothing to take away.
  static func time(setBy step: PatchStep) throws(AzureError) -> Instant? {
    let names = step.path.split(separator: "/")
    guard names.last == "sourceTime", names.count > 2, names[names.count - 3] == "$metadata" else {
      return nil
    }
    guard let value = step.value else {
      throw AzureError(.jsonPatchInvalid, "A source time can be set, not taken away.")
    }
    let node = (try? JSONDocument(value))?.root
    return try instant(node?.string, of: String(names[names.count - 2]))
  }

  /// The latest source time in a twin, its components included.
  /// - Throws: `validationFailed` when one is no instant.
  static func latest(in twin: JSONNode) throws(AzureError) -> Instant? {
    var latest: Instant?
    for metadata in [twin["$metadata"]] + twin.members.map({ $0.value["$metadata"] }) {
      guard let metadata, metadata.kind == .object else { continue }
      for (name, entry) in metadata.members where !name.hasPrefix("$") {
        guard let time = entry["sourceTime"] else { continue }
        let instant = try instant(time.string, of: name)
        latest = max(latest ?? instant, instant)
      }
    }
    return latest
  }

  private static func instant(_ text: String?, of property: String) throws(AzureError) -> Instant {
    if let text, let instant = try? Instant(text) { return instant }
    throw AzureError(
      .validationFailed,
      "The source time of \"\(property.prefix(100))\" is an RFC 3339 instant such as 2023-10-31T09:00:00Z.")
  }
}
