import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// When things changed, and when two worlds went different ways.
extension Route {
  static let timeline: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/timeline", "timeline",
      "How many changes of twins, relationships, models and routes were recorded when, its parents' among them.",
      [
        .world,
        Parameter(
          "from", .query, .point, "From this instant on; the first change when left out.", example: "-1d"),
        Parameter("to", .query, .point, "Before this instant; just after the last change when left out."),
        Parameter(
          "buckets", .query, .integer(1...Int64(NativeLimits.buckets), standard: 200),
          "Most stretches; all of them are told, empty ones too."),
        Parameter("twin", .query, .text(most: TwinId.maximumBytes), "Only this twin's changes."),
        Parameter("at", .query, .point, "Tells the changes next to this point too."),
      ], answers: [.one("Timeline", "Counts, oldest first.")]
    ) { try await $0.timeline() },
    Route(
      .get, "/v1/worlds/{world}/divergence", "divergence",
      "The first instant at which two worlds differ since they parted, in what, and whose change it was.",
      [
        .world,
        Parameter(
          "to", .query, .text(most: EngineLimits.worldNameBytes), "The other world.", required: true,
          example: "plan-b"), .pageSize,
      ], answers: [Answer(200, "Whether and where they part.", .named("Divergence"))]
    ) { try await $0.divergence() },
  ]
}

extension Shape {
  private static let moment = Shape.object([
    Member("sequence", .sequence, "Missing for a change of a tracking fork's parent."),
    Member("recorded", .instant, required: true),
  ])

  static let timelineShapes: [String: Shape] = [
    "Timeline": .object([
      Member("first", .instant, "When the first change was recorded; missing when there is none."),
      Member("last", .instant, "When the last one was."), Member("from", .instant), Member("to", .instant),
      Member("bucketSeconds", .number),
      Member(
        "buckets",
        .list(
          .object([
            Member("from", .instant, required: true),
            Member("changes", .integer(0...Int64.max), required: true),
          ])), required: true),
      Member("previous", moment, "The last change before the point asked for."),
      Member("next", moment, "The first change after it."),
    ]),
    "Divergence": .object([
      Member("diverged", .flag, required: true), Member("recorded", .instant), Member("sequence", .sequence),
      Member("world", .text(most: EngineLimits.worldNameBytes), "Whose change made them differ."),
      Member("items", .list(.named("Difference")), required: true, "The differences as of that instant."),
      Member("more", .flag, required: true, "Whether there are more than pageSize."),
    ]),
  ]
}

extension Call {
  func timeline() async throws -> HTTPResponse {
    let world = try await world()
    var question = TimelineQuestion()
    question.from = try instant(ofPoint: "from")
    question.to = try instant(ofPoint: "to")
    question.buckets = integer("buckets") ?? 200
    question.twin = text("twin")
    if let twin = question.twin { try TwinId.check(twin) }
    let state = try await world.snapshot()
    let around: AsOf? = text("at").map { _ in point() }
    let line = try await work { [question] () throws(NuriError) in
      var question = question
      question.around = try around.map { at throws(NuriError) in try world.instant(of: at) }
      return try world.timeline(question)
    }
    return Reply.json(reserving: 64 * line.counts.count + 512) { $0.timeline(line) }.stamped(state)
  }

  func divergence() async throws -> HTTPResponse {
    let (session, name, other) = (session, path("world"), text("to") ?? "")
    let most = integer("pageSize") ?? NativeLimits.defaultPageItems
    let found = try await work { () throws(NuriError) in
      try session.divergence(from: name, to: other, most: most)
    }
    return Reply.json(reserving: 1024) { $0.divergence(found) }
  }
}

extension JSONWriter {
  fileprivate mutating func timeline(_ line: Timeline) {
    beginObject()
    member("first", line.first?.description)
    member("last", line.last?.description)
    if line.width > 0 {
      member("from", line.from.description)
      member("to", line.to.description)
      key("bucketSeconds")
      double(Double(line.width) / 1_000_000)
    }
    key("buckets")
    beginArray()
    for (index, count) in line.counts.enumerated() {
      beginObject()
      member("from", line.start(index).description)
      member("changes", count)
      endObject()
    }
    endArray()
    for case (let name, let moment?) in [("previous", line.previous), ("next", line.next)] {
      key(name)
      beginObject()
      member("sequence", moment.sequence)
      member("recorded", moment.recorded.description)
      endObject()
    }
    endObject()
  }

  fileprivate mutating func divergence(_ divergence: Divergence?) {
    beginObject()
    member("diverged", divergence != nil)
    member("recorded", divergence?.recorded.description)
    member("sequence", divergence?.sequence)
    member("world", divergence?.world)
    key("items")
    beginArray()
    for item in divergence?.items ?? [] { difference(item) }
    endArray()
    member("more", divergence?.hasMore ?? false)
    endObject()
  }
}
