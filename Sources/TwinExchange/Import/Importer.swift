public import TwinEngine
import TwinGraph
public import TwinValues

/// How a file is taken up.
public struct ImportOptions: Sendable {
  /// Who the changes are said to come from.
  public var actor = "import"
  /// Starts at the file's beginning even when the world's log says that some of it was taken up before.
  public var restarts = false
  /// Leaves faulty records aside, in `<file>.rejects.ndjson`, instead of stopping at the first.
  public var continuesOnError = false
  /// Operations in one atomic batch.
  public var batchOperations = ExchangeLimits.batchOperations
  /// The world's recorded time for all of the file; the world's own clock when `nil`.
  public var clock: Instant?
  /// Told of each faulty record, which is then left aside without a file of rejects. On the caller's thread.
  public var whenRejected: (@Sendable (ImportSection, _ line: Int, NuriError) -> Void)?
  /// Asked between batches whether to stop.
  public var isCancelled: @Sendable () -> Bool = { false }

  /// Whether a faulty record is left aside.
  var leavesFaultsAside: Bool { continuesOnError || whenRejected != nil }

  /// The usual options.
  public init() {}
}

/// What came of an import.
public struct ImportReport: Sendable {
  /// Models added (those already there are not counted).
  public var models = 0
  /// Twins created or replaced.
  public var twins = 0
  /// Relationships created or replaced.
  public var relationships = 0
  /// Records left aside.
  public var rejected = 0
  /// The line after which an earlier import of this very file was taken up again; 0 for none.
  public var resumedAfterLine = 0
  /// Where rejected records are, when there are any.
  public var rejectsPath: String?
}

/// Takes a file in the Azure Digital Twins import format into a world.
///
/// One thread reads, unpacks and parses; the caller's commits. Each batch's cause is
/// `import <file>#<fingerprint> line <n>`, by which a later run of the same file goes on where this one ended.
public struct Importer: Sendable {
  private let target: any ImportTarget
  /// Whose log tells how far the file was taken up before; `nil` when nobody may ask.
  private let world: World?
  private let options: ImportOptions

  /// An importer into a world.
  public init(into world: World, _ options: ImportOptions = ImportOptions()) {
    target = world
    self.world = world
    self.options = options
  }

  /// An importer into a world as a principal may change it. It takes up the whole file each time, and the
  /// principal is the actor of the changes. It blocks its thread.
  public init(into session: WorldSession, _ options: ImportOptions = ImportOptions()) {
    target = session
    world = nil
    self.options = options
  }

  /// Takes up a file (`-` for standard input). Calls `progress` after each batch.
  /// - Throws: `NuriError` that names the file and the line.
  @discardableResult
  public func run(_ path: String, progress: (ExchangeProgress) -> Void = { _ in }) throws(NuriError)
    -> ImportReport
  {
    let file = try InputFile(path)
    let marker = "import " + (file.identity()?.text ?? file.name)
    var report = ImportReport()
    if let world, !options.restarts, path != "-", let twin = try Self.firstTwin(path) {
      report.resumedAfterLine = try ResumePoint.line(in: world, marker: marker, twin: twin)
    }
    let queue = BatchQueue<PreparedBatch>(capacity: ExchangeLimits.batchesAhead)
    let graph = try target.state().graph
    let skipped = report.resumedAfterLine
    let options = options
    let worker = WorkThread {
      var parser = ImportParser(graph: graph, options: options, skipped: skipped, queue: queue)
      queue.finish(parser.run(path))
    }
    guard let worker else { throw NuriError(.fileFailed, "The system has no thread to give.") }
    defer { worker.join() }
    var committer = BatchCommitter(
      world: target, actor: options.actor, marker: marker, fileName: file.name, rejects: rejects(of: path))
    do throws(NuriError) {
      var state = ExchangeProgress(totalBytes: file.totalBytes)
      while let batch = try queue.pop() {
        if options.isCancelled() { throw NuriError(.cancelled, "The import was cancelled.", at: file.name) }
        try committer.commit(batch)
        report.models += batch.models
        report.twins += batch.twins
        report.relationships += batch.relationships
        report.rejected = committer.rejects?.count ?? 0
        state.section = batch.section
        state.bytes = batch.fileBytes
        state.records = committer.records
        state.rejected = report.rejected
        progress(state)
      }
      try committer.rejects?.finish()
    } catch {
      queue.cancel()
      throw error
    }
    if report.rejected > 0 { report.rejectsPath = committer.rejects?.path }
    return report
  }

  private func rejects(of path: String) -> RejectFile? {
    if let whenRejected = options.whenRejected { return RejectFile(telling: whenRejected) }
    return options.continuesOnError ? RejectFile(besides: path == "-" ? "standard-input" : path) : nil
  }

  /// The first twin that a file names, or that a relationship of it starts from.
  private static func firstTwin(_ path: String) throws(NuriError) -> String? {
    var reader = ImportReader(LineReader(try InputFile(path)))
    while true {
      do throws(NuriError) {
        guard let section = try reader.next() else { return nil }
        let key = section == .twins ? "$dtId" : "$sourceId"
        if section == .twins || section == .relationships, let id = reader.root[key]?.string { return id }
      } catch {
        // A faulty record is dealt with when the file is read in earnest.
        guard reader.isRecordFault else { throw error }
      }
    }
  }
}
