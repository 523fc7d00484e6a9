import TwinGraph
public import TwinIdentity
import TwinModels
public import TwinValues

/// What is kept about an API key: everything but its secret.
public struct KeyEntry: Hashable, Sendable {
  /// Its id, which stands in the key's text too.
  public let id: String
  /// Whose it is or what for, for people.
  public let label: String
  /// What it allows.
  public let roles: Set<Principal.Role>
  /// The groups its principal is in.
  public let groups: Set<String>
  /// When it was made.
  public let created: Instant
  /// When it stops to work; `nil` for never.
  public let expires: Instant?
  /// When it was revoked; `nil` while it works.
  public let revoked: Instant?
  /// What its text is compared with.
  public let digest: Digest

  /// The principal who shows the key.
  public var principal: Principal { Principal("key:\(id)", roles: roles, groups: groups) }

  /// Whether the key works at an instant.
  public func works(at instant: Instant) -> Bool { revoked == nil && (expires.map { $0 > instant } ?? true) }

  init(
    id: String, label: String, roles: Set<Principal.Role>, groups: Set<String>, created: Instant,
    expires: Instant?, revoked: Instant?, digest: Digest
  ) {
    self.id = id
    self.label = label
    self.roles = roles
    self.groups = groups
    self.created = created
    self.expires = expires
    self.revoked = revoked
    self.digest = digest
  }

  /// The same key, revoked.
  func revoked(at instant: Instant) -> KeyEntry {
    KeyEntry(
      id: id, label: label, roles: roles, groups: groups, created: created, expires: expires,
      revoked: instant,
      digest: digest)
  }

  /// - Throws: `NuriError` with code `limitExceeded` or `invalidValue`.
  func check() throws(NuriError) {
    guard label.utf8.count <= AccessLimits.labelBytes else {
      throw NuriError(.limitExceeded, "A key's label has at most \(AccessLimits.labelBytes) bytes.")
    }
    guard !roles.isEmpty else {
      throw NuriError(
        .invalidValue, "A key needs a role.",
        advice: "Choose of \(Principal.Role.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard groups.count <= AccessLimits.groups,
      groups.allSatisfy({ !$0.isEmpty && $0.utf8.count <= AccessLimits.groupBytes })
    else {
      throw NuriError(
        .limitExceeded,
        "A key is in at most \(AccessLimits.groups) groups, each named by 1 to \(AccessLimits.groupBytes) bytes."
      )
    }
  }
}

extension KeyEntry {
  /// The key as it is kept.
  var record: Record {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("label")
    writer.string(label)
    writer.texts("roles", roles.sorted().map(\.rawValue))
    writer.texts("groups", groups.sorted())
    writer.instant("created", created)
    writer.instant("expires", expires)
    writer.instant("revoked", revoked)
    writer.key("digest")
    writer.string(digest.hex)
    writer.endObject()
    return Record(.key, id, writer.bytes)
  }

  /// Reads a key as it is kept; `nil` for what is none, which then opens nothing.
  init?(_ record: Record) {
    guard let root = try? JSONDocument(record.body).root, let label = root["label"]?.string,
      let digest = root["digest"]?.string.flatMap({ Digest(hex: $0) }),
      let created = root["created"]?.string.flatMap({ try? Instant($0) })
    else { return nil }
    func time(_ name: String) -> Instant?? {
      guard let node = root[name], !node.isNull else { return .some(nil) }
      // A time that can't be read must not open anything for ever.
      return node.string.flatMap { try? Instant($0) }.map { .some($0) }
    }
    guard let expires = time("expires"), let revoked = time("revoked") else { return nil }
    self.init(
      id: record.id, label: label,
      roles: Set(root.texts("roles").compactMap { Principal.Role(rawValue: $0) }),
      groups: Set(root.texts("groups")), created: created, expires: expires, revoked: revoked, digest: digest)
  }
}

extension JSONWriter {
  mutating func texts(_ name: String, _ texts: [String]) {
    key(name)
    beginArray()
    for text in texts { string(text) }
    endArray()
  }

  fileprivate mutating func instant(_ name: String, _ instant: Instant?) {
    guard let instant else { return }
    key(name)
    string(instant.description)
  }
}

extension JSONNode {
  fileprivate func texts(_ name: String) -> [String] { self[name]?.elements.compactMap(\.string) ?? [] }
}
