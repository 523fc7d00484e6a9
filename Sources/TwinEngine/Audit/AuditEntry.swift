public import TwinValues

/// One line of the audit: who did what, from where, why, and what came of it.
public struct AuditEntry: Sendable, Equatable {
  /// What came of an action.
  public enum Outcome: String, Sendable, CaseIterable {
    /// It happened.
    case done
    /// Whoever asked may not do it, or was not recognised.
    case refused
    /// It was allowed and could not be done.
    case failed
  }

  /// Its place in the log, from 1 without gaps. Given by the log.
  public internal(set) var number: UInt64 = 0
  /// When the log took it. Given by the log.
  public internal(set) var time = Instant(microseconds: 0)
  /// Who acted, as `Principal.id` says; empty when nobody was recognised.
  public var principal: String
  /// Where the request came from.
  public var address: String
  /// The request's id, to find it in the server's log.
  public var request: String
  /// What was asked for: `twin.patch`, `key.create`, `policy.put`, `world.fork`, `sign-in`.
  public var action: String
  /// The world it was about; empty for none.
  public var world: String
  /// The twin, key, policy or whatever else it was about; empty for none.
  public var target: String
  /// The reason that was given.
  public var cause: String
  /// What came of it.
  public var outcome: Outcome
  /// The error's code when it did not happen.
  public var code: String
  /// The changes it made in that world's log.
  public var changes: ClosedRange<UInt64>?
  /// A signature, in the entries the log makes by itself.
  public internal(set) var head: AuditHead?

  /// Makes an entry. Texts longer than `AuditLimits` allow are cut when they are written.
  public init(
    _ action: String, principal: String, address: String = "", request: String = "", world: String = "",
    target: String = "", cause: String = "", outcome: Outcome = .done, code: String = "",
    changes: ClosedRange<UInt64>? = nil
  ) {
    self.action = action
    self.principal = principal
    self.address = address
    self.request = request
    self.world = world
    self.target = target
    self.cause = cause
    self.outcome = outcome
    self.code = code
    self.changes = changes
  }

  /// About how much memory it takes while it waits.
  var memory: Int {
    principal.utf8.count + address.utf8.count + request.utf8.count + action.utf8.count + world.utf8.count
      + target.utf8.count + cause.utf8.count + code.utf8.count + 256
  }
}

/// Actions that the log enters by itself.
enum AuditAction {
  /// The log was opened; the cause names its public key.
  static let start = "audit.start"
  /// A signature over everything before.
  static let checkpoint = "audit.checkpoint"
  /// A crash had left an unfinished end, which was cut off.
  static let cut = "audit.cut"
  /// Entries were lost while the disk took none.
  static let gap = "audit.gap"
  /// Entries up to one were dropped because they were old.
  static let drop = "audit.drop"
}
