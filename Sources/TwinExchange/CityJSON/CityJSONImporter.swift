public import TwinEngine
import TwinGraph
public import TwinValues

/// What came of an import of CityJSON.
public struct CityReport: Sendable {
  /// Objects in the file.
  public var objects = 0
  /// Twins made or replaced.
  public var twins = 0
  /// Relationships of parts to wholes.
  public var relationships = 0
  /// Objects without a geometry that is made of surfaces, and without parts that have one.
  public var shapeless = 0
  /// Objects whose surfaces were left out for being too many; they have their outline and height.
  public var simplified = 0
}

/// Takes a CityJSON file (1.0 to 2.0, levels of detail 0 to 2) into a world: each object becomes a twin with the outline
/// it stands on, its height, and, from level 2 on, its surfaces.
public struct CityJSONImporter: Sendable {
  private let world: World
  private let options: ImportOptions

  /// An importer into a world. Of the options, `restarts` and `continuesOnError` mean nothing here.
  public init(into world: World, _ options: ImportOptions = ImportOptions()) {
    self.world = world
    self.options = options
  }

  /// Takes up a file (`-` for standard input). Calls `progress` after each batch.
  /// - Throws: `NuriError` that names the file and the object.
  @discardableResult
  public func run(_ path: String, progress: (ExchangeProgress) -> Void = { _ in }) throws(NuriError)
    -> CityReport
  {
    let input = try InputFile(path)
    do {
      let city = try CityJSONFile(try input.readWhole(upTo: ExchangeLimits.geoJSONBytes))
      return try take(city, input, progress)
    } catch {
      throw error.inside(input.name)
    }
  }

  private func take(
    _ city: CityJSONFile, _ input: InputFile, _ progress: (ExchangeProgress) -> Void
  ) throws(NuriError) -> CityReport {
    var report = CityReport(objects: city.count)
    var run = CityImport(city)
    var committer = BatchCommitter(
      world: world, actor: options.actor, marker: "import " + (input.identity()?.text ?? input.name),
      fileName: input.name)
    var batch = PreparedBatch()
    batch.append(Operation(.addModels(try run.models(missingIn: try world.snapshot().graph.models))), line: 0)
    var state = ExchangeProgress(totalBytes: input.totalBytes)
    func commit(atLeast count: Int) throws(NuriError) {
      guard batch.operations.count >= count else { return }
      batch.clock = options.clock
      try committer.commit(batch)
      batch = PreparedBatch()
      state.bytes = input.bytesRead
      state.records = report.twins
      progress(state)
    }
    if case .change(.addModels([]))? = batch.operations.first?.kind { batch = PreparedBatch() }
    var number = 0
    try city.forEachObject { (id, object) throws(NuriError) in
      number += 1
      guard let change = try run.twin(id, object, &report) else { return }
      batch.append(Operation(change), line: number)
      try commit(atLeast: options.batchOperations)
    }
    number = 0
    try city.forEachObject { (id, object) throws(NuriError) in
      number += 1
      for change in run.relationships(id, object) {
        batch.append(Operation(change), line: number)
        report.relationships += 1
      }
      try commit(atLeast: options.batchOperations)
    }
    try commit(atLeast: 1)
    return report
  }
}
