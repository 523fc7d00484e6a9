import TwinEngine
import TwinGraph
import TwinLog
import TwinModels
import TwinValues

extension VerbSpec {
  static let modelAdd = VerbSpec(
    path: ["model", "add"],
    summary: Text("Adds models, all or none.", ko: "모델을 모두 추가하거나 하나도 추가하지 않습니다."),
    arguments: [
      ArgumentSpec(
        "FILE",
        Text(
          "DTDL JSON: a file with one model or a list, or a folder; - for standard input.",
          ko: "DTDL JSON: 모델 하나나 목록이 든 파일, 또는 폴더. -는 표준 입력."),
        count: .oneOrMore)
    ],
    options: [.world, .reason],
    examples: [
      Example("nuri model add Samples/yeoksam/models", Text("Every model of a folder.", ko: "폴더의 모든 모델."))
    ],
    run: { invocation in
      let documents = try invocation.modelDocuments()
      return try invocation.withEngine { engine in
        let world = try invocation.world(engine)
        let models = try world.snapshot().graph.models
        let new = try models.adding(documents).ids.filter { models[$0] == nil }
        let receipt = try world.write(
          Batch(cause: invocation.cause(), operations: [Operation(.addModels(documents))]))
        let list = new.map(\.description).sorted().joined(separator: ", ")
        invocation.wrote(
          Text(
            "Added \(Quantity.english(new.count, "model")) (\(list))", ko: "모델 \(new.count)개를 추가했습니다(\(list))"
          ), receipt)
        return .success
      }
    })

  static let modelValidate = VerbSpec(
    path: ["model", "validate"],
    summary: Text("Checks models without a data folder.", ko: "데이터 폴더 없이 모델을 검사합니다."),
    arguments: [
      ArgumentSpec(
        "FILE", Text("As for model add.", ko: "model add와 같음."), count: .oneOrMore)
    ],
    options: [
      .value("world", "NAME", Text("Lets them refer to this world's models.", ko: "이 세계의 모델을 참조할 수 있게 합니다."))
    ],
    examples: [
      Example("nuri model validate Samples/yeoksam/models", Text("A folder.", ko: "폴더."))
    ],
    run: { invocation in
      let documents = try invocation.modelDocuments()
      var base = ModelSet.empty
      if invocation.has("world") {
        base = try invocation.withEngine { try invocation.world($0).snapshot().graph.models }
      }
      let faults = try base.faults(adding: documents)
      if invocation.isJSON {
        for fault in faults { invocation.printJSON { fault.write(into: &$0) } }
      } else {
        for fault in faults { invocation.terminal.print(fault.description) }
      }
      guard faults.isEmpty else { return .invalid }
      if !invocation.isJSON {
        let count = try base.adding(documents).count - base.count
        invocation.terminal.print(
          Text("\(Quantity.english(count, "model")), no faults.", ko: "모델 \(count)개, 문제 없음.")[
            invocation.terminal.language])
      }
      return .success
    })

  static let modelList = VerbSpec(
    path: ["model", "list"],
    summary: Text("Lists the models of a world.", ko: "세계의 모델을 나열합니다."),
    options: [.world, .asOf],
    examples: [Example("nuri model list", Text("All models.", ko: "모든 모델."))],
    run: { invocation in
      try invocation.withEngine { engine in
        let graph = try invocation.snapshot(engine).graph
        let language = invocation.terminal.language
        var table = TextTable([
          Text("model", ko: "모델")[language], Text("name", ko: "이름")[language],
          "#" + Text("twins", ko: "트윈")[language], Text("added", ko: "추가")[language],
          Text("state", ko: "상태")[language],
        ])
        for model in graph.models.interfaces.sorted(by: { $0.id.description < $1.id.description }) {
          let id = model.id.description
          let twins = graph.table(ofModel: id).map { graph.twinCount(table: $0) } ?? 0
          let isOut = graph.isDecommissioned(id)
          if invocation.isJSON {
            invocation.printJSON {
              $0.beginObject()
              $0.member("id", id)
              $0.member("displayName", model.displayName.text(in: language.rawValue))
              $0.member("twins", twins)
              $0.member("added", graph.added(model: id)?.description)
              $0.member("decommissioned", isOut)
              $0.endObject()
            }
            continue
          }
          table.add([
            id, model.displayName.text(in: language.rawValue) ?? "", Quantity.count(twins),
            graph.added(model: id)?.description ?? "",
            isOut ? Text("out of use", ko: "사용 중지")[language] : Text("in use", ko: "사용 중")[language],
          ])
        }
        if !invocation.isJSON { invocation.terminal.print(table) }
        return .success
      }
    })

