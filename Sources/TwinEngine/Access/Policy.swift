public import TwinGraph
import TwinModels
public import TwinValues

/// One rule about who may read or write what. See docs/access.md for how rules decide together.
public struct Policy: Hashable, Sendable {
  /// What a rule speaks about.
  public enum Action: String, Hashable, Sendable, CaseIterable {
    /// Seeing.
    case read
    /// Changing.
    case write
  }

  /// Its id.
  public let id: String
  /// Its place among the others, the least first; those with the same order come by id.
  public let order: Int
  /// What it speaks about; `nil` for both.
  public let actions: Set<Action>?
  /// The roles it is for.
  let roles: Set<Principal.Role>
  /// The groups it is for.
  let groups: Set<String>
  /// The principals it is for, by id.
  let ids: [Glob]
  /// Whether it is for everybody.
  let isForAll: Bool
  /// The worlds it is for, by name; `nil` for all.
  public let worlds: [Glob]?
  /// Which twins and paths, and whether it shows or hides them.
  public let rule: SightRule
  /// The policy as it was written.
  public let json: [UInt8]

  /// Whether the rule is for somebody.
  public func concerns(_ principal: Principal) -> Bool {
    isForAll || !roles.isDisjoint(with: principal.roles) || !groups.isDisjoint(with: principal.groups)
      || ids.contains { $0.matches(principal.id) }
  }

  func concerns(_ action: Action, in world: String) -> Bool {
    (actions?.contains(action) ?? true) && (worlds?.contains { $0.matches(world) } ?? true)
  }

  static func precedes(_ a: Policy, _ b: Policy) -> Bool {
    a.order != b.order ? a.order < b.order : a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
  }
}

extension Policy {
  /// Reads a policy.
  /// - Throws: `NuriError` with code `invalidPolicy` that names the member, or `invalidJSON`.
  public init(_ json: [UInt8]) throws(NuriError) {
    let document = try JSONDocument(json)
    let reader = PolicyReader(document.root)
    try reader.expect(
      "",
      [
        "id", "description", "order", "effect", "actions", "principals", "worlds", "models", "twins",
        "within", "paths",
      ])
    id = try reader.text("id")
    if document.root["description"] != nil { _ = try reader.text("description") }
    order = try reader.integer("order", in: -1_000_000...1_000_000)
    let effect = try reader.text("effect")
    guard effect == "allow" || effect == "deny" else {
      throw reader.fault("effect", "is \"allow\" or \"deny\"")
    }
    actions = try reader.choices("actions", Action.self).map { Set($0) }
    let principals = try reader.object("principals")
    try principals?.expect("principals", ["roles", "groups", "ids"])
    isForAll = principals == nil
    roles = Set(try principals?.choices("roles", Principal.Role.self) ?? [])
    groups = Set(try principals?.texts("groups") ?? [])
    ids = (try principals?.texts("ids") ?? []).map { Glob($0) }
    if !isForAll, roles.isEmpty, groups.isEmpty, ids.isEmpty {
      throw reader.fault("principals", "names roles, groups or ids; leave it out for everybody")
    }
    worlds = try reader.texts("worlds")?.map { Glob($0) }
    let models = try reader.texts("models")
    for model in models ?? [] where (try? DTMI(model)) == nil {
      throw reader.fault("models", "holds model ids such as dtmi:com:example:Pump;1, not \"\(model)\"")
    }
    rule = SightRule(
      id: id, allows: effect == "allow", models: models, twins: try reader.texts("twins")?.map { Glob($0) },
      within: try reader.object("within")?.neighbourhood(), paths: try reader.texts("paths")?.map { Glob($0) }
    )
    var writer = JSONWriter(reserving: json.count)
    writer.node(document.root)
    self.json = writer.bytes
  }
}

extension Policy {
  /// The policy of a record. One that this version can't read, because a newer one wrote it, hides everything from
  /// everybody it can't be asked about: from all but the owner.
  static func kept(_ record: Record) -> Policy {
    if let policy = try? Policy(record.body), policy.id == record.id { return policy }
    return Policy(closing: record)
  }

