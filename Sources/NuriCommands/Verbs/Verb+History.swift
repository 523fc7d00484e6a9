import TwinEngine
import TwinGraph
import TwinValues

extension VerbSpec {
  static let twinHistory = VerbSpec(
    path: ["twin", "history"],
    summary: Text("Shows what happened to a twin, newest first.", ko: "트윈에 일어난 일을 최근 것부터 보여 줍니다."),
    details: Text(
      "With --property, shows that property's values by observed time; with --every, their figures by spans of time.",
      ko: "--property를 주면 그 속성의 값을 관측 시각 순으로, --every까지 주면 구간별 수치를 보여 줍니다."),
    arguments: [ArgumentSpec("ID", Text("The twin's id.", ko: "트윈의 식별자."))],
    options: [
      .world,
      .value("limit", "N", Text("How many; 20 if left out.", ko: "개수. 없으면 20.")),
      .value("property", "NAME", Text("One property's values.", ko: "한 속성의 값.")),
      .value("from", "INSTANT", Text("From this observed time on.", ko: "이 관측 시각부터.")),
      .value("to", "INSTANT", Text("Before this observed time.", ko: "이 관측 시각 전까지.")),
      .value("every", "SPAN", Text("Figures by span: 15m, 1h, 1d.", ko: "구간별 수치: 15m, 1h, 1d.")),
    ],
    examples: [
      Example("nuri twin history city-seoul --limit 5", Text("The last five changes.", ko: "최근 변경 다섯 개.")),
      Example(
        "nuri twin history city-seoul --property pm25 --from 2018-05-14 --to 2018-05-16 --every 6h",
        Text("Two hazy days.", ko: "미세먼지가 심했던 이틀.")),
    ],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let world = try invocation.world(engine)
        if let property = invocation.value("property") {
          try invocation.showValues(world, id, property)
        } else {
          try invocation.showHistory(world, id)
        }
        return .success
      }
    })
}

extension Invocation {
  fileprivate func showHistory(_ world: World, _ id: String) throws {
    let limit = try number("limit", default: 20, in: 1...1_000_000)
    var records: [ChangeRecord] = []
    try world.history(ofTwin: id) { record in
      records.append(record)
      return records.count < limit
    }
    if isJSON {
      for record in records { printJSON { record.write(into: &$0) } }
      return
    }
    let language = terminal.language
    var table = TextTable([
      "#" + Text("change", ko: "변경")[language], Text("recorded", ko: "기록 시각")[language],
      Text("by", ko: "누가")[language], Text("what", ko: "무엇을")[language], Text("why", ko: "왜")[language],
    ])
    for record in records {
      table.add([
        String(record.sequence), record.recorded.description, record.cause.actor,
        ChangeText.describe(record.change)[language], record.cause.reason,
      ])
    }
    terminal.print(table)
  }

  fileprivate func showValues(_ world: World, _ id: String, _ property: String) throws {
    let from = try instant("from") ?? .distantPast
    let to = try instant("to") ?? .distantFuture
    let limit = try number("limit", default: 1000, in: 1...1_000_000)
    guard let span = value("every") else {
      return showSamples(
        try world.samples(ofTwin: id, path: property, from: from, to: to, limit: limit), property)
    }
    let width = try TimeSpan.microseconds(span)
    let start = from == .distantPast ? try firstObserved(world, id, property, to, width) : from
    let buckets = try world.buckets(ofTwin: id, path: property, from: start, to: to, width: width)
    if isJSON {
      for bucket in buckets {
        printJSON {
          $0.beginObject()
          $0.member("start", bucket.start.description)
          $0.member("count", bucket.count)
          $0.member("min", value: .double(bucket.minimum))
          $0.member("max", value: .double(bucket.maximum))
          $0.member("mean", value: .double(bucket.mean))
          $0.member("last", value: .double(bucket.last))
          $0.endObject()
        }
      }
      return
    }
    let language = terminal.language
    var table = TextTable([
      Text("from", ko: "시작")[language], "#" + Text("count", ko: "개수")[language],
      "#" + Text("min", ko: "최소")[language], "#" + Text("mean", ko: "평균")[language],
      "#" + Text("max", ko: "최대")[language], "#" + Text("last", ko: "마지막")[language],
    ])
    for bucket in buckets {
      let mean = (bucket.mean * 1000).rounded() / 1000
      table.add([
        bucket.start.description, String(bucket.count), Value.double(bucket.minimum).shown,
        Value.double(mean).shown, Value.double(bucket.maximum).shown, Value.double(bucket.last).shown,
      ])
    }
    terminal.print(table)
  }

  /// Where spans start when nobody says: at the span that holds the first value.
  private func firstObserved(
    _ world: World, _ id: String, _ property: String, _ to: Instant, _ width: Int64
  ) throws -> Instant {
    let samples = try world.samples(ofTwin: id, path: property, from: .distantPast, to: to, limit: .max)
    guard let first = samples.first?.observed.microseconds else { return Instant(microseconds: 0) }
    let remainder = first % width
    return Instant(microseconds: first - (remainder < 0 ? remainder + width : remainder))
  }

  private func showSamples(_ samples: [Sample], _ property: String) {
    if isJSON {
      for sample in samples {
        printJSON {
          $0.beginObject()
          $0.member("observed", sample.observed.description)
          $0.member("sequence", sample.sequence)
          $0.member("value", value: sample.value)
          $0.endObject()
        }
      }
      return
    }
    let language = terminal.language
    var table = TextTable([
      Text("observed", ko: "관측 시각")[language], "#" + Text("change", ko: "변경")[language], "#" + property,
    ])
    for sample in samples {
      table.add([sample.observed.description, String(sample.sequence), sample.value?.shown ?? "-"])
    }
    terminal.print(table)
  }
}

/// Spans of time on the command line: `90s`, `15m`, `1h`, `7d`.
enum TimeSpan {
  static func microseconds(_ text: String) throws -> Int64 {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()), number > 0,
      number < 1_000_000
    else {
      throw CommandError.usage(
        Text("\"\(text)\" is no span of time.", ko: "\"\(text)\"는 시간 구간이 아닙니다."),
        advice: Text("Write it like 90s, 15m, 1h or 7d.", ko: "90s, 15m, 1h, 7d처럼 쓰세요."))
    }
    return number * unit * 1_000_000
  }
}
