import TwinEngine
import TwinGraph
import TwinValues

extension VerbSpec {
  static let twinGet = VerbSpec(
    path: ["twin", "get"],
    summary: Text("Shows a twin, now or in the past.", ko: "트윈을 지금이나 과거의 모습으로 보여 줍니다."),
    arguments: [ArgumentSpec("ID", Text("The twin's id.", ko: "트윈의 식별자."))],
    options: [.world, .asOf],
    examples: [
      Example("nuri twin get city-seoul", Text("As it is.", ko: "지금 모습.")),
      Example(
        "nuri twin get city-seoul --as-of 2018-05-15T09:00:00+09:00", Text("As it was.", ko: "그때 모습.")),
    ],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let snapshot = try invocation.snapshot(engine)
        guard let twin = snapshot.graph.twin(id) else {
          throw NuriError(.twinNotFound, "There is no twin \"\(id)\" in \"\(snapshot.world)\" at that time.")
        }
        if invocation.isJSON {
          invocation.printJSON { snapshot.graph.writeTwin(twin, into: &$0) }
        } else {
          invocation.show(twin, snapshot.graph)
        }
        return .success
      }
    })

  static let twinCreate = VerbSpec(
    path: ["twin", "create"],
    summary: Text("Makes a twin.", ko: "트윈을 만듭니다."),
    arguments: [
      ArgumentSpec("ID", Text("The twin's id.", ko: "트윈의 식별자.")),
      ArgumentSpec(
        "PROPERTY=VALUE", Text("What it starts with: text, number or JSON.", ko: "처음 값: 글, 수, JSON."),
        count: .any),
    ],
    options: [
      .world,
      .value("model", "DTMI", Text("Its model.", ko: "모델.")),
      .value(
        "file", "FILE",
        Text("A JSON twin to make it from; - for standard input.", ko: "바탕이 될 JSON 트윈. -는 표준 입력.")),
      .observed, .reason,
    ],
    examples: [
      Example(
        "nuri twin create kiosk-1 --model \"dtmi:nuri:yeoksam:TaxiStand;1\" name=\"Kiosk 1\"",
        Text("A twin with a name.", ko: "이름이 있는 트윈."))
    ],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let world = try invocation.world(engine)
        var graph = try world.snapshot().graph
        let change = try invocation.newTwin(id, &graph)
        let operation = Operation(
          change, if: .mustNotExist, observed: try invocation.instant("observed"))
        let receipt = try world.write(Batch(cause: invocation.cause(), operations: [operation]))
        invocation.wrote(Text("Made the twin \(id)", ko: "트윈 \(id)을(를) 만들었습니다"), receipt)
        return .success
      }
    })

  static let twinSet = VerbSpec(
    path: ["twin", "set"],
    summary: Text("Changes properties of a twin.", ko: "트윈의 속성을 바꿉니다."),
    details: Text(
      "A property of a component is written component.property, a field of an object property/field.",
      ko: "컴포넌트의 속성은 component.property, 객체의 필드는 property/field로 씁니다."),
    arguments: [
      ArgumentSpec("ID", Text("The twin's id.", ko: "트윈의 식별자.")),
      ArgumentSpec(
        "PROPERTY=VALUE",
        Text("New values; without a value the property is taken away.", ko: "새 값. 값이 없으면 속성을 지웁니다."),
        count: .oneOrMore),
    ],
    options: [
      .world,
      .value("if-match", "ETAG", Text("Only when this is still its ETag.", ko: "ETag가 아직 이것일 때만.")),
      .observed, .reason,
    ],
    examples: [
      Example("nuri twin set city-seoul pm25=80.5", Text("One value.", ko: "값 하나.")),
      Example(
        "nuri twin set city-seoul pm25=12 --world clean-air --reason \"filters\"",
        Text("In a fork, with a reason.", ko: "갈라진 세계에서, 이유와 함께.")),
    ],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let world = try invocation.world(engine)
        let graph = try world.snapshot().graph
        guard let twin = graph.twin(id) else {
          throw NuriError(.twinNotFound, "There is no twin \"\(id)\" in \"\(world.name)\".")
        }
        let steps = try invocation.command.arguments.dropFirst().map {
          try Assignment($0).step(graph.layout(of: twin))
        }
        var precondition = Precondition.mustExist
        if let etag = invocation.value("if-match") {
          guard let sequence = ETag.sequence(etag) ?? UInt64(etag, radix: 16) else {
            throw CommandError.usage(Text("\"\(etag)\" is no ETag.", ko: "\"\(etag)\"는 ETag가 아닙니다."))
          }
          precondition = .match(sequence)
        }
        let operation = Operation(
          .patchTwin(id: id, steps), if: precondition, observed: try invocation.instant("observed"))
        let receipt = try world.write(Batch(cause: invocation.cause(), operations: [operation]))
        invocation.wrote(Text("Changed the twin \(id)", ko: "트윈 \(id)을(를) 바꾸었습니다"), receipt)
        return .success
      }
    })

  static let twinDelete = VerbSpec(
    path: ["twin", "delete"],
    summary: Text("Deletes a twin.", ko: "트윈을 지웁니다."),
    arguments: [ArgumentSpec("ID", Text("The twin's id.", ko: "트윈의 식별자."))],
    options: [
      .world,
      .flag(
        "with-relationships",
        Text("Deletes its relationships with it, in one batch.", ko: "관계도 한 묶음으로 함께 지웁니다.")),
      .reason,
    ],
    examples: [
      Example(
        "nuri twin delete bike-ST-102 --with-relationships",
        Text("A twin and what ties it.", ko: "트윈과 그 관계를."))
    ],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let world = try invocation.world(engine)
        let graph = try world.snapshot().graph
        var operations: [Operation] = []
        if invocation.has("with-relationships"), let twin = graph.twin(id) {
          var seen: Set<RelationshipRef> = []
          for relationship in [graph.outgoing(twin), graph.incoming(twin)].joined()
          where seen.insert(relationship).inserted {
            operations.append(
              Operation(
                .deleteRelationship(
                  source: graph.id(of: graph.source(of: relationship)), id: graph.id(of: relationship))))
          }
        }
        operations.append(Operation(.deleteTwin(id: id)))
        let receipt = try world.write(Batch(cause: invocation.cause(), operations: operations))
        invocation.wrote(Text("Deleted the twin \(id)", ko: "트윈 \(id)을(를) 지웠습니다"), receipt)
        return .success
      }
    })
}

