public import TwinEngine
import TwinGraph
public import TwinValues

/// What came of an import with a mapping.
public struct MappedReport: Sendable {
  /// Rows read.
  public var rows = 0
  /// Twins made.
  public var created = 0
  /// Twins that were there and changed.
  public var changed = 0
  /// Twins that were there and stayed as they are.
  public var unchanged = 0
  /// Relationships made or led elsewhere.
  public var relationships = 0
  /// Rows left aside.
  public var rejected = 0
  /// Cells that could not be read and set nothing, and rows left aside: the first of them, as text.
  public var problems: [String] = []
  /// How many there are of them.
  public var problemCount = 0

  /// Problems that are kept as text.
  public static let keptProblems = 1000

  mutating func note(_ problem: String) {
    problemCount += 1
    if problems.count < Self.keptProblems { problems.append(problem) }
  }
}

/// Takes the rows of a CSV or GeoJSON file into a world, by a mapping.
///
/// A twin that exists gets the mapped properties and keeps its others; importing again changes nothing.
public struct MappedImporter: Sendable {
  /// What kind of file it is.
  public enum Format: Sendable {
    /// RFC 4180, with this delimiter.
    case csv(delimiter: UInt8)
    /// RFC 7946.
    case geoJSON
  }

  let world: World
  let mapping: Mapping
  let options: ImportOptions

  /// An importer into a world. Of the options, `restarts` means nothing here.
  public init(into world: World, _ mapping: Mapping, _ options: ImportOptions = ImportOptions()) {
    self.world = world
    self.mapping = mapping
    self.options = options
  }

  /// Takes up a file (`-` for standard input). Calls `progress` after each batch.
  /// - Throws: `NuriError` that names the file and the row.
  @discardableResult
  public func run(_ path: String, _ format: Format, progress: (ExchangeProgress) -> Void = { _ in })
    throws(NuriError) -> MappedReport
  {
    let file = try InputFile(path)
    switch format {
    case .csv(let delimiter): return try run(try CSVReader(file, delimiter: delimiter), file, progress)
    case .geoJSON: return try run(try GeoJSONReader(file), file, progress)
    }
  }

  private func run(_ source: some RowSource, _ file: InputFile, _ progress: (ExchangeProgress) -> Void)
    throws(NuriError) -> MappedReport
  {
    var source = source
    var applier = try RowApplier(
      mapping, RowReader(mapping, columns: source.columns, file: file.name), try world.snapshot())
    var report = MappedReport()
    var committer = BatchCommitter(
      world: world, actor: options.actor, marker: "import " + (file.identity()?.text ?? file.name),
      fileName: file.name)
    var batch = PreparedBatch()
    var state = ExchangeProgress(totalBytes: file.totalBytes)

    while let row = try source.next() {
      report.rows += 1
      let place = "\(file.name), \(source.rowWord) \(row.number)"
      do {
        for change in try applier.changes(of: row, place: place, &report) {
          batch.append(Operation(.change(change)), line: row.number)
        }
        batch.lastLine = row.number
      } catch {
        guard options.continuesOnError else { throw error.inside(place) }
        report.rejected += 1
        report.note("\(place): \(error)")
      }
      if batch.operations.count >= options.batchOperations {
        try commit(&batch, &committer)
        state.bytes = source.bytesRead
        state.records = report.rows
        state.rejected = report.rejected
        progress(state)
      }
    }
    try commit(&batch, &committer)
    state.bytes = source.bytesRead
    state.records = report.rows
    state.rejected = report.rejected
    progress(state)
    return report
  }

  private func commit(_ batch: inout PreparedBatch, _ committer: inout BatchCommitter) throws(NuriError) {
    batch.clock = options.clock
    try committer.commit(batch)
    batch = PreparedBatch()
  }
}
