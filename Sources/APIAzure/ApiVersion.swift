/// The versions of the API that are answered, all in the way of the newest.
enum ApiVersion {
  static let known = ["2020-10-31", "2022-05-31", "2023-06-30", "2023-10-31"]
  /// The newest.
  static let newest = "2023-10-31"

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
