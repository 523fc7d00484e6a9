import TwinEngine
import TwinGraph
import TwinValues

extension VerbSpec {
  static let relationshipList = VerbSpec(
    path: ["relationship", "list"],
    summary: Text("Lists the relationships of a twin.", ko: "트윈의 관계를 나열합니다."),
    arguments: [ArgumentSpec("TWIN", Text("The twin's id.", ko: "트윈의 식별자."))],
    options: [
      .world, .asOf,
      .flag("incoming", Text("Those that arrive instead of those that leave.", ko: "나가는 관계 대신 들어오는 관계.")),
      .value("name", "NAME", Text("Only those of this name.", ko: "이 이름의 관계만.")),
      .value("limit", "N", Text("How many; 1000 if left out.", ko: "개수. 없으면 1000.")),
    ],
    examples: [
      Example(
        "nuri relationship list dong-yeoksam1 --incoming --limit 5",
        Text("What lies in a dong.", ko: "한 동에 있는 것들."))
    ],
    run: { invocation in
      let id = try invocation.required(0)
      let limit = try invocation.number("limit", default: 1000, in: 1...1_000_000)
      return try invocation.withEngine { engine in
        let snapshot = try invocation.snapshot(engine)
        let graph = snapshot.graph
        guard let twin = graph.twin(id) else {
          throw NuriError(.twinNotFound, "There is no twin \"\(id)\" in \"\(snapshot.world)\" at that time.")
        }
        let all = invocation.has("incoming") ? graph.incoming(twin) : graph.outgoing(twin)
        let wanted = invocation.value("name")
        let shown = all.lazy.filter { wanted == nil || graph.name(of: $0) == wanted }.prefix(limit)
        invocation.show(Array(shown), graph)
        return .success
      }
    })

  static let relationshipSet = VerbSpec(
    path: ["relationship", "set"],
    summary: Text("Makes a relationship, or replaces one of the same id.", ko: "관계를 만들거나 같은 식별자의 관계를 바꿉니다."),
    arguments: [
      ArgumentSpec("SOURCE", Text("The twin it leaves.", ko: "출발 트윈.")),
      ArgumentSpec("NAME", Text("Its name in the model.", ko: "모델에 있는 이름.")),
      ArgumentSpec("TARGET", Text("The twin it reaches.", ko: "도착 트윈.")),
      ArgumentSpec("PROPERTY=VALUE", Text("Its properties.", ko: "속성."), count: .any),
    ],
    options: [
      .world,
      .value("id", "ID", Text("Its id; SOURCE:NAME if left out.", ko: "식별자. 없으면 SOURCE:NAME.")),
      .observed, .reason,
    ],
    examples: [
      Example(
        "nuri relationship set bike-ST-777 locatedIn dong-yeoksam1",
        Text("A bike station in its dong.", ko: "대여소를 동에 넣습니다."))
    ],
    run: { invocation in
      let source = try invocation.required(0)
      let name = try invocation.required(1)
      let target = try invocation.required(2)
      let id = invocation.value("id") ?? "\(source):\(name)"
      var properties = JSONWriter()
      properties.beginObject()
      for text in invocation.command.arguments.dropFirst(3) {
        let assignment = try Assignment(text)
        properties.key(assignment.name)
        properties.raw(assignment.looseJSON)
      }
      properties.endObject()
      let change = Change.putRelationship(
        source: source, id: id, name: name, target: target,
        properties: properties.bytes.count > 2 ? properties.bytes : [])
      return try invocation.withEngine { engine in
        let operation = Operation(change, observed: try invocation.instant("observed"))
        let receipt = try invocation.world(engine).write(
          Batch(cause: invocation.cause(), operations: [operation]))
        invocation.wrote(
          Text(
            "Related \(source) \(name) \(target) as \(id)",
            ko: "\(source) \(name) \(target) 관계를 \(id)(으)로 두었습니다"), receipt)
        return .success
      }
    })

  static let relationshipDelete = VerbSpec(
    path: ["relationship", "delete"],
    summary: Text("Deletes a relationship.", ko: "관계를 지웁니다."),
    arguments: [
      ArgumentSpec("SOURCE", Text("The twin it leaves.", ko: "출발 트윈.")),
      ArgumentSpec("ID", Text("Its id.", ko: "관계의 식별자.")),
    ],
    options: [.world, .reason],
    examples: [
      Example(
        "nuri relationship delete bike-ST-777 bike-ST-777:locatedIn", Text("By its id.", ko: "식별자로 지웁니다."))
    ],
    run: { invocation in
      let source = try invocation.required(0)
      let id = try invocation.required(1)
      return try invocation.withEngine { engine in
        let receipt = try invocation.world(engine).write(
          Batch(
            cause: invocation.cause(), operations: [Operation(.deleteRelationship(source: source, id: id))]))
        invocation.wrote(Text("Deleted the relationship \(id)", ko: "관계 \(id)을(를) 지웠습니다"), receipt)
        return .success
      }
    })
}

extension Invocation {
  fileprivate func show(_ relationships: [RelationshipRef], _ graph: Graph) {
    if isJSON {
      for relationship in relationships { printJSON { graph.writeRelationship(relationship, into: &$0) } }
      return
    }
    let language = terminal.language
    var table = TextTable([
      Text("source", ko: "출발")[language], Text("name", ko: "이름")[language],
      Text("target", ko: "도착")[language],
      Text("id", ko: "식별자")[language], Text("properties", ko: "속성")[language],
    ])
    for relationship in relationships {
      table.add([
        graph.id(of: graph.source(of: relationship)), graph.name(of: relationship),
        graph.id(of: graph.target(of: relationship)), graph.id(of: relationship),
        String(decoding: graph.properties(of: relationship), as: UTF8.self),
      ])
    }
    terminal.print(table)
  }
}
