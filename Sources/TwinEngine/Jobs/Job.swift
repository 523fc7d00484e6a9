public import TwinValues

/// Work that goes on after the request for it was answered: an import, a deletion, a backup.
///
/// Jobs are records of the live world, so they survive a restart and are seen in a rewind.
public struct Job: Hashable, Sendable {
  /// What kind of work it is. Any room may have kinds of its own.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    /// Its name: small letters.
    public let rawValue: String
    /// Wraps a name.
    public init(rawValue: String) { self.rawValue = rawValue }
  }

  /// How far a job has come.
  public enum Status: String, Hashable, Sendable, CaseIterable {
    /// Accepted; its thread has not begun.
    case notStarted = "notstarted"
    /// At work.
    case running
    /// Someone asked it to stop, and it has not yet.
    case cancelling
    /// Stopped because someone asked. What it did stays done.
    case cancelled
    /// Stopped by an error. What it did before stays done.
    case failed
    /// Done.
    case succeeded

    /// Whether nothing more will come of it.
    public var isOver: Bool { self == .cancelled || self == .failed || self == .succeeded }
  }

  /// Why a job failed.
  public struct Failure: Hashable, Sendable {
    /// The error's code.
    public let code: String
    /// What was wrong, where, and what to do.
    public let message: String

    static let interrupted = Failure(
      code: NuriError.Code.interrupted.rawValue,
      message: "The server stopped while the job was at work. What it did before stays done; start it again.")
  }

  /// How much of the work is done, in whatever the kind counts (twins, bytes).
  public struct Progress: Hashable, Sendable {
    /// How much is done.
    public var done: Int64 = 0
    /// How much there is; 0 when nobody knows.
    public var total: Int64 = 0
  }

  /// What it is for.
  public let kind: Kind
  /// The world it is about.
  public let world: String
  /// Its id, unique among jobs of its kind about its world.
  public let id: String
  /// What was asked for, as a JSON object.
  public let parameters: [UInt8]
  /// Who asked.
  public let actor: String
  /// When it was asked for.
  public let created: Instant
  /// How far it has come.
  public internal(set) var status = Status.notStarted
  /// When it last did or became something.
  public internal(set) var lastAction: Instant
  /// When it was over.
  public internal(set) var finished: Instant?
  /// When it is forgotten.
  public var purged: Instant {
    Instant(microseconds: created.microseconds + JobLimits.keptMicroseconds)
  }
  /// Why it failed.
  public internal(set) var failure: Failure?
  /// How much of it is done.
  public internal(set) var progress = Progress()

  var key: String { "\(kind.rawValue)/\(world)/\(id)" }
}

/// Bounds on jobs.
public enum JobLimits {
  /// Jobs at work at one time, each on a thread of its own.
  public static let running = 4
  /// Bytes of a job's parameters.
  public static let parameterBytes = 16 << 10
  /// Bytes of a job's id.
  public static let idBytes = TwinId.maximumBytes
  /// Jobs that are remembered, those at work included.
  public static let remembered = 1_000
  /// How long a job is remembered, in microseconds: 30 days, as Azure Digital Twins does.
  static let keptMicroseconds: Int64 = 30 * 24 * 3_600_000_000
  /// A job's progress is written down at most so often, in microseconds.
  static let recordedEvery: Int64 = 5_000_000
}

extension NuriError.Code {
  /// A job with that id exists.
  public static let jobExists = Self("jobExists")
  /// No such job.
  public static let jobNotFound = Self("jobNotFound")
  /// The job is in the wrong state for this: it is still at work, or over.
  public static let jobState = Self("jobState")
  /// As many jobs as there may be are at work.
  public static let jobLimit = Self("jobLimit")
  /// Someone asked for the work to stop.
  public static let cancelled = Self("cancelled")
  /// The server stopped while the work was going on.
  public static let interrupted = Self("interrupted")
}
