public import TwinGraph
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

  /// The cause of what the principal does.
  public func cause(_ reason: String = "") -> Cause { Cause(actor: principal.id, reason: reason) }

  /// The worlds it may see.
  /// - Throws: `NuriError` when the live world can't be read.
  public func worlds() throws(NuriError) -> [WorldInfo] { try engine.worlds() }

  /// A world by name.
  /// - Throws: `NuriError` with code `worldNotFound`, for a world it may not see too.
  public func world(_ name: String = Engine.live) throws(NuriError) -> WorldSession {
    WorldSession(session: self, world: try engine.world(name))
  }

  /// Answers a query, always with everything acknowledged before it.
  /// - Throws: as `Engine.query` does.
  public func query(
    _ text: String, in place: WorldInstant = WorldInstant(Engine.live), continuation: String? = nil,
    pageSize: Int = QueryLimits.defaultPageRows
  ) async throws(NuriError) -> QueryPage {
    try await engine.queryWhenDurable(text, in: place, continuation: continuation, pageSize: pageSize)
  }

  /// Makes a fork.
  /// - Throws: as `Engine.fork` does; `forbidden`.
  @discardableResult
  public func fork(
    _ parent: WorldInstant, name: String, mode: ForkMode = .detached, label: String = "",
    expires: Instant? = nil
  ) throws(NuriError) -> WorldSession {
    let world = try engine.fork(
      parent, name: name, mode: mode, label: label, expires: expires, cause: cause())
    return WorldSession(session: self, world: world)
  }

  /// Changes a fork's label or expiry.
  /// - Throws: as `Engine.edit` does; `forbidden`.
  public func edit(_ name: String, label: String? = nil, expires: Instant?? = nil) throws(NuriError) {
    try engine.edit(name, label: label, expires: expires, cause: cause())
  }

  /// Discards a fork.
  /// - Throws: as `Engine.discard` does; `forbidden`.
  public func discard(_ name: String) throws(NuriError) { try engine.discard(name, cause: cause()) }

  /// Brings what a fork changed into its parent, or says what that would do.
  /// - Throws: as `Engine.promote` does; `forbidden`.
  public func promote(
    _ name: String, preview: Bool, rule: ConflictRule = .refuse
  ) throws(NuriError) -> Promotion {
    try engine.promote(name, preview: preview, rule: rule, cause: cause())
  }

  /// Calls `body` with every difference it may see on the way from one state to another until it returns `false`.
  /// - Throws: as `Engine.differences` does.
  public func differences(
    from old: WorldInstant, to new: WorldInstant, _ body: (Difference) -> Bool
  ) throws(NuriError) {
    try engine.differences(from: old, to: new, body)
  }
}