  static let modelShow = VerbSpec(
    path: ["model", "show"],
    summary: Text(
      "Shows what a model declares, inherited parts included.", ko: "물려받은 것까지 모델이 선언한 것을 보여 줍니다."),
    arguments: [ArgumentSpec("DTMI", Text("The model's id.", ko: "모델의 식별자."))],
    options: [.world, .asOf],
    examples: [
      Example("nuri model show \"dtmi:nuri:yeoksam:Building;1\"", Text("For people.", ko: "사람이 읽기 좋게.")),
      Example(
        "nuri model show \"dtmi:nuri:yeoksam:Building;1\" --json",
        Text("The DTDL as it was added.", ko: "추가된 DTDL 그대로.")),
    ],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let graph = try invocation.snapshot(engine).graph
        let model = try graph.interface(id)
        if invocation.isJSON {
          invocation.terminal.print(bytes: model.source + [0x0a])
        } else {
          invocation.show(model)
        }
        return .success
      }
    })

  static let modelDecommission = VerbSpec(
    path: ["model", "decommission"],
    summary: Text("Takes a model out of use: no new twins.", ko: "모델 사용을 중지합니다. 새 트윈을 만들 수 없습니다."),
    arguments: [ArgumentSpec("DTMI", Text("The model's id.", ko: "모델의 식별자."))],
    options: [.world, .flag("undo", Text("Puts it back into use.", ko: "다시 사용합니다.")), .reason],
    examples: [
      Example(
        "nuri model decommission \"dtmi:nuri:yeoksam:TaxiStand;1\"",
        Text("No new taxi stands.", ko: "택시 승강장을 더 만들지 않습니다."))
    ],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let change = Change.decommissionModel(id: id, !invocation.has("undo"))
        let receipt = try invocation.world(engine).write(
          Batch(cause: invocation.cause(), operations: [Operation(change)]))
        invocation.wrote(Text("Changed the model \(id)", ko: "모델 \(id)을(를) 바꾸었습니다"), receipt)
        return .success
      }
    })

  static let modelDelete = VerbSpec(
    path: ["model", "delete"],
    summary: Text("Deletes a model that nothing uses.", ko: "아무도 쓰지 않는 모델을 지웁니다."),
    arguments: [ArgumentSpec("DTMI", Text("The model's id.", ko: "모델의 식별자."))],
    options: [.world, .reason],
    examples: [
      Example("nuri model delete \"dtmi:example:Pump;1\"", Text("An unused model.", ko: "쓰지 않는 모델."))
    ],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let world = try invocation.world(engine)
        let graph = try world.snapshot().graph
        if let table = graph.table(ofModel: id), graph.twinCount(table: table) > 0 {
          throw NuriError(
            .modelInUse, "The model \(id) still has \(graph.twinCount(table: table)) twins.",
            advice: "Delete or migrate them first.")
        }
        let receipt = try world.write(
          Batch(cause: invocation.cause(), operations: [Operation(.deleteModel(id: id))]))
        invocation.wrote(Text("Deleted the model \(id)", ko: "모델 \(id)을(를) 지웠습니다"), receipt)
        return .success
      }
    })
}

extension Invocation {
  /// The DTDL documents of the files and folders named.
  fileprivate func modelDocuments() throws -> [[UInt8]] {
    var documents: [[UInt8]] = []
    for path in command.arguments {
      for file in try modelFiles(path) { documents.append(try read(file)) }
    }
    guard !documents.isEmpty else {
      throw CommandError(.notFound, Text("There is no .json file there.", ko: "거기에는 .json 파일이 없습니다."))
    }
    return documents
  }

  private func modelFiles(_ path: String) throws -> [String] {
    guard path != "-", let entries = try? PosixDisk().list(path) else { return [path] }
    var files: [String] = []
    for entry in entries.sorted(by: { $0.name < $1.name }) {
      let inner = "\(path)/\(entry.name)"
      if entry.isDirectory {
        files += try modelFiles(inner)
      } else if entry.name.hasSuffix(".json") {
        files.append(inner)
      }
    }
    return files
  }

  fileprivate func show(_ model: Interface) {
    let language = terminal.language
    let name = model.displayName.text(in: language.rawValue) ?? ""
    terminal.print(terminal.style.strong(model.id.description) + "  " + name)
    if let text = model.description.text(in: language.rawValue) { terminal.print(text) }
    if !model.extends.isEmpty {
      let bases = model.extends.map(\.description).joined(separator: ", ")
      terminal.print(Text("extends \(bases)", ko: "바탕: \(bases)")[language])
    }
    var table = TextTable([
      Text("kind", ko: "종류")[language], Text("name", ko: "이름")[language],
      Text("schema or target", ko: "스키마·대상")[language],
      Text("called", ko: "표시 이름")[language],
    ])
    for property in model.properties {
      table.add([
        Text("property", ko: "속성")[language], property.name, property.schema.displayName,
        property.displayName.text(in: language.rawValue) ?? "",
      ])
    }
    for telemetry in model.telemetry {
      table.add([
        Text("telemetry", ko: "텔레메트리")[language], telemetry.name, telemetry.schema.displayName,
        telemetry.displayName.text(in: language.rawValue) ?? "",
      ])
    }
    for component in model.components {
      table.add([
        Text("component", ko: "컴포넌트")[language], component.name, component.interface.description, "",
      ])
    }
    for relationship in model.relationships {
      table.add([
        Text("relationship", ko: "관계")[language], relationship.name, relationship.target?.description ?? "*",
        "",
      ])
    }
    for command in model.commands { table.add([Text("command", ko: "명령")[language], command.name, "", ""]) }
    terminal.print(table)
  }
}

extension ModelError {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("rule", rule.rawValue)
    writer.member("model", model?.description)
    writer.member("path", path)
    writer.member("message", message)
    writer.member("place", place)
    writer.member("advice", advice)
    writer.endObject()
  }
}
