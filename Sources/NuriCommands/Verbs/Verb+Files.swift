import TwinEngine
import TwinExchange
import TwinGraph
import TwinValues

extension VerbSpec {
  static let importFile = VerbSpec(
    path: ["import"],
    summary: Text("Takes a file into a world.", ko: "파일을 세계로 가져옵니다."),
    details: Text(
      """
      Reads the Azure Digital Twins import format (NDJSON), plain or zstd. With --map, reads CSV or GeoJSON. \
      CityJSON files become twins with outlines, heights and surfaces. \
      An import that was cut off goes on where it was when the same file is imported again.
      """,
      ko: """
        Azure Digital Twins 가져오기 형식(NDJSON)을 그대로 또는 zstd로 읽습니다. --map을 주면 CSV나 GeoJSON을 읽습니다. \
        CityJSON 파일은 윤곽과 높이, 표면이 있는 트윈이 됩니다. \
        끊긴 가져오기는 같은 파일을 다시 가져오면 멈춘 곳부터 이어집니다.
        """),
    arguments: [ArgumentSpec("FILE", Text("The file; - for standard input.", ko: "파일. -는 표준 입력."))],
    options: [
      .world,
      .value("map", "MAP", Text("The mapping of a CSV or GeoJSON file.", ko: "CSV나 GeoJSON 파일의 매핑.")),
      .choice(
        "format", ["ndjson", "csv", "geojson", "cityjson"],
        Text("The format; otherwise told by the name.", ko: "형식. 없으면 이름으로 압니다.")),
      .value("delimiter", "CHAR", Text("What parts CSV cells; , if left out.", ko: "CSV 칸을 나누는 글자. 없으면 쉼표.")),
      .flag("restart", Text("Starts at the file's beginning.", ko: "파일의 처음부터 다시 시작합니다.")),
      .flag(
        "continue",
        Text(
          "Leaves faulty records aside, in FILE.rejects.ndjson.", ko: "잘못된 기록은 FILE.rejects.ndjson에 빼 둡니다.")),
      .value(
        "batch", "N", Text("Operations in one atomic batch; 8000 if left out.", ko: "한 묶음의 작업 수. 없으면 8000.")),
      .value("clock", "INSTANT", Text("The recorded time to give it all.", ko: "모두에 매길 기록 시각.")),
      .value(
        "attribution", "TEXT",
        Text("Whose data it is: kept in the world and shown with it.", ko: "누구의 데이터인지. 세계에 담겨 함께 표시됩니다.")),
    ],
    examples: [
      Example("nuri import world.ndjson.zst", Text("A whole world.", ko: "세계 하나를 통째로.")),
      Example(
        "nuri import bike-stations.csv --map bike-stations.map.json",
        Text("A table, by a mapping.", ko: "표를 매핑에 따라.")),
    ],
    run: { invocation in
      let path = try invocation.required(0)
      let format = try FileFormat(path, invocation.value("format"), hasMap: invocation.has("map"))
      let options = try ImportOptions(invocation)
      return try invocation.withEngine { engine in
        let world = try invocation.world(engine)
        let code = try importFile(path, format, world, options, invocation)
        if let source = invocation.value("attribution") { try DataSource.add(source, to: world, options) }
        return code
      }
    })

  private static func importFile(
    _ path: String, _ format: FileFormat, _ world: World, _ options: ImportOptions, _ invocation: Invocation
  ) throws -> ExitCode {
    switch format {
    case .ndjson: try importWorld(path, world, options, invocation)
    case .cityjson: try importCity(path, world, options, invocation)
    case .tiles3d:
      throw CommandError.usage(
        Text("3D Tiles are written, not read.", ko: "3D Tiles는 쓰기만 하고 읽지 않습니다."))
    case .csv, .geojson: try importRows(path, format, world, options, invocation)
    }
  }

