public import TwinLog
public import TwinValues

/// What an engine is made of.
public struct EngineOptions: Sendable {
  /// Where it keeps its folder.
  public var disk: any Disk
  /// Where it learns the time.
  public var clock: any WorldClock
  /// Changes between checkpoints of a world.
  public var changesPerCheckpoint: UInt64
  /// How the live world's log is laid out.
  public var log: SegmentLogOptions
  /// Milliseconds that one page of a query may take once its state is at hand; 0 for any time.
  public var queryMilliseconds = 0
  /// Whether checkpoints and sealing run on threads of their own (tests that replay a seed turn it off).
  public var worksInBackground: Bool

  /// Makes options; the defaults are the real disk and clock.
  public init(
    disk: any Disk = PosixDisk(), clock: any WorldClock = SystemClock(),
    changesPerCheckpoint: UInt64 = EngineLimits.changesPerCheckpoint, log: SegmentLogOptions = .live,
    worksInBackground: Bool = true
  ) {
    self.disk = disk
    self.clock = clock
    self.changesPerCheckpoint = changesPerCheckpoint
    self.log = log
    self.worksInBackground = worksInBackground
  }
}

extension SegmentLogOptions {
  /// For a live world's log: the first segment is small so that a new world is made at once.
  public static let live = SegmentLogOptions(firstSegmentBytes: 4 << 20, segmentBytes: 64 << 20)
}

/// How a world was asked for in time.
public enum AsOf: Hashable, Sendable {
  /// As it is.
  case now
  /// As it was after a change; a batch that the change is not the end of is left out whole.
  case sequence(UInt64)
  /// As it was at a recorded instant.
  case instant(Instant)
}

/// A world at a point in time.
public struct WorldInstant: Hashable, Sendable {
  /// The world's name.
  public let world: String
  /// The point in time.
  public let at: AsOf
  /// Makes one.
  public init(_ world: String, _ at: AsOf = .now) {
    self.world = world
    self.at = at
  }
}
