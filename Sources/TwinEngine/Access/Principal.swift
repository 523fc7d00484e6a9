/// Who acts: a person, a program or a device, as whoever checked its credentials names it.
public struct Principal: Hashable, Sendable {
  /// What a principal may do, before policies take some of it away.
  public enum Role: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Reads.
    case reader
    /// Reads; writes twins, relationships and telemetry; makes forks and discards its own.
    case `operator`
    /// What an operator does, and models and event routes.
    case modeller
    /// What an operator does, and promotes forks.
    case approver
    /// Everything, keys, policies and the audit included.
    case admin

    /// Roles in order of their declaration.
    public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }

    private var rank: UInt8 {
      switch self {
      case .reader: 0
      case .operator: 1
      case .modeller: 2
      case .approver: 3
      case .admin: 4
      }
    }

    /// A bit of its own: every request asks for roles.
    var bit: UInt8 { 1 << rank }
  }

  /// Its name: `key:ab12cd`, `user:kim@city.example`, `cert:pump-7`, `cli`. The actor of every change it makes.
  public let id: String
  /// What it may do.
  public let roles: Set<Role>
  /// Groups that policies may speak of.
  public let groups: Set<String>
  /// Its roles' bits.
  let roleBits: UInt8
  /// Whether policies don't bind it.
  let isOwner: Bool

  /// Makes a principal.
  public init(_ id: String, roles: Set<Role>, groups: Set<String> = []) {
    self.init(id, roles, groups, isOwner: false)
  }

  private init(_ id: String, _ roles: Set<Role>, _ groups: Set<String>, isOwner: Bool) {
    self.id = id
    self.roles = roles
    self.groups = groups
    roleBits = roles.reduce(0) { $0 | $1.bit }
    self.isOwner = isOwner
  }

  /// Whoever has the data folder in hand: the command line on the same machine, and tests. Policies don't bind it.
  public static func owner(_ id: String = "cli") -> Principal { Principal(id, [.admin], [], isOwner: true) }
}
