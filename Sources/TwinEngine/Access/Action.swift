public import TwinValues

/// What a role allows or not. Policies then decide about single twins and properties.
public enum Action: String, Hashable, Sendable, CaseIterable {
  /// Read twins, relationships, models, their past, and worlds.
  case read
  /// Write twins, relationships and telemetry, in any world one may see; start jobs.
  case write
  /// Add, decommission and delete models.
  case models
  /// Add and delete event routes.
  case routes
  /// Make forks; change and discard one's own.
  case fork
  /// Change and discard forks of others.
  case othersForks
  /// Bring a fork's changes into its parent.
  case promote
  /// Make and revoke keys, put and delete policies, explain decisions about others.
  case access
  /// Copy the whole data folder.
  case backup
  /// Read the audit.
  case audit
  /// Read dead letters, which hold what policies may hide, and have them delivered again.
  case deadLetters

  /// The roles that may.
  public var roles: [Principal.Role] {
    switch self {
    case .read: [.reader, .operator, .modeller, .approver, .admin]
    case .write, .fork: [.operator, .modeller, .approver, .admin]
    case .models, .routes: [.modeller, .admin]
    case .promote: [.approver, .admin]
    case .othersForks, .access, .backup, .audit, .deadLetters: [.admin]
    }
  }

  /// In a sentence: "may not …".
  var words: String {
    switch self {
    case .read: "read"
    case .write: "write twins"
    case .models: "change models"
    case .routes: "change event routes"
    case .fork: "make forks"
    case .othersForks: "change or discard the forks of others"
    case .promote: "promote forks"
    case .access: "manage keys and policies"
    case .backup: "make backups"
    case .audit: "read the audit"
    case .deadLetters: "handle dead letters"
    }
  }
}

extension Principal {
  /// Whether one of its roles allows an action.
  public func may(_ action: Action) -> Bool { action.roles.contains { roleBits & $0.bit != 0 } }

  /// - Throws: `NuriError` with code `forbidden` that names the action and the roles that would do.
  public func require(_ action: Action) throws(NuriError) {
    if may(action) { return }
    let names = action.roles.map(\.rawValue)
    let list =
      names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    throw NuriError(
      .forbidden, "\"\(id)\" may not \(action.words).", advice: "It takes the role \(list).")
  }
}

/// Limits of keys and policies.
public enum AccessLimits {
  /// API keys, revoked and expired ones included.
  public static let keys = 10_000
  /// Bytes of a key's label.
  public static let labelBytes = 256
  /// Groups of a key.
  public static let groups = 64
  /// Bytes of a group's name.
  public static let groupBytes = 128
}

extension NuriError.Code {
  /// The principal's roles or a policy don't allow it.
  public static let forbidden = Self("forbidden")
  /// No such API key.
  public static let keyNotFound = Self("keyNotFound")
  /// No such policy.
  public static let policyNotFound = Self("policyNotFound")
}
