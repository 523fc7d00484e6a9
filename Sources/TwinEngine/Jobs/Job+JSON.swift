import TwinGraph
import TwinValues

/// A job as a record of the live world.
extension Job {
  var record: Record {
    var writer = JSONWriter()
    writer.beginObject()
    for (key, value) in [
      ("kind", kind.rawValue), ("world", world), ("id", id), ("actor", actor), ("status", status.rawValue),
      ("created", created.description), ("lastAction", lastAction.description),
    ] {
      writer.key(key)
      writer.string(value)
    }
    writer.key("parameters")
    writer.raw(parameters)
    if let finished {
      writer.key("finished")
      writer.string(finished.description)
    }
    if let failure {
      writer.key("failure")
      writer.beginObject()
      writer.key("code")
      writer.string(failure.code)
      writer.key("message")
      writer.string(failure.message)
      writer.endObject()
    }
    writer.key("done")
    writer.integer(progress.done)
    writer.key("total")
    writer.integer(progress.total)
    writer.endObject()
    return Record(.job, key, writer.bytes)
  }

  /// Reads a record back; `nil` for one that another version wrote in another way.
  init?(_ record: Record) {
    guard let root = try? JSONDocument(record.body).root,
      let kind = root["kind"]?.string, let world = root["world"]?.string, let id = root["id"]?.string,
      let actor = root["actor"]?.string, let status = root["status"]?.string.flatMap(Status.init),
      let created = root["created"]?.string.flatMap({ try? Instant($0) }),
      let lastAction = root["lastAction"]?.string.flatMap({ try? Instant($0) }),
      let parameters = root["parameters"]
    else { return nil }
    self.init(
      kind: Kind(rawValue: kind), world: world, id: id, parameters: Array(parameters.sourceText.utf8),
      actor: actor, created: created, lastAction: lastAction)
    self.status = status
    finished = root["finished"]?.string.flatMap { try? Instant($0) }
    if let failure = root["failure"], let code = failure["code"]?.string,
      let message = failure["message"]?.string
    {
      self.failure = Failure(code: code, message: message)
    }
    progress = Progress(done: root["done"]?.int64 ?? 0, total: root["total"]?.int64 ?? 0)
  }

  init(
    kind: Kind, world: String, id: String, parameters: [UInt8], actor: String, created: Instant,
    lastAction: Instant
  ) {
    self.kind = kind
    self.world = world
    self.id = id
    self.parameters = parameters
    self.actor = actor
    self.created = created
    self.lastAction = lastAction
  }
}
