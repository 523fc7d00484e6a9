import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// What happened: a twin's history, one property's values over time, a world's changes.
extension Route {
  static let pastReads: [Route] = [
    Route(
      .get, "/v1/worlds/{world}/twins/{twin}/history", "twinHistory",
      "A twin's changes, newest first, those of its outgoing relationships among them; deleted twins have theirs.",
      [
        .world, .twin,
        Parameter("relationships", .query, .choice(["true", "false"]), "false leaves relationships out."),
      ] + Parameter.paging, answers: [.page("Change", of: "Changes.")]
    ) { try await $0.history() },
    Route(
      .get, "/v1/worlds/{world}/twins/{twin}/series", "twinSeries",
      "One property's values by the time its source observed them: samples, or buckets of numbers.",
      [
        .world, .twin,
        Parameter(
          "path", .query, .text(most: 2048), "property, or component.property.", required: true,
          example: "temperature"),
        Parameter(
          "from", .query, .point, "From this instant on; the beginning when left out.", example: "-1d"),
        Parameter("to", .query, .point, "Before this instant; the present when left out."),
        Parameter(
          "buckets", .query, .integer(1...Int64(NativeLimits.buckets), standard: nil),
          "Instead of samples, so many buckets of the same width; empty ones are left out."),
        Parameter(
          "limit", .query,
          .integer(1...Int64(NativeLimits.samples), standard: Int64(NativeLimits.defaultSamples)),
          "Most samples; the newest are kept."),
      ], answers: [.one("Series", "Samples or buckets, oldest first.")], problems: [422]
    ) { try await $0.series() },
    Route(
      .get, "/v1/worlds/{world}/changes", "listChanges",
      "The world's own changes from a sequence on, oldest first, up to the present; a fork's from its fork point on.",
      [
        .world,
        Parameter(
          "from", .query, .integer(0...(1 << 48), standard: 0), "The first sequence wanted.", example: "1"),
      ] + Parameter.paging, answers: [.page("Change", of: "Changes.")]
    ) { try await $0.changes() },
  ]
}

extension Call {
  func history() async throws -> HTTPResponse {
    let world = try await world()
    let id = path("twin")
    try TwinId.check(id)
    let withRelationships = text("relationships") != "false"
    let before = try sequenceCursor() ?? .max
    let state = try await world.snapshot()
    if wantsLines {
      return try await stream { (sink) throws(NuriError) in
        try world.history(ofTwin: id, relationships: withRelationships) { (record) throws(NuriError) in
          record.sequence >= before || record.sequence > state.sequence || sink.line { $0.change(record) }
        }
      }.stamped(state)
    }
    return try await listing(state) { (cursor, most, items) throws(NuriError) in
      var next: String?
      var last = before
      try world.history(ofTwin: id, relationships: withRelationships) { (record) throws(NuriError) in
        if record.sequence >= before || record.sequence > state.sequence { return true }
        if items.count == most {
          next = String(last)
          return false
        }
        items.add { $0.change(record) }
        last = record.sequence
        return true
      }
      return next
    }
  }

  private func sequenceCursor() throws(NuriError) -> UInt64? {
    guard let cursor = try cursor() else { return nil }
    guard let sequence = UInt64(cursor) else {
      throw NuriError(.invalidParameter, "This is not a cursor that a page of this list gave.")
    }
    return sequence
  }

  func changes() async throws -> HTTPResponse {
    let world = try await world()
    let first = try sequenceCursor() ?? UInt64(integer("from") ?? 0)
    let state = try await world.snapshot()
    if wantsLines {
      return try await stream { (sink) throws(NuriError) in
        try world.changes(from: first) { (record) throws(NuriError) in
          record.sequence <= state.sequence && sink.line { $0.change(record) }
        }
      }.stamped(state)
    }
    return try await listing(state) { (_, most, items) throws(NuriError) in
      var next: String?
      try world.changes(from: first) { (record) throws(NuriError) in
        if record.sequence > state.sequence { return false }
        if items.count == most {
          next = String(record.sequence)
          return false
        }
        items.add { $0.change(record) }
        return true
      }
      return next
    }
  }

  func series() async throws -> HTTPResponse {
    let world = try await world()
    let (id, path, limit) = (
      path("twin"), text("path") ?? "", integer("limit") ?? NativeLimits.defaultSamples
    )
    try TwinId.check(id)
    let from = try instant(ofPoint: "from") ?? .distantPast
    let state = try await world.snapshot()
    // Up to and with what was recorded this millisecond.
    let present = max(services.clock.now(), state.recorded).microseconds + 1000
    let to = try instant(ofPoint: "to") ?? Instant(microseconds: present)
    var response: HTTPResponse
    if let count = integer("buckets") {
      guard from > .distantPast, to > from else {
        throw NuriError(.invalidParameter, "Buckets need \"from\" before \"to\".")
      }
      let width = max(1, (to.microseconds - from.microseconds + Int64(count) - 1) / Int64(count))
      let buckets = try await work { () throws(NuriError) in
        try world.buckets(ofTwin: id, path: path, from: from, to: to, width: width)
      }
      response = Reply.json(reserving: 128 * buckets.count + 256) {
        $0.series(id, path, buckets, width: width)
      }
    } else {
      let samples = try await work { () throws(NuriError) in
        try world.samples(ofTwin: id, path: path, from: from, to: to, limit: limit)
      }
      response = Reply.json(reserving: 96 * samples.count + 256) { $0.series(id, path, samples) }
    }
    response.stamp(world.name, state.sequence, state.recorded)
    return response
  }

  /// The instant that a parameter names; a sequence is none.
  func instant(ofPoint name: String) throws(NuriError) -> Instant? {
    guard text(name) != nil else { return nil }
    switch point(name) {
    case .now: return services.clock.now()
    case .instant(let instant): return instant
    case .sequence:
      throw NuriError(
        .invalidParameter, "The parameter \"\(name)\" is an instant or a time ago, not a sequence.")
    }
  }
}

extension JSONWriter {
  fileprivate mutating func series(_ twin: String, _ path: String, _ samples: [Sample]) {
    beginObject()
    member("twin", twin)
    member("path", path)
    key("samples")
    beginArray()
    for sample in samples {
      beginObject()
      member("observed", sample.observed.description)
      member("sequence", sample.sequence)
      key("value")
      if let value = sample.value { self.value(value) } else { null() }
      endObject()
    }
    endArray()
    endObject()
  }

  fileprivate mutating func series(_ twin: String, _ path: String, _ buckets: [Bucket], width: Int64) {
    beginObject()
    member("twin", twin)
    member("path", path)
    key("bucketSeconds")
    double(Double(width) / 1_000_000)
    key("buckets")
    beginArray()
    for bucket in buckets {
      beginObject()
      member("start", bucket.start.description)
      member("count", UInt64(bucket.count))
      let numbers = [
        ("minimum", bucket.minimum), ("maximum", bucket.maximum), ("mean", bucket.mean),
        ("last", bucket.last),
      ]
      for (name, number) in numbers {
        key(name)
        double(number)
      }
      endObject()
    }
    endArray()
    endObject()
  }
}
