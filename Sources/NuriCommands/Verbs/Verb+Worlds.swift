import TwinEngine
import TwinGraph
import TwinValues

extension VerbSpec {
  static let fork = VerbSpec(
    path: ["fork"],
    summary: Text(
      "Forks a world: a what-if that costs nothing until it differs.", ko: "세계를 가릅니다. 달라지기 전에는 공짜인 가정입니다."),
    arguments: [ArgumentSpec("NAME", Text("What to call it.", ko: "새 세계의 이름."))],
    options: [
      .value("from", "WORLD", Text("The world to fork; live if left out.", ko: "가를 세계. 없으면 live.")),
      .asOf,
      .flag("tracking", Text("Keeps receiving its parent's changes.", ko: "부모의 변경을 계속 받습니다.")),
      .value("label", "TEXT", Text("A note for people.", ko: "사람을 위한 메모.")),
      .value("expires", "INSTANT", Text("When it may be discarded unasked.", ko: "이 시각이 지나면 버려도 됩니다.")),
      .reason,
    ],
    examples: [
      Example("nuri fork clean-air --label \"What if?\"", Text("From now.", ko: "지금부터.")),
      Example(
        "nuri fork rainy --as-of 2018-05-16T00:00:00+09:00", Text("From the past.", ko: "과거 시점부터.")),
    ],
    run: { invocation in
      let name = try invocation.required(0)
      return try invocation.withEngine { engine in
        let parent = invocation.value("from") ?? Engine.live
        let world = try engine.fork(
          WorldInstant(parent, try invocation.asOf()), name: name,
          mode: invocation.has("tracking") ? .tracking : .detached, label: invocation.value("label") ?? "",
          expires: try invocation.instant("expires"), cause: invocation.cause("fork"))
        invocation.done(
          Text(
            "Forked \(parent) as \(name), at change \(world.sequence).",
            ko: "\(parent)을(를) 변경 \(world.sequence)에서 \(name)(으)로 갈랐습니다.")
        ) {
          $0.member("name", name)
          $0.member("parent", parent)
          $0.member("forkPoint", world.sequence)
        }
        return .success
      }
    })

  static let worlds = VerbSpec(
    path: ["worlds"],
    summary: Text("Lists the live world and its forks.", ko: "live 세계와 갈라진 세계들을 나열합니다."),
    examples: [Example("nuri worlds", Text("All of them.", ko: "모두."))],
    run: { invocation in
      try invocation.withEngine { engine in
        let language = invocation.terminal.language
        var table = TextTable([
          Text("world", ko: "세계")[language], Text("from", ko: "부모")[language],
          "#" + Text("fork point", ko: "갈린 곳")[language], "#" + Text("own changes", ko: "자기 변경")[language],
          "#" + Text("twins", ko: "트윈")[language], Text("latest", ko: "마지막 변경")[language],
          Text("mode", ko: "방식")[language], Text("label", ko: "메모")[language],
        ])
        for info in try engine.worlds() {
          let world = try engine.world(info.name)
          let snapshot = try world.snapshot()
          if invocation.isJSON {
            invocation.printJSON { info.write(world, snapshot, into: &$0) }
            continue
          }
          table.add([
            info.name, info.parent ?? "-", info.parent == nil ? "-" : Quantity.count(info.forkPoint),
            Quantity.count(world.changeCount), Quantity.count(snapshot.graph.twinCount),
            snapshot.sequence == 0 ? "-" : snapshot.recorded.description,
            info.parent == nil ? "-" : info.mode.rawValue, info.label,
          ])
        }
        if !invocation.isJSON { invocation.terminal.print(table) }
        return .success
      }
    })

  static let label = VerbSpec(
    path: ["label"],
    summary: Text("Changes a fork's label or expiry.", ko: "갈라진 세계의 메모나 만료를 바꿉니다."),
    arguments: [
      ArgumentSpec("WORLD", Text("The fork.", ko: "갈라진 세계.")),
      ArgumentSpec("TEXT", Text("The new label.", ko: "새 메모."), count: .optional),
    ],
    options: [
      .value(
        "expires", "INSTANT",
        Text("When it may be discarded; never for not at all.", ko: "버려도 되는 시각. never면 없음.")),
      .reason,
    ],
    examples: [
      Example("nuri label clean-air \"Agreed on 3 June\"", Text("A new label.", ko: "새 메모."))
    ],
    run: { invocation in
      let name = try invocation.required(0)
      var expires: Instant??
      if let text = invocation.value("expires") {
        expires = .some(text == "never" ? nil : try Instant(text))
      }
      guard invocation.argument(1) != nil || expires != nil else {
        throw CommandError.usage(Text("Say a TEXT or --expires.", ko: "TEXT나 --expires를 주세요."))
      }
      let expiry = expires
      return try invocation.withEngine { engine in
        try engine.edit(
          name, label: invocation.argument(1), expires: expiry, cause: invocation.cause("label"))
        invocation.done(Text("Changed \(name).", ko: "\(name)을(를) 바꾸었습니다.")) { $0.member("name", name) }
        return .success
      }
    })

  static let discard = VerbSpec(
    path: ["discard"],
    summary: Text("Discards a fork and gives back its space.", ko: "갈라진 세계를 버리고 자리를 돌려받습니다."),
    arguments: [ArgumentSpec("WORLD", Text("The fork.", ko: "갈라진 세계."), count: .optional)],
    options: [
      .flag("expired", Text("Discards every fork whose time is over.", ko: "만료된 세계를 모두 버립니다.")), .reason,
    ],
    examples: [Example("nuri discard clean-air", Text("One fork.", ko: "세계 하나를 버립니다."))],
    run: { invocation in
      try invocation.withEngine { engine in
        var names: [String] = []
        if invocation.has("expired") { names += try engine.discardExpired() }
        if let name = invocation.argument(0) {
          try engine.discard(name, cause: invocation.cause("discard"))
          names.append(name)
        } else if !invocation.has("expired") {
          throw CommandError.usage(Text("Name a fork, or say --expired.", ko: "세계 이름이나 --expired를 주세요."))
        }
        let list = names.isEmpty ? "-" : names.joined(separator: ", ")
        let gone = names
        invocation.done(Text("Discarded: \(list).", ko: "버린 세계: \(list).")) { writer in
          writer.key("discarded")
          writer.beginArray()
          for name in gone { writer.string(name) }
          writer.endArray()
        }
        return .success
      }
    })
}

extension WorldInfo {
  fileprivate func write(_ world: World, _ snapshot: Snapshot, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", name)
    writer.member("parent", parent)
    writer.member("forkPoint", forkPoint)
    writer.member("forkedAt", forked?.description)
    writer.member("mode", mode.rawValue)
    writer.member("label", label)
    writer.member("created", parent == nil ? nil : created.description)
    writer.member("expires", expires?.description)
    writer.member("sequence", snapshot.sequence)
    writer.member("recorded", snapshot.recorded.description)
    writer.member("ownChanges", world.changeCount)
    writer.member("twins", snapshot.graph.twinCount)
    writer.member("relationships", snapshot.graph.relationshipCount)
    writer.endObject()
  }
}
