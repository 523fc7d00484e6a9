import TwinEngine
import TwinGraph
import TwinModels
import TwinValues

extension VerbSpec {
  static let modelMigrate = VerbSpec(
    path: ["model", "migrate"],
    summary: Text(
      "Moves every twin of a model to another, as one batch that can be taken back.",
      ko: "한 모델의 트윈을 모두 다른 모델로, 되돌릴 수 있는 한 묶음으로 옮깁니다."),
    details: Text(
      "Without --apply it only shows what would happen to every twin.",
      ko: "--apply가 없으면 트윈마다 무슨 일이 일어날지 보여 주기만 합니다."),
    arguments: [
      ArgumentSpec("OLD", Text("The model the twins have.", ko: "지금 모델."), count: .optional),
      ArgumentSpec("NEW", Text("The model they get.", ko: "새 모델."), count: .optional),
    ],
    options: [
      .world,
      .flag(
        "preview",
        Text(
          "Shows what would happen, and does nothing (as when left out).", ko: "무슨 일이 일어날지 보여 주기만 합니다(기본).")),
      .flag("apply", Text("Does it.", ko: "실제로 옮깁니다.")),
      .flag(
        "drop", Text("Leaves values out that the new model has no place for.", ko: "새 모델에 자리가 없는 값을 버립니다.")),
      .value("undo", "SEQ", Text("Takes the migration of this change back.", ko: "이 변경의 마이그레이션을 되돌립니다.")),
      .value("limit", "N", Text("How many twins are shown; 20 if left out.", ko: "보여 줄 트윈 수. 없으면 20.")),
    ],
    examples: [
      Example(
        "nuri model migrate \"dtmi:example:Pump;1\" \"dtmi:example:Pump;2\"",
        Text("Look first.", ko: "먼저 봅니다.")),
      Example(
        "nuri model migrate \"dtmi:example:Pump;1\" \"dtmi:example:Pump;2\" --apply",
        Text("Do it.", ko: "옮깁니다.")),
      Example("nuri model migrate --undo 1234", Text("Take it back.", ko: "되돌립니다.")),
    ],
    run: { invocation in
      if let text = invocation.value("undo") {
        guard let sequence = UInt64(text.hasPrefix("#") ? String(text.dropFirst()) : text) else {
          throw CommandError.usage(Text("\"\(text)\" names no change.", ko: "\"\(text)\"는 변경 번호가 아닙니다."))
        }
        return try invocation.withEngine { try undoMigration(sequence, $0, invocation) }
      }
      let old = try invocation.required(0)
      let new = try invocation.required(1)
      return try invocation.withEngine { engine in
        let world = try invocation.world(engine)
        let migration = try ModelMigration(from: old, to: new, in: try world.snapshot().graph)
        guard invocation.has("apply"), !invocation.has("preview") else {
          invocation.show(migration, limit: try invocation.number("limit", default: 20, in: 0...1_000_000))
          return migration.broken.isEmpty ? .success : .conflict
        }
        guard !migration.moves.isEmpty else {
          throw CommandError(.notFound, Text("No twin has the model \(old).", ko: "\(old) 모델의 트윈이 없습니다."))
        }
        try invocation.requireFit(migration)
        let receipt = try world.write(
          Batch(
            cause: Cause(actor: invocation.cause().actor, reason: migration.reason),
            operations: try migration.operations(dropsValues: invocation.has("drop"))))
        let count = Quantity.count(migration.moves.count)
        invocation.wrote(
          Text(
            "Moved \(count) twins to \(new) (take it back with --undo \(receipt.last))",
            ko: "트윈 \(count)개를 \(new)(으)로 옮겼습니다(--undo \(receipt.last)로 되돌림)"), receipt)
        return .success
      }
    })

