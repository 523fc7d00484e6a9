import TwinGraph
import TwinIdentity
public import TwinValues

extension Engine {
  /// Who shows an API key: its principal while the key works; `nil` for a key that is none of ours, was revoked or
  /// has expired, without telling which.
  public func principal(forKey text: String) -> Principal? {
    guard let key = try? APIKey(text), let entry = access.key(key.id), key.matches(entry.digest),
      entry.works(at: options.clock.now())
    else { return nil }
    return entry.principal
  }

  /// Whether the key of this id works now.
  public func keyWorks(_ id: String) -> Bool { access.key(id)?.works(at: options.clock.now()) ?? false }

  /// A number that changes whenever keys or policies do, for whoever remembers what they said.
  public var accessVersion: UInt64 { access.version }

  /// Makes the first key, for an admin, when there is none yet, and returns its text: the only time it can be seen.
  /// - Throws: `NuriError` when the disk refuses or the system has no randomness to give.
  public func firstAdminKey() throws(NuriError) -> String? {
    guard access.keys.isEmpty else { return nil }
    return try Session(self, as: .owner("nuri")).createKey(label: "first admin key", roles: [.admin]).text
  }
}

extension Session {
  /// Makes an API key. Its text is returned once and never kept.
  /// - Throws: `NuriError` with code `forbidden`, `limitExceeded` or `invalidValue`, or when the disk refuses.
  public func createKey(
    label: String, roles: Set<Principal.Role>, groups: Set<String> = [], expires: Instant? = nil
  ) throws(NuriError) -> (text: String, entry: KeyEntry) {
    try principal.require(.access)
    guard engine.access.keys.count < AccessLimits.keys else {
      throw NuriError(
        .limitExceeded, "There are \(AccessLimits.keys) keys.", advice: "Delete keys that were revoked.")
    }
    let now = engine.options.clock.now()
    if let expires, expires <= now {
      throw NuriError(.outOfRange, "The key would have expired before it was made: \(expires).")
    }
    let key = try APIKey.make()
    let entry = KeyEntry(
      id: key.id, label: label, roles: roles, groups: groups, created: now, expires: expires, revoked: nil,
      digest: key.digest)
    try entry.check()
    try write(.putRecord(entry.record))
    return (key.text, entry)
  }

  /// The keys there are, oldest first; revoked and expired ones too.
  /// - Throws: `NuriError` with code `forbidden`.
  public func keys() throws(NuriError) -> [KeyEntry] {
    try principal.require(.access)
    return engine.access.keys
  }

  /// Revokes a key: from the next request on it opens nothing.
  /// - Throws: `NuriError` with code `forbidden` or `keyNotFound`.
  public func revokeKey(_ id: String) throws(NuriError) {
    let entry = try key(id)
    if entry.revoked != nil { return }
    try write(.putRecord(entry.revoked(at: engine.options.clock.now()).record))
  }

  /// Deletes a key, also from the list. What it did stays in the history.
  /// - Throws: `NuriError` with code `forbidden` or `keyNotFound`.
  public func deleteKey(_ id: String) throws(NuriError) {
    try write(.deleteRecord(.key, id: try key(id).id))
  }

  private func key(_ id: String) throws(NuriError) -> KeyEntry {
    try principal.require(.access)
    guard let entry = engine.access.key(id) else {
      throw NuriError(.keyNotFound, "There is no key \"\(id)\".", advice: "List them with: nuri key list")
    }
    return entry
  }

  /// Writes a change of keys or policies into the live world.
  func write(_ change: Change) throws(NuriError) {
    try engine.liveWorld.write(Batch(cause: cause(), operations: [Operation(change)]))
  }
}
