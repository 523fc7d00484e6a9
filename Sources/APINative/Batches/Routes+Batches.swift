import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// Batches: many operations at once, all or nothing; or a stream of them, group by group.
extension Route {
  static let batches: [Route] = [
    Route(
      .post, "/v1/worlds/{world}/batch", "writeBatch",
      "Writes operations. As JSON they become visible together or not at all. As lines (one operation each) they are written in groups: each group together or not at all, in order, and on disk before the next counts; the first fault ends it.",
      [
        .world, .reason, .observed,
        Parameter(
          "group", .query,
          .integer(1...Int64(NativeLimits.groupLines), standard: Int64(NativeLimits.defaultGroupLines)),
          "Lines that become visible together. Only for lines."),
      ],
      body: Body(
        [(MediaType.json, .named("Batch")), (MediaType.lines, .named("Operation"))],
        limit: NativeLimits.batchBytes,
        example: #"{"operations":[{"op":"patchTwin","id":"room-1","set":{"temperature":21.5}}]}"#),
      answers: [Answer(200, "All of it is done, and on disk.", .named("BatchReceipt"))],
      problems: [409, 412, 422]
    ) { try await $0.batch() }
  ]
}

extension Call {
  func batch() async throws -> HTTPResponse {
    let type = try media()
    let world = try await world()
    let observed = instant("observed")
    if type == MediaType.lines {
      let group = integer("group") ?? NativeLimits.defaultGroupLines
      let (body, reason) = (request.body, reason)
      let outcome = try await work { () async throws(NuriError) in
        var writer = LineBatches(world: world, reason: reason, observed: observed, groupLines: group)
        await writer.run(body, graph: try await world.snapshot().graph)
        return writer.outcome
      }
      return try outcome.response(world.name)
    }
    return try await wholeBatch(world, observed)
  }

  /// A batch that was sent whole. Read on the API's threads: it may be long.
  private func wholeBatch(_ world: WorldSession, _ observed: Instant?) async throws -> HTTPResponse {
    let bytes = try await request.body.collect(upTo: NativeLimits.batchBytes)
    if bytes.isEmpty { throw NuriError(.invalidBody, "The request needs a body.") }
    let given = reason
    let outcome = try await work { () async throws(NuriError) -> BatchOutcome in
      let root = try JSONDocument(bytes).root
      try Self.envelope.check(root)
      var time = observed
      if let text = root["observed"]?.string { time = try Instant(text) }
      var reader = OperationReader(graph: try await world.snapshot().graph, observed: time)
      var operations: [Operation] = []
      var outcome = BatchOutcome()
      do throws(NuriError) {
        for (index, node) in (root["operations"]?.elements ?? root.elements).enumerated() {
          do throws(NuriError) {
            operations.append(try reader.operation(node))
          } catch {
            throw error.inside("operation \(index + 1)")
          }
        }
        guard !operations.isEmpty else { throw NuriError(.invalidBody, "The batch has no operations.") }
        outcome.count(
          try await world.write(operations, reason: root["reason"]?.string ?? given), operations.count)
      } catch {
        outcome.failure = error
      }
      return outcome
    }
    return try outcome.response(world.name)
  }

  /// The shape of a batch around its operations, which are checked as they are read.
  private static let envelope = Shape.object([
    Shape.Member(
      "operations", .list(.any, most: NativeLimits.batchOperations), required: true,
      "\"operations\" is an array of operations."),
    Shape.Member("reason", .text(most: NativeLimits.reasonBytes)), Shape.Member("observed", .instant),
  ])
}

/// What became of a batch, or of a stream of them.
struct BatchOutcome: Sendable {
  var operations = 0
  var batches = 0
  var first: UInt64?
  var last: Receipt?
  var failure: NuriError?
  /// The line of the failure.
  var line: Int?

  /// Counts a batch that is on disk.
  mutating func count(_ receipt: Receipt, _ operations: Int) {
    self.operations += operations
    batches += 1
    first = first ?? receipt.first
    last = receipt
  }

  /// The answer: a receipt, or a problem that says what was done before it.
  func response(_ world: String) throws -> HTTPResponse {
    if let failure {
      var problem = Problem(failure, here: Problem.insideBatch)
      var writer = JSONWriter()
      writer.beginObject()
      if let line { writer.member("line", UInt64(line)) }
      writer.key("applied")
      write(&writer)
      writer.endObject()
      problem.members = writer.bytes
      throw problem
    }
    var response = Reply.json { write(&$0) }
    if let last { response.stamp(world, last.last, last.recorded) }
    return response
  }

  private func write(_ writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("operations", UInt64(operations))
    writer.member("batches", UInt64(batches))
    writer.member("first", first)
    writer.member("last", last?.last)
    writer.member("recorded", last?.recorded.description)
    writer.endObject()
  }
}
