import TwinEngine
import TwinExchange
import TwinGraph
import TwinValues

extension VerbSpec {
  static let demo = VerbSpec(
    path: ["demo"],
    summary: Text(
      "Shows in a minute what Nuri does, on the sample world.", ko: "Nuri가 하는 일을 예제 세계로 1분 안에 보여 줍니다."),
    details: Text(
      "Makes the sample's data folder when there is none, asks, rewinds, forks, changes and compares.",
      ko: "데이터 폴더가 없으면 예제로 만들고, 묻고, 되감고, 가르고, 바꾸고, 견줍니다."),
    options: [
      .value("from", "DIR", Text("The folder with the sample's files.", ko: "예제 파일이 든 폴더.")),
      .flag("keep", Text("Keeps the fork it makes.", ko: "만든 세계를 남겨 둡니다.")),
    ],
    examples: [Example("nuri demo", Text("The tour.", ko: "둘러보기."))],
    run: { invocation in
      try invocation.withEngineMade { engine in
        if try engine.world().snapshot().graph.twin(Tour.city) == nil {
          let files = try SampleFiles("yeoksam", invocation)
          try makeSample(files, hours: 1_000_000, engine, invocation)
        }
        try Tour(engine: engine, invocation: invocation).run()
        return .success
      }
    })
}

/// The steps of the demonstration.
private struct Tour {
  static let city = "city-seoul"
  private static let fork = "demo-trees"
  private static let question =
    "SELECT C.temperature, C.pm25, C.rainfall, C.rentedBikes FROM digitaltwins C WHERE C.$dtId = 'city-seoul'"

  let engine: Engine
  let invocation: Invocation
  private var terminal: Terminal { invocation.terminal }

  func run() throws {
    if try engine.worlds().contains(where: { $0.name == Self.fork }) {
      try engine.discard(Self.fork, cause: invocation.cause("demo"))
    }
    let live = try engine.world().snapshot()
    let count = Quantity.count(live.graph.twinCount)
    let links = Quantity.count(live.graph.relationshipCount)
    say(
      Text(
        "1. The live world: \(count) twins and \(links) relationships, as of \(live.recorded). How is the city?",
        ko: "1. live 세계: 트윈 \(count)개와 관계 \(links)개, \(live.recorded) 현재. 도시는 지금 어떤가요?"))
    try ask(Self.question, .now)

    let hazy = try Instant("2018-05-15T09:00:00+09:00")
    say(
      Text(
        "2. Rewind: the same question as of 15 May 2018, 09:00, the second hazy day.",
        ko: "2. 되감기: 미세먼지가 이틀째 짙던 2018년 5월 15일 9시에 같은 질문을 던집니다."))
    try ask(Self.question, .instant(hazy), option: "--as-of 2018-05-15T09:00:00+09:00")

    say(
      Text(
        "3. Fork: a what-if that shares everything with that morning until it differs. Halve the fine dust in it.",
        ko: "3. 가르기: 그날 아침을 통째로 나눠 쓰는 가정의 세계를 만들고, 거기서 초미세먼지를 반으로 줄입니다."))
    command("nuri fork \(Self.fork) --as-of 2018-05-15T09:00:00+09:00")
    let began = terminal.console.uptime()
    let world = try engine.fork(
      WorldInstant(Engine.live, .instant(hazy)), name: Self.fork, label: "demo",
      cause: invocation.cause("demo"))
    let took = Double(terminal.console.uptime() - began) / 1000
    let shown = "\((took * 10).rounded() / 10) ms"
    terminal.print(Text("   made in \(shown)", ko: "   \(shown) 만에 만들었습니다")[terminal.language])
    try change(world)

    say(
      Text(
        "4. Diff: what the fork changed, and nothing else.", ko: "4. 비교: 갈라진 세계가 바꾼 것만 남습니다."))
    command("nuri diff live@2018-05-15T09:00:00+09:00 \(Self.fork)")
    try VerbSpec.showDifferences(
      engine, WorldInstant(Engine.live, .instant(hazy)), WorldInstant(Self.fork), limit: 20, invocation)

    if invocation.has("keep") {
      say(Text("The fork \(Self.fork) is kept.", ko: "\(Self.fork) 세계를 남겨 두었습니다."))
    } else {
      try engine.discard(Self.fork, cause: invocation.cause("demo"))
      say(
        Text(
          "The live world never noticed; the fork is discarded. `nuri help` lists everything else.",
          ko: "live 세계는 그대로이고, 갈라진 세계는 버렸습니다. 나머지는 `nuri help`에 있습니다."))
    }
  }

  private func change(_ world: World) throws {
    let graph = try world.snapshot().graph
    guard let city = graph.twin(Self.city), let pm25 = graph.value(city, "pm25")?.number else {
      throw NuriError(.twinNotFound, "The sample's city has no fine dust at that time.")
    }
    let half = (pm25 / 2 * 10).rounded() / 10
    command("nuri twin set \(Self.city) pm25=\(Value.double(half).shown) --world \(Self.fork)")
    try world.write(
      Batch(
        cause: invocation.cause("demo"),
        operations: [Operation(.patchTwin(id: Self.city, edits: [PropertyEdit("pm25", .double(half))]))]))
  }

  private func ask(_ text: String, _ at: AsOf, option: String = "") throws {
    command("nuri query \"\(text)\"" + (option.isEmpty ? "" : " \(option)"))
    try invocation.printTable(QueryRunner(engine, text, WorldInstant(Engine.live, at)))
  }

  private func say(_ text: Text) {
    terminal.print()
    terminal.print(lines: DisplayWidth.wrap(text[terminal.language], to: terminal.console.outputWidth ?? 100))
  }

  private func command(_ text: String) { terminal.print(terminal.style.faint("   $ \(text)")) }
}
