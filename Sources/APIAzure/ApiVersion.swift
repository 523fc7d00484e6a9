import TwinValues

/// The versions of the API that are answered, all in the way of the newest but for what the oldest leaves out.
enum ApiVersion {
  static let known = [oldest, "2022-05-31", "2023-06-30", "2023-10-31"]
  /// The newest.
  static let newest = "2023-10-31"
  /// The oldest: it does not say when a twin was last written, only when each property was.
  static let oldest = "2020-10-31"

  /// - Throws: when the request names no version, one that is unknown, or several.
  static func check(_ parameters: Parameters, for route: Route) throws(AzureError) {
    let asked = Set(parameters.all("api-version"))
    guard let version = asked.first, !version.isEmpty else {
      throw AzureError(
        .apiVersionUnspecified, "Say which version of the API you mean: ?api-version=2023-10-31.")
    }
    guard asked.count == 1 else {
      throw AzureError(
        .ambiguousApiVersion,
        "Say one version of the API: the request names \(asked.sorted().joined(separator: ", ")).")
    }
    guard known.contains(version) else {
      throw AzureError(
        .unsupportedApiVersion,
        "There is no version \"\(version.prefix(40))\" of the API here; there are \(known.joined(separator: ", "))."
      )
    }
    let first = route.firstVersion
    guard version >= first else {
      throw AzureError(.unsupportedApiVersion, "This path is in the API since version \(first).")
    }
  }
}

extension AzureResponse {
  /// The answer without `$lastUpdateTime` in `$metadata`.
  /// - Throws: never, for a body of ours.
  func withoutUpdateTimes() throws(NuriError) -> AzureResponse {
    var writer = JSONWriter(reserving: body.count)
    writer.copy(try JSONDocument(body).root, isMetadata: false)
    var response = self
    response.body = writer.bytes
    return response
  }
}

extension JSONWriter {
  fileprivate mutating func copy(_ node: JSONNode, isMetadata: Bool) {
    switch node.kind {
    case .object:
      beginObject()
      for (name, value) in node.members where !(isMetadata && name == "$lastUpdateTime") {
        key(name)
        copy(value, isMetadata: name == "$metadata")
      }
      endObject()
    case .array:
      beginArray()
      for element in node.elements { copy(element, isMetadata: false) }
      endArray()
    default: raw(node.sourceText.utf8)
    }
  }
}
