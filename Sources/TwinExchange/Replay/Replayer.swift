public import TwinEngine
import TwinGraph
public import TwinValues

/// How recorded changes are played into a world.
public struct ReplayOptions: Sendable {
  /// Who the changes are said to come from.
  public var actor = "replay"
  /// Starts at the file's beginning even when the world's log says that some of it was played before.
  public var restarts = false
  /// Whether the world's recorded time follows the file; otherwise only the observed time does.
  public var setsClock = false
  /// How many recorded seconds pass in one; as fast as possible when `nil`.
  public var speed: Double?
  /// Stops before changes later than this.
  public var until: Instant?
  /// Operations in one atomic batch.
  public var batchOperations = ExchangeLimits.batchOperations

  /// The usual options.
  public init() {}
}

/// What came of a replay.
public struct ReplayReport: Sendable {
  /// Changes made.
  public var changes = 0
  /// When the first and last of them were observed.
  public var first: Instant?
  /// When the last of them was observed.
  public var last: Instant?
  /// The line after which an earlier replay of this very file went on; 0 for none.
  public var resumedAfterLine = 0
}

/// A clock and a way to wait, handed in so that tests need neither.
public struct ReplayPacer: Sendable {
  /// Microseconds of a clock that only goes forward.
  public let now: @Sendable () -> Int64
  /// Waits for some microseconds.
  public let wait: @Sendable (Int64) -> Void

  /// Makes a pacer.
  public init(now: @escaping @Sendable () -> Int64, wait: @escaping @Sendable (Int64) -> Void) {
    self.now = now
    self.wait = wait
  }
}

/// Plays recorded changes into a world: NDJSON lines `{"at": instant, "twin": id, "set": {property: value}}`.
///
/// Like an import, a replay goes on where an earlier one of the same file ended.
public struct Replayer: Sendable {
  let world: World
  let options: ReplayOptions
  let pacer: ReplayPacer

  /// A replayer into a world.
  public init(into world: World, _ options: ReplayOptions, pacer: ReplayPacer) {
    self.world = world
    self.options = options
    self.pacer = pacer
  }

  /// Plays a file (`-` for standard input). Calls `progress` after each batch.
  /// - Throws: `NuriError` that names the file and the line.
  @discardableResult
  public func run(_ path: String, progress: (ExchangeProgress, Instant) -> Void = { _, _ in })
    throws(NuriError) -> ReplayReport
  {
    let file = try InputFile(path)
    let marker = "replay " + (file.identity()?.text ?? file.name)
    var skipped = 0
    if !options.restarts, path != "-" {
      var first = ReplayReader(LineReader(try InputFile(path)))
      if let change = try first.next() {
        skipped = try ResumePoint.line(in: world, marker: marker, twin: change.twin)
      }
    }
    var run = ReplayRun(
      options: options, pacer: pacer, graph: try world.snapshot().graph, file: file,
      committer: BatchCommitter(world: world, actor: options.actor, marker: marker, fileName: file.name))
    run.report.resumedAfterLine = skipped
    try run.play(after: skipped, progress)
    return run.report
  }
}
