import TwinEngine
import TwinValues

/// Parameters that many routes have.
extension Parameter {
  static let world = Parameter(
    "world", .path, .text(most: EngineLimits.worldNameBytes), "A world's name; \"live\" is the live one.",
    example: "live")
  static let twin = Parameter(
    "twin", .path, .text(most: TwinId.maximumBytes), "A twin's id.", example: "room-1")
  static let relationship = Parameter(
    "relationship", .path, .text(most: TwinId.maximumBytes), "A relationship's id among its source's.",
    example: "room-1-in-bldg-1")
  static let model = Parameter(
    "model", .path, .text(most: 2048), "A model's DTMI.", example: "dtmi:example:Room;1")

  static let at = Parameter(
    "at", .query, .point,
    "The point in time to read: a sequence (1234), an instant (2026-10-31T09:00:00Z), or a time ago (-2h; s, m, h, d, w). Now when it is left out.",
    example: "-2h")
  static let pageSize = Parameter(
    "pageSize", .query,
    .integer(1...Int64(NativeLimits.pageItems), standard: Int64(NativeLimits.defaultPageItems)),
    "Most items in the page. A stream of lines has no pages.")
  static let cursor = Parameter(
    "cursor", .query, .text(most: NativeLimits.cursorBytes), "Where to go on: the last page's \"next\".")
  static let reason = Parameter(
    "reason", .query, .text(most: NativeLimits.reasonBytes), "Why, in a few words; kept with the change.",
    example: "sensor replaced")
  static let observed = Parameter(
    "observed", .query, .instant, "When the source says it happened; now when it is left out.",
    example: "2026-10-31T09:00:00Z")
  static let ifMatch = Parameter(
    "If-Match", .header, .etags,
    "Only when the last change is the one this ETag names (or *: when it exists).")
  static let ifNoneMatch = Parameter("If-None-Match", .header, .etags, "*: only when it does not exist yet.")
  static let ifChanged = Parameter(
    "If-None-Match", .header, .etags, "The ETag at hand: the answer is 304 when it is still the current one.")

  static let paging: [Parameter] = [.pageSize, .cursor]
}

extension Route.Answer {
  /// What a write became.
  static func receipt(_ note: String = "It is done, and on disk.", status: Int = 200) -> Route.Answer {
    var answer = Route.Answer(status, note, .named("Receipt"))
    answer.headers = ["ETag", "Nuri-World", "Nuri-Sequence", "Nuri-Recorded"]
    return answer
  }

  /// A page of items, or lines of them.
  static func page(_ name: String, of note: String) -> Route.Answer {
    var answer = Route.Answer(200, note, .page(.named(name)), lines: .named(name))
    answer.headers = ["Nuri-World", "Nuri-Sequence", "Nuri-Recorded", "Link"]
    return answer
  }

  /// One thing of a world's state.
  static func one(_ name: String, _ note: String, etag: Bool = false) -> Route.Answer {
    var answer = Route.Answer(200, note, .named(name))
    answer.headers = (etag ? ["ETag"] : []) + ["Nuri-World", "Nuri-Sequence", "Nuri-Recorded"]
    return answer
  }

  /// A patch without steps.
  static let nothing = Route.Answer(204, "There was nothing to do.")
  static let notModified = Route.Answer(304, "It is what the ETag at hand names.")
}

extension Shape {
  /// A page of a list.
  static func page(_ item: Shape) -> Shape {
    .object([
      Member("items", .list(item), required: true),
      Member(
        "next", .text(most: NativeLimits.cursorBytes), "The cursor of the next page; missing on the last."),
    ])
  }
}