  static func importWorld(
    _ path: String, _ world: World, _ options: ImportOptions, _ invocation: Invocation
  ) throws -> ExitCode {
    let line = ProgressLine(
      invocation.terminal, Text("Importing", ko: "가져오는 중")[invocation.terminal.language])
    defer { line.finish() }
    let report = try Importer(into: world, options).run(path) { line.update($0) }
    line.finish()
    if report.resumedAfterLine > 0 {
      invocation.terminal.note(
        Text(
          "Went on after line \(Quantity.count(report.resumedAfterLine)), where this file's import had stopped.",
          ko: "이 파일의 가져오기가 멈췄던 \(Quantity.count(report.resumedAfterLine))번째 줄 다음부터 이어 갔습니다."))
    }
    if report.resumedAfterLine > 0, report.twins + report.relationships + report.rejected == 0 {
      invocation.terminal.note(
        Text(
          "All of this file is in the world already; --restart imports it again.",
          ko: "이 파일은 이미 모두 들어 있습니다. --restart를 주면 다시 가져옵니다."))
    }
    let rate = line.elapsed > 0 ? Double(report.twins + report.relationships) / line.elapsed : 0
    let counts = [report.models, report.twins, report.relationships].map(Quantity.count)
    invocation.done(
      Text(
        """
        Imported \(counts[0]) models, \(counts[1]) twins, \(counts[2]) relationships \
        in \(Quantity.seconds(line.elapsed)) (\(Quantity.count(Int(rate)))/s).
        """,
        ko: """
          모델 \(counts[0])개, 트윈 \(counts[1])개, 관계 \(counts[2])개를 \(Quantity.seconds(line.elapsed)) 만에 \
          가져왔습니다(초당 \(Quantity.count(Int(rate)))개).
          """)
    ) {
      $0.member("models", report.models)
      $0.member("twins", report.twins)
      $0.member("relationships", report.relationships)
      $0.member("rejected", report.rejected)
      $0.member("resumedAfterLine", report.resumedAfterLine)
      $0.member("rejects", report.rejectsPath)
    }
    guard let rejects = report.rejectsPath else { return .success }
    invocation.terminal.note(
      Text(
        "\(Quantity.count(report.rejected)) records were left aside in \(rejects).",
        ko: "기록 \(Quantity.count(report.rejected))개를 \(rejects)에 빼 두었습니다."))
    return .invalid
  }

  private static func importCity(
    _ path: String, _ world: World, _ options: ImportOptions, _ invocation: Invocation
  ) throws -> ExitCode {
    let line = ProgressLine(
      invocation.terminal, Text("Importing", ko: "가져오는 중")[invocation.terminal.language])
    defer { line.finish() }
    let report = try CityJSONImporter(into: world, options).run(path) { line.update($0) }
    line.finish()
    let counts = [report.objects, report.twins, report.relationships, report.shapeless].map(Quantity.count)
    invocation.done(
      Text(
        "Read \(counts[0]) objects: \(counts[1]) twins, \(counts[2]) relationships; \(counts[3]) had no surfaces.",
        ko: "객체 \(counts[0])개를 읽었습니다. 트윈 \(counts[1])개, 관계 \(counts[2])개, 표면이 없는 객체 \(counts[3])개.")
    ) {
      $0.member("objects", report.objects)
      $0.member("twins", report.twins)
      $0.member("relationships", report.relationships)
      $0.member("shapeless", report.shapeless)
      $0.member("simplified", report.simplified)
    }
    return .success
  }

