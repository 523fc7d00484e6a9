import TwinEngine
import TwinExchange
import TwinValues

extension VerbSpec {
  static let sample = VerbSpec(
    path: ["sample"],
    summary: Text(
      "Makes a data folder with a sample world and its recorded weeks.", ko: "예제 세계와 기록된 몇 주가 든 데이터 폴더를 만듭니다."
    ),
    arguments: [ArgumentSpec("NAME", Text("The sample: yeoksam.", ko: "예제: yeoksam."))],
    options: [
      .value("from", "DIR", Text("The folder with the sample's files.", ko: "예제 파일이 든 폴더.")),
      .value(
        "hours", "N", Text("Only the first N recorded hours; 0 for none.", ko: "처음 N시간만. 0이면 재생하지 않습니다.")),
    ],
    examples: [
      Example(
        "nuri sample yeoksam", Text("Yeoksam in Seoul with four weeks of 2018.", ko: "2018년 네 주가 기록된 서울 역삼."))
    ],
    run: { invocation in
      let files = try SampleFiles(try invocation.required(0), invocation)
      let hours = try invocation.number("hours", default: 1_000_000, in: 0...1_000_000)
      return try invocation.withEngineMade { engine in
        try makeSample(files, hours: hours, engine, invocation)
        return .success
      }
    })

  static func makeSample(
    _ files: SampleFiles, hours: Int, _ engine: Engine, _ invocation: Invocation
  ) throws {
    let world = try engine.world()
    invocation.terminal.note(files.name)
    var options = ImportOptions()
    options.actor = "sample"
    // Once the replay has begun, the clock can't go back to the sample's start; there is nothing to import then.
    let latest = try world.snapshot().recorded
    options.clock = max(files.start, latest)
    _ = try importWorld(files.world, world, options, invocation)
    if !files.attribution.isEmpty { try DataSource.add(files.attribution, to: world, options) }
    if hours > 0 {
      var replay = ReplayOptions()
      replay.actor = "sample"
      replay.setsClock = true
      let last = files.start.microseconds + Int64(hours) * 3_600_000_000
      replay.until = min(files.end, Instant(microseconds: last))
      _ = try play(files.hours, world, replay, invocation)
    }
    if !files.attribution.isEmpty { invocation.terminal.note(Text(files.attribution, ko: files.attribution)) }
  }
}
