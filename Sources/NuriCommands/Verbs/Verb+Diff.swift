import TwinEngine
import TwinGraph
import TwinValues

extension VerbSpec {
  static let diff = VerbSpec(
    path: ["diff"],
    summary: Text(
      "Shows what differs between two worlds, or two times of one.",
      ko: "두 세계, 또는 한 세계의 두 시점이 어떻게 다른지 보여 줍니다."),
    arguments: [
      ArgumentSpec(
        "FROM",
        Text(
          "A world, or world@when: live@2018-05-15, live@#1234.",
          ko: "세계, 또는 세계@시점: live@2018-05-15, live@#1234.")),
      ArgumentSpec("TO", Text("The same; live if left out.", ko: "위와 같음. 없으면 live."), count: .optional),
    ],
    options: [.value("limit", "N", Text("How many are shown; 50 if left out.", ko: "보여 줄 개수. 없으면 50."))],
    examples: [
      Example("nuri diff live clean-air", Text("What a fork changed.", ko: "갈라진 세계가 바꾼 것.")),
      Example(
        "nuri diff live@2018-05-15T08:00:00+09:00 live@2018-05-15T09:00:00+09:00",
        Text("What one hour changed.", ko: "한 시간 동안 바뀐 것.")),
    ],
    run: { invocation in
      let from = try invocation.place(try invocation.required(0))
      let to = try invocation.place(invocation.argument(1) ?? Engine.live)
      let limit = try invocation.number(
        "limit", default: invocation.isJSON ? 1_000_000 : 50, in: 1...1_000_000)
      return try invocation.withEngine { engine in
        try showDifferences(engine, from, to, limit: limit, invocation)
        return .success
      }
    })

  static func showDifferences(
    _ engine: Engine, _ from: WorldInstant, _ to: WorldInstant, limit: Int, _ invocation: Invocation
  ) throws {
    var table = DifferenceTable(invocation.terminal.language)
    var count = 0
    try engine.differences(from: from, to: to) { difference in
      count += 1
      guard count <= limit else { return !invocation.isJSON && count < limit + 100_000 }
      if invocation.isJSON {
        invocation.printJSON { difference.write(into: &$0) }
      } else {
        table.add(difference)
      }
      return true
    }
    guard !invocation.isJSON else { return }
    if count == 0 {
      invocation.terminal.print(Text("No difference.", ko: "다른 점이 없습니다.")[invocation.terminal.language])
      return
    }
    invocation.terminal.print(table.table)
    if count > limit {
      let more = Quantity.count(count - limit)
      invocation.terminal.print(
        Text("… and \(more) more (--limit shows more).", ko: "… 그 밖에 \(more)개(--limit로 더 볼 수 있습니다).")[
          invocation.terminal.language])
    }
  }

  static let promote = VerbSpec(
    path: ["promote"],
    summary: Text(
      "Brings what a fork changed into its parent, field by field.", ko: "갈라진 세계의 변경을 부모에 필드별로 반영합니다."),
    arguments: [ArgumentSpec("WORLD", Text("The fork.", ko: "갈라진 세계."))],
    options: [
      .flag("preview", Text("Shows what would happen, and does nothing.", ko: "무슨 일이 일어날지 보여 주기만 합니다.")),
      .choice(
        "resolve", ConflictRule.all.map(\.rawValue),
        Text(
          "Who wins where both changed the same: the fork (mine), its parent (theirs), nobody (refuse).",
          ko: "둘 다 바꾼 곳에서 이길 쪽: 갈라진 세계(mine), 부모(theirs), 없음(refuse).")),
      .reason,
    ],
    examples: [
      Example("nuri promote clean-air --preview", Text("Look first.", ko: "먼저 봅니다.")),
      Example("nuri promote clean-air --resolve mine", Text("The fork wins.", ko: "갈라진 세계가 이깁니다.")),
    ],
    run: { invocation in
      let name = try invocation.required(0)
      let isPreview = invocation.has("preview")
      let rule = invocation.value("resolve").flatMap(ConflictRule.init) ?? .refuse
      return try invocation.withEngine { engine in
        let promotion = try engine.promote(
          name, preview: isPreview, rule: rule, cause: invocation.cause())
        invocation.show(promotion, isPreview: isPreview)
        return isPreview && !promotion.conflicts.isEmpty && rule == .refuse ? .conflict : .success
      }
    })
}

extension ConflictRule {
  /// All of them, in the order that help lists them.
  fileprivate static let all: [ConflictRule] = [.refuse, .mine, .theirs]
}

extension Invocation {
  /// `world` or `world@when`.
  fileprivate func place(_ text: String) throws -> WorldInstant {
    guard let at = text.firstIndex(of: "@") else { return WorldInstant(text) }
    let world = at == text.startIndex ? Engine.live : String(text[..<at])
    return WorldInstant(world, try Self.point(String(text[text.index(after: at)...])))
  }

  fileprivate func show(_ promotion: Promotion, isPreview: Bool) {
    let language = terminal.language
    if isJSON {
      return printJSON { promotion.write(into: &$0) }
    }
    if !promotion.conflicts.isEmpty {
      var table = TextTable([
        Text("conflict", ko: "충돌")[language], Text("property", ko: "속성")[language],
        Text("before", ko: "이전")[language], Text("fork", ko: "갈라진 세계")[language],
        Text("parent", ko: "부모")[language], Text("what", ko: "내용")[language],
      ])
      for conflict in promotion.conflicts.prefix(100) {
        table.add([
          conflict.id, conflict.path ?? "", conflict.base?.shown ?? "", conflict.mine?.shown ?? "",
          conflict.theirs?.shown ?? "", conflict.text,
        ])
      }
      terminal.print(table)
    }
    if isPreview, !promotion.changes.isEmpty {
      var table = TextTable([Text("twin", ko: "트윈")[language], Text("change", ko: "변경")[language]])
      for change in promotion.changes.prefix(100) {
        table.add([change.twin ?? "-", ChangeText.describe(change)[language]])
      }
      terminal.print(table)
    }
    let changes = Quantity.count(promotion.changes.count)
    let conflicts = Quantity.count(promotion.conflicts.count)
    let text =
      isPreview
      ? Text(
        "Would make \(Quantity.english(promotion.changes.count, "change")) in \(promotion.target); \(Quantity.english(promotion.conflicts.count, "conflict")).",
        ko: "\(promotion.target)에 변경 \(changes)개를 만들게 됩니다. 충돌 \(conflicts)개.")
      : Text(
        "Made \(Quantity.english(promotion.changes.count, "change")) in \(promotion.target); \(Quantity.english(promotion.conflicts.count, "conflict")) resolved.",
        ko: "\(promotion.target)에 변경 \(changes)개를 만들었습니다. 해결한 충돌 \(conflicts)개.")
    terminal.print(text[language])
  }
}

extension Promotion {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("target", target)
    writer.member("lastSequence", value: receipt.map { .unsigned($0.last) })
    writer.key("conflicts")
    writer.beginArray()
    for conflict in conflicts {
      writer.beginObject()
      writer.member("id", conflict.id)
      writer.member("path", conflict.path)
      writer.member("base", value: conflict.base)
      writer.member("mine", value: conflict.mine)
      writer.member("theirs", value: conflict.theirs)
      writer.member("text", conflict.text)
      writer.endObject()
    }
    writer.endArray()
    writer.key("changes")
    writer.beginArray()
    for change in changes {
      writer.beginObject()
      change.write(into: &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}