extension Invocation {
  /// Says that a batch is on disk.
  func wrote(_ what: Text, _ receipt: Receipt) {
    done(
      Text(
        "\(what.english): change \(receipt.last), \(receipt.recorded).",
        ko: "\(what.korean): 변경 \(receipt.last), \(receipt.recorded).")
    ) {
      $0.member("firstSequence", receipt.first)
      $0.member("lastSequence", receipt.last)
      $0.member("recorded", receipt.recorded.description)
    }
  }

  /// Shows a twin to people.
  fileprivate func show(_ twin: TwinRef, _ graph: Graph) {
    let layout = graph.layout(of: twin)
    let language = terminal.language
    terminal.print(terminal.style.strong(graph.id(of: twin)) + "  " + terminal.style.faint(layout.model))
    let degree = graph.degree(of: twin)
    terminal.print(
      Text(
        "changed \(graph.updated(twin)), ETag \(ETag.text(graph.sequence(of: twin))), "
          + "\(degree.outgoing) relationships out, \(degree.incoming) in",
        ko: "바뀐 시각 \(graph.updated(twin)), ETag \(ETag.text(graph.sequence(of: twin))), "
          + "나가는 관계 \(degree.outgoing)개, 들어오는 관계 \(degree.incoming)개")[language])
    var table = TextTable([
      Text("property", ko: "속성")[language], Text("value", ko: "값")[language],
      Text("written", ko: "쓴 시각")[language],
    ])
    for (column, field) in layout.fields.enumerated() {
      guard let value = graph.value(twin, column: column) else { continue }
      table.add([field.path, value.shown, graph.updated(twin, column: column)?.description ?? ""])
    }
    if !table.rows.isEmpty { terminal.print(table) }
  }

  /// The twin that `--model`, `--file` and assignments describe.
  fileprivate func newTwin(_ id: String, _ graph: inout Graph) throws -> Change {
    var document = try JSONDocument("{}")
    if let file = value("file") { document = try JSONDocument(try read(file)) }
    guard let model = value("model") ?? document.root["$metadata"]?["$model"]?.string else {
      throw CommandError.usage(
        Text("A twin needs a model: --model DTMI.", ko: "트윈에는 모델이 필요합니다: --model DTMI."))
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("$metadata")
    writer.beginObject()
    writer.member("$model", model)
    writer.endObject()
    for (key, node) in document.root.members where !key.hasPrefix("$") {
      writer.key(key)
      writer.node(node)
    }
    writer.endObject()
    let change = try graph.twinChange(from: try JSONDocument(writer.bytes).root, id: id)
    guard case .putTwin(_, _, var edits) = change else { return change }
    let layout = try graph.layout(ofModel: model)
    for text in command.arguments.dropFirst() {
      let edit = try Assignment(text).edit(layout)
      edits.removeAll { $0.path == edit.path }
      edits.append(edit)
    }
    return .putTwin(id: id, model: model, properties: edits)
  }
}
