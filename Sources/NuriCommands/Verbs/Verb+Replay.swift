import TwinEngine
import TwinExchange
import TwinGraph
import TwinValues

extension VerbSpec {
  static let replay = VerbSpec(
    path: ["replay"],
    summary: Text("Plays recorded changes into a world.", ko: "기록된 변경을 세계에 재생합니다."),
    details: Text(
      """
      Each line of the file is {"at": instant, "twin": id, "set": {property: value}}. The instant becomes the \
      change's observed time; with --clock observed the world's recorded time follows it too. A replay that was \
      cut off goes on where it was.
      """,
      ko: """
        파일의 각 줄은 {"at": 시각, "twin": 식별자, "set": {속성: 값}}입니다. 시각은 변경의 관측 시각이 되고, --clock \
        observed를 주면 세계의 기록 시각도 따라갑니다. 끊긴 재생은 멈춘 곳부터 이어집니다.
        """),
    arguments: [ArgumentSpec("FILE", Text("The file; - for standard input.", ko: "파일. -는 표준 입력."))],
    options: [
      .world,
      .choice(
        "clock", ["now", "observed"],
        Text("Where recorded time comes from; now if left out.", ko: "기록 시각의 출처. 없으면 now.")),
      .value(
        "speed", "N",
        Text(
          "Recorded seconds that pass in one; as fast as possible if left out.",
          ko: "1초에 흐를 기록 시간(초). 없으면 가장 빠르게.")),
      .value("until", "INSTANT", Text("Stops after this instant.", ko: "이 시각까지만 재생합니다.")),
      .flag("restart", Text("Starts at the file's beginning.", ko: "파일의 처음부터 다시 시작합니다.")),
      .value(
        "batch", "N", Text("Operations in one atomic batch; 8000 if left out.", ko: "한 묶음의 작업 수. 없으면 8000.")),
    ],
    examples: [
      Example(
        "nuri replay hours.ndjson.zst --clock observed",
        Text("As fast as possible, the world's clock following.", ko: "가장 빠르게, 세계의 시계도 따라가게.")),
      Example(
        "nuri replay hours.ndjson.zst --speed 3600", Text("An hour a second.", ko: "1초에 한 시간씩.")),
    ],
    run: { invocation in
      let path = try invocation.required(0)
      var options = ReplayOptions()
      options.actor = invocation.cause().actor
      options.restarts = invocation.has("restart")
      options.setsClock = invocation.value("clock") == "observed"
      options.until = try invocation.instant("until")
      options.batchOperations = try invocation.number(
        "batch", default: ExchangeLimits.batchOperations, in: 1...EngineLimits.batchOperations)
      if let text = invocation.value("speed") {
        guard let speed = Double(text), speed > 0, speed.isFinite else {
          throw CommandError.usage(Text("--speed is a number above 0.", ko: "--speed는 0보다 큰 수입니다."))
        }
        options.speed = speed
      }
      let chosen = options
      return try invocation.withEngine { engine in
        try play(path, try invocation.world(engine), chosen, invocation)
      }
    })

  static func play(_ path: String, _ world: World, _ options: ReplayOptions, _ invocation: Invocation) throws
    -> ExitCode
  {
    let console = invocation.terminal.console
    let line = ProgressLine(invocation.terminal, Text("Replaying", ko: "재생 중")[invocation.terminal.language])
    defer { line.finish() }
    let replayer = Replayer(
      into: world, options, pacer: ReplayPacer(now: console.uptime, wait: console.sleep))
    let report = try replayer.run(path) { progress, instant in line.update(progress, detail: "\(instant)") }
    line.finish()
    if report.resumedAfterLine > 0 {
      invocation.terminal.note(
        Text(
          "Went on after line \(Quantity.count(report.resumedAfterLine)), where this file's replay had stopped.",
          ko: "이 파일의 재생이 멈췄던 \(Quantity.count(report.resumedAfterLine))번째 줄 다음부터 이어 갔습니다."))
    }
    let count = Quantity.count(report.changes)
    let span = report.first.flatMap { first in report.last.map { "\(first) – \($0)" } } ?? "-"
    invocation.done(
      Text(
        "Replayed \(Quantity.english(report.changes, "change")) in \(Quantity.seconds(line.elapsed)): \(span).",
        ko: "변경 \(count)개를 \(Quantity.seconds(line.elapsed)) 만에 재생했습니다: \(span).")
    ) {
      $0.member("changes", report.changes)
      $0.member("first", report.first?.description)
      $0.member("last", report.last?.description)
      $0.member("resumedAfterLine", report.resumedAfterLine)
    }
    return .success
  }
}
