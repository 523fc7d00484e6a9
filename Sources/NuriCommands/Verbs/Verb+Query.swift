import TwinEngine
import TwinQuery
import TwinValues

extension VerbSpec {
  static let query = VerbSpec(
    path: ["query"],
    summary: Text("Asks a world a question in the twin query language.", ko: "트윈 질의 언어로 세계에 묻습니다."),
    arguments: [
      ArgumentSpec(
        "TEXT", Text("The query; from standard input if left out.", ko: "질의. 없으면 표준 입력에서."), count: .optional)
    ],
    options: [
      .world, .asOf,
      .value(
        "limit", "N",
        Text("Most rows; 100 for people, all for --json.", ko: "가장 많은 행 수. 사람에게는 100, --json이면 모두.")),
      .value(
        "page", "N",
        Text(
          "One page of N rows as one JSON document with the token of the next.",
          ko: "N행짜리 한 쪽을 다음 쪽 토큰과 함께 JSON 하나로.")),
      .value("continuation", "TOKEN", Text("Goes on after a page.", ko: "앞 쪽에 이어서.")),
      .flag("explain", Text("Tells how it is answered, not the answer.", ko: "답 대신 답하는 방법을 보여 줍니다.")),
    ],
    examples: [
      Example(
        "nuri query \"SELECT T.name, T.height FROM digitaltwins T WHERE IS_OF_MODEL(T, 'dtmi:nuri:yeoksam:Building;1') AND T.height > 150\"",
        Text("Tall buildings.", ko: "높은 건물.")),
      Example(
        "nuri query \"SELECT C.pm25 FROM digitaltwins C WHERE C.$dtId = 'city-seoul'\" --as-of 2018-05-15T09:00:00+09:00",
        Text("As it was.", ko: "그때는.")),
      Example("nuri query --json < question.txt", Text("From a file, for machines.", ko: "파일에서, 기계를 위해.")),
    ],
    run: { invocation in
      let text = try invocation.queryText()
      return try invocation.withEngine { engine in
        let place = WorldInstant(invocation.value("world") ?? Engine.live, try invocation.asOf())
        let runner = QueryRunner(engine, invocation.has("explain") ? explained(text) : text, place)
        if invocation.has("page") {
          try invocation.printPage(runner)
        } else if invocation.isJSON {
          try invocation.printRows(runner)
        } else {
          try invocation.printTable(runner)
        }
        return .success
      }
    })
}

/// The query with EXPLAIN before it, unless it has that already.
private func explained(_ text: String) -> String {
  let first = text.split(whereSeparator: \.isWhitespace).first ?? ""
  return first.uppercased() == "EXPLAIN" ? text : "EXPLAIN \(text)"
}

extension Invocation {
  /// The query on the command line, or else from standard input.
  fileprivate func queryText() throws -> String {
    if let text = argument(0), text != "-" { return text }
    let bytes = terminal.console.readInput()
    guard let text = String(validating: bytes, as: UTF8.self), text.contains(where: { !$0.isWhitespace })
    else {
      throw CommandError.usage(
        Text("There is no query.", ko: "질의가 없습니다."), advice: ArgumentText.seeHelp("query"))
    }
    return text
  }

  fileprivate func printPage(_ runner: QueryRunner) throws {
    let size = try number("page", default: QueryLimits.defaultPageRows, in: 1...QueryLimits.pageRows)
    let page = try runner.page(after: value("continuation"), size: size)
    printJSON {
      $0.beginObject()
      $0.key("value")
      $0.raw(page.json)
      $0.member("continuationToken", page.nextContinuation)
      $0.member("queryCharge", value: .double(page.queryCharge))
      $0.endObject()
    }
  }

  fileprivate func printRows(_ runner: QueryRunner) throws {
    let limit = try number("limit", default: .max, in: 1...Int.max)
    try runner.forEachPage(limit: limit) { page in
      var lines: [UInt8] = []
      lines.reserveCapacity(page.bytes.count + page.count)
      for i in 0..<page.count {
        lines.append(contentsOf: page.row(i))
        lines.append(0x0a)
      }
      terminal.print(bytes: lines)
    }
  }

  func printTable(_ runner: QueryRunner) throws {
    let limit = try number("limit", default: QueryLimits.defaultPageRows, in: 1...1_000_000)
    let page = try runner.page(size: min(limit, QueryLimits.pageRows))
    let (columns, rows) = page.table()
    let language = terminal.language
    var shown: [TextTable.Column] = []
    for (i, name) in columns.enumerated() {
      let values = rows.compactMap { $0[i] }
      shown.append(.init(title: name, isNumeric: !values.isEmpty && values.allSatisfy { $0.number != nil }))
    }
    var table = TextTable(shown)
    for row in rows { table.add(row.map { $0?.shown ?? "" }) }
    if rows.isEmpty {
      terminal.print(Text("No rows.", ko: "결과가 없습니다.")[language])
    } else {
      terminal.print(table)
    }
    if page.nextContinuation != nil {
      let count = Quantity.count(rows.count)
      terminal.note(
        Text(
          "The first \(count) rows; --limit N shows more, --json shows all.",
          ko: "처음 \(count)행입니다. --limit N으로 더, --json으로 모두 볼 수 있습니다."))
    }
  }
}
