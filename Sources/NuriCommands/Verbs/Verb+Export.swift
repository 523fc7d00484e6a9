import TwinEngine
import TwinExchange
import TwinQuery
import TwinTiles
import TwinValues

extension VerbSpec {
  static let exportFile = VerbSpec(
    path: ["export"],
    summary: Text("Writes a world to a file.", ko: "세계를 파일로 씁니다."),
    details: Text(
      """
      NDJSON is the whole world and reads back with import; GeoJSON is every twin that has a geometry; CSV is \
      the result of a query; 3dtiles writes a folder with a tileset.json (3D Tiles 1.1). \
      A name that ends in .zst is packed with zstd.
      """,
      ko: """
        NDJSON은 세계 전체이며 import로 다시 읽을 수 있습니다. GeoJSON은 모양이 있는 트윈 모두, CSV는 질의의 결과, 3dtiles는 tileset.json이 든 폴더(3D Tiles 1.1)입니다. \
        .zst로 끝나는 이름이면 zstd로 압축합니다.
        """),
    arguments: [ArgumentSpec("FILE", Text("The file; - for standard output.", ko: "파일. -는 표준 출력."))],
    options: [
      .world, .asOf,
      .choice(
        "format", ["ndjson", "geojson", "csv", "3dtiles"],
        Text("The format; otherwise told by the name.", ko: "형식. 없으면 이름으로 압니다.")),
      .value("query", "TEXT", Text("CSV: the query.", ko: "CSV: 질의.")),
      .value("delimiter", "CHAR", Text("CSV: what parts cells.", ko: "CSV: 칸을 나누는 글자.")),
      .value(
        "model", "DTMI",
        Text("GeoJSON: only this model and those that extend it.", ko: "GeoJSON: 이 모델과 이를 잇는 모델만.")),
      .value(
        "geometry", "PROPERTY", Text("GeoJSON: the property with the geometry.", ko: "GeoJSON: 모양이 든 속성.")),
    ],
    examples: [
      Example(
        "nuri export then.ndjson.zst --as-of 2018-05-15T09:00:00+09:00",
        Text("The world as it was.", ko: "그때의 세계.")),
      Example(
        "nuri export buildings.geojson --model \"dtmi:nuri:yeoksam:Building;1\"",
        Text("For a map.", ko: "지도용.")),
      Example("nuri export city-tiles --format 3dtiles", Text("For a globe.", ko: "지구본용.")),
      Example(
        "nuri export stations.csv --query \"SELECT S.$dtId, S.name FROM digitaltwins S WHERE IS_OF_MODEL(S, 'dtmi:nuri:yeoksam:SubwayStation;1')\"",
        Text("A table.", ko: "표.")),
    ],
    run: { invocation in
      let path = try invocation.required(0)
      let hasQuery = invocation.has("query")
      let format = hasQuery ? .csv : try FileFormat(path, invocation.value("format"), hasMap: false)
      return try invocation.withEngine { engine in
        let progress: ExchangeProgress
        switch format {
        case .csv: progress = try exportTable(engine, path, invocation)
        case .tiles3d: progress = try exportTiles(engine, path, invocation)
        case .cityjson:
          throw CommandError.usage(
            Text("CityJSON is read, not written.", ko: "CityJSON은 읽기만 하고 쓰지 않습니다."))
        case .ndjson, .geojson: progress = try exportWorld(engine, path, format, invocation)
        }
        let count = Quantity.count(progress.records)
        if path != "-" {
          invocation.done(Text("Wrote \(count) records to \(path).", ko: "기록 \(count)개를 \(path)에 썼습니다.")) {
            $0.member("file", path)
            $0.member("records", progress.records)
          }
        }
        return .success
      }
    })

  private static func exportWorld(
    _ engine: Engine, _ path: String, _ format: FileFormat, _ invocation: Invocation
  ) throws -> ExchangeProgress {
    let exporter = WorldExporter(try invocation.snapshot(engine))
    let line = ProgressLine(
      invocation.terminal, Text("Exporting", ko: "내보내는 중")[invocation.terminal.language])
    defer { line.finish() }
    if format == .ndjson { return try exporter.writeNDJSON(to: path) { line.update($0) } }
    let selection = WorldExporter.GeoJSONSelection(
      model: invocation.value("model"), geometry: invocation.value("geometry"))
    return try exporter.writeGeoJSON(to: path, selection) { line.update($0) }
  }

  private static func exportTiles(
    _ engine: Engine, _ path: String, _ invocation: Invocation
  ) throws -> ExchangeProgress {
    let exporter = TilesetExporter(try invocation.snapshot(engine))
    let folder = try ExportFolder(path)
    let line = ProgressLine(
      invocation.terminal, Text("Exporting", ko: "내보내는 중")[invocation.terminal.language])
    defer { line.finish() }
    var progress = ExchangeProgress()
    let report = try exporter.write(
      progress: {
        progress.records = $0.features
        line.update(progress)
      }, { (name, bytes) throws(NuriError) in try folder.write(name, bytes) })
    progress.records = report.features
    return progress
  }

  private static func exportTable(_ engine: Engine, _ path: String, _ invocation: Invocation) throws
    -> ExchangeProgress
  {
    guard let text = invocation.value("query") else {
      throw CommandError.usage(
        Text(
          "A CSV file holds the result of a query: --query TEXT.", ko: "CSV 파일에는 질의의 결과가 담깁니다: --query TEXT.")
      )
    }
    let runner = QueryRunner(
      engine, text, WorldInstant(invocation.value("world") ?? Engine.live, try invocation.asOf()))
    var table = CSVTable(delimiter: try invocation.delimiter())
    try runner.forEachPage(limit: .max) { page in
      for i in 0..<page.count { try table.learn(Array(page.row(i))) }
    }
    try table.begin(path)
    try runner.forEachPage(limit: .max) { page in
      for i in 0..<page.count { try table.add(Array(page.row(i))) }
    }
    try table.end()
    var progress = ExchangeProgress()
    progress.records = table.rows
    return progress
  }
}
