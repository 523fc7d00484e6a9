public import TwinValues

/// A change as the log keeps it.
public struct ChangeRecord: Hashable, Sendable {
  /// Its place in the order of its lineage, from 1.
  public let sequence: UInt64
  /// When the world took it, whole milliseconds.
  public let recorded: Instant
  /// When its source says it happened; the recorded time when the source did not say.
  public let observed: Instant
  /// Who or what made it.
  public let cause: Cause
  /// The previous change of the same twin (of its relationships, for a relationship change); 0 for none.
  public let previous: UInt64
  /// Whether this is the last change of its atomic batch.
  public let endsBatch: Bool
  /// What changed.
  public let change: Change

  /// Makes a record.
  public init(
    sequence: UInt64, recorded: Instant, observed: Instant, cause: Cause, previous: UInt64,
    endsBatch: Bool, change: Change
  ) {
    self.sequence = sequence
    self.recorded = recorded
    self.observed = observed
    self.cause = cause
    self.previous = previous
    self.endsBatch = endsBatch
    self.change = change
  }
}

extension NuriError.Code {
  /// Bytes that passed their checksum but are not changes: a defect, or another format.
  public static let undecodableChange = Self("undecodableChange")
}

/// Kinds of change in the log. The numbers are on disk: never reuse one.
enum ChangeKind: UInt8 {
  case putTwin = 1
  case patchTwin = 2
  case deleteTwin = 3
  case putRelationship = 4
  case deleteRelationship = 5
  case addModels = 6
  case decommissionModel = 7
  case deleteModel = 8
  case telemetry = 9
  case putWorld = 10
  case discardWorld = 11
  case putEventRoute = 12
  case deleteEventRoute = 13
  case putRecord = 14
  case deleteRecord = 15

  /// Set in the kind's byte when an observed time follows.
  static let observedFlag: UInt8 = 0x40
  /// Set in the kind's byte of a batch's last change.
  static let lastFlag: UInt8 = 0x80
}

/// Kinds of value in the log. The numbers are on disk: never reuse one.
enum ValueKind: UInt8 {
  case none = 0
  case no = 1
  case yes = 2
  case integer = 3
  case unsigned = 4
  case double = 5
  case string = 6
  case json = 7
}
