import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// What differs between two worlds or times, and bringing a fork's changes into its parent.
extension Route {
  static let promotion: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/diff", "diffWorlds",
      "What differs on the way from one world and time to another.",
      [
        .world, .at,
        Parameter(
          "to", .query, .text(most: EngineLimits.worldNameBytes),
          "The other world; the same one when left out.", example: "plan-b"),
        Parameter("toAt", .query, .point, "The point in time in the other world."),
      ] + Parameter.paging, answers: [.page("Difference", of: "Differences: models, twins, relationships.")]
    ) { try await $0.diff() },
    Route(
      .post, "/v1/worlds/{world}/promote", "promoteWorld",
      "Brings what a fork changed into its parent as one batch, field by field; or says what that would do.",
      [.world],
      body: Body(
        .named("PromotionRequest"), required: false, example: #"{"preview":true,"conflicts":"refuse"}"#),
      answers: [Answer(200, "What was done, or would be.", .named("Promotion"))], problems: [409, 412, 422]
    ) { try await $0.promote() },
  ]
}

extension Call {
  func diff() async throws -> HTTPResponse {
    let services = services
    let name = path("world")
    var old = WorldInstant(name, point("at"))
    var new = WorldInstant(text("to") ?? name, point("toAt"))
    var skipped = 0
    if let cursor = try cursor() {
      let parts = cursor.split(separator: " ").compactMap { UInt64($0) }
      guard parts.count == 3 else {
        throw NuriError(.invalidParameter, "This is not a cursor that a page of this list gave.")
      }
      (old, new) = (WorldInstant(name, .sequence(parts[0])), WorldInstant(new.world, .sequence(parts[1])))
      skipped = Int(clamping: parts[2])
    }
    let (from, to) = (try await settled(old), try await settled(new))
    let session = session
    if wantsLines {
      var response = try await stream { (sink) throws(NuriError) in
        try session.differences(from: from.place, to: to.place) { each in sink.line { $0.difference(each) } }
      }
      response.stamp(from.place.world, from.sequence, from.recorded)
      return response
    }
    let most = integer("pageSize") ?? NativeLimits.defaultPageItems
    let page = try await services.work.run { [skipped] () throws(NuriError) -> ([UInt8], Bool) in
      var items = Items(isLines: false)
      var seen = 0
      var isMore = false
      items.writer.beginObject()
      items.writer.key("items")
      items.writer.beginArray()
      try session.differences(from: from.place, to: to.place) { each in
        seen += 1
        if seen <= skipped { return true }
        isMore = items.count == most
        if !isMore { items.add { $0.difference(each) } }
        return !isMore
      }
      items.writer.endArray()
      if isMore {
        items.writer.member("next", Cursor.encode("\(from.sequence) \(to.sequence) \(skipped + most)"))
      }
      items.writer.endObject()
      return (items.writer.bytes, isMore)
    }
    var response = HTTPResponse(
      headers: ["content-type": MediaType.json, "vary": "accept"], body: .bytes(page.0))
    response.stamp(from.place.world, from.sequence, from.recorded)
    return response
  }

  /// A place in time as the state it names now, so that all pages are of one state.
  private func settled(
    _ place: WorldInstant
  ) async throws(NuriError) -> (place: WorldInstant, sequence: UInt64, recorded: Instant) {
    let world = try await world(place.world)
    let state: Snapshot
    if place.at == .now {
      state = try await world.snapshot()
    } else {
      state = try await work { () throws(NuriError) in try world.snapshot(at: place.at) }
    }
    return (place, state.sequence, state.recorded)
  }

  func promote() async throws -> HTTPResponse {
    let root = try await json().root
    let isPreview = root["preview"]?.bool ?? false
    let rule = root["conflicts"]?.string.flatMap { ConflictRule(rawValue: $0) } ?? .refuse
    let name = path("world")
    if name == Engine.live {
      throw NuriError(.conflict, "The live world is nobody's fork; there is nothing to promote it to.")
    }
    let session = session
    let promotion = try await work { () throws(NuriError) in
      try session.promote(name, preview: isPreview, rule: rule)
    }
    var response = Reply.json { $0.promotion(promotion, isPreview: isPreview) }
    if let receipt = promotion.receipt { response.stamp(promotion.target, receipt.last, receipt.recorded) }
    return response
  }
}

extension JSONWriter {
  fileprivate mutating func promotion(_ promotion: Promotion, isPreview: Bool) {
    beginObject()
    member("target", promotion.target)
    member("preview", isPreview)
    member("changeCount", UInt64(promotion.changes.count))
    key("changes")
    beginArray()
    for change in promotion.changes.prefix(NativeLimits.shownChanges) {
      beginObject()
      members(of: change)
      endObject()
    }
    endArray()
    member("conflictCount", UInt64(promotion.conflicts.count))
    key("conflicts")
    beginArray()
    for conflict in promotion.conflicts.prefix(NativeLimits.shownChanges) {
      beginObject()
      member("id", conflict.id)
      member("path", conflict.path)
      member("base", conflict.base)
      member("mine", conflict.mine)
      member("theirs", conflict.theirs)
      member("text", conflict.text)
      endObject()
    }
    endArray()
    if let receipt = promotion.receipt {
      key("receipt")
      self.receipt(receipt)
    }
    endObject()
  }

  /// One difference: its kind, what it is about, and what it was and is.
  mutating func difference(_ difference: Difference) {
    beginObject()
    switch difference {
    case .twinAdded(let id, let model, let properties):
      twin("twinAdded", id, model, properties)
    case .twinRemoved(let id, let model, let properties):
      twin("twinRemoved", id, model, properties)
    case .twinChanged(let id, let oldModel, let newModel, let properties):
      twin("twinChanged", id, newModel, properties)
      if oldModel != newModel { member("oldModel", oldModel) }
    case .relationshipAdded(let new): relationship("relationshipAdded", nil, new)
    case .relationshipRemoved(let old): relationship("relationshipRemoved", old, nil)
    case .relationshipChanged(let old, let new): relationship("relationshipChanged", old, new)
    case .modelAdded(let id): named("modelAdded", id)
    case .modelRemoved(let id): named("modelRemoved", id)
    case .eventRouteAdded(let new): named("eventRouteAdded", new.id)
    case .eventRouteRemoved(let old): named("eventRouteRemoved", old.id)
    case .eventRouteChanged(_, let new): named("eventRouteChanged", new.id)
    }
    endObject()
  }

  private mutating func named(_ kind: String, _ id: String) {
    member("kind", kind)
    member("id", id)
  }

  private mutating func twin(
    _ kind: String, _ id: String, _ model: String, _ properties: [Difference.Property]
  ) {
    named(kind, id)
    member("model", model)
    key("properties")
    beginArray()
    for property in properties {
      beginObject()
      member("path", property.path)
      member("old", property.old)
      member("new", property.new)
      endObject()
    }
    endArray()
  }

  private mutating func relationship(
    _ kind: String, _ old: Difference.Relationship?, _ new: Difference.Relationship?
  ) {
    guard let known = new ?? old else { return }
    named(kind, known.id)
    member("source", known.source)
    member("name", known.name)
    for case (let side, let each?) in [("old", old), ("new", new)] {
      key(side)
      beginObject()
      member("target", each.target)
      splice(members: each.properties)
      endObject()
    }
  }
}
