import TwinGraph
public import TwinLog
public import TwinValues

/// The hall: opens a data folder, keeps its worlds, and is the only writer.
///
/// All calls may come from any thread.
///
/// `@unchecked Sendable`: `opened`, `forkInstants` and `isClosed` are touched only while holding `lock`.
public final class Engine: @unchecked Sendable {
  /// What opening a folder found.
  public struct Opening: Sendable {
    /// The checkpoint it started from; 0 when there was none.
    public let checkpoint: UInt64
    /// Changes replayed after it.
    public let replayed: UInt64
    /// What recovery of the live world's log reported.
    public let recovery: RecoveryReport
    /// Checkpoints that were damaged and passed over.
    public let damaged: [CheckpointFolder.Damage]
  }

  /// The name of the live world.
  public static let live = "live"

  let folder: String
  let options: EngineOptions
  private let folderLock: any FolderLock
  let threads: EngineThreads
  let access = AccessBook()
  let liveWorld: World
  /// What opening found.
  public let opening: Opening

  let lock = Lock()
  /// Forks that have been opened, by number.
  var opened: [UInt32: World] = [:]
  /// When the changes forks start from were recorded, by the forks' numbers; read from their parents' logs.
  var forkInstants: [UInt32: Instant] = [:]
  private var isClosed = false

  /// Makes a data folder with an empty live world.
  /// - Throws: `NuriError` with code `folderInUse` when the folder holds anything, or what the disk refuses.
  public static func create(
    at folder: String, options: EngineOptions = EngineOptions()
  ) throws(NuriError) -> Engine {
    let disk = options.disk
    try disk.makeDirectories(folder)
    let entries = try disk.list(folder)
    guard entries.allSatisfy({ $0.name == DataFolder.lockName }) else {
      throw NuriError(
        .folderInUse, "The folder is not empty.", at: folder,
        advice: "Choose a new folder, or open this one without making it anew.")
    }
    try disk.replaceFile("\(folder)/\(DataFolder.formatName)", with: Array(DataFolder.format.utf8))
    return try open(folder, options: options)
  }

  /// Opens a data folder: the newest checkpoint and the changes after it.
  /// - Throws: `NuriError` that says which file is missing, damaged, newer, locked or can't be read.
  public static func open(
    _ folder: String, options: EngineOptions = EngineOptions()
  ) throws(NuriError) -> Engine {
    try DataFolder.check(folder, options.disk)
    let folderLock = try options.disk.lockFolder(folder)
    do {
      return try Engine(folder, options, folderLock)
    } catch {
      folderLock.release()
      throw error
    }
  }

  private init(_ folder: String, _ options: EngineOptions, _ folderLock: any FolderLock) throws(NuriError) {
    self.folder = folder
    self.options = options
    self.folderLock = folderLock
    let directory = DataFolder.world(0, in: folder)
    try options.disk.makeDirectories(directory)
    var logOptions = options.log
    logOptions.sealsInBackground = options.worksInBackground
    let (log, recovery) = try SegmentLog.open(disk: options.disk, directory: directory, options: logOptions)
    let (loaded, damaged) = try GraphCheckpoint.loadNewest(
      CheckpointFolder(disk: options.disk, directory: directory), notAfter: log.durableSequence,
      world: Engine.live)
    let start =
      loaded
      ?? Snapshot(world: Engine.live, graph: Graph(), sequence: 0, recorded: Instant(microseconds: 0))
    let current = try World.replay(log, onto: start, through: log.durableSequence, name: Engine.live)
    opening = Opening(
      checkpoint: start.sequence, replayed: current.sequence - start.sequence, recovery: recovery,
      damaged: damaged)
    threads = try EngineThreads()
    liveWorld = World(
      name: Engine.live, number: 0, parent: nil, origin: nil, forkPoint: 0, isTracking: false,
      directory: directory,
      options: options, threads: threads, access: access, log: log, start: current, base: 0,
      lastCheckpoint: start.sequence)
  }

  /// Bytes of the changes in the logs of the live world and of those forks that were used since the folder was opened.
  public var logBytes: Int {
    lock.withLock { [liveWorld] + opened.values }.reduce(0) { $0 + $1.log.storedBytes }
  }

  /// Checkpoints what opening again would otherwise replay, closes every world and unlocks the folder.
  /// - Throws: `NuriError` when the disk refuses; the folder is unlocked all the same.
  public func close() throws(NuriError) {
    let worlds: [World] = lock.withLock {
      defer { isClosed = true }
      return isClosed ? [] : [liveWorld] + opened.values
    }
    if worlds.isEmpty { return }
    defer { folderLock.release() }
    if liveWorld.changesSinceCheckpoint >= DataFolder.changesWorthCheckpoint { try liveWorld.checkpoint() }
    threads.stop()
    for world in worlds { try world.close() }
  }
}

/// Names and formats in a data folder.
enum DataFolder {
  static let formatName = "nuri-format"
  static let lockName = "lock"
  static let format = "nuri data folder, format 1\n"
  /// Below this many changes, replaying them takes less than writing a checkpoint.
  static let changesWorthCheckpoint: UInt64 = 20_000

  static func world(_ number: UInt32, in folder: String) -> String { "\(folder)/worlds/\(number)" }

  static func check(_ folder: String, _ disk: any Disk) throws(NuriError) {
    let path = "\(folder)/\(formatName)"
    let bytes: [UInt8]
    do {
      bytes = try disk.readFile(path, limit: 4096)
    } catch  where error.code == .fileMissing {
      throw NuriError(
        .noDataFolder, "There is no Nuri world in this folder.", at: folder,
        advice: "Make one with: nuri init --data \(folder)")
    }
    guard String(decoding: bytes, as: UTF8.self) == format else {
      throw NuriError(
        .newerFormat, "The folder has a format this version of Nuri does not know.", at: path,
        advice: "Open it with the version of Nuri that made it, or a newer one.")
    }
  }
}

extension NuriError.Code {
  /// The folder for a new world holds something.
  public static let folderInUse = Self("folderInUse")
  /// The folder holds no world.
  public static let noDataFolder = Self("noDataFolder")
}
