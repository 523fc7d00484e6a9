import TwinValues

/// One page of a listing.
///
/// A listing is in order of a key (an id, for most), and a page goes on after the last key of the one before. So whatever is written
/// meanwhile, what is there all the time comes exactly once; what comes or goes may be seen or not.
struct Page {
  /// Most items.
  let size: Int
  /// The last key of the page before; `nil` on the first page.
  let after: String?

  /// - Parameter standard: items when neither the request nor its continuation token says.
  /// - Throws: `invalidArgument` or `badRequest`.
  init(_ request: AzureRequest, _ parameters: Parameters, standard: Int) throws(AzureError) {
    var size = try Self.size(request)
    var after: String?
    if let text = parameters.first("continuationToken") {
      let token = try Token(text, parts: 2)
      guard let earlier = Int(token.parts[0]), (1...AzureLimits.pageItems).contains(earlier) else {
        throw AzureError(.badRequest, "This is not a continuation token of a listing.")
      }
      size = size ?? earlier
      after = token.parts[1]
    }
    self.size = size ?? standard
    self.after = after
  }

  /// How many items the request asks for in `max-items-per-page`; `nil` when it does not say.
  /// - Throws: `invalidArgument` when it is no number above zero.
  static func size(_ request: AzureRequest, atMost limit: Int = AzureLimits.pageItems) throws(AzureError)
    -> Int?
  {
    guard let text = request.header("max-items-per-page") else { return nil }
    guard let wanted = Int(text), wanted > 0 else {
      throw AzureError(.invalidArgument, "The header max-items-per-page is a number above zero.")
    }
    return min(wanted, limit)
  }

  /// The items of this page, out of all in any order, and whether there are more.
  func cut<Item>(_ all: [Item], by key: (Item) -> String) -> (
    items: [(key: String, item: Item)], isLast: Bool
  ) {
    var rest: [(key: String, item: Item)] = []
    for item in all {
      let key = key(item)
      if let after, key <= after { continue }
      rest.append((key, item))
    }
    rest.sort { $0.key < $1.key }
    return (Array(rest.prefix(size)), rest.count <= size)
  }

  /// Answers with the items and a link to the next page.
  func response<Item>(
    _ all: [Item], by key: (Item) -> String, to request: AzureRequest, _ parameters: Parameters,
    write: (Item, inout JSONWriter) -> Void
  ) -> AzureResponse {
    let (items, isLast) = cut(all, by: key)
    var writer = JSONWriter(reserving: 256 + items.count * 200)
    writer.beginObject()
    writer.key("value")
    writer.beginArray()
    for (_, item) in items { write(item, &writer) }
    writer.endArray()
    writer.key("nextLink")
    if !isLast, let last = items.last {
      writer.string(link(after: last.key, request, parameters))
    } else {
      writer.null()
    }
    writer.endObject()
    return .json(body: writer.bytes)
  }

  private func link(after key: String, _ request: AzureRequest, _ parameters: Parameters) -> String {
    let kept = zip(parameters.raw, parameters.items)
      .filter { $0.1.name.lowercased() != "continuationtoken" }.map { String($0.0) }
    let token = Token([String(size), key]).text
    return request.origin + request.path + "?"
      + (kept + ["continuationToken=\(token)"]).joined(separator: "&")
  }
}
