import TwinEngine
import TwinNet
import TwinValues

/// The items of a page or of a stretch of a stream, as they are written.
struct Items: Sendable {
  var writer: JSONWriter
  private(set) var count = 0
  let isLines: Bool

  init(isLines: Bool) {
    self.isLines = isLines
    writer = JSONWriter(reserving: 4096)
  }

  /// Writes one item.
  mutating func add(_ body: (inout JSONWriter) -> Void) {
    body(&writer)
    if isLines { writer.newline() }
    count += 1
  }
}

/// Writes at most so many items from a cursor on; returns the cursor of what follows, `nil` at the end.
typealias Walk =
  @Sendable (_ cursor: String?, _ most: Int, _ items: inout Items) throws(NuriError) -> String?

extension Call {
  /// Answers with a page of a list, or, when the client asks for lines, with all of it as a stream.
  ///
  /// Each stretch of a stream is written on the API's threads and sent before the next is begun, so that neither a
  /// thread nor more than `NativeLimits.streamItems` items wait for a slow reader.
  func listing(_ state: Snapshot?, _ walk: @escaping Walk) async throws -> HTTPResponse {
    let start = try cursor()
    if wantsLines { return try await lines(from: start, state, walk) }
    let most = integer("pageSize") ?? NativeLimits.defaultPageItems
    let page = try await work { () throws(NuriError) -> (Items, String?) in
      var items = Items(isLines: false)
      items.writer.beginObject()
      items.writer.key("items")
      items.writer.beginArray()
      let next = try walk(start, most, &items)
      items.writer.endArray()
      items.writer.member("next", next.map(Cursor.encode))
      items.writer.endObject()
      return (items, next)
    }
    var response = HTTPResponse(
      headers: ["content-type": MediaType.json, "vary": "accept"], body: .bytes(page.0.writer.bytes))
    if let next = page.1 {
      response.headers.append("link", "<\(link(to: next))>; rel=\"next\"")
    }
    return state.map { response.stamped($0) } ?? response
  }

  private func lines(from start: String?, _ state: Snapshot?, _ walk: @escaping Walk) async throws
    -> HTTPResponse
  {
    let services = services
    @Sendable func stretch(_ cursor: String?) async throws(NuriError) -> ([UInt8], String?) {
      try await services.work.run { () throws(NuriError) in
        var items = Items(isLines: true)
        let next = try walk(cursor, NativeLimits.streamItems, &items)
        return (items.writer.bytes, next)
      }
    }
    // The first stretch before the head: what goes wrong at once is still a problem document.
    let first = try await stretch(start)
    let response = HTTPResponse(
      headers: ["content-type": MediaType.lines, "vary": "accept"],
      body: .stream(length: nil) { writer in
        var (bytes, next) = first
        while true {
          if !bytes.isEmpty { try await writer.write(bytes) }
          guard let cursor = next else { return }
          (bytes, next) = try await stretch(cursor)
        }
      })
    return state.map { response.stamped($0) } ?? response
  }

  /// This request's path and query with another cursor.
  private func link(to cursor: String) -> String {
    let kept = (request.target.rawQuery ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }
    return request.target.rawPath + "?"
      + (kept.map(String.init) + ["cursor=\(Cursor.encode(cursor))"])
      .joined(separator: "&")
  }
}

/// Cuts a page out of a list in order of a key, so that a page goes on after the last key of the one before, whatever
/// was written meanwhile.
func walkInOrder<Item: Sendable>(
  _ all: [(key: String, item: Item)], _ write: @escaping @Sendable (Item, inout JSONWriter) -> Void
) -> Walk {
  let sorted = all.sorted { $0.key < $1.key }
  return { (cursor, most, items) throws(NuriError) in
    // The first key after the cursor, by halving.
    var low = 0
    var high = sorted.count
    while let cursor, low < high {
      let middle = (low + high) / 2
      if sorted[middle].key <= cursor { low = middle + 1 } else { high = middle }
    }
    let end = min(sorted.count, low + most)
    for index in low..<end { items.add { write(sorted[index].item, &$0) } }
    return end < sorted.count && end > 0 ? sorted[end - 1].key : nil
  }
}