  private static func importRows(
    _ path: String, _ format: FileFormat, _ world: World, _ options: ImportOptions, _ invocation: Invocation
  ) throws -> ExitCode {
    guard let map = invocation.value("map") else {
      throw CommandError.usage(
        Text(
          "A CSV or GeoJSON file needs a mapping: --map MAP.", ko: "CSV나 GeoJSON 파일에는 매핑이 필요합니다: --map MAP."),
        advice: Text(
          "docs/import-export.md tells how to write one.", ko: "쓰는 법은 docs/import-export.md에 있습니다."))
    }
    let mapping: Mapping
    do {
      mapping = try Mapping(try invocation.read(map))
    } catch let error as NuriError {
      throw error.inside(map)
    }
    let line = ProgressLine(
      invocation.terminal, Text("Importing", ko: "가져오는 중")[invocation.terminal.language])
    defer { line.finish() }
    let kind: MappedImporter.Format =
      format == .geojson ? .geoJSON : .csv(delimiter: try invocation.delimiter())
    let report = try MappedImporter(into: world, mapping, options).run(path, kind) { line.update($0) }
    line.finish()
    for problem in report.problems.prefix(invocation.isJSON ? 0 : 20) {
      invocation.terminal.note(Text(problem, ko: problem))
    }
    if report.problemCount > 20 {
      let more = Quantity.count(report.problemCount - 20)
      invocation.terminal.note(Text("… and \(more) more.", ko: "… 그 밖에 \(more)건."))
    }
    let counts = [report.rows, report.created, report.changed, report.unchanged, report.relationships]
      .map(Quantity.count)
    invocation.done(
      Text(
        """
        Read \(counts[0]) rows: \(counts[1]) twins new, \(counts[2]) changed, \(counts[3]) as they were; \
        \(counts[4]) relationships written.
        """,
        ko: """
          \(counts[0])줄을 읽었습니다. 새 트윈 \(counts[1])개, 바뀐 트윈 \(counts[2])개, 그대로인 트윈 \(counts[3])개, \
          쓴 관계 \(counts[4])개.
          """)
    ) { writer in
      writer.member("rows", report.rows)
      writer.member("created", report.created)
      writer.member("changed", report.changed)
      writer.member("unchanged", report.unchanged)
      writer.member("relationships", report.relationships)
      writer.member("rejected", report.rejected)
      writer.member("problemCount", report.problemCount)
      writer.key("problems")
      writer.beginArray()
      for problem in report.problems { writer.string(problem) }
      writer.endArray()
    }
    return report.rejected > 0 ? .invalid : .success
  }
}

/// What kind of file a name stands for.
enum FileFormat: String {
  case ndjson
  case csv
  case geojson
  case cityjson
  case tiles3d = "3dtiles"

  init(_ path: String, _ wanted: String?, hasMap: Bool) throws {
    if let wanted, let format = FileFormat(rawValue: wanted) {
      self = format
      return
    }
    let name = path.lowercased().hasSuffix(".zst") ? String(path.lowercased().dropLast(4)) : path.lowercased()
    if name.hasSuffix(".csv") || name.hasSuffix(".tsv") {
      self = .csv
    } else if name.hasSuffix(".city.json") {
      self = .cityjson
    } else if name.hasSuffix(".geojson") || (hasMap && name.hasSuffix(".json")) {
      self = .geojson
    } else if hasMap {
      throw CommandError.usage(
        Text("Is \(path) CSV or GeoJSON?", ko: "\(path)는 CSV인가요, GeoJSON인가요?"),
        advice: Text("Say --format csv or --format geojson.", ko: "--format csv 또는 --format geojson을 주세요."))
    } else {
      self = .ndjson
    }
  }
}

extension ImportOptions {
  init(_ invocation: Invocation) throws {
    self.init()
    actor = invocation.cause().actor
    restarts = invocation.has("restart")
    continuesOnError = invocation.has("continue")
    batchOperations = try invocation.number(
      "batch", default: ExchangeLimits.batchOperations, in: 1...EngineLimits.batchOperations)
    clock = try invocation.instant("clock")
  }
}

extension Invocation {
  /// What parts CSV cells: one ASCII character, or `tab`.
  func delimiter() throws -> UInt8 {
    guard let text = value("delimiter") else { return UInt8(ascii: ",") }
    if text == "tab" || text == "\\t" || text == "\t" { return 0x09 }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte != 0x22, byte > 0x20 else {
      throw CommandError.usage(
        Text("--delimiter is one character, or tab.", ko: "--delimiter는 글자 하나 또는 tab입니다."))
    }
    return byte
  }
}
