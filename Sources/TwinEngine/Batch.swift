public import TwinGraph
public import TwinValues

/// Changes that become visible together or not at all.
public struct Batch: Sendable {
  /// Who makes them, and why.
  public var cause: Cause
  /// What to do, in order; each sees what those before it did.
  public var operations: [Operation]
  /// The recorded time to use instead of the clock's, for replaying the past into a world whose recorded time
  /// follows it. It may neither lie before the world's latest change nor after the present.
  public var clock: Instant?
  /// Who writes, when policies are to judge it; `nil` for the owner.
  var writer: Principal?

  /// Makes a batch.
  public init(cause: Cause, operations: [Operation] = [], clock: Instant? = nil) {
    self.cause = cause
    self.operations = operations
    self.clock = clock
  }
}

/// One step of a batch.
public struct Operation: Sendable {
  /// What to do.
  public enum Kind: Sendable {
    /// Make a change as it stands.
    case change(Change)
    /// Apply JSON Patch steps to a twin.
    case patchTwin(id: String, [PatchStep])
    /// Apply JSON Patch steps to a relationship's properties.
    case patchRelationship(source: String, id: String, [PatchStep])
  }

  /// What to do.
  public var kind: Kind
  /// What must hold for it.
  public var precondition: Precondition
  /// When the source says it happened; `nil` for now.
  public var observed: Instant?

  /// Makes an operation.
  public init(_ kind: Kind, if precondition: Precondition = .none, observed: Instant? = nil) {
    self.kind = kind
    self.precondition = precondition
    self.observed = observed
  }

  /// Makes an operation of a change.
  public init(_ change: Change, if precondition: Precondition = .none, observed: Instant? = nil) {
    self.init(.change(change), if: precondition, observed: observed)
  }
}

/// What must hold of the twin or relationship an operation is about.
public enum Precondition: Hashable, Sendable {
  /// Nothing.
  case none
  /// It must not exist (`If-None-Match: *`).
  case mustNotExist
  /// It must exist (`If-Match: *`).
  case mustExist
  /// Its last change must be this one (`If-Match` with an ETag).
  case match(UInt64)
}

/// One step of a JSON Patch (RFC 6902): `add`, `replace` and `remove`.
public struct PatchStep: Hashable, Sendable {
  /// What a step does.
  public enum Action: String, Sendable {
    /// Sets a value, present or not.
    case add
    /// Sets a value that is present.
    case replace
    /// Takes a value away.
    case remove
  }

  /// What to do.
  public let action: Action
  /// Where: names between slashes, `~1` for a slash and `~0` for a tilde (RFC 6901).
  public let path: String
  /// The value as JSON text; `nil` for `remove`.
  public let value: [UInt8]?

  /// Makes a step.
  public init(_ action: Action, _ path: String, _ value: [UInt8]? = nil) {
    self.action = action
    self.path = path
    self.value = value
  }
}

/// What an acknowledged batch became. When there is a receipt, the batch is on disk.
public struct Receipt: Hashable, Sendable {
  /// The sequence of its first change.
  public let first: UInt64
  /// The sequence of its last change.
  public let last: UInt64
  /// Its recorded time.
  public let recorded: Instant
}

/// Limits of the engine.
public enum EngineLimits {
  /// Operations in one batch.
  public static let batchOperations = 100_000
  /// Changes between checkpoints of a world.
  public static let changesPerCheckpoint: UInt64 = 2_000_000
  /// Writers wait for the checkpoint being written once so many times `changesPerCheckpoint` have gone by since the last
  /// one: rewinding replays about this many times as much at most.
  public static let checkpointLag: UInt64 = 2
  /// Forks that exist at one time.
  public static let worlds = 100_000
  /// Forks of forks of forks….
  public static let forkDepth = 64
  /// Bytes of a world's name.
  public static let worldNameBytes = 64
  /// Past states a world keeps for being asked again, and to begin at on the way to later ones.
  public static let rememberedStates = 8
  /// Who asks for the past goes through it step by step, backwards too: a state so many changes before the one that was
  /// asked for is kept on a long way there.
  public static let waypointDistance: UInt64 = 8192
  /// Changes of one twin that a read of it in the past walks before it rebuilds the whole graph instead; fewer in a
  /// world that is rebuilt with less work, see `recordsPerWalkedChange`.
  public static let walkedChanges = 65_536
  /// Twins, relationships and changes that rebuilding a graph reads in the time that walking one change takes.
  public static let recordsPerWalkedChange = 64
  /// Changes that one timeline looks at one by one: of a twin, or where policies hide some.
  public static let timelineChanges: UInt64 = 1_000_000
  /// Changes that the search for a divergence goes through.
  public static let divergenceChanges = 2_000_000
}

extension NuriError.Code {
  /// What an operation required did not hold.
  public static let preconditionFailed = Self("preconditionFailed")
  /// A JSON Patch step that does not fit.
  public static let invalidPatch = Self("invalidPatch")
  /// A recorded time that would go back or into the future.
  public static let invalidClock = Self("invalidClock")
  /// An instant or sequence the world does not reach back or forward to.
  public static let outOfRange = Self("outOfRange")
  /// A name that worlds may not have.
  public static let invalidName = Self("invalidName")
  /// The fork changed what its parent changed too.
  public static let conflict = Self("conflict")
}
