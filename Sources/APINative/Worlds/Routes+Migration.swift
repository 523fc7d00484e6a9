import TwinEngine
import TwinGraph
import TwinModels
import TwinNet
import TwinValues

/// Moving the twins of a model to another.
extension Route {
  static let migration: [Route] = [
    Route(
      .post, "/v1/worlds/{world}/migrations", "migrate",
      "Moves every twin of a model to another as one batch; or says what that would do to each.", [.world],
      body: Body(
        .named("MigrationRequest"),
        example: #"{"from":"dtmi:example:Pump;1","to":"dtmi:example:Pump;2","preview":true}"#),
      answers: [Answer(200, "What was done, or would be.", .named("Migration"))], problems: [409, 412, 422]
    ) { try await $0.migrate() }
  ]
}

extension Shape {
  static let migrationShapes: [String: Shape] = [
    "MigrationRequest": .object([
      Member("from", dtmi, required: true, "The model that the twins have."),
      Member("to", dtmi, required: true, "The model that they get."),
      Member("preview", .flag, "Only say what would happen."),
      Member("drop", .flag, "Leaves values out that the new model has no place for."),
    ]),
    "Migration": .object([
      Member("from", dtmi, required: true), Member("to", dtmi, required: true),
      Member("preview", .flag, required: true),
      Member("twins", .integer(0...Int64.max), required: true, "How many have the model."),
      Member(
        "broken", .integer(0...Int64.max), required: true, "How many don't fit the new one as they are."),
      Member(
        "differences",
        .list(
          .object([
            Member("part", .text(most: 64), required: true),
            Member("name", .text(most: 2048), required: true),
            Member("change", .text(most: .max), required: true), Member("breaksData", .flag, required: true),
          ])), required: true, "How the models differ."),
      Member(
        "moves",
        .list(
          .object([
            Member("twin", id, required: true),
            Member(
              "losses",
              .list(
                .object([
                  Member("path", .text(most: .max), required: true), Member("value", .any),
                  Member("reason", .text(most: .max), required: true),
                  Member("canBeDropped", .flag, required: true),
                ])), required: true),
          ])), required: true, "The first twins that don't fit, and why."),
      Member("receipt", .named("Receipt"), "What was written."),
    ]),
  ]
}

extension Call {
  func migrate() async throws -> HTTPResponse {
    let root = try await json().root
    let (from, to) = (root["from"]?.string ?? "", root["to"]?.string ?? "")
    let (isPreview, drops) = (root["preview"]?.bool ?? false, root["drop"]?.bool ?? false)
    let world = try await world()
    let state = try await world.snapshot()
    do throws(NuriError) {
      let migration = try await work { () throws(NuriError) in
        try ModelMigration(from: from, to: to, in: state.graph)
      }
      var receipt: Receipt?
      if !isPreview {
        let operations = try migration.operations(dropsValues: drops)
        if !operations.isEmpty { receipt = try await world.write(operations, reason: migration.reason) }
      }
      var response = Reply.json(reserving: 4096) { $0.migration(migration, isPreview, receipt) }
      response.stamp(world.name, receipt?.last ?? state.sequence, receipt?.recorded ?? state.recorded)
      return response
    } catch {
      throw Problem(error, here: [.modelNotFound: 422])
    }
  }
}

extension JSONWriter {
  fileprivate mutating func migration(
    _ migration: ModelMigration, _ isPreview: Bool, _ receipt: Receipt?
  ) {
    let broken = migration.broken
    beginObject()
    member("from", migration.old)
    member("to", migration.new)
    member("preview", isPreview)
    member("twins", UInt64(migration.moves.count))
    member("broken", UInt64(broken.count))
    key("differences")
    beginArray()
    for difference in migration.differences {
      beginObject()
      member("part", difference.part.rawValue)
      member("name", difference.name)
      member("change", difference.change.text)
      member("breaksData", difference.breaksData)
      endObject()
    }
    endArray()
    key("moves")
    beginArray()
    for move in broken.prefix(NativeLimits.shownChanges) {
      beginObject()
      member("twin", move.id)
      key("losses")
      beginArray()
      for loss in move.losses {
        beginObject()
        member("path", loss.path)
        member("value", loss.value)
        member("reason", loss.reason)
        member("canBeDropped", loss.canBeDropped)
        endObject()
      }
      endArray()
      endObject()
    }
    endArray()
    if let receipt {
      key("receipt")
      self.receipt(receipt)
    }
    endObject()
  }
}
