public import TwinGraph
public import TwinLog
public import TwinQuery
public import TwinValues

/// An engine as one principal may see and change it. Everything that serves others goes through a session, never to
/// the engine itself.
///
/// A value; any thread.
public struct Session: Sendable {
  let engine: Engine
  /// Who acts.
  public let principal: Principal

  /// Makes a session.
  public init(_ engine: Engine, as principal: Principal) {
    self.engine = engine
    self.principal = principal
  }

  /// Whom policies judge in a batch.
  var writer: Principal? { principal.isOwner ? nil : principal }

  /// The cause of what the principal does.
  public func cause(_ reason: String = "") -> Cause { Cause(actor: principal.id, reason: reason) }

  /// The worlds it may see.
  /// - Throws: `NuriError` with code `forbidden`, or when the live world can't be read.
  public func worlds() throws(NuriError) -> [WorldInfo] {
    try principal.require(.read)
    let policies = engine.access.policies
    func isKnown(_ name: String?) -> Bool {
      name.map { !(policies.ruling(principal, $0, .read)?.hidesEverything ?? false) } ?? true
    }
    return try engine.worlds().filter { isKnown($0.name) }.map {
      isKnown($0.parent) ? $0 : $0.withParent(Session.hiddenWorld)
    }
  }

  /// What stands for the name of a world that one may not know of; no world can be named so.
  public static let hiddenWorld = "(hidden)"

  /// A world by name.
  /// - Throws: `NuriError` with code `worldNotFound`, for a world it may not see too.
  public func world(_ name: String = Engine.live) throws(NuriError) -> WorldSession {
    try principal.require(.read)
    return WorldSession(session: self, world: try engine.world(name, for: principal))
  }

  /// The newest state of a world, when it may be read and can be had without waiting for the disk; else `nil`.
  public func snapshotAtHand(of name: String = Engine.live) -> Snapshot? {
    guard principal.may(.read), let world = engine.worldAtHand(name), world.isKnown(to: principal) else {
      return nil
    }
    return world.snapshotAtHand().map { world.seen($0, by: principal, at: .now) }
  }

  /// Answers a query, always with everything acknowledged before it.
  /// - Throws: as `Engine.query` does.
  public func query(
    _ text: String, in place: WorldInstant = WorldInstant(Engine.live), continuation: String? = nil,
    pageSize: Int = QueryLimits.defaultPageRows
  ) async throws(NuriError) -> QueryPage {
    try principal.require(.read)
    return try await engine.queryWhenDurable(
      text, in: place, continuation: continuation, pageSize: pageSize, as: principal)
  }

  /// Makes a fork.
  /// - Throws: as `Engine.fork` does; `forbidden`.
  @discardableResult
  public func fork(
    _ parent: WorldInstant, name: String, mode: ForkMode = .detached, label: String = "",
    expires: Instant? = nil
  ) throws(NuriError) -> WorldSession {
    try principal.require(.fork)
    _ = try engine.world(parent.world, for: principal)
    let world = try engine.fork(
      parent, name: name, mode: mode, label: label, expires: expires, cause: cause(), owner: principal.id)
    return WorldSession(session: self, world: world)
  }

  /// Changes a fork's label or expiry.
  /// - Throws: as `Engine.edit` does; `forbidden`.
  public func edit(_ name: String, label: String? = nil, expires: Instant?? = nil) throws(NuriError) {
    try requireOwn(name)
    try engine.edit(name, label: label, expires: expires, cause: cause())
  }

  /// Discards a fork.
  /// - Throws: as `Engine.discard` does; `forbidden`.
  public func discard(_ name: String) throws(NuriError) {
    try requireOwn(name)
    do {
      try engine.discard(name, cause: cause())
    } catch  where error.code == .conflict && !engine.access.policies.policies.isEmpty {
      // The engine names the forks that come from it, and some may be hidden.
      throw NuriError(
        .conflict, "The world \"\(name)\" has forks of its own.", advice: "Discard them first.")
    }
  }

  /// A fork may be changed and discarded by whoever made it, and by an admin.
  private func requireOwn(_ name: String) throws(NuriError) {
    try principal.require(.fork)
    _ = try engine.world(name, for: principal)
    let owner = try engine.entry(name).owner(in: engine.liveWorld.snapshot().graph)
    if owner != principal.id { try principal.require(.othersForks) }
  }

  /// Brings what a fork changed into its parent, or says what that would do. Whoever promotes must see everything
  /// the fork changed and may write it in the parent: half a fork is no fork.
  /// - Throws: as `Engine.promote` does; `forbidden`.
  public func promote(
    _ name: String, preview: Bool, rule: ConflictRule = .refuse
  ) throws(NuriError) -> Promotion {
    try principal.require(preview ? .read : .promote)
    let fork = try engine.world(name, for: principal)
    try requirePromotable(fork, rule)
    return try engine.promote(name, preview: preview, rule: rule, cause: cause(), writer: writer)
  }

  /// Calls `body` with every difference it may see on the way from one state to another until it returns `false`.
  /// - Throws: as `Engine.differences` does; `forbidden`.
  public func differences(
    from old: WorldInstant, to new: WorldInstant, _ body: (Difference) -> Bool
  ) throws(NuriError) {
    try principal.require(.read)
    try engine.differences(from: old, to: new, as: principal, body)
  }

  /// Copies the data folder, consistently, while everything goes on.
  /// - Throws: as `Engine.backup` does; `forbidden`.
  public func backup(
    to target: String, progress: (BackupCopy.Progress) -> Void = { _ in }
  ) throws(NuriError) -> BackupCopy.Report {
    try principal.require(.backup)
    return try engine.backup(to: target, progress: progress)
  }
}