  private static func undoMigration(_ sequence: UInt64, _ engine: Engine, _ invocation: Invocation) throws
    -> ExitCode
  {
    let world = try invocation.world(engine)
    let undo = try MigrationUndo(sequence, in: world, of: engine)
    guard undo.conflicts.isEmpty else {
      let list = undo.conflicts.prefix(10).joined(separator: ", ")
      throw CommandError(
        .conflict,
        Text(
          "\(undo.conflicts.count) twins changed after the migration, so nothing was taken back: \(list).",
          ko: "마이그레이션 뒤에 트윈 \(undo.conflicts.count)개가 바뀌어 아무것도 되돌리지 않았습니다: \(list)."),
        advice: Text(
          "Fork the world from before it instead: nuri fork NAME --as-of #\(undo.span.lowerBound - 1).",
          ko: "대신 그 전에서 세계를 갈라 보세요: nuri fork NAME --as-of #\(undo.span.lowerBound - 1)."))
    }
    let cause = Cause(
      actor: invocation.cause().actor, reason: "undo \(undo.reason)", origin: undo.span.upperBound)
    let receipt = try world.write(Batch(cause: cause, operations: undo.operations))
    let count = Quantity.count(undo.operations.count)
    invocation.wrote(
      Text("Put \(count) twins back as they were", ko: "트윈 \(count)개를 예전 모습으로 되돌렸습니다"), receipt)
    return .success
  }
}

extension Invocation {
  /// - Throws: what to do when a twin does not fit the new model.
  fileprivate func requireFit(_ migration: ModelMigration) throws {
    let stuck = migration.stuck(dropsValues: has("drop"))
    guard let first = stuck.first, let loss = first.losses.first(where: { !(has("drop") && $0.canBeDropped) })
    else {
      return
    }
    let new = migration.new
    throw CommandError(
      .conflict,
      Text(
        "\(stuck.count) twins do not fit \(new); the first is \(first.id), \(loss.path): \(loss.reason).",
        ko: "트윈 \(stuck.count)개가 \(new)에 맞지 않습니다. 첫째는 \(first.id), \(loss.path): \(loss.reason)."),
      advice: Text(
        "Look with --preview; --drop leaves values out that have no place, relationships must be deleted first.",
        ko: "--preview로 살펴보세요. --drop은 자리가 없는 값을 버립니다. 관계는 먼저 지워야 합니다."))
  }

  fileprivate func show(_ migration: ModelMigration, limit: Int) {
    if isJSON { return printJSON { migration.write(into: &$0) } }
    let language = terminal.language
    if !migration.differences.isEmpty {
      var table = TextTable([
        Text("part", ko: "부분")[language], Text("name", ko: "이름")[language],
        Text("change", ko: "바뀐 것")[language],
        Text("breaks data", ko: "자료를 깨뜨림")[language],
      ])
      for difference in migration.differences {
        table.add([
          difference.part.rawValue, difference.name, difference.change.text,
          difference.breaksData ? Text("may", ko: "그럴 수 있음")[language] : "",
        ])
      }
      terminal.print(table)
    }
    let broken = migration.broken
    if !broken.isEmpty {
      var table = TextTable([
        Text("twin", ko: "트윈")[language], Text("does not fit", ko: "맞지 않는 것")[language],
        Text("value", ko: "값")[language], Text("why", ko: "까닭")[language],
      ])
      for move in broken.prefix(limit) {
        for loss in move.losses { table.add([move.id, loss.path, loss.value?.shown ?? "", loss.reason]) }
      }
      terminal.print(table)
    }
    let counts = [migration.moves.count, broken.count].map(Quantity.count)
    terminal.print(
      Text(
        "\(counts[0]) twins would move from \(migration.old) to \(migration.new); \(counts[1]) would lose something.",
        ko: "트윈 \(counts[0])개가 \(migration.old)에서 \(migration.new)(으)로 옮겨지고, \(counts[1])개는 잃는 것이 있습니다.")[
          language])
  }
}

extension ModelMigration {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("old", old)
    writer.member("new", new)
    writer.member("twins", moves.count)
    writer.member("broken", broken.count)
    writer.key("differences")
    writer.beginArray()
    for difference in differences {
      writer.beginObject()
      writer.member("part", difference.part.rawValue)
      writer.member("name", difference.name)
      writer.member("change", difference.change.text)
      writer.member("breaksData", difference.breaksData)
      writer.endObject()
    }
    writer.endArray()
    writer.key("moves")
    writer.beginArray()
    for move in moves {
      writer.beginObject()
      writer.member("twin", move.id)
      writer.key("losses")
      writer.beginArray()
      for loss in move.losses {
        writer.beginObject()
        writer.member("path", loss.path)
        writer.member("value", value: loss.value)
        writer.member("reason", loss.reason)
        writer.member("canBeDropped", loss.canBeDropped)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}
