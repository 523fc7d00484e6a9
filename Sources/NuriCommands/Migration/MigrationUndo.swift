import TwinEngine
import TwinGraph
import TwinValues

/// Takes a migration back: every twin of its batch gets the state it had before.
struct MigrationUndo {
  /// The batch's first change and last.
  let span: ClosedRange<UInt64>
  let reason: String
  /// Twins that changed after the migration.
  private(set) var conflicts: [String] = []
  private(set) var operations: [Operation] = []

  /// Works out how to take back the migration that made a change.
  /// - Throws: a usage error when the change is not part of a migration.
  init(_ sequence: UInt64, in world: World, of engine: Engine) throws {
    let records = try Self.batch(sequence, in: try Self.owner(of: sequence, world, engine))
    guard let first = records.first, let last = records.last, first.cause.reason.hasPrefix("migrate ") else {
      throw CommandError(
        .notFound,
        Text("Change \(sequence) is not part of a migration.", ko: "변경 \(sequence)는 마이그레이션이 아닙니다."),
        advice: Text(
          "`nuri model migrate` prints the number to use.", ko: "`nuri model migrate`가 알려 준 번호를 쓰세요."))
    }
    span = first.sequence...last.sequence
    reason = first.cause.reason
    let graph = try world.snapshot().graph
    for record in records {
      guard let id = record.change.twin else { continue }
      guard let twin = graph.twin(id), graph.sequence(of: twin) == record.sequence else {
        conflicts.append(id)
        continue
      }
      guard let before = try world.twin(id, at: .sequence(first.sequence - 1)) else {
        conflicts.append(id)
        continue
      }
      operations.append(
        Operation(
          .putTwin(id: id, model: before.model, properties: before.properties), if: .match(record.sequence)))
    }
  }

  /// The world whose own log has a change: the world itself, or one that it was forked from after the change.
  private static func owner(of sequence: UInt64, _ world: World, _ engine: Engine) throws -> World {
    let infos = try engine.worlds()
    var name = world.name
    while let info = infos.first(where: { $0.name == name }), let parent = info.parent,
      sequence <= info.forkPoint
    {
      name = parent
    }
    return try engine.world(name)
  }

  /// The changes of the batch that a change belongs to.
  private static func batch(_ sequence: UInt64, in world: World) throws -> [ChangeRecord] {
    let reach = UInt64(EngineLimits.batchOperations)
    var records: [ChangeRecord] = []
    try world.changes(from: sequence > reach ? sequence - reach : 1) { record throws(NuriError) in
      records.append(record)
      guard record.endsBatch else { return true }
      if record.sequence >= sequence { return false }
      records = []
      return true
    }
    return records
  }
}