  private init(closing record: Record) {
    id = record.id
    order = .min
    actions = nil
    roles = []
    groups = []
    ids = []
    isForAll = true
    worlds = nil
    rule = SightRule(id: record.id, allows: false)
    json = record.body
  }
}

/// Reads the members of a policy, strictly.
private struct PolicyReader {
  let node: JSONNode

  init(_ node: JSONNode) { self.node = node }

  func fault(_ name: String, _ text: String) -> NuriError {
    NuriError(.invalidPolicy, "\(name.isEmpty ? "A policy" : "\"\(name)\"") \(text).", at: node.place)
  }

  func expect(_ name: String, _ members: Set<String>) throws(NuriError) {
    guard node.kind == .object else { throw fault(name, "is a JSON object") }
    for (key, _) in node.members where !members.contains(key) {
      throw NuriError(
        .invalidPolicy, "A policy has no member \"\(key)\".", at: node.place,
        advice: "There are \(members.sorted().joined(separator: ", ")).")
    }
  }

  func object(_ name: String) throws(NuriError) -> PolicyReader? {
    guard let member = node[name] else { return nil }
    guard member.kind == .object else { throw fault(name, "is a JSON object") }
    return PolicyReader(member)
  }

  func text(_ name: String) throws(NuriError) -> String {
    guard let text = node[name]?.string else { throw fault(name, "is missing or no text") }
    try check(text, name)
    return text
  }

  private func check(_ text: String, _ name: String) throws(NuriError) {
    guard !text.isEmpty, text.utf8.count <= AccessLimits.policyTextBytes else {
      throw fault(name, "has texts of 1 to \(AccessLimits.policyTextBytes) bytes")
    }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(NuriError) -> Int {
    guard let number = node[name]?.int64, let integer = Int(exactly: number), range.contains(integer) else {
      throw fault(name, "is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  /// A list of texts; `nil` when it is left out. An empty one would match nothing and is refused.
  func texts(_ name: String) throws(NuriError) -> [String]? {
    guard let member = node[name] else { return nil }
    guard member.kind == .array, (1...AccessLimits.policyEntries).contains(member.count) else {
      throw fault(name, "is a list of 1 to \(AccessLimits.policyEntries) texts; leave it out for any")
    }
    var list: [String] = []
    for element in member.elements {
      guard let text = element.string else { throw fault(name, "is a list of texts") }
      try check(text, name)
      list.append(text)
    }
    return list
  }

  func choices<T: RawRepresentable & CaseIterable>(
    _ name: String, _: T.Type
  ) throws(NuriError) -> [T]? where T.RawValue == String {
    guard let texts = try texts(name) else { return nil }
    var list: [T] = []
    for text in texts {
      guard let choice = T(rawValue: text) else {
        throw fault(name, "holds \(T.allCases.map(\.rawValue).joined(separator: ", ")), not \"\(text)\"")
      }
      list.append(choice)
    }
    return list
  }

  func neighbourhood() throws(NuriError) -> Neighbourhood {
    try expect("within", ["twin", "relationships", "hops", "direction"])
    var direction = Neighbourhood.Direction.outgoing
    if node["direction"] != nil {
      guard let found = Neighbourhood.Direction(rawValue: try text("direction")) else {
        throw fault("direction", "is outgoing, incoming or either")
      }
      direction = found
    }
    return Neighbourhood(
      twin: try text("twin"), relationships: try texts("relationships"),
      hops: try integer("hops", in: 0...AccessLimits.policyHops), direction: direction)
  }
}

extension AccessLimits {
  /// Policies.
  public static let policies = 1_000
  /// Entries of one list in a policy.
  public static let policyEntries = 256
  /// Bytes of one text in a policy.
  public static let policyTextBytes = 1_024
  /// Relationships from the middle of a neighbourhood to its edge.
  public static let policyHops = 64
}

extension NuriError.Code {
  /// Text that is no policy.
  public static let invalidPolicy = Self("invalidPolicy")
}
