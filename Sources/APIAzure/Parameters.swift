import TwinValues

/// The items of a query string.
struct Parameters {
  /// Names and values, decoded.
  let items: [(name: String, value: String)]
  /// The items as they came.
  let raw: [Substring]

  /// - Throws: `badRequest` for a string that is not properly encoded.
  init(_ query: String) throws(AzureError) {
    raw = query.split(separator: "&", omittingEmptySubsequences: true)
    var items: [(name: String, value: String)] = []
    for item in raw {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentCoding.decode(parts[0].utf8, plusIsSpace: true),
        let value = PercentCoding.decode(parts.count > 1 ? parts[1].utf8 : "".utf8[...], plusIsSpace: true)
      else { throw AzureError(.badRequest, "The query string is not properly percent-encoded: \(item).") }
      items.append((name, value))
    }
    self.items = items
  }

  /// The values of every item with a name, in order. Names are compared whatever their case, as Azure does.
  func all(_ name: String) -> [String] {
    items.filter { $0.name.isSame(asciiCaseAside: name) }.map(\.value)
  }

  /// The value of the first item with a name.
  func first(_ name: String) -> String? { all(name).first }

  /// The version of the API that is asked for.
  var version: String { first("api-version") ?? ApiVersion.newest }

  /// A truth value; `false` when it is not given.
  /// - Throws: `invalidArgument` for anything but `true` and `false`.
  func flag(_ name: String) throws(AzureError) -> Bool {
    switch first(name)?.lowercased() {
    case nil, "false": return false
    case "true": return true
    default: throw AzureError(.invalidArgument, "The parameter \(name) is true or false.")
    }
  }
}
