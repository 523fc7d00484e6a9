import TwinEngine
import TwinGraph
import TwinLog
import TwinValues

extension VerbSpec {
  static let bench = VerbSpec(
    path: ["bench"],
    summary: Text("Measures this machine and disk with a small world.", ko: "작은 세계로 이 기계와 디스크를 잽니다."),
    details: Text(
      """
      Makes a world of pumps in a new folder, times what a live world does most, and removes the folder again. \
      Benchmarks/run in the repository measures a million twins against other stores.
      """,
      ko: "새 폴더에 펌프의 세계를 만들어 자주 하는 일을 재고 폴더를 다시 지웁니다. 저장소의 Benchmarks/run은 백만 트윈을 다른 저장소와 견줍니다."
    ),
    arguments: [ArgumentSpec("DIR", Text("A new folder, removed afterwards.", ko: "새 폴더. 끝나면 지웁니다."))],
    options: [.value("twins", "N", Text("How many twins; 100,000 if left out.", ko: "트윈 수. 없으면 100,000."))],
    examples: [Example("nuri bench ./bench-scratch --twins 20000", Text("In a second.", ko: "금방 끝납니다."))],
    run: { invocation in
      let folder = try invocation.required(0)
      let twins = try invocation.number("twins", default: 100_000, in: 1000...2_000_000)
      let engine = try Engine.create(at: folder)
      let outcome = Result { try BenchRun(engine, twins, invocation.terminal.console.uptime).figures() }
      try engine.close()
      try PosixDisk().removeTree(folder)
      try invocation.show(outcome.get())
      return .success
    })
}

extension Invocation {
  fileprivate func show(_ figures: [BenchRun.Figure]) {
    let language = terminal.language
    var table = TextTable([
      Text("what", ko: "무엇")[language], "#" + Text("figure", ko: "값")[language],
      Text("unit", ko: "단위")[language],
    ])
    for figure in figures {
      if isJSON {
        printJSON {
          $0.beginObject()
          $0.member("name", figure.name.english)
          $0.key("value")
          $0.double(figure.value)
          $0.member("unit", figure.unit)
          $0.endObject()
        }
      } else {
        table.add([figure.name[language], Quantity.count(Int(figure.value.rounded())), figure.unit])
      }
    }
    if !isJSON { terminal.print(table) }
  }
}

/// Times what a live world does most.
private struct BenchRun {
  struct Figure {
    let name: Text
    let value: Double
    let unit: String
  }

  private let engine: Engine
  private let twins: Int
  private let uptime: () -> Int64
  private static let perBatch = 1000
  private static let model = "dtmi:nuri:bench:Pump;1"
  private static let cause = Cause(actor: "bench")

  init(_ engine: Engine, _ twins: Int, _ uptime: @escaping () -> Int64) {
    self.engine = engine
    self.twins = twins
    self.uptime = uptime
  }

  func figures() throws -> [Figure] {
    let world = try engine.world()
    let source = """
      {"@context":"dtmi:dtdl:context;3","@id":"\(Self.model)","@type":"Interface","contents":[\
      {"@type":"Property","name":"temperature","schema":"double"},{"@type":"Property","name":"serial","schema":"string"}]}
      """
    try world.write(Batch(cause: Self.cause, operations: [Operation(.addModels([Array(source.utf8)]))]))
    let created = try seconds {
      try write(world) { .putTwin(id: "pump-\($0)", model: Self.model, properties: edits($0)) }
    }
    let updated = try seconds {
      try write(world) {
        .patchTwin(
          id: "pump-\($0 &* 7919 % twins)", edits: [PropertyEdit("temperature", .double(Double($0)))])
      }
    }
    let single = try seconds {
      for i in 0..<Self.perBatch { try world.write(batch([.patchTwin(id: "pump-\(i)", edits: edits(i))])) }
    }
    let forked = try seconds { try engine.fork(WorldInstant(Engine.live), name: "bench", cause: Self.cause) }
    let asked = try seconds {
      _ = try engine.query("SELECT COUNT() FROM DIGITALTWINS T WHERE T.temperature > 50")
    }
    let rewound = try seconds { _ = try world.snapshot(at: .sequence(world.sequence / 2)) }
    return [
      Figure(
        name: Text("twins made, 1,000 a batch", ko: "트윈 만들기, 1,000개씩"), value: Double(twins) / created,
        unit: "/s"),
      Figure(
        name: Text("updates, 1,000 a batch", ko: "갱신, 1,000개씩"), value: Double(twins) / updated, unit: "/s"),
      Figure(
        name: Text("updates, one at a time", ko: "갱신, 하나씩"), value: Double(Self.perBatch) / single, unit: "/s"
      ),
      Figure(name: Text("a durable fork", ko: "디스크에 남는 갈래"), value: forked * 1e6, unit: "µs"),
      Figure(name: Text("a count by a property", ko: "속성으로 세기"), value: asked * 1e6, unit: "µs"),
      Figure(
        name: Text("the whole world, half its changes ago", ko: "변경 절반 전의 온 세계"), value: rewound * 1e6,
        unit: "µs"),
    ]
  }

  private func edits(_ number: Int) -> [PropertyEdit] {
    [
      PropertyEdit("temperature", .double(Double(number % 100))),
      PropertyEdit("serial", .string("SN-\(number)")),
    ]
  }

  private func batch(_ changes: [Change]) -> Batch {
    Batch(cause: Self.cause, operations: changes.map { Operation($0) })
  }

  private func write(_ world: World, _ change: (Int) -> Change) throws {
    for start in stride(from: 0, to: twins, by: Self.perBatch) {
      try world.write(batch((start..<min(start + Self.perBatch, twins)).map(change)))
    }
  }

  private func seconds(_ body: () throws -> Void) throws -> Double {
    let began = uptime()
    try body()
    return max(1e-6, Double(uptime() - began) / 1e6)
  }
}
