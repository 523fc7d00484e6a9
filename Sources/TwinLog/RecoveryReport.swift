/// What opening a log found.
public struct RecoveryReport: Equatable, Sendable {
  /// Bytes behind the last whole frame that a crash left and that were never acknowledged.
  public struct TornTail: Equatable, Sendable {
    /// The segment file.
    public let path: String
    /// Where the cut was made, in bytes.
    public let offset: UInt64
    /// How many bytes were overwritten with zeros.
    public let bytes: Int
  }

  /// Segments found.
  public var segments = 0
  /// Of these, the compressed ones.
  public var sealedSegments = 0
  /// The tail that was cut, if any.
  public var tornTail: TornTail?
  /// Whether the log had been closed in order.
  public var wasClosed = false
  /// Left-over temporary files that were removed.
  public var removedFiles: [String] = []

  /// An empty report.
  public init() {}
}
